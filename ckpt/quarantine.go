package ckpt

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cairn-ad/cairn/store"
)

// setAside moves invalid checkpoints to the quarantine, the data first, so that what is left
// in between is still told from a save that was cut short. Data that others of entries refer
// to stays. What cannot be moved stays, and is passed over again.
func (r *Run) setAside(ctx context.Context, invalid []entry, entries []entry) {
	m, ok := r.store.(store.Mover)
	if !ok || r.keeping.lock == nil || len(invalid) == 0 {
		return
	}
	folder := Quarantine + "/" + time.Now().UTC().Format("20060102T150405.000Z") + "/"
	others := slices.DeleteFunc(slices.Clone(entries), func(e entry) bool {
		return slices.ContainsFunc(invalid, func(i entry) bool { return i.name == e.name })
	})
	shared, err := r.referred(ctx, others)
	if err != nil {
		r.warn("damaged checkpoints were not moved to the quarantine: %v", err)
		return
	}
	for _, e := range invalid {
		for _, name := range append(e.data, e.name) {
			if shared[name] {
				continue
			}
			if err := m.Move(ctx, name, folder+name); err != nil {
				r.warn("%s was not moved to the quarantine: %v", name, err)
				break
			}
			if name == e.name {
				r.warn("%s and its data were moved to %s", name, folder)
			}
		}
	}
}

// quarantined reports whether there are checkpoints of this run in the quarantine.
func (r *Run) quarantined(ctx context.Context) (bool, error) {
	infos, err := r.store.List(ctx, Quarantine+"/")
	if err != nil {
		return false, err
	}
	for _, info := range infos {
		_, name, _ := strings.Cut(strings.TrimPrefix(info.Name, Quarantine+"/"), "/")
		if _, ok := r.parse(name); ok {
			return true, nil
		}
	}
	return false, nil
}

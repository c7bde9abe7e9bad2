package ckpt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cairn-ad/cairn/store"
)

func (o *Options) checkRetention() error {
	if o.Keep < 0 || o.KeepEvery < 0 || o.KeepSpacing < 0 {
		return fmt.Errorf("ckpt: Keep %d, KeepEvery %d and KeepSpacing %v must not be negative", o.Keep, o.KeepEvery, o.KeepSpacing)
	}
	if o.Keep == 0 {
		o.Keep = 3
	}
	if o.Tries == 0 {
		o.Tries = defaultTries
	}
	return nil
}

// facts are what retention has to know of a checkpoint.
type facts struct {
	time time.Time
	refs []string // all data files that it needs
}

// facts reads the manifest of a checkpoint, once.
func (r *Run) facts(ctx context.Context, e entry) (facts, error) {
	if f, ok := r.keeping.known[e.name]; ok {
		return f, nil
	}
	in, size, err := r.store.Get(ctx, e.name)
	if err != nil {
		return facts{}, err
	}
	f, err := readFacts(input{ctx, in}, e.name, size)
	if err = errors.Join(err, in.Close()); err != nil {
		return facts{}, err
	}
	r.know(e.name, f)
	return f, nil
}

func readFacts(in input, name string, size int64) (facts, error) {
	pre, v, err := readPreamble(in, size)
	if err != nil {
		return facts{}, err
	}
	if v == 1 {
		h, err := readHeader1(in, pre, size)
		if err != nil {
			return facts{}, err
		}
		return facts{time: h.Time}, nil
	}
	m, err := readManifest(in, pre, size)
	if err != nil {
		return facts{}, err
	}
	return m.facts(name), nil
}

func (m *manifest) facts(name string) facts {
	f := facts{time: m.Time}
	for _, list := range [][]fileRef{m.Files, m.Bases} {
		for _, ref := range list {
			f.refs = append(f.refs, beside(name, ref.Name))
		}
	}
	return f
}

func (r *Run) know(name string, f facts) {
	if r.keeping.known == nil {
		r.keeping.known = make(map[string]facts)
	}
	r.keeping.known[name] = f
}

// referred returns the data files that checkpoints need. Those that cannot be restored need
// none.
func (r *Run) referred(ctx context.Context, entries []entry) (map[string]bool, error) {
	out := make(map[string]bool)
	for _, e := range entries {
		f, err := r.facts(ctx, e)
		if err != nil && !useless(err) {
			return nil, err
		}
		for _, name := range f.refs {
			out[name] = true
		}
	}
	return out, nil
}

// useless reports whether a checkpoint with that error can never be restored.
func useless(err error) bool {
	return errors.Is(err, ErrCorrupt) || errors.Is(err, ErrVersion) || errors.Is(err, store.ErrNotExist)
}

// prune removes what Options do not have kept, the oldest first, and then the data that no
// checkpoint refers to any more. Checkpoints that are damaged neither count nor are removed; if
// one cannot be read for another reason nothing is, since it may need what others have. It runs after a
// successful save only, and the newest one stays in any case, so there is always one that is sound.
func (r *Run) prune(ctx context.Context) {
	defer r.dog.returned(r.dog.watch(pruning, 0))
	entries, loose, err := r.listAll(ctx)
	if err != nil {
		r.warn("old checkpoints were not removed: %v", err)
		return
	}
	var sound, stay []entry
	for _, e := range entries {
		if r.damaged[e.name] {
			stay = append(stay, e)
			continue
		}
		if _, err := r.facts(ctx, e); errors.Is(err, store.ErrNotExist) {
			continue
		} else if useless(err) {
			r.warn("an old checkpoint is neither counted nor removed: %s: %v", e.name, err)
			r.damaged[e.name] = true
			stay = append(stay, e)
			continue
		} else if err != nil {
			r.warn("old checkpoints were not removed: %s: %v", e.name, err)
			return
		}
		sound = append(sound, e)
	}
	keep := r.keeps(sound)
	var remove []entry
	for i, e := range sound {
		if keep[i] {
			stay = append(stay, e)
		} else {
			remove = append(remove, e)
		}
	}
	needed, err := r.referred(ctx, stay)
	if err != nil {
		r.warn("old checkpoints were not removed: %v", err)
		return
	}
	var data []string
	for i := len(remove) - 1; i >= 0; i-- {
		e := remove[i]
		if err := r.store.Delete(ctx, e.name); err != nil && !errors.Is(err, store.ErrNotExist) {
			r.warn("an old checkpoint was not removed: %v", err)
			continue
		}
		delete(r.keeping.known, e.name) // without its manifest it is none any more
		data = append(data, e.data...)
	}
	data = append(data, orphans(loose, stay)...)
	r.discard(ctx, slices.DeleteFunc(data, func(name string) bool { return needed[name] }))
}

// keeps returns which of the sound checkpoints, newest first, are to be kept.
func (r *Run) keeps(sound []entry) []bool {
	keep := make([]bool, len(sound))
	var last time.Time // of the last one that is kept for its time
	for i := len(sound) - 1; i >= 0; i-- {
		e := sound[i]
		keep[i] = i < max(1, r.opts.Keep) || r.opts.KeepEvery > 0 && e.seq%uint64(r.opts.KeepEvery) == 0
		if t := r.keeping.known[e.name].time; r.opts.KeepSpacing > 0 && (last.IsZero() || t.Sub(last) >= r.opts.KeepSpacing) {
			keep[i], last = true, t
		}
	}
	return keep
}

// orphans lists data files without a manifest: those of removed checkpoints and of saves that were
// cut short. Those that are newer than the newest checkpoint may be of a save in flight, and stay.
func orphans(loose, stay []entry) (names []string) {
	var newest uint64
	for _, e := range stay {
		newest = max(newest, e.seq)
	}
	for _, e := range loose {
		if e.seq < newest {
			names = append(names, e.data...)
		}
	}
	return names
}

// clear removes what saves of this Run that failed have left, to have its room for the next
// one. If a manifest was published after all the data is not loose.
func (r *Run) clear(ctx context.Context) error {
	if len(r.keeping.failed) == 0 {
		return nil
	}
	_, loose, err := r.listAll(ctx)
	if err != nil {
		return err
	}
	for _, e := range loose {
		for _, name := range e.data {
			if !r.keeping.failed[name] {
				continue
			}
			if err := r.store.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
				return err
			}
		}
	}
	r.keeping.failed = nil
	return nil
}

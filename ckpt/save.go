package ckpt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/cairn-ad/cairn/store"
)

// Save stores the protected variables as the state before the given step. When it
// returns nil the checkpoint is as durable as the store makes it, and checkpoints
// beyond Options.Keep are removed, the oldest first. When it returns an error the
// older checkpoints are untouched. It is an error if variables have come to share
// memory: the checkpoint would not hold that, and a run resumed from it would go
// another way. Loops made by [Run.Steps] save by themselves.
func (r *Run) Save(ctx context.Context, step int) error {
	if err := r.save(ctx, step); err != nil {
		return fmt.Errorf("ckpt: save of step %d: %w", step, err)
	}
	r.prune(ctx)
	return nil
}

func (r *Run) save(ctx context.Context, step int) error {
	if r.protected != nil {
		return fmt.Errorf("a variable could not be protected: %w", r.protected)
	}
	if err := r.sharing.check(r.vars); err != nil {
		return err
	}
	if r.nextSeq == 0 {
		if _, err := r.list(ctx); err != nil {
			return err
		}
	}
	h := fileHeader{Seq: r.nextSeq, Step: step, Time: time.Now().UTC(), Variables: []variableHeader{}}
	if r.tuner != nil {
		costs := r.tuner.State()
		h.Costs = &costs
	}
	done := Saved{Saves: r.saved.Saves + 1, Step: step}
	for _, v := range r.vars {
		if err := v.take(); err != nil {
			return fmt.Errorf("variable %w", err)
		}
		vh, m, err := v.measure()
		if err != nil {
			return err
		}
		h.Variables = append(h.Variables, vh)
		done.Elements += m.elements
		done.Stored += m.stored
	}
	text, total, err := h.marshal()
	if err != nil {
		return err
	}
	done.Bytes = total
	r.nextSeq++ // also if the save fails: it may have left something under its name
	name := blobName(r.opts.Name, h.Seq, step)
	err = r.store.Put(ctx, name, func(w io.Writer) error { return encode(w, text, total, r.vars) })
	if err != nil {
		return err
	}
	r.saved, r.safe, r.safeStep = done, true, step
	return nil
}

// prune removes the oldest checkpoints beyond Keep. Those known to be damaged neither
// count nor are removed. It runs after a successful save only, so the newest one kept
// is sound. One that is gone already was removed by another process that saves under
// this name.
func (r *Run) prune(ctx context.Context) {
	entries, err := r.list(ctx)
	if err != nil {
		r.warn("old checkpoints were not removed: %v", err)
		return
	}
	kept := 0
	for _, e := range entries {
		if r.damaged[e.name] {
			continue
		}
		if kept++; kept <= r.opts.Keep {
			continue
		}
		if err := r.store.Delete(ctx, e.name); err != nil && !errors.Is(err, store.ErrNotExist) {
			r.warn("an old checkpoint was not removed: %v", err)
		}
	}
}

// entry is a blob whose name is that of a checkpoint of this run.
type entry struct {
	name string
	seq  uint64
	step int
}

// list returns the run's checkpoints, newest first, and learns the next number.
func (r *Run) list(ctx context.Context) ([]entry, error) {
	infos, err := r.store.List(ctx, r.opts.Name+"-")
	if err != nil {
		return nil, err
	}
	var out []entry
	next := max(r.nextSeq, 1)
	for _, info := range infos {
		if e, ok := r.parse(info); ok {
			out = append(out, e)
			next = max(next, e.seq+1)
		}
	}
	r.nextSeq = next
	sort.Slice(out, func(i, j int) bool {
		return out[i].seq > out[j].seq || out[i].seq == out[j].seq && out[i].name > out[j].name
	})
	return out, nil
}

const (
	stepMark = "-step-"
	suffix   = ".ckpt"
)

func blobName(run string, seq uint64, step int) string {
	return fmt.Sprintf("%s-%08d%s%d%s", run, seq, stepMark, step, suffix)
}

// parse reads the name of a blob; other blobs in the store are not ours.
func (r *Run) parse(info store.Info) (entry, bool) {
	rest, ok := strings.CutPrefix(info.Name, r.opts.Name+"-")
	if !ok {
		return entry{}, false
	}
	rest, _ = strings.CutSuffix(rest, suffix)
	first, second, _ := strings.Cut(rest, stepMark)
	seq, err1 := strconv.ParseUint(first, 10, 63)
	step, err2 := strconv.ParseInt(second, 10, strconv.IntSize)
	e := entry{info.Name, seq, int(step)}
	if err1 != nil || err2 != nil || seq == math.MaxInt64 || blobName(r.opts.Name, seq, e.step) != info.Name {
		return entry{}, false
	}
	return e, true
}

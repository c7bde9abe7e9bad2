package ckpt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cairn-ad/cairn/store"
)

// A checkpoint may hold a state that kills the program: it is restored, the program dies, and
// dies again in its next life. So a restore is counted durably before the program gets the
// state, and the count is dropped when the program has shown that it can go on from there: by
// the next save, or the end of the loop. A checkpoint that was tried Options.Tries times in
// vain is passed over.

// try counts the restores of one checkpoint.
type try struct {
	Seq   uint64 `json:"seq"`
	Count int    `json:"count"`
}

// tries are the counts of a run, in a small blob beside its checkpoints.
type tries struct {
	Tries []try `json:"tries"`
}

const (
	defaultTries = 3
	maxTriesBlob = 64 << 10
)

func (r *Run) triesName() string { return triesName(r.opts.Name) }

func triesName(run string) string { return run + "-tries.json" }

// Tries tells, by Found.Seq, how often checkpoints of a run were restored by programs that
// died before their next save; see Options.Tries.
func Tries(ctx context.Context, s store.Store, run string) (map[uint64]int, error) {
	t, err := getTries(ctx, s, triesName(run))
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[uint64]int{}
	for _, one := range t.Tries {
		out[one.Seq] = one.Count
	}
	return out, nil
}

func getTries(ctx context.Context, s store.Store, name string) (*tries, error) {
	in, _, err := s.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(in, maxTriesBlob))
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, err
	}
	t := new(tries)
	return t, json.Unmarshal(text, t)
}

// of returns the count of a checkpoint.
func (t *tries) of(seq uint64) int {
	for _, one := range t.Tries {
		if one.Seq == seq {
			return one.Count
		}
	}
	return 0
}

// readTries reads the counts. If that fails the user is told, and nothing is passed over.
func (r *Run) readTries(ctx context.Context) *tries {
	if r.opts.Tries < 0 {
		return new(tries)
	}
	t, err := getTries(ctx, r.store, r.triesName())
	if errors.Is(err, store.ErrNotExist) {
		return new(tries)
	}
	if err != nil {
		r.warn("how often checkpoints were restored in vain cannot be told: %s: %v", r.triesName(), err)
		return new(tries)
	}
	r.keeping.tried = true // there is something to clear
	return t
}

// count records durably that a checkpoint is restored. If it cannot be recorded the restore
// goes on: a full disk is no reason to stop.
func (r *Run) count(ctx context.Context, t *tries, e entry, entries []entry) {
	if r.opts.Tries < 0 {
		return
	}
	next := tries{Tries: []try{{e.seq, t.of(e.seq) + 1}}}
	for _, one := range t.Tries {
		listed := slices.ContainsFunc(entries, func(e entry) bool { return e.seq == one.Seq })
		if one.Seq != e.seq && listed {
			next.Tries = append(next.Tries, one)
		}
	}
	err := r.store.Put(ctx, r.triesName(), func(w io.Writer) error { return json.NewEncoder(w).Encode(next) })
	if err != nil {
		r.warn("the restore of %s could not be counted, so a state that kills the program would not be noticed: %v", e.name, err)
		return
	}
	r.keeping.tried = true
}

// worked drops the counts: the program goes on from what was restored.
func (r *Run) worked(ctx context.Context) {
	if !r.keeping.tried {
		return
	}
	if err := r.store.Delete(ctx, r.triesName()); err != nil && !errors.Is(err, store.ErrNotExist) {
		r.warn("the count of restores was not removed: %v", err)
		return
	}
	r.keeping.tried = false
}

// inVain returns why a checkpoint is passed over, or nil.
func (r *Run) inVain(t *tries, e entry) error {
	if n := t.of(e.seq); r.opts.Tries > 0 && n >= r.opts.Tries {
		return fmt.Errorf("%w: it was restored %d times, and each time the program died before its next save; look at the program, or remove %s to try it again", errInVain, n, r.triesName())
	}
	return nil
}

var errInVain = errors.New("the checkpoint kills the program")

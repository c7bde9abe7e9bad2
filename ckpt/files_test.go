package ckpt

import (
	"context"
	"errors"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// The files of checkpoints are lost, swapped, taken from another life or renamed: the damage is
// found, the older checkpoint taken. What belongs to nobody does no harm.
func TestFilesThatDoNotBelongTogether(t *testing.T) {
	const older, olderData = "run-00000001-step-10.ckpt", "run-00000001-step-10.0.data"
	newer, newerData := newerFiles[0], newerFiles[1]
	ctx := context.Background()
	remove := func(s store.Store, name string) {
		if err := s.Delete(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	other, _, _ := twoSaved(t) // another life, which has saved the same at another time
	for _, c := range []struct {
		what string
		do   func(s store.Store)
	}{
		{"lost data", func(s store.Store) { remove(s, newerData) }},
		{"data of the older one", func(s store.Store) { put1(t, s, newerData, get1(t, s, olderData)) }},
		{"data of another life", func(s store.Store) { put1(t, s, newerData, get1(t, other, newerData)) }},
		{"manifest of another life", func(s store.Store) { put1(t, s, newer, get1(t, other, newer)) }},
		{"manifest of the older one", func(s store.Store) { put1(t, s, newer, get1(t, s, older)) }},
		{"renamed data", func(s store.Store) {
			put1(t, s, "run-00000002-step-20.1.data", get1(t, s, newerData))
			remove(s, newerData)
		}},
		{"manifest in place of data", func(s store.Store) { put1(t, s, newerData, get1(t, s, newer)) }},
		{"data in place of the manifest", func(s store.Store) { put1(t, s, newer, get1(t, s, newerData)) }},
		{"empty data", func(s store.Store) { put1(t, s, newerData, nil) }},
		{"empty manifest", func(s store.Store) { put1(t, s, newer, nil) }},
	} {
		s, _, _ := twoSaved(t)
		c.do(s)
		wantFallback(t, s, c.what)
		if _, err := Scan(ctx, s, newer, nil); err == nil {
			if list, _ := Find(ctx, s); len(list) == 0 || list[0].Name != newer {
				t.Errorf("%s: found %v", c.what, list)
			} else if _, err := list[0].Check(ctx, s); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s: Check = %v", c.what, err)
			}
		} else if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: Scan = %v", c.what, err)
		}
	}
	// Without its manifest a checkpoint is none, and no damage either.
	s, _, _ := twoSaved(t)
	remove(s, newer)
	put1(t, s, "run-00000009-step-9.0.data", []byte("begun and never finished"))
	put1(t, s, "run-x.data", []byte("of somebody"))
	r := open(t, s, quiet)
	x := newSmall(99)
	x.protect(t, r)
	restore(t, r, 10)
	if w := r.Warnings(); len(w) > 0 {
		t.Errorf("warnings %q", w)
	}
	save(t, r, 30)
	if r.nextSeq != 11 {
		t.Errorf("the next number is %d: one that was begun was used again", r.nextSeq)
	}
	restore(t, r, 30)
}

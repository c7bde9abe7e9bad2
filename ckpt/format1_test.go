package ckpt

import (
	"bytes"
	"context"
	"os"
	"reflect"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// format1Store returns a store with two checkpoints of version 1, which an earlier release
// has written: twoSaved as it was then.
func format1Store(t *testing.T) *store.Mem {
	t.Helper()
	s := store.NewMem()
	for _, name := range []string{"run-00000001-step-10.ckpt", "run-00000002-step-20.ckpt"} {
		data, err := os.ReadFile("testdata/format1/" + name)
		if err != nil {
			t.Fatal(err)
		}
		put1(t, s, name, data)
	}
	return s
}

// A run goes on from a checkpoint of version 1, and saves in the present version.
func TestFormat1IsRead(t *testing.T) {
	s := format1Store(t)
	r := open(t, s, quiet)
	x := newSmall(99)
	x.protect(t, r)
	restore(t, r, 20)
	want := newSmall(20)
	copy(want.u[2:], []float64{101, 102}) // not stored: the program's own
	if !reflect.DeepEqual(x, want) {
		t.Fatalf("restored %+v, want %+v", x, want)
	}
	c, err := Scan(context.Background(), s, "run-00000002-step-20.ckpt", nil)
	if err != nil || c.Format != 1 || c.Seq != 2 || c.Step != 20 || c.Ranks != 1 || len(c.Variables) != 5 {
		t.Fatalf("Scan = %+v, %v", c, err)
	}
	save(t, r, 30)
	if got := listed(t, s); got != "00000001-step-10 00000002-step-20 00000003-step-30" {
		t.Fatalf("the store has %s", got)
	}
	*x = *newSmall(1)
	restore(t, r, 30)
	if x.dt != want.dt {
		t.Fatalf("dt is %v, want %v", x.dt, want.dt)
	}
}

func TestFormat1EveryFlippedBitAndTruncation(t *testing.T) {
	s := format1Store(t)
	const newer = "run-00000002-step-20.ckpt"
	good := get1(t, s, newer)
	for bit := range 8 * len(good) {
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		put1(t, s, newer, bad)
		wantFallback(t, s, "a bit")
	}
	for n := range len(good) {
		put1(t, s, newer, good[:n])
		wantFallback(t, s, "a truncation")
	}
}

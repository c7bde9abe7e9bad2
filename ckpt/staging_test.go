package ckpt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// large is a state whose files are staged.
func large(t testing.TB, r *Run, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, seed))
	x := make([]float64, 20<<17+rng.IntN(1000))
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	protect(t, r, "x", &x)
	return x
}

// Files that are read as a whole give the same state as those that are read as a stream, from a
// directory and from a store without blocks, whole and as increments.
func TestStagedRestore(t *testing.T) {
	dir, err := store.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]store.Store{"directory": dir, "memory": store.NewMem()} {
		for _, full := range []int{0, 3} {
			t.Run(fmt.Sprint(name, full), func(t *testing.T) {
				o := Options{Name: fmt.Sprint("run", full), FullEvery: full, Logger: quiet.Logger}
				r := open(t, s, o)
				x := large(t, r, 7)
				for step := range 3 {
					x[step*len(x)/3]++
					save(t, r, step)
				}
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
				r = open(t, s, o)
				y := make([]float64, len(x))
				protect(t, r, "x", &y)
				restore(t, r, 2)
				if !slices.Equal(x, y) {
					t.Error("another state was restored")
				}
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// What is damaged in a staged file is found, and the state before it is taken.
func TestStagedDamage(t *testing.T) {
	root := t.TempDir()
	s, err := store.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, s, quiet)
	x := large(t, r, 8)
	save(t, r, 1)
	x[0]++
	save(t, r, 2)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "run-00000002-step-2.0.data")
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	damaged := func() []byte {
		b := slices.Clone(sound)
		switch at := rng.IntN(len(b)); rng.IntN(3) {
		case 0:
			return b[:at]
		case 1: // in a frame or near one
			at = at/262144*262144 + rng.IntN(1000)
			b[at%len(b)] ^= 1 << rng.IntN(8)
		default:
			b[at] ^= 1 << rng.IntN(8)
		}
		return b
	}
	before := make([]float64, len(x)) // what the program has when it restores
	for i := range before {
		before[i] = -float64(i)
	}
	old := slices.Clone(x)
	copy(x, before)
	for range faultCount(12, 500) {
		if err := os.WriteFile(file, damaged(), 0o600); err != nil {
			t.Fatal(err)
		}
		d, size, err := s.Get(context.Background(), "run-00000002-step-2.ckpt")
		if err != nil {
			t.Fatal(err)
		}
		into := &placing{vars: r.vars}
		f, err := decodeInto(context.Background(), s, "run-00000002-step-2.ckpt", d, size, 0, into)
		d.Close()
		if !errors.Is(err, ErrCorrupt) || f != nil {
			t.Fatalf("the damage is not told: %v", err)
		}
		if !slices.Equal(x, before) {
			t.Fatalf("the variable has changed: %v", err)
		}
	}
	r = open(t, s, quiet)
	y := make([]float64, len(x))
	protect(t, r, "x", &y)
	restore(t, r, 1)
	old[0]--
	if !slices.Equal(old, y) {
		t.Error("another state was restored")
	}
}

// broken is a file of which no byte after the first so many can be read.
type broken struct {
	io.Reader
	left int
}

func (b *broken) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the disk is gone")
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *broken) Close() error { return nil }

// brokenStore gives broken data files.
type brokenStore struct{ store.Store }

func (s brokenStore) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	r, size, err := s.Store.Get(ctx, name)
	if err == nil && strings.HasSuffix(name, ".data") {
		return &broken{r, 10 << 20}, size, nil
	}
	return r, size, err
}

// A file that cannot be read is not a damaged one.
func TestStagedReadError(t *testing.T) {
	s := store.NewMem()
	r := open(t, s, quiet)
	large(t, r, 9)
	save(t, r, 1)
	for _, done := range []bool{false, true} {
		ctx, cancel := context.WithCancel(context.Background())
		if done {
			cancel()
		}
		in, size, err := s.Get(context.Background(), "run-00000001-step-1.ckpt")
		if err != nil {
			t.Fatal(err)
		}
		f, err := decode(ctx, brokenStore{s}, "run-00000001-step-1.ckpt", in, size, 0)
		if err == nil || errors.Is(err, ErrCorrupt) || f != nil || errors.Is(err, context.Canceled) != done {
			t.Errorf("canceled %v: %v", done, err)
		}
		cancel()
	}
}

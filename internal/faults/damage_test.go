package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/internal/cli"
	"github.com/cairn-ad/cairn/store"
)

// blobs are the files of a store.
type blobs map[string][]byte

func put(s store.Store, name string, data []byte) error {
	return s.Put(context.Background(), name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// store returns a store with these files.
func (b blobs) store(t *testing.T) store.Store {
	t.Helper()
	s := store.NewMem()
	for name, data := range b {
		if err := put(s, name, data); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// with returns a copy in which one file has other data, or is missing if that is nil.
func (b blobs) with(name string, data []byte) blobs {
	c := maps.Clone(b)
	if data == nil {
		delete(c, name)
	} else {
		c[name] = data
	}
	return c
}

// large is a state of n float64.
func large(step, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(step)*1e6 + float64(i)
	}
	return x
}

// twoSteps saves the states of steps 1 and 2, of n elements, and returns the files.
func twoSteps(t *testing.T, n int) blobs {
	t.Helper()
	s := store.NewMem()
	run, x := open(t, s)
	for step := 1; step <= 2; step++ {
		*x = large(step, n)
		if err := run.Save(context.Background(), step); err != nil {
			t.Fatal(err)
		}
	}
	infos, err := s.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	out := blobs{}
	for _, info := range infos {
		r, _, err := s.Get(context.Background(), info.Name)
		if err != nil {
			t.Fatal(err)
		}
		if out[info.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func open(t *testing.T, s store.Store) (*ckpt.Run, *[]float64) {
	t.Helper()
	run, err := ckpt.OpenStore(s, ckpt.Options{Tries: -1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	x := new([]float64)
	if err := run.Protect("x", x); err != nil {
		t.Fatal(err)
	}
	return run, x
}

// wantRestore restores from damaged files, and checks the step, that state, and that the
// damage was told if it had an effect.
func wantRestore(t *testing.T, b blobs, n, step int, what string) {
	t.Helper()
	run, x := open(t, b.store(t))
	got, ok, err := run.Restore(context.Background())
	if err != nil || !ok || got != step || !slices.Equal(*x, large(step, n)) {
		t.Fatalf("%s: Restore = %d, %v, %v", what, got, ok, err)
	}
	if told := len(run.Warnings()) > 0; told != (step == 1) && !strings.Contains(what, "missing manifest") {
		t.Fatalf("%s: warnings %q", what, run.Warnings())
	}
}

const (
	manifest2 = "run-00000002-step-2.ckpt"
	data2     = "run-00000002-step-2.0.data"
	manifest1 = "run-00000001-step-1.ckpt"
	data1     = "run-00000001-step-1.0.data"
)

// Every damage of the newest checkpoint is detected, told, and answered by the older one.
func TestDamageIsDetected(t *testing.T) {
	small := Count(40, 400)
	b := twoSteps(t, small)
	damages := 0
	want := func(b blobs, n, step int, format string, args ...any) {
		t.Helper()
		damages++
		wantRestore(t, b, n, step, fmt.Sprintf(format, args...))
	}
	stride := Count(11, 1) // every bit in the full form
	for _, name := range []string{manifest2, data2} {
		good := b[name]
		for bit := 0; bit < 8*len(good); bit += stride {
			bad := bytes.Clone(good)
			bad[bit/8] ^= 1 << (bit % 8)
			want(b.with(name, bad), small, 1, "%s: bit %d", name, bit)
		}
		for size := 0; size < len(good); size += Count(7, 1) {
			want(b.with(name, bytes.Clone(good[:size])), small, 1, "%s: cut to %d bytes", name, size)
			if bad := append(bytes.Clone(good[:size]), make([]byte, len(good)-size)...); !bytes.Equal(bad, good) {
				want(b.with(name, bad), small, 1, "%s: zeros from byte %d", name, size)
			}
		}
		want(b.with(name, append(bytes.Clone(good), good...)), small, 1, "%s: twice", name)
	}
	// Missing, stale, exchanged and renamed files; extra ones do no harm.
	want(b.with(manifest2, nil), small, 1, "missing manifest")
	want(b.with(data2, nil), small, 1, "missing data")
	want(b.with(data2, b[data1]), small, 1, "stale data")
	want(b.with(manifest2, b[manifest1]), small, 1, "stale manifest")
	want(b.with(data2, b[manifest2]).with(manifest2, b[data2]), small, 1, "exchanged files")
	want(b.with("run-00000003-step-3.ckpt", b[manifest2]).with(manifest2, nil), small, 1, "renamed manifest")
	want(b.with("run-00000003-step-2.ckpt", b[manifest1]).with(manifest2, nil), small, 1, "older manifest as the newest")
	want(b.with("run-00000009-step-9.0.data", b[data2]), small, 2, "extra data")
	want(b.with("copy.ckpt", []byte("x")).with("run-x.ckpt", nil), small, 2, "extra files")

	// A large one: random bits, and stretches that are exchanged or repeated, at the size of a
	// chunk and at others.
	n := Count(2000, 40_000)
	b = twoSteps(t, n)
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	good := b[data2]
	for i := range Count(300, 10_000) {
		bad := bytes.Clone(good)
		switch i % 4 {
		case 0, 1:
			bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
		case 2:
			size := min(512<<rng.IntN(4), len(bad)/3)
			p, q := rng.IntN(len(bad)-size), rng.IntN(len(bad)-size)
			copy(bad[p:p+size], good[q:])
			copy(bad[q:q+size], good[p:])
		case 3:
			size := 1 + rng.IntN(len(bad)/3)
			copy(bad[rng.IntN(len(bad)-size):][:size], good[rng.IntN(len(bad)-size):])
		}
		if !bytes.Equal(bad, good) {
			want(b.with(data2, bad), n, 1, "seed %d, damage %d", seed, i)
		}
	}
	t.Logf("%d damages, all detected", damages)
}

// What cairn verify ends with: 0 if all are valid, 3 if some are not, 4 if none is.
func TestDamageIsToldByTheExitStatus(t *testing.T) {
	b := twoSteps(t, 40)
	for _, c := range []struct {
		what   string
		blobs  blobs
		status int
	}{
		{"sound", b, 0},
		{"a bit of the data", b.with(data2, flipped(b[data2], 3000)), 3},
		{"a bit of the manifest", b.with(manifest2, flipped(b[manifest2], 99)), 3},
		{"cut", b.with(data2, b[data2][:500]), 3},
		{"missing data", b.with(data2, nil), 3},
		{"stale data", b.with(data2, b[data1]), 3},
		{"renamed", b.with("run-00000003-step-3.ckpt", b[manifest2]).with(manifest2, nil), 3},
		{"both", b.with(data2, flipped(b[data2], 1)).with(data1, flipped(b[data1], 1)), 4},
		{"nothing", blobs{}, 4},
	} {
		dir := t.TempDir()
		for name, data := range c.blobs {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		var out, errs bytes.Buffer
		if status := cli.Main([]string{"verify", "file:" + dir}, &out, &errs); status != c.status {
			t.Errorf("%s: status %d, want %d\n%s%s", c.what, status, c.status, &out, &errs)
		}
	}
}

func flipped(b []byte, bit int) []byte {
	b = bytes.Clone(b)
	b[bit/8] ^= 1 << (bit % 8)
	return b
}

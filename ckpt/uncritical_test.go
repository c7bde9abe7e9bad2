package ckpt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
	_ "github.com/cairn-ad/cairn/store/redundant"
)

// guarded runs a loop whose answer follows from the first half of u; the second half only
// counts. It stops at step stop. Critical elements are on two copies, the others on one store.
func guarded(t *testing.T, dir string, rest store.Store, n, stop int) (answer float64, counted []float64, warnings []string) {
	t.Helper()
	critical, err := store.Open(fmt.Sprintf("copies:file:%s/a,file:%s/b", dir, dir))
	if err != nil {
		t.Fatal(err)
	}
	run, err := ckpt.OpenStore(critical, ckpt.Options{Every: 2, Uncritical: rest, Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	mask, err := scrutiny.Parse("u", "[]float64", []int{200}, "100C100Z")
	if err != nil {
		t.Fatal(err)
	}
	u, sum := make([]float64, 200), 0.5
	run.Protect("u", &u, ckpt.Masked(mask))
	run.Protect("sum", &sum)
	for s := range run.Steps(t.Context(), n) {
		if s == stop {
			break
		}
		for i := range 100 {
			u[i] = u[i]*0.9 + float64(i*s)
			sum += u[i]
			u[100+i]++
		}
	}
	if err := run.Err(); err != nil {
		t.Fatal(err)
	}
	return sum, u[100:], run.Warnings()
}

func openDir(t *testing.T, dir string) store.Store {
	t.Helper()
	s, err := store.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Losing one copy of the critical elements, and all of the others, does not change the answer.
func TestUncriticalElementsMayBeLost(t *testing.T) {
	want, all, _ := guarded(t, t.TempDir(), store.NewMem(), 30, -1)
	for name, lose := range map[string]func(dir string) error{
		"nothing":   func(string) error { return nil },
		"a copy":    func(dir string) error { return os.RemoveAll(filepath.Join(dir, "a")) },
		"the other": func(dir string) error { return os.RemoveAll(filepath.Join(dir, "b")) },
		"uncritical and a copy": func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "rest")), os.RemoveAll(filepath.Join(dir, "a")))
		},
		"uncritical damaged": func(dir string) error {
			files, err := filepath.Glob(filepath.Join(dir, "rest", "*"))
			for _, f := range files {
				err = errors.Join(err, os.Truncate(f, 50))
			}
			return err
		},
	} {
		dir := t.TempDir()
		rest := filepath.Join(dir, "rest")
		guarded(t, dir, openDir(t, rest), 30, 17)
		if err := lose(dir); err != nil {
			t.Fatal(err)
		}
		got, counted, warnings := guarded(t, dir, openDir(t, rest), 30, -1)
		if got != want {
			t.Errorf("lost %s: the answer is %v, want %v", name, got, want)
		}
		lost := strings.HasPrefix(name, "uncritical")
		if slices.Equal(counted, all) == lost || lost && counted[0] != 14 {
			t.Errorf("lost %s: the uncritical elements are %v, want %v", name, counted[0], all[0])
		}
		if told := strings.Contains(strings.Join(warnings, "\n"), "keep the program's values"); told != lost {
			t.Errorf("lost %s: warnings %q", name, warnings)
		}
	}
}

// A store of uncritical elements that fails costs warnings only.
func TestUncriticalStoreFails(t *testing.T) {
	plan := faultstore.NewPlan(faultstore.Fault{N: 1, Err: syscall.EIO, Forever: true})
	want, _, _ := guarded(t, t.TempDir(), nil, 20, -1)
	got, _, warnings := guarded(t, t.TempDir(), faultstore.New(store.NewMem(), plan), 20, -1)
	if got != want || len(warnings) == 0 || !strings.Contains(warnings[0], "were not saved") {
		t.Errorf("the answer is %v, want %v; warnings %q", got, want, warnings)
	}
}

// The first store holds no uncritical element, the second no critical one.
func TestUncriticalElementsAreApart(t *testing.T) {
	first, second := store.NewMem(), store.NewMem()
	run, err := ckpt.OpenStore(first, ckpt.Options{Uncritical: second, Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	mask, err := scrutiny.Parse("u", "[]float64", []int{4}, "2C1D1Z")
	if err != nil {
		t.Fatal(err)
	}
	u, all := []float64{1, 2, 3, 4}, 7
	run.Protect("u", &u, ckpt.Masked(mask))
	run.Protect("all", &all)
	if err := run.Save(context.Background(), 5); err != nil {
		t.Fatal(err)
	}
	for i, s := range []store.Store{first, second} {
		list, err := ckpt.Find(t.Context(), s)
		if err != nil || len(list) != 1 || list[0].Step != 5 || list[0].Seq != 1 {
			t.Fatal(list, err)
		}
		c, err := list[0].Check(t.Context(), s)
		if err != nil || len(c.Variables) != 2-i || c.Variables[0].Stored != 2 {
			t.Fatalf("store %d: %+v, %v", i, c, err)
		}
		if got, want := c.Variables[0].Mask.RunLength(), []string{"2C1D1Z", "2D2C"}[i]; got != want {
			t.Errorf("store %d has %s, want %s", i, got, want)
		}
	}
}

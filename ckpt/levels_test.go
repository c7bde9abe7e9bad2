package ckpt_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

var discard = slog.New(slog.DiscardHandler)

// steps runs a loop to step n, or stops it at step stop, and returns its result.
func steps(t *testing.T, url string, n, stop int) float64 {
	t.Helper()
	run, err := ckpt.Open(url, ckpt.Options{Every: 2, Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	u := []float64{1, 2, 3}
	run.Protect("u", &u)
	for s := range run.Steps(t.Context(), n) {
		if s == stop {
			break
		}
		for i := range u {
			u[i] = u[i]*1.01 + float64(s)
		}
	}
	if err := errors.Join(run.Err(), run.Drain(t.Context())); err != nil {
		t.Fatal(err)
	}
	return u[0] + u[1]*u[2]
}

// Memory is lost with the process, the local directory with the machine: the run goes on
// from what has reached the slow level, whose checkpoints are whole.
func TestLevels(t *testing.T) {
	d := t.TempDir()
	local, remote := filepath.Join(d, "local"), filepath.Join(d, "remote")
	url := "tiers:mem:;keep=1,file:" + local + ";keep=2,file:" + remote + ";keep=5"
	want := steps(t, "mem:", 40, -1)
	steps(t, url, 40, 15)
	for dir, most := range map[string]int{local: 2, remote: 5} {
		list, err := filepath.Glob(filepath.Join(dir, "*.ckpt"))
		if err != nil || len(list) < most || len(list) > most+1 || !strings.HasSuffix(list[len(list)-1], "-step-14.ckpt") {
			t.Errorf("%s has %q, %v", dir, list, err)
		}
	}
	s, err := store.OpenExisting("file:" + remote)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ckpt.Find(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if _, err := f.Check(t.Context(), s); err != nil {
			t.Error(err)
		}
	}
	steps(t, url, 40, 23)
	if err := os.RemoveAll(local); err != nil {
		t.Fatal(err)
	}
	if got := steps(t, url, 40, 27); got == want {
		t.Error("the run was not interrupted")
	}
	// Now the newest local copy is damaged, and that of the slow level is taken.
	files, err := filepath.Glob(filepath.Join(local, "*.data"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if err := os.Truncate(f, 100); err != nil {
			t.Fatal(err)
		}
	}
	if got := steps(t, url, 40, -1); got != want {
		t.Errorf("the result is %v, want %v", got, want)
	}
	if run, err := ckpt.Open("mem:", ckpt.Options{}); err != nil || run.Drain(context.Background()) != nil {
		t.Error("a store without levels has nothing to wait for")
	}
}

package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/storetest"
)

func TestMem(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return store.NewMem() })
}

func TestDir(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		s, err := store.OpenDir(filepath.Join(t.TempDir(), "made", "on", "demand"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for url, made := range map[string]string{
		"file:rel/a":                   "rel/a",
		"file:" + dir + "/abs":         "abs",
		"file://" + dir + "/abs%20url": "abs%20url",
	} {
		if _, err := store.Open(url); err != nil {
			t.Fatalf("Open(%q): %v", url, err)
		}
		if found, _ := filepath.Glob(filepath.Join(dir, made)); len(found) != 1 {
			t.Errorf("Open(%q) did not make %s", url, made)
		}
	}
	if _, err := store.Open("mem:"); err != nil {
		t.Error(err)
	}
	for url, want := range map[string]string{
		"":              "no store",
		"dir":           "no store",
		"s4:bucket":     "no store",
		"file:":         "no directory",
		"file://host/d": "names a host",
		"mem:name":      "no name",
		"file:nul\x00":  "invalid",
	} {
		if _, err := store.Open(url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q) = %v, want an error with %q", url, err, want)
		}
	}
}

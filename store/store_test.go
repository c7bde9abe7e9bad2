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
		"s3://bucket":   `add import _ "github.com/cairn-ad/cairn/store/s3"`,
		"s4:bucket":     "this program knows file:, mem:",
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

func TestRegister(t *testing.T) {
	for name, s := range map[string]store.Scheme{
		"file": {Open: store.Open, OpenExisting: store.Open},
		"Up":   {Open: store.Open, OpenExisting: store.Open},
		"c":    {Open: store.Open, OpenExisting: store.Open},
		"half": {Open: store.Open},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Register(%q) did not panic", name)
				}
			}()
			store.Register(name, s)
		}()
	}
	inner := store.NewMem()
	var urls []string
	open := func(url string) (store.Store, error) { urls = append(urls, url); return inner, nil }
	store.Register("teststore", store.Scheme{Open: open, OpenExisting: open})
	for _, f := range []func(string) (store.Store, error){store.Open, store.OpenExisting} {
		if s, err := f("teststore:x:y"); err != nil || s != store.Store(inner) {
			t.Errorf("opened %v, %v", s, err)
		}
	}
	if strings.Join(urls, " ") != "teststore:x:y teststore:x:y" {
		t.Errorf("opened with %q", urls)
	}
	if dir, err := store.DirOf("teststore:x"); dir != "" || err != nil {
		t.Errorf("DirOf = %q, %v", dir, err)
	}
}

package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

func TestOpenExistingMakesAndSweepsNothing(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "a", "b")
	if _, err := store.OpenExisting("file:" + missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenExisting = %v", err)
	}
	if _, err := os.Stat(filepath.Dir(missing)); err == nil {
		t.Error("a directory was made")
	}
	file := filepath.Join(dir, "file")
	temp := filepath.Join(dir, ".cairn-tmp-0-1-x-1")
	for _, name := range []string{file, temp} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.OpenExisting("file:" + file); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("OpenExisting of a file = %v", err)
	}
	for url, want := range map[string]string{"mem:": "always empty", "x": "no store", "file:": "names no directory"} {
		if _, err := store.OpenExisting(url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("OpenExisting(%q) = %v", url, err)
		}
	}
	s, err := store.OpenExisting("file://" + filepath.ToSlash(dir))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(context.Background(), ""); err != nil || len(list) != 1 || list[0].Name != "file" {
		t.Errorf("List = %v, %v", list, err)
	}
	if _, err := os.Stat(temp); err != nil {
		t.Error("the directory was swept")
	}
}

func TestMove(t *testing.T) {
	dir := t.TempDir()
	d, err := store.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Move(ctx, "a", "x/y/a"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "x", "y", "a")); err != nil || string(got) != "a" {
		t.Errorf("moved: %q, %v", got, err)
	}
	if err := d.Move(ctx, "b", "x/y/a"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Move onto a blob = %v", err)
	}
	if err := d.Move(ctx, "a", "c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Move of nothing = %v", err)
	}
	for _, bad := range []string{"", "../b", ".b"} {
		if d.Move(ctx, "b", bad) == nil || d.Move(ctx, bad, "c") == nil {
			t.Errorf("the name %q was taken", bad)
		}
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := d.Move(stopped, "b", "c"); !errors.Is(err, context.Canceled) {
		t.Errorf("Move = %v", err)
	}
}

package crashfs_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/internal/faults/crashfs"
	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/storetest"
)

// A directory store on it is a store like any other.
func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		s, err := store.OpenFS(crashfs.New())
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// write makes a file of n bytes and syncs it if it is told to.
func write(t *testing.T, f *crashfs.FS, name string, n int, sync bool) {
	t.Helper()
	w, err := f.Create(name)
	must(t, err)
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i%251 + 1)
	}
	_, err = w.Write(data)
	must(t, err)
	if sync {
		must(t, w.Sync())
	}
	must(t, w.Close())
}

// states counts the different states after all operations, by what they say of a file.
func states(t *testing.T, f *crashfs.FS, look func(*crashfs.FS) string) map[string]int {
	t.Helper()
	seen := map[[32]byte]bool{}
	out := map[string]int{}
	for c := range f.Crashes(f.Ops(), rand.New(rand.NewPCG(1, 2))) {
		if d := c.Digest(); !seen[d] {
			seen[d] = true
			out[look(c)]++
		}
	}
	return out
}

func want(t *testing.T, got map[string]int, want map[string]int) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("states %v, want %v", got, want)
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%d states %q, want %d of %v", got[k], k, n, want)
		}
	}
}

// exists says which of the names exist.
func exists(names ...string) func(*crashfs.FS) string {
	return func(f *crashfs.FS) (out string) {
		for _, name := range names {
			if r, err := f.Open(name); err == nil {
				_ = r.Close()
				out += name + " "
			}
		}
		return out
	}
}

func TestDataIsTornUntilItIsSynced(t *testing.T) {
	f := crashfs.New()
	write(t, f, "a", 600, false)
	// Lengths 0, 512 and 600; each sector zero or new: 1 + 2 + 4.
	want(t, states(t, f, exists("a")), map[string]int{"": 1, "a ": 7})

	f = crashfs.New()
	write(t, f, "a", 600, true)
	want(t, states(t, f, exists("a")), map[string]int{"": 1, "a ": 1})
	must(t, f.SyncDir("."))
	want(t, states(t, f, exists("a")), map[string]int{"a ": 1})
}

func TestRenameIsWholeOrNotAtAll(t *testing.T) {
	f := crashfs.New()
	write(t, f, "a", 1, true)
	must(t, f.SyncDir("."), f.Rename("a", "b"))
	want(t, states(t, f, exists("a", "b")), map[string]int{"a ": 1, "b ": 1})

	// Between two directories a sync of one leaves the other open.
	f = crashfs.New()
	write(t, f, "a", 1, true)
	must(t, f.Mkdir("d"), f.SyncDir("."), f.Rename("a", "d/b"))
	want(t, states(t, f, exists("a", "d/b")), map[string]int{"a ": 1, "d/b ": 1})
	must(t, f.SyncDir("d"))
	want(t, states(t, f, exists("a", "d/b")), map[string]int{"a d/b ": 1, "d/b ": 1})
	must(t, f.SyncDir("."))
	want(t, states(t, f, exists("a", "d/b")), map[string]int{"d/b ": 1})
}

// A new directory whose name is not durable takes with it what is in it, synced or not.
func TestDirectoryWithoutName(t *testing.T) {
	f := crashfs.New()
	must(t, f.Mkdir("d"))
	write(t, f, "d/a", 1, true)
	must(t, f.SyncDir("d"))
	want(t, states(t, f, exists("d/a")), map[string]int{"": 1, "d/a ": 1})
}

// A state is a file system that can be written and crashed again.
func TestCrashAgain(t *testing.T) {
	f := crashfs.New()
	write(t, f, "a", 1, false)
	for c := range f.Crashes(f.Ops(), rand.New(rand.NewPCG(1, 2))) {
		before := c.Ops()
		write(t, c, "b", 1, true)
		must(t, c.SyncDir("."))
		got := states(t, c, exists("b"))
		if before != 0 || len(got) != 1 || got["b "] != 1 {
			t.Errorf("after the second crash: %v", got)
		}
	}
}

// Removed files may come back, and nothing is there that nobody wrote.
func TestRemove(t *testing.T) {
	f := crashfs.New()
	write(t, f, "a", 1, true)
	must(t, f.SyncDir("."), f.Remove("a"))
	want(t, states(t, f, exists("a")), map[string]int{"a ": 1, "": 1})
	if _, err := f.Open("a"); err == nil {
		t.Error("a removed file can be opened")
	}
	if err := f.Remove("a"); err == nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove = %v", err)
	}
}

// Beyond the limits some states are chosen, the extreme ones among them.
func TestManyPending(t *testing.T) {
	f := crashfs.New()
	names := []string{}
	for i := range 14 {
		names = append(names, string(rune('a'+i)))
		write(t, f, names[i], 1, true)
	}
	got := states(t, f, exists(names...))
	if got[""] != 1 || got["a "] != 1 || got["a b c d e f g h i j k l m n "] != 1 || len(got) < 60 {
		t.Errorf("%d states: %v", len(got), got)
	}
}

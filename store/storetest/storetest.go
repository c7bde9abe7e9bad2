// Package storetest checks that an implementation of store.Store keeps the promises
// of that interface.
//
// What goes in is a function that opens a new, empty store; what comes out is a set
// of subtests. A backend's own test is one call of [Run].
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// Run runs the suite. Every subtest calls open once for an empty store.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"RoundTrip", roundTrip},
		{"Replace", replace},
		{"FailedWriteChangesNothing", failedWrite},
		{"Cancelled", cancelled},
		{"CancelledWhileWriting", cancelledWhileWriting},
		{"NotExist", notExist},
		{"List", list},
		{"Delete", remove},
		{"BadNames", badNames},
		{"OddNames", oddNames},
		{"OpenBlobStays", openBlobStays},
		{"WriterBufferIsNotKept", writerBuffer},
		{"PutFailsIfAWritePanics", panics},
		{"Concurrent", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func put(t *testing.T, s store.Store, name string, data []byte) {
	t.Helper()
	err := s.Put(context.Background(), name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		t.Fatalf("Put(%q): %v", name, err)
	}
}

func get(t *testing.T, s store.Store, name string) []byte {
	t.Helper()
	r, size, err := s.Get(context.Background(), name)
	if err != nil {
		t.Fatalf("Get(%q): %v", name, err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("reading %q: %v", name, err)
	}
	if int64(len(data)) != size {
		t.Fatalf("%q has %d bytes, Get said %d", name, len(data), size)
	}
	return data
}

func want(t *testing.T, s store.Store, name, data string) {
	t.Helper()
	if got := get(t, s, name); string(got) != data {
		t.Fatalf("%q holds %q, want %q", name, got, data)
	}
}

func names(t *testing.T, s store.Store, prefix string) string {
	t.Helper()
	infos, err := s.List(context.Background(), prefix)
	if err != nil {
		t.Fatalf("List(%q): %v", prefix, err)
	}
	var out []string
	for _, i := range infos {
		out = append(out, fmt.Sprintf("%s:%d", i.Name, i.Size))
	}
	return strings.Join(out, " ")
}

func roundTrip(t *testing.T, s store.Store) {
	for _, n := range []int{0, 1, 4095, 4096, 3 << 20} {
		data := bytes.Repeat([]byte{0x5a, 0, 0xff, '\n'}, n/4+1)[:n]
		name := fmt.Sprint("blob", n)
		put(t, s, name, data)
		if !bytes.Equal(get(t, s, name), data) {
			t.Fatalf("%d bytes came back changed", n)
		}
	}
	err := s.Put(context.Background(), "pieces", func(w io.Writer) error {
		for i := range 100 {
			if _, err := fmt.Fprintf(w, "%d,", i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || !strings.HasSuffix(string(get(t, s, "pieces")), ",98,99,") {
		t.Fatalf("a blob written in pieces: %v", err)
	}
}

func replace(t *testing.T, s store.Store) {
	put(t, s, "a", []byte("a long first version"))
	put(t, s, "a", []byte("second"))
	want(t, s, "a", "second")
	if got := names(t, s, ""); got != "a:6" {
		t.Fatalf("List: %s", got)
	}
}

var errOwn = errors.New("changed my mind")

func failedWrite(t *testing.T, s store.Store) {
	put(t, s, "old", []byte("old"))
	for _, name := range []string{"old", "new", "dir/new"} {
		err := s.Put(context.Background(), name, func(w io.Writer) error {
			if _, err := w.Write([]byte("half")); err != nil {
				return err
			}
			return errOwn
		})
		if !errors.Is(err, errOwn) {
			t.Fatalf("Put(%q) = %v, want the error of write", name, err)
		}
	}
	want(t, s, "old", "old")
	if got := names(t, s, ""); got != "old:3" {
		t.Fatalf("List: %s", got)
	}
}

func cancelled(t *testing.T, s store.Store) {
	put(t, s, "old", []byte("old"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Put(ctx, "new", func(io.Writer) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v", err)
	}
	if r, _, err := s.Get(ctx, "old"); !errors.Is(err, context.Canceled) {
		t.Errorf("Get: %v, %v", r, err)
	}
	if _, err := s.List(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v", err)
	}
	if err := s.Delete(ctx, "old"); !errors.Is(err, context.Canceled) {
		t.Errorf("Delete: %v", err)
	}
	if got := names(t, s, ""); got != "old:3" {
		t.Fatalf("List: %s", got)
	}
}

func cancelledWhileWriting(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := s.Put(ctx, "new", func(w io.Writer) error {
		if _, err := w.Write([]byte("first")); err != nil {
			return err
		}
		cancel()
		w.Write([]byte("second")) // its error is ignored on purpose
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Put = %v", err)
	}
	if got := names(t, s, ""); got != "" {
		t.Fatalf("List: %s", got)
	}
}

func notExist(t *testing.T, s store.Store) {
	put(t, s, "dir/a", nil)
	for _, name := range []string{"x", "dir", "dir/b", "none/a"} {
		if _, _, err := s.Get(context.Background(), name); !errors.Is(err, store.ErrNotExist) {
			t.Errorf("Get(%q): %v", name, err)
		}
		if err := s.Delete(context.Background(), name); !errors.Is(err, store.ErrNotExist) {
			t.Errorf("Delete(%q): %v", name, err)
		}
	}
	want(t, s, "dir/a", "")
}

func list(t *testing.T, s store.Store) {
	if got := names(t, s, ""); got != "" {
		t.Fatalf("the new store holds %s", got)
	}
	for i, name := range []string{"b", "a/2", "a/10", "a-1", "a/c/d", "ab"} {
		put(t, s, name, make([]byte, i))
	}
	for prefix, want := range map[string]string{
		"":       "a-1:3 a/10:2 a/2:1 a/c/d:4 ab:5 b:0",
		"a":      "a-1:3 a/10:2 a/2:1 a/c/d:4 ab:5",
		"a/":     "a/10:2 a/2:1 a/c/d:4",
		"a/1":    "a/10:2",
		"a/c/":   "a/c/d:4",
		"z":      "",
		"z/":     "",
		"b/":     "",
		"../":    "",
		"/":      "",
		"a//":    "",
		"a/c/d/": "",
	} {
		if got := names(t, s, prefix); got != want {
			t.Errorf("List(%q) = %s, want %s", prefix, got, want)
		}
	}
}

func remove(t *testing.T, s store.Store) {
	put(t, s, "d/a", []byte("a"))
	put(t, s, "d/b", []byte("b"))
	if err := s.Delete(context.Background(), "d/a"); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, ""); got != "d/b:1" {
		t.Fatalf("List: %s", got)
	}
	put(t, s, "d/a", []byte("again"))
	want(t, s, "d/a", "again")
}

func badNames(t *testing.T, s store.Store) {
	for _, name := range []string{
		"", ".", "..", "../a", "a/../b", "/a", "a/", "a//b", "./a", "a/.", ".hidden",
		"a/.hidden", "nul\x00", "line\nfeed", `back\slash`, "\x7f", strings.Repeat("n", 201), "bad\xffutf8",
	} {
		if err := s.Put(context.Background(), name, func(io.Writer) error { return nil }); err == nil {
			t.Errorf("Put(%q) succeeded", name)
		}
		if _, _, err := s.Get(context.Background(), name); err == nil {
			t.Errorf("Get(%q) succeeded", name)
		}
		if err := s.Delete(context.Background(), name); err == nil {
			t.Errorf("Delete(%q) succeeded", name)
		}
	}
	if got := names(t, s, ""); got != "" {
		t.Fatalf("List: %s", got)
	}
}

func oddNames(t *testing.T, s store.Store) {
	for _, name := range []string{"with space", "ünïcödé/日本", "a..b", "-dash", "%2e%2e", "~", "a:b", strings.Repeat("n", 200)} {
		put(t, s, name, []byte(name))
		want(t, s, name, name)
	}
}

func openBlobStays(t *testing.T, s store.Store) {
	put(t, s, "a", []byte("first"))
	r, _, err := s.Get(context.Background(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put(t, s, "a", []byte("second"))
	if err := s.Delete(context.Background(), "a"); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(r); err != nil || string(data) != "first" {
		t.Fatalf("the open blob reads %q, %v", data, err)
	}
}

func writerBuffer(t *testing.T, s store.Store) {
	err := s.Put(context.Background(), "a", func(w io.Writer) error {
		buf := []byte("one ")
		if _, err := w.Write(buf); err != nil {
			return err
		}
		copy(buf, "two ")
		_, err := w.Write(buf)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, s, "a", "one two ")
}

func panics(t *testing.T, s store.Store) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic of write was swallowed")
			}
		}()
		_ = s.Put(context.Background(), "a", func(w io.Writer) error { panic("in write") })
	}()
	if got := names(t, s, ""); got != "" {
		t.Fatalf("List: %s", got)
	}
	put(t, s, "a", []byte("works"))
	want(t, s, "a", "works")
}

// concurrent lets goroutines replace and read the same blobs; every read must find
// one whole version.
func concurrent(t *testing.T, s store.Store) {
	put(t, s, "d/shared", bytes.Repeat([]byte{0}, 1000))
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 20 {
				data := bytes.Repeat([]byte{byte(g)}, 1000+g)
				for _, name := range []string{"d/shared", fmt.Sprintf("own%d/%d", g, i)} {
					err := s.Put(context.Background(), name, func(w io.Writer) error {
						_, err := w.Write(data)
						return err
					})
					if err != nil {
						t.Errorf("Put(%q): %v", name, err)
						return
					}
				}
				r, size, err := s.Get(context.Background(), "d/shared")
				if err != nil {
					t.Errorf("Get: %v", err)
					return
				}
				got, err := io.ReadAll(r)
				r.Close()
				if err != nil || int64(len(got)) != size || size < 1000 || len(got) != 1000+int(got[0]) && got[0] != 0 ||
					!bytes.Equal(got, bytes.Repeat(got[:1], len(got))) {
					t.Errorf("a torn blob of %d bytes, %v", len(got), err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := names(t, s, "own"); strings.Count(got, ":") != 80 {
		t.Errorf("%d blobs listed, want 80", strings.Count(got, ":"))
	}
}

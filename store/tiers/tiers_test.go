package tiers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
	"github.com/cairn-ad/cairn/store/storetest"
)

var quiet = slog.New(slog.DiscardHandler)

func options() Options { return Options{Pause: time.Millisecond, Logger: quiet} }

func newStore(t *testing.T, o Options, levels ...Level) *Store {
	t.Helper()
	s, err := New(levels, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Drain(context.Background()) }) // no copy outlives the test
	return s
}

func write(data string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, data)
		return err
	}
}

func put(t *testing.T, s store.Store, name, data string) {
	t.Helper()
	if err := s.Put(t.Context(), name, write(data)); err != nil {
		t.Fatal(err)
	}
}

func get(s store.Store, name string) (string, error) {
	r, _, err := s.Get(context.Background(), name)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(r)
	return string(data), errors.Join(err, r.Close())
}

func names(t *testing.T, s store.Store) string {
	t.Helper()
	infos, err := s.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range infos {
		out = append(out, i.Name)
	}
	return strings.Join(out, " ")
}

// pairs are units of the blobs N.data and N.last, of the series of their folder. A unit whose
// last blob says "needs M" needs M.data too; data that holds "bad" is not valid.
type pairs struct{}

func (pairs) Of(name string) (Unit, bool) {
	stem, ext, _ := strings.Cut(path.Base(name), ".")
	seq, err := strconv.ParseUint(stem, 10, 64)
	if err != nil || ext != "data" && ext != "last" {
		return Unit{}, false
	}
	dir, _ := path.Split(name)
	return Unit{Last: dir + stem + ".last", Series: dir, Seq: seq}, true
}

func (pairs) Parts(_ context.Context, s store.Store, last string) ([]string, error) {
	text, err := get(s, last)
	if err != nil {
		return nil, err
	}
	parts := []string{strings.TrimSuffix(last, "last") + "data"}
	if base, ok := strings.CutPrefix(text, "needs "); ok {
		dir, _ := path.Split(last)
		parts = append([]string{dir + base + ".data"}, parts...)
	}
	return append(parts, last), nil
}

func (p pairs) Verify(ctx context.Context, s store.Store, last string) error {
	parts, err := p.Parts(ctx, s, last)
	for _, name := range parts {
		text, e := get(s, name)
		if err = errors.Join(err, e); strings.Contains(text, "bad") {
			err = errors.New(name + " is bad")
		}
	}
	return err
}

// save puts the unit n.
func save(t *testing.T, s store.Store, n int, last string) {
	t.Helper()
	put(t, s, fmt.Sprintf("run/%d.data", n), fmt.Sprint("data ", n))
	put(t, s, fmt.Sprintf("run/%d.last", n), last)
}

func TestConformance(t *testing.T) {
	levels := func(t *testing.T) []Level {
		d, err := store.OpenDir(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return []Level{{Store: store.NewMem()}, {Store: d}, {Store: store.NewMem()}}
	}
	for wait := range 3 {
		t.Run(fmt.Sprint("wait ", wait), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				l := levels(t)
				l[wait].Wait = true
				return newStore(t, options(), l...)
			})
		})
	}
}

func TestSlowerLevelsFollow(t *testing.T) {
	mem, local, remote := store.NewMem(), store.NewMem(), store.NewMem()
	s := newStore(t, options(), Level{Store: mem}, Level{Store: local, Wait: true}, Level{Store: remote})
	s.SetUnits(pairs{})
	save(t, s, 1, "x")
	if got := names(t, local); got != "run/1.data run/1.last" {
		t.Errorf("Put did not wait for the level: it has %q", got)
	}
	put(t, s, "lock", "of no unit")
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, remote); got != "run/1.data run/1.last" {
		t.Errorf("the slow level has %q", got)
	}
	put(t, s, "run/1.data", "data again")
	put(t, s, "run/1.last", "y")
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := get(remote, "run/1.data"); err != nil || got != "data again" {
		t.Errorf("a unit that was replaced is %q there, %v", got, err)
	}
	st := s.Status()
	if len(st) != 1 || st[0].Units != 2 || st[0].Err != nil || len(st[0].Pending) != 0 || st[0].Bytes == 0 {
		t.Errorf("Status = %+v", st)
	}
	for _, name := range []string{"run/1.last", "run/1.data"} {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range []store.Store{mem, local, remote} {
		if got := names(t, l); got != "lock" && got != "" {
			t.Errorf("after the deletion a level has %q", got)
		}
	}
}

// A unit that needs a blob of an older one takes it along, and the last blob comes last.
func TestUnitsAreWhole(t *testing.T) {
	for fail := 1; fail <= 4; fail++ {
		plan := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Commit, N: fail, Err: syscall.EIO, Forever: true})
		mem, remote := store.NewMem(), store.NewMem()
		s := newStore(t, options(), Level{Store: mem, Wait: true}, Level{Store: faultstore.New(remote, plan), Every: time.Hour})
		s.SetUnits(pairs{})
		save(t, s, 1, "x")
		save(t, s, 2, "needs 1")
		save(t, s, 3, "needs 2")
		err := s.Drain(t.Context())
		var whole []string
		for _, n := range []string{"run/1.last", "run/3.last"} {
			if _, e := get(remote, n); e == nil {
				if e := (pairs{}).Verify(t.Context(), remote, n); e != nil {
					t.Errorf("fault %d: %s is not whole: %v", fail, n, e)
				}
				whole = append(whole, n)
			}
		}
		if all := "run/1.last run/3.last"; (err == nil) != (strings.Join(whole, " ") == all) {
			t.Errorf("fault %d: Drain = %v, and the level has %q", fail, err, whole)
		}
		plan.Heal()
		if err := s.Drain(t.Context()); err != nil {
			t.Errorf("fault %d: after it was healed: %v", fail, err)
		}
		if err := (pairs{}).Verify(t.Context(), remote, "run/3.last"); err != nil {
			t.Errorf("fault %d: %v", fail, err)
		}
		if _, err := get(remote, "run/2.last"); err == nil {
			t.Error("a unit that came too early was taken")
		}
	}
}

// What a program that died has not brought to the slow level is brought by the next one.
func TestRestartGoesOn(t *testing.T) {
	dir := t.TempDir()
	local, err := store.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 6; n++ {
		save(t, local, n, "x")
	}
	remote := store.NewMem()
	save(t, remote, 1, "x")
	put(t, remote, "run/4.data", "data 4") // half of it was copied
	s := newStore(t, options(), Level{Store: store.NewMem()}, Level{Store: local, Wait: true}, Level{Store: remote})
	s.SetUnits(pairs{})
	names(t, s)
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, remote), "run/1.data run/1.last run/3.data run/3.last run/4.data run/4.last run/5.data run/5.last run/6.data run/6.last"; got != want {
		t.Errorf("there is %q, want %q, since four units may wait", got, want)
	}
	// All that is fast was lost.
	s = newStore(t, options(), Level{Store: store.NewMem(), Wait: true}, Level{Store: remote})
	s.SetUnits(pairs{})
	if got := names(t, s); !strings.Contains(got, "run/6.last") {
		t.Errorf("listed: %q", got)
	}
	if got, err := get(s, "run/6.data"); err != nil || got != "data 6" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestDamagedCopyIsPassedOver(t *testing.T) {
	local, remote := store.NewMem(), store.NewMem()
	save(t, local, 1, "x")
	save(t, remote, 1, "x")
	put(t, local, "run/1.data", "bad")
	s := newStore(t, options(), Level{Store: local}, Level{Store: remote})
	s.SetUnits(pairs{})
	if got, err := get(s, "run/1.data"); err != nil || got != "data 1" {
		t.Errorf("read %q, %v", got, err)
	}
	third := store.NewMem()
	s = newStore(t, options(), Level{Store: local}, Level{Store: remote, Wait: true}, Level{Store: third})
	s.SetUnits(pairs{})
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := get(third, "run/1.data"); err != nil || got != "data 1" {
		t.Errorf("a damaged copy was copied: %q, %v", got, err)
	}
	put(t, remote, "run/1.data", "bad too")
	fourth := store.NewMem()
	s = newStore(t, options(), Level{Store: local}, Level{Store: remote, Wait: true}, Level{Store: fourth})
	s.SetUnits(pairs{})
	if err := s.Drain(t.Context()); err == nil || names(t, fourth) != "" {
		t.Errorf("Drain = %v; the level has %q", err, names(t, fourth))
	}
}

func TestKeep(t *testing.T) {
	local, remote := store.NewMem(), store.NewMem()
	s := newStore(t, options(), Level{Store: local, Keep: 2}, Level{Store: remote, Keep: 4})
	s.SetUnits(pairs{})
	for n := 1; n <= 9; n++ {
		save(t, s, n, map[bool]string{true: "needs 1", false: "x"}[n == 8])
		if err := s.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n > 2 { // as a program that keeps two
			if err := s.Delete(t.Context(), fmt.Sprintf("run/%d.last", n-2)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := names(t, local); strings.Count(got, ".last") != 2 || !strings.Contains(got, "run/9.last") {
		t.Errorf("the first level keeps %q", got)
	}
	if got := names(t, remote); strings.Count(got, ".last") != 4 || !strings.Contains(got, "run/6.last") {
		t.Errorf("the second level keeps %q", got)
	}
}

// gate is a store whose Put waits.
type gate struct {
	store.Store
	open chan struct{}
	once sync.Once
	came chan struct{}
}

func (g *gate) Put(ctx context.Context, name string, write func(io.Writer) error) error {
	g.once.Do(func() { close(g.came) })
	<-g.open
	return g.Store.Put(ctx, name, write)
}

// A level that is too slow gets the newest units; what is deleted while it is copied is
// deleted afterwards, everywhere.
func TestSlowLevel(t *testing.T) {
	local, remote := store.NewMem(), &gate{Store: store.NewMem(), open: make(chan struct{}), came: make(chan struct{})}
	o := options()
	o.Pending = 2
	s := newStore(t, o, Level{Store: local}, Level{Store: remote})
	s.SetUnits(pairs{})
	names(t, s)
	save(t, s, 1, "x")
	<-remote.came
	for n := 2; n <= 6; n++ {
		save(t, s, n, "x")
	}
	if got := s.Status()[0].Pending; !slices.Equal(got, []string{"run/1.last", "run/5.last", "run/6.last"}) {
		t.Errorf("pending: %q", got)
	}
	for _, name := range []string{"run/1.last", "run/1.data", "run/5.last", "run/5.data"} {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, s); strings.Contains(got, "run/1.") {
		t.Errorf("a deleted unit is listed: %q", got)
	}
	if _, err := get(s, "run/1.data"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Get = %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Drain = %v", err)
	}
	close(remote.open)
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, remote.Store); got != "run/6.data run/6.last" {
		t.Errorf("the slow level has %q", got)
	}
}

func TestUnreachableLevelIsNotEmpty(t *testing.T) {
	plan := faultstore.NewPlan(faultstore.Fault{N: 1, Err: syscall.ECONNREFUSED, Forever: true})
	s := newStore(t, options(), Level{Store: store.NewMem()}, Level{Name: "far", Store: faultstore.New(store.NewMem(), plan)})
	s.SetUnits(pairs{})
	if _, err := s.List(t.Context(), ""); !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), "level far") {
		t.Errorf("List = %v", err)
	}
	save(t, s, 1, "x") // which does not need it
	if err := s.Drain(t.Context()); err == nil {
		t.Error("Drain = nil")
	}
	plan.Heal()
}

func TestURLs(t *testing.T) {
	d := t.TempDir()
	for url, want := range map[string]string{
		"tiers:mem:": "",
		"tiers:mem:,file:" + d + "/a;keep=2,file:" + d + "/b;every=1h;keep=9": "",
		"tiers:mem:,[tiers:mem:,file:" + d + "/c;keep=1];keep=2":              "",
		"tiers:mem:,file:" + d + "/a;every=1h":                                "leave out every",
		"tiers:mem:;keep=x":                                                   "invalid syntax",
		"tiers:mem:;keep=-1":                                                  "not negative",
		"tiers:mem:,mem:;every=x":                                             "invalid duration",
		"tiers:mem:;later":                                                    "options wait",
		"tiers:":                                                              "empty entry",
		"tiers:[mem:":                                                         "brackets",
		"tiers:nothing:":                                                      "is no store",
	} {
		s, err := store.Open(url)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("Open(%q) = %v, want an error with %q", url, err, want)
		}
		if err == nil {
			put(t, s, "a", "x")
			if err := s.(*Store).Drain(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	s, err := store.OpenExisting("tiers:mem:,file:" + d + "/a,file:" + d + "/b")
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, s); got != "a" {
		t.Errorf("there is %q", got)
	}
	if s.Put(t.Context(), "b", write("")) == nil || s.Delete(t.Context(), "a") == nil {
		t.Error("what was opened to look into it was changed")
	}
	if _, err := store.OpenExisting("tiers:mem:"); err == nil || !strings.Contains(err.Error(), "always empty") {
		t.Errorf("OpenExisting = %v", err)
	}
	if _, err := store.OpenExisting("tiers:file:" + d + "/no"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("OpenExisting = %v", err)
	}
}

func TestLock(t *testing.T) {
	d := t.TempDir()
	all := func(string) bool { return true }
	open := func() *Store {
		s, err := store.Open("tiers:mem:,file:" + d + "/a,file:" + d + "/b")
		if err != nil {
			t.Fatal(err)
		}
		return s.(*Store)
	}
	l, err := open().Lock(t.Context(), "run", all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open().Lock(t.Context(), "run", all); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second writer: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
}

// A blob whose copy took effect although it failed is deleted with the others of its unit: its last
// blob alone would be a unit without data.
func TestCopyThatFailedLate(t *testing.T) {
	for n, want := range map[int]string{1: "run/1.data", 2: "run/1.data run/1.last"} {
		o := options()
		o.Attempts = 1
		remote := store.NewMem()
		plan := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Put, N: n, Err: syscall.EIO, Late: true})
		s := newStore(t, o, Level{Store: store.NewMem()}, Level{Store: faultstore.New(remote, plan)})
		s.SetUnits(pairs{})
		names(t, s)
		save(t, s, 1, "x")
		for s.Status()[0].Err == nil {
			time.Sleep(time.Millisecond)
		}
		if got := names(t, remote); got != want {
			t.Fatalf("put %d failed late: the slow level has %q, want %q", n, got, want)
		}
		for _, ext := range []string{"last", "data"} {
			if err := s.Delete(t.Context(), "run/1."+ext); err != nil {
				t.Fatal(err)
			}
		}
		if got := names(t, remote); got != "" {
			t.Errorf("put %d failed late: the slow level still has %q", n, got)
		}
	}
}

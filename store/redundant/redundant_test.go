package redundant

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
	"github.com/cairn-ad/cairn/store/storetest"
)

// testBlock is a small block, so that small blobs have many.
const testBlock = 512

var quiet = Options{Logger: slog.New(slog.DiscardHandler)}

// newStore makes a store over members in memory, or over those given.
func newStore(t *testing.T, k, m int, over ...store.Store) (*Store, []store.Store) {
	t.Helper()
	if over == nil {
		for range k + m {
			over = append(over, store.NewMem())
		}
	}
	var members []Member
	for _, s := range over {
		members = append(members, Member{Store: s})
	}
	s, err := New(k, m, members, quiet)
	if err != nil {
		t.Fatal(err)
	}
	s.block = testBlock
	return s, over
}

func write(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

func put(t *testing.T, s store.Store, name string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), name, write(data)); err != nil {
		t.Fatal(err)
	}
}

func get(s store.Store, name string) ([]byte, error) {
	r, size, err := s.Get(context.Background(), name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if int64(len(data)) != size {
		return nil, fmt.Errorf("%d bytes, Get said %d", len(data), size)
	}
	return data, nil
}

func random(seed uint64, n int) []byte {
	var key [32]byte
	le.PutUint64(key[:], seed)
	b := make([]byte, n)
	rand.NewChaCha8(key).Read(b)
	return b
}

func TestConformance(t *testing.T) {
	for _, c := range []struct{ k, m int }{{1, 0}, {1, 1}, {2, 1}, {4, 2}} {
		t.Run(fmt.Sprintf("%d+%d", c.k, c.m), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				s, _ := newStore(t, c.k, c.m)
				return s
			})
		})
	}
	t.Run("directories", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store {
			d := t.TempDir()
			s, err := store.Open(fmt.Sprintf("rs:2+1:file:%s/a,file:%s/b,file:%s/c", d, d, d))
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
	})
	t.Run("one lost", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store {
			s, _ := newStore(t, 2, 1, store.NewMem(), lost{syscall.EIO}, store.NewMem())
			return s
		})
	})
}

// sizes around those of blocks and stripes.
func sizes(k int) []int {
	full := k * testBlock
	return []int{0, 1, k, k + 1, testBlock, full - 1, full, full + 1, 2*full + k + 1}
}

// The ways in which a member can be lost.
var losses = []struct {
	name string
	of   func(s store.Store, r *rand.Rand) store.Store
}{
	{"gone", func(store.Store, *rand.Rand) store.Store { return lost{syscall.EIO} }},
	{"empty", func(store.Store, *rand.Rand) store.Store { return store.NewMem() }},
	{"flipped", damaged(func(b []byte, r *rand.Rand) []byte { b[r.IntN(len(b))] ^= 1 << r.IntN(8); return b })},
	{"truncated", damaged(func(b []byte, r *rand.Rand) []byte { return b[:r.IntN(len(b))] })},
	{"longer", damaged(func(b []byte, r *rand.Rand) []byte { return append(b, 0) })},
	{"read error", func(s store.Store, r *rand.Rand) store.Store {
		return faultstore.New(s, faultstore.NewPlan(faultstore.Fault{Op: faultstore.Read, N: 1 + r.IntN(3), Err: syscall.EIO, Forever: true}))
	}},
}

// damaged returns a copy of a member all of whose blobs are changed.
func damaged(change func([]byte, *rand.Rand) []byte) func(store.Store, *rand.Rand) store.Store {
	return func(s store.Store, r *rand.Rand) store.Store {
		out := store.NewMem()
		infos, err := s.List(context.Background(), "")
		if err != nil {
			panic(err)
		}
		for _, info := range infos {
			b, err := get(s, info.Name)
			if err != nil {
				panic(err)
			}
			if err := out.Put(context.Background(), info.Name, write(change(b, r))); err != nil {
				panic(err)
			}
		}
		return out
	}
}

// Any m members may be lost in any way; with one more the blob is an error and never
// another one.
func TestAnyLosses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	cases := 0
	for k := 1; k <= 4; k++ {
		for m := 0; m <= 3; m++ {
			for _, size := range sizes(k) {
				data := random(uint64(size), size)
				s, members := newStore(t, k, m)
				put(t, s, "blob", data)
				for set := range 1 << (k + m) {
					n := bits.OnesCount(uint(set))
					if n > m+1 {
						continue
					}
					loss := losses[cases%len(losses)]
					left := slices.Clone(members)
					for i := range left {
						if set>>i&1 == 1 {
							left[i] = loss.of(left[i], r)
						}
					}
					cases++
					after, _ := newStore(t, k, m, left...)
					got, err := get(after, "blob")
					what := fmt.Sprintf("%d+%d, %d bytes, members %b %s", k, m, size, set, loss.name)
					switch {
					case err == nil && !bytes.Equal(got, data):
						t.Fatalf("%s: another blob was read", what)
					case err != nil && n <= m:
						t.Fatalf("%s: %v", what, err)
					case err == nil && n > m && loss.name != "read error" && loss.name != "flipped": // those may miss what is read
						t.Fatalf("%s: it was read", what)
					}
				}
			}
		}
	}
	t.Logf("%d cases", cases)
}

func TestLargerCodes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct{ k, m int }{{10, 4}, {17, 3}, {1, 9}, {40, 16}} {
		data := random(uint64(c.k), 3*testBlock+r.IntN(testBlock))
		s, members := newStore(t, c.k, c.m)
		put(t, s, "blob", data)
		for range 5 {
			left := slices.Clone(members)
			for _, i := range r.Perm(c.k + c.m)[:c.m] {
				left[i] = losses[r.IntN(len(losses))].of(left[i], r)
			}
			r.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
			after, _ := newStore(t, c.k, c.m, left...)
			if got, err := get(after, "blob"); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("%d+%d: %d bytes, %v", c.k, c.m, len(got), err)
			}
		}
	}
}

// parts returns what a member has.
func parts(t *testing.T, s store.Store) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	infos, err := s.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		if out[info.Name], err = get(s, info.Name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// keeper is a store that deletes nothing.
type keeper struct{ store.Store }

func (keeper) Delete(context.Context, string) error { return nil }

// A crash at any moment of a Put, and the loss of any m members, leave the old blob or the
// new one. The states are those between the steps of the protocol, in which the members are
// at work at the same time: some of the shards, all and some of the heads, all and some of
// the old parts removed.
func TestEveryCrashState(t *testing.T) {
	states := 0
	for _, c := range []struct{ k, m int }{{1, 1}, {2, 1}, {1, 2}, {2, 2}, {3, 1}} {
		n := c.k + c.m
		older, newer := random(1, 5*testBlock/2), random(2, 3*testBlock/2)
		var keep []store.Store
		for range n {
			keep = append(keep, keeper{store.NewMem()})
		}
		s, _ := newStore(t, c.k, c.m, keep...)
		put(t, s, "blob", older)
		var before, both []map[string][]byte
		for _, member := range keep {
			before = append(before, parts(t, member))
		}
		put(t, s, "blob", newer)
		for _, member := range keep {
			both = append(both, parts(t, member))
		}
		// The phases: which parts a member has, if it has done its part of the phase or not.
		phases := []func(i int, done bool) func(part, bool) bool{
			func(_ int, done bool) func(part, bool) bool { // shards are written
				return func(p part, old bool) bool { return old || done && !p.head }
			},
			func(_ int, done bool) func(part, bool) bool { // heads are written
				return func(p part, old bool) bool { return old || !p.head || done }
			},
			func(_ int, done bool) func(part, bool) bool { // old heads are removed
				return func(p part, old bool) bool { return !old || !p.head || !done }
			},
			func(_ int, done bool) func(part, bool) bool { // old shards are removed
				return func(p part, old bool) bool { return !old || !p.head && !done }
			},
		}
		for number, phase := range phases {
			for set := range 1 << n {
				for gone := range 1 << n {
					if bits.OnesCount(uint(gone)) > c.m {
						continue
					}
					var members []store.Store
					for i := range n {
						if gone>>i&1 == 1 {
							members = append(members, lost{syscall.EIO})
							continue
						}
						has := phase(i, set>>i&1 == 1)
						mem := store.NewMem()
						for name, content := range both[i] {
							p, _ := parsePart(name)
							if _, old := before[i][name]; has(p, old) {
								put(t, mem, name, content)
							}
						}
						members = append(members, mem)
					}
					states++
					after, _ := newStore(t, c.k, c.m, members...)
					got, err := get(after, "blob")
					isOld, isNew := bytes.Equal(got, older), bytes.Equal(got, newer)
					if err != nil || !isOld && !isNew || number == 0 && isNew || number > 1 && isOld {
						t.Fatalf("%d+%d, phase %d, members %b done, %b gone: old %v, new %v, %v", c.k, c.m, number, set, gone, isOld, isNew, err)
					}
				}
			}
		}
	}
	t.Logf("%d states", states)
}

// With the n-th operation of all members failing, once or for ever, Put tells it or the new
// blob is there; the old one is never harmed.
func TestFaults(t *testing.T) {
	errs := []error{syscall.EIO, syscall.ENOSPC}
	cases := 0
	for _, op := range []string{faultstore.Put, faultstore.Commit, faultstore.Ack, faultstore.List, faultstore.Delete, faultstore.Write} {
		for n := 1; n <= 14; n++ {
			for _, forever := range []bool{false, true} {
				cases++
				plan := faultstore.NewPlan()
				var over, real []store.Store
				for range 3 {
					mem := store.NewMem()
					real = append(real, mem)
					over = append(over, faultstore.New(mem, plan))
				}
				s, _ := newStore(t, 2, 1, over...)
				older, newer := random(1, 4000), random(2, 3001)
				put(t, s, "blob", older)
				plan.Add(faultstore.Fault{Op: op, N: n, Err: errs[n%2], Forever: forever, Late: op == faultstore.Ack})
				err := s.Put(t.Context(), "blob", write(newer))
				after, _ := newStore(t, 2, 1, real...)
				got, e := get(after, "blob")
				isOld, isNew := bytes.Equal(got, older), bytes.Equal(got, newer)
				if e != nil || !isNew && (err == nil || !isOld) {
					t.Fatalf("%s %d forever %v: Put = %v; then old %v, new %v, %v", op, n, forever, err, isOld, isNew, e)
				}
			}
		}
	}
	t.Logf("%d cases", cases)
}

func TestStrict(t *testing.T) {
	members := []Member{{"a", store.NewMem()}, {"b", lost{syscall.EIO}}, {"c", store.NewMem()}}
	s, err := New(2, 1, members, Options{Strict: true, Logger: quiet.Logger})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Put(t.Context(), "blob", write([]byte("x")))
	if !errors.Is(err, ErrDegraded) || !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "b: ") {
		t.Errorf("Put = %v", err)
	}
	for _, m := range []int{0, 2} {
		if left := parts(t, members[m].Store); len(left) != 0 {
			t.Errorf("%d parts were left", len(left))
		}
	}
}

// A member that was away and comes back with what it had is no newer blob.
func TestStaleMember(t *testing.T) {
	a, b := store.NewMem(), store.NewMem()
	s, _ := newStore(t, 1, 1, a, b)
	put(t, s, "blob", []byte("older"))
	away, _ := newStore(t, 1, 1, a, lost{syscall.EIO})
	put(t, away, "blob", []byte("newer"))
	for _, order := range [][]store.Store{{a, b}, {b, a}} {
		back, _ := newStore(t, 1, 1, order...)
		if got, err := get(back, "blob"); err != nil || string(got) != "newer" {
			t.Errorf("read %q, %v", got, err)
		}
	}
	var lines []string
	if err := s.Repair(t.Context(), "", false, func(l string) { lines = append(lines, l) }); err != nil {
		t.Fatal(err)
	}
	only, _ := newStore(t, 1, 1, lost{syscall.EIO}, b)
	if got, err := get(only, "blob"); err != nil || string(got) != "newer" {
		t.Errorf("after the repair (%q): %q, %v", lines, got, err)
	}
	if len(parts(t, b)) != 2 {
		t.Errorf("the member has %d parts", len(parts(t, b)))
	}
}

func TestRepair(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 40 {
		k, m := 1+r.IntN(4), 1+r.IntN(3)
		s, members := newStore(t, k, m)
		want := map[string][]byte{}
		for i := range 3 {
			name := fmt.Sprint("run/", i)
			want[name] = random(uint64(round*3+i), r.IntN(3*k*testBlock))
			put(t, s, name, want[name])
		}
		for _, i := range r.Perm(k + m)[:m] {
			members[i] = losses[1+r.IntN(4)].of(members[i], r)
		}
		s, _ = newStore(t, k, m, members...)
		var told []string
		if err := s.Repair(t.Context(), "run/", true, func(l string) { told = append(told, l) }); err != nil || len(told) == 0 {
			t.Fatalf("dry run: %v, %q", err, told)
		}
		if err := s.Repair(t.Context(), "run/", false, nil); err != nil {
			t.Fatal(err)
		}
		told = nil
		if err := s.Repair(t.Context(), "", true, func(l string) { told = append(told, l) }); err != nil || len(told) != 0 {
			t.Fatalf("after the repair: %v, %q", err, told)
		}
		for _, i := range r.Perm(k + m)[:m] { // as many are lost again
			members[i] = lost{syscall.EIO}
		}
		s, _ = newStore(t, k, m, members...)
		for name, data := range want {
			if got, err := get(s, name); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("round %d: %s: %d bytes, %v", round, name, len(got), err)
			}
		}
	}
	s, members := newStore(t, 2, 1)
	put(t, s, "blob", []byte("data"))
	s, _ = newStore(t, 2, 1, members[0], store.NewMem(), store.NewMem())
	if err := s.Repair(t.Context(), "", false, nil); !errors.Is(err, ErrLost) {
		t.Errorf("Repair = %v", err)
	}
	if list, err := s.List(t.Context(), ""); err != nil || len(list) != 1 || list[0].Size != 4 {
		t.Errorf("a lost blob is listed as %v, %v", list, err)
	}
}

func TestShardsOfADeadProcess(t *testing.T) {
	s, members := newStore(t, 1, 1)
	young, old := newGen("", made("000000000000000000000000").Add(1<<61)), "00000001"+"60000000"+"00000000"
	put(t, members[0], shardName("blob", old, 0), []byte("x"))
	put(t, members[1], shardName("other", young, 1), []byte("x"))
	if list, err := s.List(t.Context(), ""); err != nil || len(list) != 0 {
		t.Errorf("List = %v, %v", list, err)
	}
	if _, err := get(s, "blob"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Get = %v", err)
	}
	if err := s.Repair(t.Context(), "", false, nil); err != nil {
		t.Fatal(err)
	}
	if len(parts(t, members[0])) != 0 || len(parts(t, members[1])) != 1 {
		t.Error("what is old was left, or what is young was removed")
	}
}

func TestMove(t *testing.T) {
	d := t.TempDir()
	s, err := store.Open(fmt.Sprintf("copies:file:%s/a,file:%s/b", d, d))
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "blob", []byte("data"))
	put(t, s, "taken", []byte("data"))
	m := s.(*Store)
	if err := m.Move(t.Context(), "blob", "taken"); err == nil {
		t.Error("a blob was moved onto another one")
	}
	if err := m.Move(t.Context(), "blob", "q/"+strings.Repeat("n", 190)); err != nil {
		t.Fatal(err)
	}
	if got, err := get(s, "q/"+strings.Repeat("n", 190)); err != nil || string(got) != "data" {
		t.Errorf("moved: %q, %v", got, err)
	}
	if _, err := get(s, "blob"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Get = %v", err)
	}
}

func TestURLs(t *testing.T) {
	d := t.TempDir()
	file := filepath.Join(d, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"rs:2+1:mem:,mem:,mem:":                "",
		"copies:mem:":                          "",
		"copies:[rs:1+1:mem:,mem:],mem:":       "",
		"copies:file:" + d + "/x,file:" + file: "", // one may fail to open
		"rs:2+1:mem:,mem:":                     "need 3 stores",
		"rs:2:mem:,mem:":                       "write rs:K+M",
		"rs:a+1:mem:,mem:":                     "write rs:K+M",
		"rs:0+2:mem:,mem:":                     "at least one of data",
		"rs:2+-1:mem:":                         "at least one of data",
		"copies:":                              "empty entry",
		"copies:mem:,":                         "empty entry",
		"copies:[mem:,mem:":                    "brackets",
		"copies:mem:],mem:":                    "brackets",
		"copies:file:" + file + ",file:" + file + "/b":           "cannot be opened",
		"copies:file:" + d + "/same,file:" + d + "/same":         "given twice",
		"rs:" + "300+1:" + strings.Repeat("mem:,", 300) + "mem:": "at most 256",
	} {
		_, err := store.Open(url)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("Open(%.60q) = %v, want an error with %q", url, err, want)
		}
	}
	if _, err := store.OpenExisting("copies:file:" + d + "/no,file:" + d + "/none"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("OpenExisting = %v", err)
	}
}

// A second writer is refused while one member of the first's is held.
func TestLock(t *testing.T) {
	d := t.TempDir()
	open := func(urls ...string) store.Locker {
		s, err := store.Open("copies:" + strings.Join(urls, ","))
		if err != nil {
			t.Fatal(err)
		}
		return s.(*Store)
	}
	a, b := "file:"+d+"/a", "file:"+d+"/b"
	all := func(string) bool { return true }
	first, err := open(a, b).Lock(t.Context(), "run", all)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := open(b, "mem:").Lock(t.Context(), "run", all); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second writer: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := open(a, b).Lock(t.Context(), "run", all)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}

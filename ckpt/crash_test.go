package ckpt

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/faults/crashfs"
	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/vfs"
)

// turns lets one rank after the other do an operation, in an order that is given.
type turns struct {
	ask  [2]chan bool // closed when the rank has no more to do
	done [2]chan bool
}

// gated is a file system as one rank sees it: every change waits for its turn.
type gated struct {
	vfs.FS
	turns *turns
	rank  int
}

func (g *gated) turn(f func() error) error {
	g.turns.ask[g.rank] <- true
	err := f()
	g.turns.done[g.rank] <- true
	return err
}

func (g *gated) Create(name string) (f vfs.File, err error) {
	err = g.turn(func() error { f, err = g.FS.Create(name); return err })
	return &gatedFile{f, g}, err
}

func (g *gated) Rename(old, name string) error {
	return g.turn(func() error { return g.FS.Rename(old, name) })
}

func (g *gated) SyncDir(name string) error { return g.turn(func() error { return g.FS.SyncDir(name) }) }

type gatedFile struct {
	vfs.File
	g *gated
}

func (f *gatedFile) Write(b []byte) (n int, err error) {
	err = f.g.turn(func() error { n, err = f.File.Write(b); return err })
	return n, err
}
func (f *gatedFile) Sync() error { return f.g.turn(f.File.Sync) }

// saveRanks saves a state of two ranks: their data files at the same time, in turns that
// schedule gives, and then the manifest.
func saveRanks(t *testing.T, disk *crashfs.FS, step int, schedule []int) {
	t.Helper()
	ctx := context.Background()
	tn := &turns{}
	var refs [2]fileRef
	var heads [2]dataHeader
	var errs [2]error
	stem := strings.TrimSuffix(blobName("run", uint64(step), step), suffix)
	for rank := range 2 {
		tn.ask[rank], tn.done[rank] = make(chan bool), make(chan bool)
		s, err := store.OpenFS(&gated{disk, tn, rank})
		if err != nil {
			t.Fatal(err)
		}
		r := open(t, s, quiet)
		x := int64(10*step + rank)
		protect(t, r, "x", &x)
		if _, err := r.capture(&r.image); err != nil {
			t.Fatal(err)
		}
		heads[rank] = *r.header(step, &r.image)
		heads[rank].Seq, heads[rank].Rank, heads[rank].Ranks = uint64(step), rank, 2
		refs[rank].Name = dataName(stem, rank)
		go func() {
			errs[rank] = s.Put(ctx, refs[rank].Name, func(w io.Writer) (err error) {
				refs[rank].Bytes, refs[rank].Digest, err = r.chunker.write(w, &heads[rank], &r.image)
				return err
			})
			close(tn.ask[rank])
		}()
	}
	for i := 0; tn.ask[0] != nil || tn.ask[1] != nil; i++ {
		rank := i % 2
		if i < len(schedule) {
			rank = schedule[i]
		}
		if tn.ask[rank] == nil {
			continue
		}
		if _, more := <-tn.ask[rank]; !more {
			tn.ask[rank] = nil
			continue
		}
		<-tn.done[rank]
	}
	m := manifest{Seq: uint64(step), Step: step, Time: heads[0].Time, Files: refs[:]}
	text, err := m.append(nil)
	if err := errors.Join(errs[0], errs[1], err); err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenFS(disk)
	if err != nil {
		t.Fatal(err)
	}
	put1(t, s, stem+suffix, text)
}

// restoreRanks returns the step of the newest checkpoint of which both ranks can be restored.
func restoreRanks(t *testing.T, disk *crashfs.FS) (step int) {
	t.Helper()
	ctx := context.Background()
	s, err := store.OpenFS(disk)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := open(t, s, quiet).list(ctx)
	if err != nil {
		t.Fatal(err)
	}
next:
	for _, e := range entries {
		for rank := range 2 {
			in, size, err := s.Get(ctx, e.name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := decode(ctx, s, e.name, in, size, rank)
			if err := errors.Join(err, in.Close()); err != nil {
				continue next
			}
			if got := int(le.Uint64(f.records[0].payload[0])); got != 10*f.step+rank || f.step != e.step {
				t.Fatalf("%s: rank %d has %d", e.name, rank, got)
			}
		}
		return e.step
	}
	return 0
}

// Two ranks save at the same time, in all orders of their operations; whatever a power cut
// leaves at any moment, both ranks are restored from the newest acknowledged checkpoint or
// the one after it, and from the same one.
func TestCrashStatesOfTwoRanks(t *testing.T) {
	const ops = 5 // of each rank: create, write, sync, rename, syncdir
	var schedules [][]int
	for bits := range 1 << (2 * ops) {
		var s []int
		ones := 0
		for i := range 2 * ops {
			s = append(s, bits>>i&1)
			ones += bits >> i & 1
		}
		if ones == ops {
			schedules = append(schedules, s)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(schedules), func(i, j int) { schedules[i], schedules[j] = schedules[j], schedules[i] })
	seen, states := map[[32]byte]int{}, 0
	for _, schedule := range schedules[:faultCount(4, len(schedules))] {
		disk := crashfs.New()
		saveRanks(t, disk, 1, nil)
		begun := disk.Ops()
		saveRanks(t, disk, 2, schedule)
		if len(seen) == 0 {
			t.Logf("the operations are %v", disk.Trace()[begun:])
		}
		for n := begun; n <= disk.Ops(); n++ {
			least := 1
			if n == disk.Ops() {
				least = 2
			}
			for c := range disk.Crashes(n, rng) {
				d := c.Digest()
				if had, ok := seen[d]; ok && had >= least {
					continue
				}
				if got := restoreRanks(t, c); got < least || got > 2 {
					t.Fatalf("schedule %v, after operation %d: step %d is restored", schedule, n-begun, got)
				}
				seen[d] = least
				states++
			}
		}
	}
	t.Logf("%d orders, %d different states", faultCount(4, len(schedules)), states)
}

package faults

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/internal/faults/crashfs"
	"github.com/cairn-ad/cairn/internal/faults/protocols"
	"github.com/cairn-ad/cairn/store/vfs"
)

// saving is a job of a few saves whose crashes are tried.
type saving struct {
	disk  *crashfs.FS
	begun []int // operations that were done before the save of step i+1
	acked []int // operations that were done when it had returned
	// base is the newest step that was acknowledged before, if next, the first one that this job
	// saves, is not 1.
	base, next int
}

// save saves the steps 1 to n.
func record(t *testing.T, s protocols.Saver, disk *crashfs.FS, n, ranks, sectors int) *saving {
	t.Helper()
	r := &saving{disk: disk, next: 1}
	for step := 1; step <= n; step++ {
		r.begun = append(r.begun, disk.Ops())
		if err := s.Save(step, states(step, ranks, sectors)); err != nil {
			t.Fatal(err)
		}
		r.acked = append(r.acked, disk.Ops())
	}
	return r
}

// at returns the newest acknowledged and the newest attempted step after n operations.
func (r *saving) at(n int) (acked, attempted int) {
	acked, attempted = r.base, r.next-1
	for i := range r.begun {
		if r.acked[i] <= n {
			acked = r.next + i
		}
		if r.begun[i] <= n {
			attempted = r.next + i
		}
	}
	return acked, attempted
}

// crashed is one state to look at.
type crashed struct {
	disk             *crashfs.FS
	acked, attempted int
}

// crashes yields every different state that a crash of the job may leave.
func (r *saving) crashes(seed uint64, seen map[string]bool, yield func(crashed) bool) {
	rng := rand.New(rand.NewPCG(seed, 0))
	for n := range r.disk.Ops() + 1 {
		acked, attempted := r.at(n)
		for disk := range r.disk.Crashes(n, rng) {
			key := fmt.Sprintf("%x %d %d", disk.Digest(), acked, attempted)
			if seen[key] {
				continue
			}
			seen[key] = true
			if !yield(crashed{disk, acked, attempted}) {
				return
			}
		}
	}
}

// tally counts outcomes.
type tally [4]int

func (c tally) String() string {
	return fmt.Sprintf("%d states: %d kept, %d newest acknowledged lost, %d nothing loadable, %d wrong", c[kept]+c[lost]+c[nothing]+c[wrong], c[kept], c[lost], c[nothing], c[wrong])
}

// What a power cut may leave of a job that saves is its newest acknowledged state or the one
// after it, whenever the cut comes and whatever was not synced is lost; and the job goes on
// from there.
func TestCrashStates(t *testing.T) {
	var count tally
	seen := map[string]bool{}
	rng := rand.New(rand.NewPCG(3, 4))
	for sectors := 1; sectors <= Count(2, 6); sectors++ {
		disk := crashfs.New()
		job := record(t, newCairn(disk), disk, Count(4, 8), 1, sectors)
		if sectors == 1 {
			t.Logf("the operations are %v", disk.Trace()[job.begun[1]:job.begun[2]])
		}
		job.crashes(uint64(sectors), seen, func(c crashed) bool {
			got, err := judge(newCairn(c.disk), c.acked, c.attempted, 1, sectors)
			count[got]++
			if got != kept {
				t.Errorf("%v: %v", got, err)
				return !t.Failed()
			}
			before := c.disk.Ops()
			again := goOn(t, c, sectors)
			if rng.IntN(Count(10, 4)) == 0 { // and the power is cut again
				again.crashes(rng.Uint64(), seen, func(c crashed) bool {
					got, err := judge(newCairn(c.disk), c.acked, c.attempted, 1, sectors)
					count[got]++
					if got != kept {
						t.Errorf("a crash after operation %d of the recovery from a crash: %v: %v", before, got, err)
					}
					return !t.Failed()
				})
			}
			return !t.Failed()
		})
	}
	t.Log(count)
	if all := len(seen); Full() && all < 20_000 {
		t.Errorf("%d states are too few", all)
	}
}

// goOn restores from a crashed disk, saves once more and loads that. It returns the operations
// of the restore and the save, for another crash.
func goOn(t *testing.T, c crashed, sectors int) *saving {
	t.Helper()
	next := c.attempted + 1
	again := &saving{disk: c.disk, base: c.acked, next: next}
	life := newCairn(c.disk)
	_, _, _ = life.Load() // nothing may have been saved
	again.begun = []int{c.disk.Ops()}
	err := life.Save(next, states(next, 1, sectors))
	again.acked = []int{c.disk.Ops()}
	if err := errors.Join(err, life.Close()); err != nil {
		t.Errorf("the save after the crash: %v", err)
		return again
	}
	if got, err := judge(newCairn(c.disk), next, next, 1, sectors); got != kept {
		t.Errorf("after the save after the crash: %v: %v", got, err)
	}
	return again
}

// The same of the other protocols, which lose states: so the model of the crash can tell.
// The counts are those of docs/explanation/durability.md.
func TestCrashStatesOfOtherProtocols(t *testing.T) {
	const sectors, ranks = 2, 2
	for _, double := range protocols.Doubles() {
		disk := crashfs.New()
		job := record(t, double.New(disk, ranks), disk, 4, ranks, sectors)
		var count tally
		job.crashes(1, map[string]bool{}, func(c crashed) bool {
			got, _ := judge(double.New(vfs.FS(c.disk), ranks), c.acked, c.attempted, ranks, sectors)
			count[got]++
			return true
		})
		t.Logf("%s (%s): %v", double.Name, double.Like, count)
		if count[lost]+count[nothing]+count[wrong] == 0 {
			t.Errorf("%s: no crash does harm, so the model of the crash sees nothing", double.Name)
		}
	}
}

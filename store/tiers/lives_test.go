package tiers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
)

// Lives of a program that saves and removes units on three levels, the slow one of which
// fails now and then, and that dies at any moment. Whatever the slow level lists is whole, and
// when it works again it gets the newest unit.
func TestRandomLives(t *testing.T) {
	rounds := 40
	if os.Getenv("CAIRN_FAULTS") == "full" {
		rounds = 2000
	}
	whole := 0
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 5))
		local, remote := store.NewMem(), store.NewMem()
		keep := r.IntN(4)
		n := 0
		for life := range 5 {
			death, plan := faultstore.NewPlan(), faultstore.NewPlan()
			o := options()
			o.Attempts, o.Pending = 1+r.IntN(3), 1+r.IntN(3)
			levels := []Level{
				{Store: store.NewMem()},
				{Store: faultstore.New(local, death), Wait: true},
				{Store: faultstore.New(faultstore.New(remote, plan), death), Keep: keep},
			}
			s, err := New(levels, o)
			if err != nil {
				t.Fatal(err)
			}
			s.SetUnits(pairs{})
			names(t, s)
			for range 1 + r.IntN(6) {
				n++
				last := "x"
				if n > 1 && r.IntN(3) == 0 {
					last = fmt.Sprint("needs ", n-1)
				}
				save(t, s, n, last)
				if r.IntN(4) == 0 {
					plan.Add(faultstore.Fault{N: 1 + r.IntN(6), Err: syscall.EIO, Late: r.IntN(2) == 0})
				}
				if n > 3 { // the program keeps three
					for _, ext := range []string{"last", "data"} {
						err := s.Delete(t.Context(), fmt.Sprintf("run/%d.%s", n-3, ext))
						if errors.Is(err, syscall.EIO) {
							break // the data of a unit that is there stays
						}
						if err != nil && !errors.Is(err, store.ErrNotExist) {
							t.Fatal(err)
						}
					}
				}
			}
			drained := life == 4 || r.IntN(2) == 0
			if drained {
				plan.Heal()
				if err := s.Drain(t.Context()); err != nil {
					plan.Heal()
					err = s.Drain(t.Context()) // what had been given up comes with it
					if err != nil {
						t.Fatalf("round %d, life %d: %v", round, life, err)
					}
				}
			}
			death.Add(faultstore.Fault{N: 1, Err: syscall.EIO, Forever: true})
			settle(s)
			list, err := remote.List(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			newest := false
			for _, info := range list {
				u, _ := (pairs{}).Of(info.Name)
				if u.Last != info.Name {
					continue
				}
				whole++
				newest = newest || u.Seq == uint64(n)
				if text, err := get(remote, strings.TrimSuffix(info.Name, "last")+"data"); err != nil || text != fmt.Sprint("data ", u.Seq) {
					t.Fatalf("round %d, life %d: %s is listed and its data is %q, %v", round, life, info.Name, text, err)
				}
			}
			if drained && !newest {
				t.Fatalf("round %d, life %d: the slow level lacks unit %d: %v", round, life, n, list)
			}
		}
	}
	t.Logf("%d units were whole", whole)
}

// settle waits until no goroutine of a store is at work: what a process was doing when it died does not
// happen in its next life.
func settle(s *Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for slices.ContainsFunc(s.levels, func(l *level) bool { return l.runs }) {
		s.change.Wait()
	}
}

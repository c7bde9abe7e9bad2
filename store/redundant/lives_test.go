package redundant

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
)

// Lives of a program that put, replace and delete blobs, and die at any operation of any
// member; between them members are lost for a while or are repaired. What was acknowledged
// last, or something newer, is always read.
func TestRandomLives(t *testing.T) {
	rounds := 60
	if os.Getenv("CAIRN_FAULTS") == "full" {
		rounds = 5000
	}
	acked, failures, reads := 0, 0, 0
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 11))
		k, m := 1+r.IntN(3), 1+r.IntN(2)
		var real []store.Store
		for range k + m {
			real = append(real, store.NewMem())
		}
		allowed := map[string][][]byte{} // by blob: what may be read, nil for none; the first was acknowledged
		for life := range 8 {
			plan := faultstore.NewPlan()
			var members []Member
			for _, s := range real {
				members = append(members, Member{Store: faultstore.New(s, plan)})
			}
			s, err := New(k, m, members, Options{Strict: true, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			s.block = testBlock
			plan.Add(faultstore.Fault{N: 1 + r.IntN(60), Err: syscall.EIO, Forever: true, Late: r.IntN(2) == 0})
			for step := range 4 {
				name := fmt.Sprint("blob", r.IntN(2))
				if allowed[name] == nil {
					allowed[name] = [][]byte{nil} // there is none
				}
				var data []byte
				if r.IntN(5) == 0 {
					err = s.Delete(t.Context(), name)
					if errors.Is(err, store.ErrNotExist) {
						err = nil
					}
				} else {
					data = random(uint64(round*100+life*10+step), 1+r.IntN(4*testBlock))
					err = s.Put(t.Context(), name, write(data))
				}
				if err == nil {
					acked++
					allowed[name] = [][]byte{data}
				} else {
					failures++
					allowed[name] = append(allowed[name], data)
				}
			}
			after, _ := newStore(t, k, m, real...)
			if r.IntN(3) == 0 {
				if err := after.Repair(t.Context(), "", false, nil); err != nil {
					t.Fatalf("round %d, life %d: %v", round, life, err)
				}
			}
			left := slices.Clone(real)
			for _, i := range r.Perm(k + m)[:r.IntN(m+1)] {
				left[i] = lost{syscall.EIO}
			}
			after, _ = newStore(t, k, m, left...)
			for name, may := range allowed {
				reads++
				got, err := get(after, name)
				if errors.Is(err, store.ErrNotExist) {
					got, err = nil, nil
				}
				if err != nil || !slices.ContainsFunc(may, func(b []byte) bool { return bytes.Equal(b, got) && (b == nil) == (got == nil) }) {
					t.Fatalf("round %d, life %d, %d+%d: %s: %d bytes, %v; %d contents may be there", round, life, k, m, name, len(got), err, len(may))
				}
			}
		}
	}
	t.Logf("%d acknowledged, %d not, %d read", acked, failures, reads)
}

package epoch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

func newIterator(t testing.TB, items int, o Options) *Iterator {
	t.Helper()
	it, err := New(items, o)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// wantOnce checks that each of n items was taken in each of the epochs exactly once.
func wantOnce(t *testing.T, what string, n int, taken map[int][]int, epochs int) {
	t.Helper()
	if len(taken) > epochs {
		t.Errorf("%s: %d epochs", what, len(taken))
	}
	for e := range epochs {
		got := slices.Sorted(slices.Values(taken[e]))
		if len(got) != n || n > 0 && (got[0] != 0 || got[n-1] != n-1 || len(slices.Compact(got)) != n) {
			t.Fatalf("%s: epoch %d took %v", what, e, got)
		}
	}
}

func TestEveryItemOncePerEpoch(t *testing.T) {
	for _, items := range []int{0, 1, 2, 3, 7, 64, 101} {
		for _, o := range []Options{{}, {Seed: 1, Batch: 4}, {Batch: 200}, {Ordered: true, Batch: 3}, {Batch: int(^uint(0) >> 1)}} {
			taken, last := map[int][]int{}, 0
			it := newIterator(t, items, o)
			batches := 0
			for e, batch := range it.Epochs(context.Background(), 3) {
				taken[e] = append(taken[e], batch...)
				last = e
				batches++
			}
			if it.Err() != nil || it.State.Epoch != 3 || last != 2 && items > 0 || batches != 3*it.Steps() {
				t.Errorf("%d items, %+v: Err %v, state %+v, %d batches, Steps %d", items, o, it.Err(), it.State, batches, it.Steps())
			}
			wantOnce(t, fmt.Sprintf("%d items, %+v", items, o), items, taken, 3)
		}
	}
}

// A program that is killed at any time, and restarted with other numbers of ranks and
// other batches, does the work on every item once in each epoch that its checkpoints know.
func TestEveryItemOnceAcrossRestarts(t *testing.T) {
	const epochs = 3
	rng := rand.New(rand.NewPCG(1, 2))
	for trial := range 400 {
		items, seed := rng.IntN(60), rng.Uint64()
		s := store.NewMem()
		var done map[int][]int
		for life := 0; ; life++ {
			if life > 1000 {
				t.Fatal("no end")
			}
			o := Options{Seed: seed, Batch: 1 + rng.IntN(9), Ranks: 1 + rng.IntN(5)}
			if life > 0 {
				o.Seed = 0 // the saved one wins
			}
			if done = live(t, s, items, epochs, o, rng); done != nil {
				break
			}
		}
		wantOnce(t, fmt.Sprintf("trial %d, %d items", trial, items), items, done, epochs)
	}
}

// live is a life of a program in which all ranks run in one loop. What they have done is
// part of the state, as a sum over the data would be. It returns nil if it is killed.
func live(t *testing.T, s store.Store, items, epochs int, o Options, rng *rand.Rand) map[int][]int {
	t.Helper()
	ctx := context.Background()
	var ranks []*Iterator
	for o.Rank = range o.Ranks {
		ranks = append(ranks, newIterator(t, items, o))
	}
	done := map[int][]int{}
	run, err := ckpt.OpenStore(s, ckpt.Options{Every: 1 + rng.IntN(4)})
	if err != nil {
		t.Fatal(err)
	}
	run.Protect("data", &ranks[0].State)
	run.Protect("done", &done)
	step, _, err := run.Restore(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range ranks[1:] {
		it.State = ranks[0].State
	}
	for {
		e := ranks[0].State.Epoch
		if e == epochs {
			return done
		}
		if items == 0 {
			for range ranks[0].Epochs(ctx, epochs) {
				t.Fatal("an item of none")
			}
			continue
		}
		for _, it := range ranks {
			batch, err := it.Next()
			if err != nil {
				t.Fatal(err)
			}
			if it.State != ranks[0].State {
				t.Fatalf("ranks are at %+v and %+v", it.State, ranks[0].State)
			}
			if rng.IntN(60) == 0 {
				return nil
			}
			done[e] = append(done[e], batch...)
		}
		step++
		if rng.IntN(3) == 0 {
			if err := run.Save(ctx, step); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestOtherNumberOfItems(t *testing.T) {
	it := newIterator(t, 10, Options{Batch: 4})
	state := &it.State
	for range 2 {
		if _, err := it.Next(); err != nil {
			t.Fatal(err)
		}
	}
	more := newIterator(t, 12, Options{Batch: 4})
	more.State = *state
	if b, err := more.Next(); err == nil || b != nil || !strings.Contains(err.Error(), "begun with 10 items, 8 of them were taken, and now there are 12") {
		t.Errorf("Next = %v, %v", b, err)
	}
	for range more.Epochs(context.Background(), 3) {
		t.Error("a batch")
	}
	if more.Err() == nil {
		t.Error("Err is nil")
	}
	if _, err := it.Next(); err != nil || state.Next != 0 || state.Epoch != 1 {
		t.Fatalf("%+v, %v", state, err)
	}
	more.State = *state // now between epochs
	taken := map[int][]int{}
	for e, b := range more.Epochs(context.Background(), 2) {
		taken[e-1] = append(taken[e-1], b...)
	}
	wantOnce(t, "more items", 12, taken, 1)
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	it := newIterator(t, 10, Options{})
	n := 0
	for range it.Epochs(ctx, 1) {
		if n++; n == 4 {
			cancel()
		}
	}
	if n != 4 || it.State.Next != 4 || !errors.Is(it.Err(), context.Canceled) {
		t.Errorf("%d items, state %+v, Err %v", n, it.State, it.Err())
	}
	for range it.Epochs(context.Background(), 1) {
		n++
	}
	if n != 10 || it.Err() != nil {
		t.Errorf("%d items, Err %v", n, it.Err())
	}
}

func TestRefused(t *testing.T) {
	for _, o := range []Options{{Batch: -1}, {Ranks: -1}, {Rank: 1}, {Rank: -1, Ranks: 2}, {Rank: 2, Ranks: 2}} {
		if _, err := New(1, o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if _, err := New(-1, Options{}); err == nil {
		t.Error("-1 items are accepted")
	}
	it := newIterator(t, 0, Options{})
	if _, err := it.Next(); err == nil {
		t.Error("an item of none")
	}
	for _, s := range []State{{Items: 5, Next: 5}, {Items: 5, Next: -1}, {Epoch: -1}} {
		it := newIterator(t, 5, Options{})
		it.State = s
		if _, err := it.Next(); err == nil {
			t.Errorf("state %+v is accepted", s)
		}
	}
}

// Checkpoints rely on the order: it must not change.
func TestOrderStays(t *testing.T) {
	for _, c := range []struct {
		n     int
		seed  uint64
		epoch int
		want  []int
	}{
		{10, 0, 0, []int{9, 3, 2, 5, 0, 7, 6, 4, 1, 8}},
		{10, 0, 1, []int{5, 7, 2, 3, 8, 4, 1, 0, 6, 9}},
		{10, 7, 0, []int{8, 1, 5, 3, 4, 7, 6, 9, 0, 2}},
		{1, 7, 0, []int{0}},
	} {
		o := shuffled(c.n, c.seed, c.epoch)
		var got []int
		for i := range c.n {
			got = append(got, o.at(i))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%d items, seed %d, epoch %d: %v, want %v", c.n, c.seed, c.epoch, got, c.want)
		}
	}
}

func TestOrdersArePermutations(t *testing.T) {
	for n := range 300 {
		wantPermutation(t, shuffled(n, uint64(n), n))
	}
	for _, n := range []int{1<<16 - 1, 1 << 16, 1<<16 + 1, 100_003} {
		wantPermutation(t, shuffled(n, 1, 2))
	}
}

func wantPermutation(t *testing.T, o order) {
	t.Helper()
	seen := make([]bool, o.n)
	for i := range o.n {
		x := o.at(i)
		if x < 0 || x >= o.n || seen[x] {
			t.Fatalf("%d items: item %d is %d, which is outside or there twice", o.n, i, x)
		}
		seen[x] = true
	}
}

// All orders of a few items are equally frequent over the epochs, and over the seeds.
// The bounds are mean + 6 standard deviations of χ².
func TestOrdersAreEquallyFrequent(t *testing.T) {
	for n, orders := range []int{1, 1, 2, 6, 24, 120} {
		for _, overSeeds := range []bool{false, true} {
			const each = 200
			count := make(map[string]int)
			for k := range each * orders {
				o := shuffled(n, 5, k)
				if overSeeds {
					o = shuffled(n, uint64(k), 5)
				}
				var b []int
				for i := range n {
					b = append(b, o.at(i))
				}
				count[fmt.Sprint(b)]++
			}
			chi, free := 0.0, float64(orders-1)
			for _, c := range count {
				chi += float64((c-each)*(c-each)) / each
			}
			chi += float64((orders - len(count)) * each)
			if bound := free + 6*math.Sqrt(2*free); chi > bound {
				t.Errorf("%d items, over seeds %v: χ² = %.1f of %g, want at most %.1f", n, overSeeds, chi, free, bound)
			}
		}
	}
}

// In many items every place is as likely for each, and neighbours come apart.
func TestPlacesAreEquallyLikely(t *testing.T) {
	const n, epochs = 40, 4000
	var place [n][n]int
	next := make([]int, n) // distance of what follows item i, mod n
	for e := range epochs {
		o := shuffled(n, 3, e)
		for i := range n {
			x := o.at(i)
			place[i][x]++
			next[(o.at((i+1)%n)-x+n)%n]++
		}
	}
	const mean = float64(epochs) / n
	chi := 0.0
	for i := range n {
		for x := range n {
			d := float64(place[i][x]) - mean
			chi += d * d / mean
		}
	}
	const free = (n - 1) * (n - 1)
	if bound := free + 6*math.Sqrt(2*free); chi > bound {
		t.Errorf("places: χ² = %.1f of %d, want at most %.1f", chi, free, bound)
	}
	chi = 0
	const each = float64(epochs) * n / (n - 1)
	for _, c := range next[1:] {
		chi += (float64(c) - each) * (float64(c) - each) / each
	}
	if bound := n - 2 + 6*math.Sqrt(2*(n-2)); chi > bound {
		t.Errorf("neighbours: χ² = %.1f of %d, want at most %.1f", chi, n-2, bound)
	}
}

func BenchmarkAt(b *testing.B) {
	o := shuffled(1_000_000, 1, 2)
	i := 0
	for b.Loop() {
		o.at(i)
		i = (i + 1) % o.n
	}
}

// The same for a loop over the batches that saves by Run.Tick.
func TestEpochsWithTick(t *testing.T) {
	const epochs = 3
	rng := rand.New(rand.NewPCG(3, 4))
	for trial := range 200 {
		items := rng.IntN(30)
		s := store.NewMem()
		kills := rng.IntN(6)
		var done map[int][]int
		for done == nil {
			ctx, cancel := context.WithCancel(context.Background())
			it := newIterator(t, items, Options{Seed: uint64(trial), Batch: 1 + rng.IntN(4)})
			run, err := ckpt.OpenStore(s, ckpt.Options{Every: 1 + rng.IntN(5)})
			if err != nil {
				t.Fatal(err)
			}
			have := map[int][]int{}
			run.Protect("data", &it.State)
			run.Protect("done", &have)
			step, _, err := run.Restore(ctx)
			if err != nil {
				t.Fatal(err)
			}
			killed := false
			for e, batch := range it.Epochs(ctx, epochs) {
				if kills > 0 && rng.IntN(8) == 0 {
					kills--
					if killed = rng.IntN(2) == 0; killed {
						break // the batch was taken and its work not done
					}
					cancel()
				}
				have[e] = append(have[e], batch...)
				step++
				if err := run.Tick(ctx, step); err != nil && !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
			}
			if !killed && it.Err() == nil {
				done = have
			}
			if err := run.Close(); err != nil {
				t.Fatal(err)
			}
			cancel()
		}
		wantOnce(t, fmt.Sprintf("trial %d, %d items", trial, items), items, done, epochs)
	}
}

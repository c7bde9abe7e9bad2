package is

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
	"github.com/cairn-ad/cairn/store"
)

func ranking(t *testing.T, class common.Class) *Ranking {
	t.Helper()
	s, err := NewRanking(class)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestKeys: keys are in range, and their mean and variance are those of the mean of four
// uniform numbers, 1/2 and 1/48 in units of the bound, to four standard deviations.
func TestKeys(t *testing.T) {
	p, _ := ParamsOf(common.ClassS)
	keys := makeKeys(p)
	if len(keys) != 1<<16 {
		t.Fatalf("%d keys", len(keys))
	}
	n, sum, squares := float64(len(keys)), 0.0, 0.0
	for _, key := range keys {
		if key < 0 || int(key) >= p.maxKey() {
			t.Fatalf("key %d is outside", key)
		}
		x := (float64(key)+0.5)/float64(p.maxKey()) - 0.5
		sum += x
		squares += x * x
	}
	if deviation := math.Sqrt(n / 48); math.Abs(sum) > 4*deviation {
		t.Errorf("the mean is off by %v standard deviations", sum/deviation)
	}
	// The excess kurtosis is −1.2/4, so the fourth moment is 2.7/48² and x² has variance 1.7/48².
	if deviation := math.Sqrt(n * 1.7 / (48 * 48)); math.Abs(squares-n/48) > 4*deviation {
		t.Errorf("the variance is off by %v standard deviations", (squares-n/48)/deviation)
	}
}

// TestRanksAreCounts compares with the definition, on keys of any distribution.
func TestRanksAreCounts(t *testing.T) {
	p, _ := ParamsOf(common.ClassS)
	source := rand.New(rand.NewPCG(1, 2))
	draws := map[string]func() int32{
		"official": nil,
		"uniform":  func() int32 { return source.Int32N(int32(p.maxKey())) },
		"all 0":    func() int32 { return 0 },
		"all last": func() int32 { return int32(p.maxKey() - 1) },
		"two":      func() int32 { return source.Int32N(2) * int32(p.maxKey()-1) },
	}
	for name, draw := range draws {
		for _, chunks := range []int{1, 2, 3, 7} {
			s := newRanking(p)
			s.chunks = chunks
			s.counts = make([]int32, chunks*p.maxKey())
			for i := range s.counts {
				s.counts[i] = -7 // left over from before
			}
			if draw != nil {
				for i := range s.Keys {
					s.Keys[i] = draw()
				}
			}
			s.Rank(3)
			if s.Keys[3] != 3 || s.Keys[13] != int32(p.maxKey()-3) {
				t.Fatalf("%s: keys 3 and 13 are %d and %d", name, s.Keys[3], s.Keys[13])
			}
			sorted := slices.Sorted(slices.Values(s.Keys))
			for v, got := range s.ranks {
				want, _ := slices.BinarySearch(sorted, int32(v+1))
				if int(got) != want {
					t.Fatalf("%s, %d chunks: %d keys are %d or less, want %d", name, chunks, got, v, want)
				}
			}
		}
	}
}

// Wrong ranks do not pass, neither the verification of five keys nor the full one.
func TestWrongRanksFail(t *testing.T) {
	s := ranking(t, common.ClassS)
	s.Rank(1)
	if s.Passed != tests {
		t.Fatalf("%d of %d passed", s.Passed, tests)
	}
	s.Passed = 0
	s.partialVerify(2) // the ranks are those of iteration 1
	if s.Passed != 0 {
		t.Errorf("%d ranks of iteration 1 passed for those of 2", s.Passed)
	}
	s.ranks[1000], s.ranks[1001] = s.ranks[1001], s.ranks[1000]
	s.fullVerify()
	if s.Passed != 0 {
		t.Error("ranks in the wrong order passed the full verification")
	}
	s.Rank(1)
	s.Passed = 0
	s.fullVerify()
	if s.Passed != 1 {
		t.Error("right ranks did not pass the full verification")
	}
}

func TestProcs(t *testing.T) {
	defer common.SetProcs(common.SetProcs(1))
	for _, class := range npbtest.Classes(t, Classes()) {
		for _, procs := range []int{2, 3, 7, 100} {
			common.SetProcs(procs)
			if r := Run(class); !r.Verified {
				t.Errorf("class %s with %d goroutines: %+v", class, procs, r)
			}
			if s := ranking(t, class); len(s.counts) > len(s.Keys) {
				t.Errorf("class %s with %d goroutines: %d counts of %d keys", class, procs, len(s.counts), len(s.Keys))
			}
		}
	}
}

func TestRankDoesNotAllocate(t *testing.T) {
	defer common.SetProcs(common.SetProcs(2))
	s := ranking(t, common.ClassS)
	if allocs := testing.AllocsPerRun(3, func() { s.Rank(1) }); allocs != 0 {
		t.Errorf("%v allocations per iteration", allocs)
	}
}

// Only keys and passed survive the interruption: they are the state, as scrutiny finds. The two
// keys that the iteration replaces are lost, too.
func TestResumes(t *testing.T) {
	blobs := store.NewMem()
	open := func(s *Ranking) *ckpt.Run {
		run, err := ckpt.OpenStore(blobs, ckpt.Options{Every: 1})
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range map[string]any{"keys": &s.Keys, "passed": &s.Passed} {
			if err := run.Protect(name, v); err != nil {
				t.Fatal(err)
			}
		}
		return run
	}
	first := ranking(t, common.ClassS)
	for it := range open(first).Range(context.Background(), 1, iterations+1) {
		if it == 7 {
			break
		}
		first.Rank(it)
	}
	second := ranking(t, common.ClassS)
	clear(second.Keys)
	for i := range second.ranks {
		second.ranks[i] = -1
	}
	run := open(second)
	begin := 0
	for it := range run.Range(context.Background(), 1, iterations+1) {
		if begin == 0 {
			begin = it
			second.Keys[it], second.Keys[it+iterations] = -1, -1
		}
		second.Rank(it)
	}
	if err := run.Err(); err != nil {
		t.Fatal(err)
	}
	second.fullVerify()
	if begin != 7 || second.Passed != allPassed {
		t.Errorf("the second life began at iteration %d, want 7, and %d verifications passed, want %d", begin, second.Passed, allPassed)
	}
}

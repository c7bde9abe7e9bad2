package ep

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/store"
)

// sequential sums the pairs of batches 0 to n−1 in one sweep over the sequence of random
// numbers, without a jump.
func sequential(n int) *Sums {
	s := NewSums()
	g := common.NewRandom(common.SeedEP)
	for range n << logBatch {
		x, y := 2*g.Next()-1, 2*g.Next()-1
		if t := x*x + y*y; t <= 1 {
			f := math.Sqrt(-2 * math.Log(t) / t)
			s.SX += x * f
			s.SY += y * f
			s.Q[int(math.Max(math.Abs(x*f), math.Abs(y*f)))]++
		}
	}
	return s
}

func TestBatchesAreTheSequence(t *testing.T) {
	want := sequential(3)
	for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}} {
		got := NewSums()
		for _, k := range order {
			got.Step(k)
		}
		if got.Q != want.Q || !common.Verify(got.SX, want.SX, 1e-11) || !common.Verify(got.SY, want.SY, 1e-11) {
			t.Errorf("batches %v: %v, %v, %v; without jumps %v, %v, %v", order, got.SX, got.SY, got.Q, want.SX, want.SY, want.Q)
		}
	}
}

// TestMoments: the deviates have mean 0 and π/4 of all pairs become Gaussian ones, both to
// four standard deviations.
func TestMoments(t *testing.T) {
	s := NewSums()
	s.Step(5)
	const n = 1 << logBatch
	pairs := 0.0
	for _, count := range s.Q {
		pairs += count
	}
	deviation := math.Sqrt(n * math.Pi / 4 * (1 - math.Pi/4))
	if math.Abs(pairs-n*math.Pi/4) > 4*deviation {
		t.Errorf("%v pairs of %d are inside the circle, expected %v ± %v", pairs, n, n*math.Pi/4, deviation)
	}
	for name, sum := range map[string]float64{"X": s.SX, "Y": s.SY} {
		if math.Abs(sum) > 4*math.Sqrt(pairs) {
			t.Errorf("the sum of %v deviates %s is %v", pairs, name, sum)
		}
	}
}

// TestAnyCutOfABatch: how the blocks of a batch are shared does not matter.
func TestAnyCutOfABatch(t *testing.T) {
	whole, cut := NewSums(), NewSums()
	whole.batch, cut.batch = 3, 3
	gaussianBlocks(whole, 0, blocks)
	for _, r := range [][2]int{{63, 64}, {0, 1}, {5, 5}, {1, 40}, {40, 63}} {
		gaussianBlocks(cut, r[0], r[1])
	}
	if *cut != *whole {
		t.Error("a batch in pieces differs")
	}
}

// The blocks of a batch are added in order, so the sums are the same bit for bit however many
// goroutines make them.
func TestProcs(t *testing.T) {
	want := NewSums()
	want.Step(2)
	for _, procs := range []int{2, 3, 7, 100} {
		got := NewSums()
		old := common.SetProcs(procs)
		got.Step(2)
		common.SetProcs(old)
		if *got != *want {
			t.Errorf("%d goroutines: sums %v, %v, alone %v, %v", procs, got.SX, got.SY, want.SX, want.SY)
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	defer common.SetProcs(common.SetProcs(2))
	s := NewSums()
	if allocs := testing.AllocsPerRun(3, func() { s.Step(1) }); allocs != 0 {
		t.Errorf("%v allocations per batch", allocs)
	}
}

// A batch adds constants, so the derivative of a step is the identity, exactly.
func TestDerivativesOfStep(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2))
	fill := func(s *Sums) {
		s.SX, s.SY = source.NormFloat64(), source.NormFloat64()
		for l := range s.Q {
			s.Q[l] = source.NormFloat64()
		}
	}
	seed, direction := NewSums(), NewSums()
	fill(seed)
	fill(direction)

	s, sb := NewSums(), NewSums()
	*sb = *seed
	s.StepAdjoint(sb, 4)
	if sb.SX != seed.SX || sb.SY != seed.SY || sb.Q != seed.Q {
		t.Errorf("adjoint %v, want the seeds %v", sb, seed)
	}
	r, rd := NewSums(), NewSums()
	*rd = *direction
	r.StepTangent(rd, 4)
	if rd.SX != direction.SX || rd.SY != direction.SY || rd.Q != direction.Q {
		t.Errorf("tangent %v, want the direction %v", rd, direction)
	}
	want := NewSums()
	want.Step(4)
	if *s != *want || *r != *want {
		t.Error("the derivatives compute other sums than the step")
	}
	// Differences of the state reappear in the result.
	moved := NewSums()
	moved.SX, moved.SY, moved.Q[2] = 8, -16, 3
	moved.Step(4)
	if math.Abs(moved.SX-want.SX-8) > 1e-10 || math.Abs(moved.SY-want.SY+16) > 1e-10 || moved.Q[2]-want.Q[2] != 3 {
		t.Errorf("differences %v, %v, %v; want 8, -16, 3", moved.SX-want.SX, moved.SY-want.SY, moved.Q[2]-want.Q[2])
	}
}

// Only sx, sy and q survive the interruption: they are the state, as scrutiny finds.
func TestResumes(t *testing.T) {
	const batches = 6
	want := NewSums()
	for k := range batches {
		want.Step(k)
	}
	blobs := store.NewMem()
	life := func(s *Sums, from int) *ckpt.Run {
		run, err := ckpt.OpenStore(blobs, ckpt.Options{Every: 1})
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range map[string]any{"sx": &s.SX, "sy": &s.SY, "q": &s.Q} {
			if err := run.Protect(name, v); err != nil {
				t.Fatal(err)
			}
		}
		first := -1
		for k := range run.Range(context.Background(), 0, batches) {
			if first < 0 {
				first = k
			}
			if k == 4 && from == 0 {
				break
			}
			s.Step(k)
		}
		if err := run.Err(); err != nil {
			t.Fatal(err)
		}
		if first != from {
			t.Errorf("the life began at batch %d, want %d", first, from)
		}
		return run
	}
	life(NewSums(), 0)
	second := NewSums()
	for b := range second.part {
		second.part[b] = block{sx: math.NaN(), sy: math.NaN()}
	}
	life(second, 4)
	if second.SX != want.SX || second.SY != want.SY || second.Q != want.Q {
		t.Errorf("%v, %v, %v after the restart; %v, %v, %v without", second.SX, second.SY, second.Q, want.SX, want.SY, want.Q)
	}
}

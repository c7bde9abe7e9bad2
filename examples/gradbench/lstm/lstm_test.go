package lstm

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// The objective and the gradient are those of the test of ADBench
// (test/cpp/modules/common/LstmTests.cpp), which compares to 1e-8.
func TestPublished(t *testing.T) {
	c := read(t, "l2_c1024.txt")
	g := c.zero()
	if got := c.addGradient(g, 1); math.Abs(got-0.66666518) > 1e-8 {
		t.Errorf("the objective is %.10g, published is 0.66666518", got)
	}
	v := g.vector()
	if len(v) != 266 {
		t.Fatalf("the gradient has %d components, want 266", len(v))
	}
	for i, want := range map[int]float64{
		0:   3.14387024996101187e-06,
		1:   0,
		7:   -3.67840807336070475e-05,
		8:   -1.54848612683180522e-04,
		14:  1.25432314145999742e-04,
		28:  4.01789457601843220e-06,
		42:  8.49896476968742872e-04,
		224: 8.95056656284422921e-06,
		231: -1.73683965955792591e-04,
		238: 1.14042748169088035e-02,
		252: 2.17348662792538061e-02,
		265: -2.00225690895980656e-02,
	} {
		if math.Abs(v[i]-want) > 1e-8 {
			t.Errorf("component %d of the gradient is %.10g, published is %.10g", i, v[i], want)
		}
	}
}

// short returns the beginning of the published instance.
func short(t *testing.T) instance {
	c := read(t, "l2_c1024.txt")
	c.sequence = c.sequence[:12]
	return c
}

// plain evaluates the network unit by unit: since its matrices are diagonal, the units do
// not know each other, and each is a chain of numbers through the text.
func plain(c instance) float64 {
	gate := func(layer, g, unit int, x float64) float64 {
		at := g*len(c.extra[0]) + unit
		return x*c.main[2*layer][at] + c.main[2*layer+1][at]
	}
	logistic := func(x float64) float64 { return math.Tanh(x/2)/2 + 0.5 }
	scores := rows(len(c.sequence)-1, len(c.extra[0]))
	for unit := range c.extra[0] {
		out, memory := make([]float64, len(c.main)/2), make([]float64, len(c.main)/2)
		for i := range out {
			out[i], memory[i] = c.state[2*i][unit], c.state[2*i+1][unit]
		}
		for t := range scores {
			x := c.sequence[t][unit] * c.extra[0][unit]
			for i := range out {
				memory[i] = memory[i]*logistic(gate(i, 0, unit, x)) +
					logistic(gate(i, 1, unit, out[i]))*math.Tanh(gate(i, 3, unit, out[i]))
				out[i] = logistic(gate(i, 2, unit, x)) * math.Tanh(memory[i])
				x = out[i]
			}
			scores[t][unit] = x*c.extra[1][unit] + c.extra[2][unit]
		}
	}
	loss := 0.0
	for t, y := range scores {
		sum := 2.0
		for _, v := range y {
			sum += math.Exp(v)
		}
		for unit, v := range y {
			loss -= c.sequence[t+1][unit] * math.Log(math.Exp(v)/sum)
		}
	}
	return loss / float64(len(scores)*len(c.extra[0]))
}

func TestObjective(t *testing.T) {
	for name, c := range map[string]instance{"all": read(t, "l2_c1024.txt"), "short": short(t)} {
		got, want := c.objective(), plain(c)
		if math.Abs(got-want) > 1e-13 {
			t.Errorf("%s: the objective is %.17g, want %.17g", name, got, want)
		}
		if v := c.addGradient(c.zero(), 1); v != got {
			t.Errorf("%s: the adjoint returns %.17g, Objective %.17g", name, v, got)
		}
		if v, _ := c.tangent(c.zero()); v != got {
			t.Errorf("%s: the tangent returns %.17g, Objective %.17g", name, v, got)
		}
	}
}

func TestDerivatives(t *testing.T) {
	for name, c := range map[string]instance{"all": read(t, "l2_c1024.txt"), "short": short(t)} {
		t.Run(name, func(t *testing.T) {
			f := trial.Scalar(c.with, instance.vector, instance.objective, instance.tangent, instance.addGradient)
			if name == "all" { // too large to go through its components
				trial.Derivatives(t, f, c.vector(), 0)
			} else {
				trial.Components(t, f, c.vector(), 0)
			}
		})
	}
}

func TestAllocations(t *testing.T) {
	c := read(t, "l2_c1024.txt")
	g := c.zero()
	bench.Allocations(t, nil, func() { c.addGradient(g, 1) })
}

package irinterp

import (
	"math"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Seeds weight the outputs of a function: a number for every float leaf, in the
// order of Floats. A nil entry, or nil instead of a list, means zeros.
type Seeds struct {
	Results [][]float64 // one entry per result
	// Args has one entry per argument, for what the caller finds through the
	// argument when the function has returned: where headers in memory have
	// changed, through the new ones.
	Args [][]float64
}

// Derivative is what Gradient and Tangent return.
type Derivative struct {
	Results []Value
	// Args has, for each argument, a number for every float leaf that the
	// argument had on entry, Gradient's adjoint of the value on entry, or for
	// each that the caller finds on return Tangent's tangent of it.
	Args [][]float64
	// ResultDots has Tangent's tangents of the float leaves of each result.
	ResultDots [][]float64
	// Nodes is the length of Gradient's tape.
	Nodes int
}

// Gradient runs fn with default settings; see Interp.Gradient.
func Gradient(prog *ir.Program, fn *ir.Func, args []Value, seeds Seeds) (*Derivative, error) {
	return (&Interp{}).Gradient(prog, fn, args, seeds)
}

// Gradient runs fn on args, recording, and returns the derivative of the
// weighted sum of its outputs with respect to every float leaf of args. Leaves
// that share memory each get the derivative with respect to that memory.
//
// Where a function has no derivative: max(x, y) follows x if x >= y or x is
// NaN, else y; min(x, y) follows x if x <= y or x is NaN, else y; abs has
// derivative 0 at 0; rounding functions have derivative 0 everywhere.
func (in *Interp) Gradient(prog *ir.Program, fn *ir.Func, args []Value, seeds Seeds) (*Derivative, error) {
	m := in.newMachine(prog, taping)
	args, places, err := inputs(args)
	if err != nil {
		return nil, err
	}
	start := make([][]int32, len(places))
	for i, ps := range places {
		start[i] = make([]int32, len(ps))
		for j, p := range ps {
			if p.node == 0 {
				p.node = m.tape.add(node{})
			}
			start[i][j] = p.node
		}
	}
	results, err := m.start(fn, args)
	if err != nil {
		return nil, err
	}
	adjoint := make([]float64, len(m.tape))
	if err := seedAll(adjoint, "argument", leavesOf(args), seeds.Args); err != nil {
		return nil, err
	}
	if err := seedAll(adjoint, "result", leavesOf(results), seeds.Results); err != nil {
		return nil, err
	}
	if len(adjoint) > 0 {
		adjoint[0] = 0 // passive outputs
	}
	m.tape.reverse(adjoint)
	d := &Derivative{Results: results, Args: make([][]float64, len(places)), Nodes: max(len(m.tape)-1, 0)}
	for i, nodes := range start {
		d.Args[i] = make([]float64, len(nodes))
		for j, n := range nodes {
			d.Args[i][j] = adjoint[n]
		}
	}
	return d, nil
}

// inputs copies the arguments, forgets derivatives of earlier runs and returns
// the places of their float leaves.
func inputs(args []Value) ([]Value, [][]*Value, error) {
	args = append([]Value(nil), args...)
	for i := range args {
		if args[i].kind == Invalid {
			return nil, nil, fault("argument %d has no value", i).err
		}
		args[i] = args[i].Clone()
		forget(&args[i])
	}
	return args, leavesOf(args), nil
}

func leavesOf(vs []Value) [][]*Value {
	out := make([][]*Value, len(vs))
	for i := range vs {
		out[i] = leaves(&vs[i])
	}
	return out
}

func seedAll(adjoint []float64, what string, places [][]*Value, seeds [][]float64) error {
	if len(seeds) > len(places) {
		return fault("seeds for %d %ss where there are %d", len(seeds), what, len(places)).err
	}
	seen := map[*Value]bool{} // shared memory is one output
	for i, s := range seeds {
		if s == nil {
			continue
		}
		if len(s) != len(places[i]) {
			return fault("%s %d has %d float leaves, its seed %d", what, i, len(places[i]), len(s)).err
		}
		for j, p := range places[i] {
			if what == "argument" && seen[p] {
				continue
			}
			seen[p] = true
			if p.node != 0 {
				adjoint[p.node] += s[j]
			}
		}
	}
	return nil
}

// Tangent runs fn with default settings; see Interp.Tangent.
func Tangent(prog *ir.Program, fn *ir.Func, args []Value, dirs [][]float64) (*Derivative, error) {
	return (&Interp{}).Tangent(prog, fn, args, dirs)
}

// Tangent runs fn on args with the direction dirs (for each argument a number
// for every float leaf, or nil for zeros) and returns the tangents of results
// and of the memory of args. Leaves that share memory take the direction that
// is given last. The conventions are those of Gradient.
func (in *Interp) Tangent(prog *ir.Program, fn *ir.Func, args []Value, dirs [][]float64) (*Derivative, error) {
	m := in.newMachine(prog, dualNumbers)
	args, places, err := inputs(args)
	if err != nil {
		return nil, err
	}
	if len(dirs) > len(places) {
		return nil, fault("directions for %d arguments where there are %d", len(dirs), len(places)).err
	}
	for i, d := range dirs {
		if d != nil && len(d) != len(places[i]) {
			return nil, fault("argument %d has %d float leaves, its direction %d", i, len(places[i]), len(d)).err
		}
		for j := range d {
			places[i][j].dot = d[j]
		}
	}
	results, err := m.start(fn, args)
	if err != nil {
		return nil, err
	}
	return &Derivative{Results: results, Args: dots(leavesOf(args)), ResultDots: dots(leavesOf(results))}, nil
}

func dots(places [][]*Value) [][]float64 {
	out := make([][]float64, len(places))
	for i, ps := range places {
		out[i] = make([]float64, len(ps))
		for j, p := range ps {
			out[i][j] = p.dot
		}
	}
	return out
}

// MaxDifference returns the largest |a-b| / max(1, |a|, |b|) over two lists of
// derivatives, and +Inf if their shapes differ or exactly one of two numbers is
// NaN.
func MaxDifference(a, b [][]float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return math.Inf(1)
		}
		for j, x := range a[i] {
			worst = math.Max(worst, difference(x, b[i][j]))
		}
	}
	return worst
}

func difference(x, y float64) float64 {
	switch {
	case x == y || x != x && y != y:
		return 0
	case x != x || y != y || math.IsInf(x, 0) || math.IsInf(y, 0):
		return math.Inf(1)
	}
	return math.Abs(x-y) / max(1, math.Abs(x), math.Abs(y))
}

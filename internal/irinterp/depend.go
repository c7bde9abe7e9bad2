package irinterp

import "github.com/cairn-ad/cairn/internal/ir"

// Dependence tells for every float leaf of the outputs, those of the results first, then
// those that the caller finds through the arguments, on which float leaves of the
// arguments it depends.
type Dependence struct {
	Results, Args [][]Depends
}

// Depends are the leaves that one leaf depends on. Of two operands of which one has a
// partial derivative of zero, at these arguments, Sure counts only the other.
type Depends struct{ Sure, Possible map[Leaf]bool }

// A Leaf is a float leaf of an argument.
type Leaf struct{ Arg, Leaf int }

// Depend runs fn with default settings; see Interp.Depend.
func Depend(prog *ir.Program, fn *ir.Func, args []Value) (*Dependence, error) {
	return (&Interp{}).Depend(prog, fn, args)
}

// Depend runs fn on args, recording, and returns what depends on what. The branches are
// those that are taken with these arguments.
func (in *Interp) Depend(prog *ir.Program, fn *ir.Func, args []Value) (*Dependence, error) {
	m := in.newMachine(prog, taping)
	args, places, err := inputs(args)
	if err != nil {
		return nil, err
	}
	leaf := map[int32]Leaf{}
	for i, ps := range places {
		for j, p := range ps {
			if p.node == 0 {
				p.node = m.tape.add(node{})
				leaf[p.node] = Leaf{i, j}
			}
		}
	}
	results, err := m.start(fn, args)
	if err != nil {
		return nil, err
	}
	r := &reacher{tape: m.tape, leaf: leaf}
	return &Dependence{Results: r.all(leavesOf(results)), Args: r.all(leavesOf(args))}, nil
}

// reacher walks the tape back from outputs.
type reacher struct {
	tape tape
	leaf map[int32]Leaf
}

func (r *reacher) all(places [][]*Value) [][]Depends {
	out := make([][]Depends, len(places))
	for i, ps := range places {
		for _, p := range ps {
			out[i] = append(out[i], Depends{r.from(p.node, true), r.from(p.node, false)})
		}
	}
	return out
}

// from lists the leaves that node n is reached from; sure passes over operands with a
// partial derivative of zero.
func (r *reacher) from(n int32, sure bool) map[Leaf]bool {
	found, seen := map[Leaf]bool{}, map[int32]bool{0: true}
	todo := []int32{n}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		if l, ok := r.leaf[n]; ok {
			found[l] = true
		}
		op := r.tape[n]
		if !sure || op.dx != 0 {
			todo = append(todo, op.x)
		}
		if !sure || op.dy != 0 {
			todo = append(todo, op.y)
		}
	}
	return found
}

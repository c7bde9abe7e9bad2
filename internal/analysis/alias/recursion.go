package alias

import (
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// findRecursion notes the functions that calls lead back to. Each call has
// variables of its own, yet a variable is one object here. That is exact for one
// that its own call alone can name: whatever is known of it is known of the
// variable of the running call. A variable whose address is passed down can be
// reached, at the same time, by name as that of the running call and by a
// pointer as that of an earlier one.
func (in *Info) findRecursion() {
	in.recursive = map[*ir.Func]bool{}
	in.owner = map[*ir.Var]*ir.Func{}
	for _, c := range flow.Components(in.prog.Funcs, ir.Callees) {
		for _, f := range c {
			in.recursive[f] = len(c) > 1
			for _, g := range ir.Callees(f) {
				in.recursive[f] = in.recursive[f] || g == f
			}
		}
	}
	for _, f := range in.prog.Funcs {
		for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
			for _, v := range vs {
				in.owner[v] = f
			}
		}
	}
}

// Recursive reports whether calls lead from f back to f.
func (in *Info) Recursive(f *ir.Func) bool { return in.recursive[f] }

// Many reports whether o is a variable that stands for several at the same time:
// one of a recursive function that others reach through references. A write to it
// need not overwrite what was known of it, and its end may be that of another.
func (in *Info) Many(o *Object) bool {
	return o.Var != nil && in.recursive[in.owner[o.Var]] && in.Shared(o)
}

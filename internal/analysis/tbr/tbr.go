// Package tbr finds the values that are to be recorded.
//
// In: a program in single-exit form, what is known of its memory, and a Client
// that tells what the reverse of each statement reads. Out: for each statement
// that overwrites something, whether the old value is still to be read by the
// reverse sweep and must be put on the stack first ("to be recorded": Hascoët,
// Naumann & Pascual 2005); for each scope, the variables whose last value must
// be kept; for each checkpointed loop, what must be restored after its reversal.
//
// The facts flow forwards. Across calls they flow both ways: what a caller still
// needs enters the callee, what the callee's reverse needs comes back. All facts
// only grow from nothing, and the walks are repeated until none does, so functions
// that call each other in a cycle agree at the least fixed point as others do: it
// holds for every call, by induction on how deep the calls inside it nest.
package tbr

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A Client knows the reverse code. Before and After list the expressions that
// the reverse of s, nested statements apart, evaluates in the state before and
// after s.
type Client interface {
	Active(s ir.Stmt) bool // s itself, nested statements apart, has an adjoint
	Before(s ir.Stmt) []ir.Expr
	After(s ir.Stmt) []ir.Expr
	Joint(c *ir.Call) bool  // c is reversed by running the callee again
	Undone(c *ir.Call) bool // the reverse of the joint call c restores what it overwrote
	Fused(s ir.Stmt) bool   // the loop or call s is reversed where it runs
}

// Options tell what is looked for.
type Options struct {
	Places bool // places behind one slice or pointer are told from each other
	Shifts bool // values that go from one variable to another are recorded once
}

// Info is the result.
type Info struct {
	prog *ir.Program
	mem  *alias.Info
	eff  *effects.Info
	rec  *recompute.Info
	cl   Client

	save     map[ir.Stmt][]bool // by left side
	saveCopy map[*ir.Copy]bool
	snapshot map[*ir.Call]bool
	values   map[*ir.Call]bool            // floats are needed, too, of what a joint call overwrites
	exit     map[ir.Stmt]map[*ir.Var]bool // by *ir.Block, or *ir.For for its own variables
	start    map[*ir.For]alias.Set
	turn     map[*ir.For]set
	reverse  map[any]bool // ir.Stmt or *ir.Func: has reverse code
	needed   map[*ir.Var]bool
	entry    map[*ir.Func]set // what callers need still at the entry
	last     map[*ir.Func]set // what the reverse needs at the exit
	clash    map[ir.Stmt]bool
	changed  bool

	moved  map[ir.Stmt][]*ir.Var // by left side: see shift
	shifts bool
	places bool
	spots  map[spot]*spot // each that is in use, once

	turns    map[*ir.Var]*ir.For   // loops around what is looked at, by their counters
	ofBlocks map[*ir.For][]*ir.Var // see blocks
	partOf   map[*ir.Var]*ir.Var   // see owner

	through map[*ir.Func]*written
	kept    map[*alias.Object]map[alias.Loc]*keeping // filled when first asked for
	keptAt  map[alias.Loc][]*keeping                 // what is in kept, by what may share memory with it
}

// Analyze runs to the fixed point over the whole program.
func Analyze(prog *ir.Program, mem *alias.Info, eff *effects.Info, rec *recompute.Info, cl Client, opts Options) *Info {
	in := &Info{
		prog: prog, mem: mem, eff: eff, rec: rec, cl: cl,
		places: opts.Places, spots: map[spot]*spot{}, shifts: opts.Shifts, moved: map[ir.Stmt][]*ir.Var{},
		save: map[ir.Stmt][]bool{}, saveCopy: map[*ir.Copy]bool{}, snapshot: map[*ir.Call]bool{}, values: map[*ir.Call]bool{},
		exit: map[ir.Stmt]map[*ir.Var]bool{}, start: map[*ir.For]alias.Set{}, turn: map[*ir.For]set{}, reverse: map[any]bool{},
		needed: map[*ir.Var]bool{}, entry: map[*ir.Func]set{}, last: map[*ir.Func]set{},
		clash: map[ir.Stmt]bool{}, turns: map[*ir.Var]*ir.For{}, ofBlocks: map[*ir.For][]*ir.Var{},
	}
	in.findParts()
	for _, f := range prog.Funcs {
		in.entry[f], in.last[f] = set{}, set{}
	}
	flow.Stable(func() bool {
		in.changed = false
		for i := len(prog.Funcs) - 1; i >= 0; i-- {
			f := prog.Funcs[i]
			if in.markReverse(f.Body.Stmts) {
				in.mark(f)
			}
			out := newState(in.entry[f])
			in.block(f.Body, out)
			for _, r := range f.Results {
				in.leave(f.Body, r, out)
			}
			if in.last[f].Join(in.outlive(f, out.all())) {
				in.changed = true
			}
		}
		return in.changed
	})
	return in
}

// Saves reports, for each left side of an Assign or Call, whether its old value
// is recorded.
func (in *Info) Saves(s ir.Stmt, i int) bool { return i < len(in.save[s]) && in.save[s][i] }

// SavesCopy reports whether the target of a copy is recorded.
func (in *Info) SavesCopy(c *ir.Copy) bool { return in.saveCopy[c] }

// Snapshots reports whether a joint call overwrites what is needed.
func (in *Info) Snapshots(c *ir.Call) bool { return in.snapshot[c] }

// SnapshotsFloats reports whether floats are among what a joint call overwrites and is
// needed, and not only the slices, pointers and integers beside them.
func (in *Info) SnapshotsFloats(c *ir.Call) bool { return in.values[c] }

// Clashes reports whether a call of foreign code, or an append, may overwrite what
// is needed in a way that cannot be recorded.
func (in *Info) Clashes(s ir.Stmt) bool { return in.clash[s] }

// Exit reports whether the last value of v is kept when its scope, a *ir.Block
// or the head of a *ir.For, is left.
func (in *Info) Exit(scope ir.Stmt, v *ir.Var) bool { return in.exit[scope][v] }

// Start returns what the loop l overwrites that the reverse sweep before it needs.
func (in *Info) Start(l *ir.For) alias.Set { return in.start[l] }

// Keys returns the entries of maps that the reverse of an iteration of l, under a schedule, needs
// as they were before it: an assignment reads none, but its adjoint asks whether the key was there.
func (in *Info) Keys(l *ir.For) alias.Set {
	out := alias.Set{}
	for e := range in.turn[l] {
		if e.loc.Obj.Entries() {
			out[e.loc] = true
		}
	}
	return out
}

// Reverse reports whether s has any code in the reverse sweep.
func (in *Info) Reverse(s ir.Stmt) bool { return in.reverse[s] }

// Needed reports whether the reverse sweep reads v at all.
func (in *Info) Needed(v *ir.Var) bool { return in.needed[v] }

// NeededAfter reports whether the reverse of f reads l as it is at the end of f.
func (in *Info) NeededAfter(f *ir.Func, l alias.Loc) bool {
	for e := range in.last[f] {
		if e.loc.Obj == l.Obj && alias.Within(l.Path, e.loc.Path) {
			return true
		}
	}
	return false
}

// ReverseFunc reports whether f has any code in the reverse sweep.
func (in *Info) ReverseFunc(f *ir.Func) bool { return in.reverse[f] }

func (in *Info) mark(k any) {
	if !in.reverse[k] {
		in.reverse[k] = true
		in.changed = true
	}
}

// markReverse finds the statements with reverse code, given the saves so far.
func (in *Info) markReverse(stmts []ir.Stmt) bool {
	found := false
	for _, s := range stmts {
		has := in.cl.Active(s) && !in.cl.Fused(s)
		for _, b := range in.save[s] {
			has = has || b
		}
		switch s := s.(type) {
		case *ir.Assign:
			if alias.IsSwap(s) {
				for _, l := range s.L {
					has = has || in.needed[l.(*ir.Ref).V]
				}
			}
		case *ir.Copy:
			has = has || in.saveCopy[s]
		case *ir.Call:
			if in.cl.Fused(s) {
				has = has || !s.Define
			} else {
				has = has || s.Fn != nil && in.reverse[s.Fn] && !in.cl.Joint(s) || in.snapshot[s]
			}
		case *ir.For:
			if s.Init != nil && in.markReverse([]ir.Stmt{s.Init}) {
				has = true
			}
			if s.Post != nil && in.rec.Counted(s) == nil && in.markReverse([]ir.Stmt{s.Post}) {
				has = true
			}
		}
		for _, b := range ir.Blocks(s) {
			if in.markReverse(b.Stmts) && !in.cl.Fused(s) {
				has = true
			}
		}
		if has {
			in.mark(s)
			found = true
		}
	}
	return found
}

// outlive returns what of s is not f's own: memory, and variables of callers,
// earlier calls of f among them, that f reaches through a pointer.
func (in *Info) outlive(f *ir.Func, s set) set {
	own := map[*ir.Var]bool{}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			own[v] = true
		}
	}
	out := set{}
	for e := range s {
		if e.loc.Obj.Heap() || !own[e.loc.Obj.Var] || in.mem.Many(e.loc.Obj) {
			out[entry{e.loc, in.outside(e.access)}] = true
		}
	}
	return out
}

// outside is how callers see what was read in a function: through a parameter, if at all.
func (in *Info) outside(a access) access {
	if p := in.owner(a.via); p != nil && a.at.bounded() {
		return access{p, in.one(spot{kind: inside})}
	}
	if a.via != nil && a.via.Kind == ir.Param && !a.at.past() {
		return access{via: a.via}
	}
	return access{}
}

// need notes that the values of the expressions will be read.
func (in *Info) need(s *state, es []ir.Expr) {
	for _, e := range es {
		in.reads(e, func(locs alias.Set, way access) {
			if s.addAll(locs, way) {
				in.noteNeededAt(locs)
			}
		})
	}
}

// noteNeededAt is noteNeeded for locations.
func (in *Info) noteNeededAt(locs alias.Set) {
	for l := range locs {
		if v := l.Obj.Var; v != nil && !in.needed[v] {
			in.needed[v] = true
			in.changed = true
		}
	}
}

func (in *Info) noteNeeded(s set) {
	for e := range s {
		if v := e.loc.Obj.Var; v != nil && !in.needed[v] {
			in.needed[v] = true
			in.changed = true
		}
	}
}

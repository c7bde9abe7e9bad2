package effects

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// summary is what a call of one function may read and write, its own variables
// included; and what of that a caller can see.
type summary struct{ reads, writes, sharedReads, sharedWrites alias.Set }

// FuncReads returns what a call of f may read.
func (in *Info) FuncReads(f *ir.Func) alias.Set { return in.summary(f).reads }

// FuncWrites returns what a call of f may write.
func (in *Info) FuncWrites(f *ir.Func) alias.Set { return in.summary(f).writes }

// SharedReads returns what of FuncReads a caller can see. It is not to be changed.
func (in *Info) SharedReads(f *ir.Func) alias.Set { return in.summary(f).sharedReads }

// SharedWrites returns what of FuncWrites a caller can see. It is not to be changed.
func (in *Info) SharedWrites(f *ir.Func) alias.Set { return in.summary(f).sharedWrites }

// summary makes the summaries of f and of all that it calls, callees first. The
// functions of a cycle call each other, so each has the effects of all: that is
// the least fixed point, and it takes no iteration because effects only add up.
func (in *Info) summary(f *ir.Func) *summary {
	if s := in.funcs[f]; s != nil {
		return s
	}
	missing := func(f *ir.Func) []*ir.Func {
		var out []*ir.Func
		for _, c := range ir.Callees(f) {
			if in.funcs[c] == nil {
				out = append(out, c)
			}
		}
		return out
	}
	for _, cycle := range flow.Components([]*ir.Func{f}, missing) {
		in.summarize(cycle)
	}
	return in.funcs[f]
}

func (in *Info) summarize(cycle []*ir.Func) {
	sharedReads, sharedWrites := alias.Set{}, alias.Set{}
	own := map[*ir.Func]*summary{}
	for _, f := range cycle {
		s := &summary{reads: alias.Set{}, writes: alias.Set{}, sharedReads: sharedReads, sharedWrites: sharedWrites}
		ir.WalkStmts(f.Body, func(st ir.Stmt) {
			in.ownReads(st, s.reads)
			in.ownWrites(st, s.writes)
		})
		own[f] = s
		in.addShared(s.reads, sharedReads)
		in.addShared(s.writes, sharedWrites)
		for _, c := range ir.Callees(f) {
			if done := in.funcs[c]; done != nil {
				sharedReads.Add(done.sharedReads)
				sharedWrites.Add(done.sharedWrites)
			}
		}
	}
	for _, f := range cycle {
		own[f].reads.Add(sharedReads)
		own[f].writes.Add(sharedWrites)
		in.funcs[f] = own[f]
	}
}

// calleeEffects adds, if s is a call, what the callee's summary says that a caller
// can see.
func (in *Info) calleeEffects(s ir.Stmt, of func(*ir.Func) alias.Set, out alias.Set) {
	if c, ok := s.(*ir.Call); ok && c.Fn != nil {
		out.Add(of(c.Fn))
	}
}

// addShared adds what of a function's effects a caller can see: not the function's
// own variables, unless they may be reached through a reference. In recursion they
// would look like the caller's, which they are not: each call has its own.
func (in *Info) addShared(s, out alias.Set) {
	for l := range s {
		if in.mem.Shared(l.Obj) {
			out[l] = true
		}
	}
}

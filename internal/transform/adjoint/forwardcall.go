package adjoint

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// forwardCall makes a call in the forward sweep. A callee that neither records
// nor moves shadow references is called as it is.
func (g *generator) forwardCall(c *ir.Call, record bool) []ir.Stmt {
	if c.Fn == nil {
		out := append(g.savesBefore(c, c.L, record), c)
		for _, l := range c.L { // foreign memory gets fresh shadows
			if l != nil && g.act.ShadowedRefs(l) {
				out = append(out, zeroLike(g.sh.Place(l), l, c.Define))
			}
		}
		return out
	}
	t := g.t
	if c.Fn.Rule != nil {
		return g.forwardByRule(c, record)
	}
	if t.joint(c) {
		return g.forwardJoint(c, record)
	}
	if !(record && t.tbr.ReverseFunc(c.Fn)) && !t.headers(c.Fn) {
		return append(g.savesBefore(c, c.L, record), plainCall(c))
	}
	sig := t.signatureOf(c.Fn)
	v := t.variant(forwardKind, sig)
	call := &ir.Call{At: c.At, Fn: v.fn, Define: c.Define, Again: c.Again}
	before, args := g.forwardArgs(sig, c.Args)
	call.Args = append(args, &ir.Ref{V: g.st})
	out := before
	var after []ir.Stmt
	if record {
		g.recordedResults(c, sig, call, &after)
	} else {
		call.L = g.resultsWithShadows(sig, c.L, c.Define)
	}
	if record {
		return append(append(out, call), after...)
	}
	// What an advance records is of no use: drop it.
	v.dropped = true
	mark := g.sh.Temp("mark", types.Typ[types.Int])
	out = append(out, &ir.Call{L: []ir.Expr{&ir.Ref{V: mark}}, Define: true, Name: "Mark", On: g.st}, call)
	return append(out, &ir.Call{Name: "Reset", On: g.st, Args: []ir.Expr{&ir.Ref{V: mark}}})
}

// recordedResults gives the call its left sides. If an old value is to be
// pushed, the results go through temporaries: what the callee pushed must lie
// below it.
func (g *generator) recordedResults(c *ir.Call, sig *signature, call *ir.Call, after *[]ir.Stmt) {
	saves := g.savesBefore(c, c.L, true)
	if len(saves) == 0 {
		call.L = g.resultsWithShadows(sig, c.L, c.Define)
		return
	}
	full := g.resultsWithShadows(sig, c.L, false)
	set := &ir.Assign{At: c.At}
	for i, l := range full {
		if l == nil {
			continue
		}
		v := g.sh.Temp("t", l.Type())
		full[i] = &ir.Ref{V: v}
		set.L, set.R = append(set.L, l), append(set.R, full[i])
	}
	call.L, call.Define = full, true
	*after = append(*after, saves...)
	*after = append(*after, set)
}

// resultsWithShadows interleaves the left sides with their shadows.
func (g *generator) resultsWithShadows(sig *signature, ls []ir.Expr, define bool) []ir.Expr {
	if len(ls) == 0 {
		return nil
	}
	var out []ir.Expr
	for i, l := range ls {
		out = append(out, l)
		if !g.act.Shadowed(sig.fn.Results[i]) {
			continue
		}
		if l == nil {
			out = append(out, nil)
		} else {
			out = append(out, g.sh.Place(l))
		}
	}
	return out
}

func (g *generator) forwardArgs(sig *signature, args []ir.Expr) (before []ir.Stmt, out []ir.Expr) {
	for i, p := range sig.fn.Inputs() {
		out = append(out, args[i])
		if !sig.shadowed(p) || !g.act.Shadowed(p) {
			continue
		}
		if !ir.IsRef(p.Type) && isPlace(args[i]) && !ir.FromGlobal(args[i]) && !g.act.ShadowedRefs(args[i]) { // the forward sweep has no shadow of it
			tb := g.sh.ShadowTemp("tb", p.Type)
			before, out = append(before, &ir.Decl{V: tb}), append(out, &ir.Addr{X: &ir.Ref{V: tb}})
			continue
		}
		shadow, pre, _ := g.shadowArg(p, args[i])
		before = append(before, pre...)
		out = append(out, shadow)
	}
	return before, out
}

// forwardJoint runs the primal; what it overwrites and the reverse sweep needs
// is kept in a snapshot.
func (g *generator) forwardJoint(c *ir.Call, record bool) []ir.Stmt {
	out := g.snapshotBefore(c, record)
	out = append(out, g.savesBefore(c, c.L, record)...)
	out = append(out, plainCall(c))
	for i, l := range c.L { // results that are references get fresh shadows
		if l == nil || !g.act.Shadowed(c.Fn.Results[i]) {
			continue
		}
		out = append(out, zeroLike(g.sh.Place(l), l, c.Define))
	}
	return out
}

// snapshots reports whether a joint call overwrites what the reverse sweep needs and can
// be reached from the arguments: it may also be new memory.
func (g *generator) snapshots(c *ir.Call) bool {
	if !g.t.tbr.Snapshots(c) {
		return false
	}
	whole, parts := g.stretches(c)
	return len(whole)+len(parts) > 0
}

// keepsFor saves or restores places that a joint call overwrites. Where the values of
// floats are not needed, only what leads to them is kept.
func (g *generator) keepsFor(c *ir.Call, snap *ir.Var, method string, places []ir.Expr) []ir.Stmt {
	if g.keepsFloats(c) {
		return g.keeps(snap, method, places)
	}
	var out []ir.Stmt
	for _, p := range places {
		out = append(out, on(snap, method+"Headers", p))
	}
	return together(out)
}

func (g *generator) keepsFloats(c *ir.Call) bool {
	return c.Fn.Rule == nil || g.t.tbr.SnapshotsFloats(c)
}

// snapshotBefore keeps what a joint call overwrites and the reverse sweep needs.
func (g *generator) snapshotBefore(c *ir.Call, record bool) []ir.Stmt {
	if !record || !g.snapshots(c) {
		return nil
	}
	snap := g.sh.Temp("snap", snapshotType)
	out := []ir.Stmt{&ir.Call{L: []ir.Expr{&ir.Ref{V: snap}}, Define: true, Name: "ad.NewSnapshot"}}
	whole, parts := g.stretches(c)
	out = append(out, g.keepsFor(c, snap, "Save", whole)...)
	for _, x := range parts {
		part := g.sh.Temp("part", x.Type())
		out = append(out, ir.Define(part, x), on(snap, "Save", &ir.Ref{V: part}))
	}
	return append(out, &ir.Call{Name: "ad.Push", Args: []ir.Expr{&ir.Ref{V: g.st}, &ir.Ref{V: snap}}})
}

// handed lists what leads to memory in an argument: that itself, or what is in a literal.
func handed(a ir.Expr) []ir.Expr {
	if a == nil || !ir.HasRef(a.Type()) {
		return nil
	}
	inner := a
	for {
		switch x := inner.(type) {
		case *ir.Convert:
			inner = x.X
			continue
		case *ir.Addr:
			inner = x.X
			continue
		case *ir.Composite:
			var out []ir.Expr
			for _, e := range x.Elems {
				out = append(out, handed(e)...)
			}
			return out
		}
		return []ir.Expr{a}
	}
}

// under is the place that a is the address or a part of, if it is one.
func under(a ir.Expr) ir.Expr {
	for {
		switch x := a.(type) {
		case *ir.Addr:
			a = x.X
		case *ir.SliceOf:
			a = x.X
		case *ir.Convert:
			a = x.X
		default:
			return a
		}
	}
}

// placesOf lists, from some of the arguments, the memory that a joint call writes.
func (t *transform) placesOf(c *ir.Call, args []ir.Expr) []ir.Expr {
	var roots []ir.Expr
	for _, a := range args {
		a = under(a)
		known := false
		for _, r := range roots {
			known = known || ir.Equal(r, a)
		}
		if isPlace(a) && !known {
			roots = append(roots, a)
		}
	}
	var out []ir.Expr
	for _, it := range t.state.Covering(roots, t.eff.SharedWrites(c.Fn)) {
		out = append(out, it.Place)
	}
	return out
}

// jointSeeds lists the left sides of a joint call whose shadows, made when it
// ran, are the seeds of its repetition.
func (g *generator) jointSeeds(c *ir.Call) []ir.Expr {
	if !g.t.joint(c) {
		return nil
	}
	var out []ir.Expr
	for i, l := range c.L {
		if l != nil && g.act.Shadowed(c.Fn.Results[i]) {
			out = append(out, l)
		}
	}
	return out
}

// reverseCall calls the callee's counterpart in the reverse sweep.
func (t *transform) reverseCall(g *generator, c *ir.Call, args, seeds []ir.Expr) []ir.Stmt {
	if t.tbr == nil { // only asked what the call reads
		return []ir.Stmt{&ir.Call{Name: c.Fn.Name, Args: append(append([]ir.Expr{}, args...), seeds...)}}
	}
	if c.Fn.Rule != nil {
		return g.reverseByRule(c, args, seeds)
	}
	sig := t.signatureOf(c.Fn)
	args = append(append([]ir.Expr{}, args...), seeds...)
	if !t.joint(c) {
		v := t.variant(reverseKind, sig)
		return []ir.Stmt{&ir.Call{At: c.At, Fn: v.fn, Args: append(args, &ir.Ref{V: g.st})}}
	}
	// The seed of a reference result is the shadow that the call was given.
	args = args[:len(args)-len(seeds)]
	k := 0
	for i, r := range c.Fn.Results {
		switch {
		case !sig.seeded(r) && !(ir.HasRef(r.Type) && t.act.Shadowed(r)):
		case ir.HasRef(r.Type):
			if i < len(c.L) && c.L[i] != nil && g.hasShadow(c.L[i]) {
				args = append(args, g.sh.Place(c.L[i]))
			} else {
				args = append(args, shadow.Zero(r.Type))
			}
		default:
			args = append(args, seeds[k])
		}
		if sig.seeded(r) {
			k++
		}
	}
	v := t.variant(jointKind, sig)
	return []ir.Stmt{&ir.Call{At: c.At, Fn: v.fn, Args: args}}
}

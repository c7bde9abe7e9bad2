package adjoint

import (
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// An ownShadow is the shadow of a parameter that is not simply the caller's.
type ownShadow struct {
	own    *ir.Var
	theirs *ir.Var // what the caller gives and is added to at the end; nil if nothing
	param  *ir.Var
	heads  *ir.Var // a snapshot of own's slices and pointers, if the function moves them
}

// ownShadows lists the shadows that the caller does not give, of parameters that
// are neither independent nor output but carry derivatives inside; and those that
// stand in for the caller's: of independents that the function overwrites, since
// the caller's must only be added to, and of parameters in which the function moves
// slices or pointers about, since the caller's keep their places. The outputs of a
// split pair have the caller's, into which he puts the seeds between the sweeps.
func (g *generator) ownShadows() []*ownShadow {
	var out []*ownShadow
	for _, p := range g.f.Inputs() {
		if !ir.HasRef(p.Type) || !g.t.carries(p) || g.sig.parts(p) != nil {
			continue
		}
		if !g.sig.shadowed(p) {
			out = append(out, &ownShadow{own: g.sh.Var(p), param: p})
			continue
		}
		moves := g.t.movesWithin(g.f, p)
		if g.kind != jointKind && (g.sig.output(p) || !g.act.Shadowed(p)) {
			continue
		}
		if !moves && (g.sig.output(p) || !g.t.written(g.f, p)) {
			continue
		}
		o := &ownShadow{param: p, theirs: g.sh.Of(p)}
		o.own = g.sh.Private(p, o.theirs.Name+"0")
		if moves {
			o.heads = g.sh.Temp("heads", snapshotType)
		}
		out = append(out, o)
	}
	return out
}

// partsAside takes what the caller has in fields of shadows away while the reverse sweep
// runs; see [shadow.Parts].
func (g *generator) partsAside() (before, after []ir.Stmt) {
	if g.sig.root == nil {
		return nil, nil
	}
	for _, s := range g.sig.root.Parts {
		for _, kept := range []struct {
			fields []string
			back   string
		}{{s.Add, "ad.AddBack"}, {s.Work, "ad.PutBack"}} {
			if len(kept.fields) == 0 {
				continue
			}
			v := g.sh.Temp("aside", asideType)
			before = append(before, &ir.Call{L: []ir.Expr{&ir.Ref{V: v}}, Define: true, Name: "ad.SetAside", Args: shadow.On(g.sh.Of(s.Param), kept.fields)})
			after = append(after, &ir.Call{Name: kept.back, Args: []ir.Expr{&ir.Ref{V: v}}})
		}
	}
	return before, after
}

// unseed takes away the seeds of what the directive does not name in results.
func (g *generator) unseed() []ir.Stmt {
	var out []ir.Stmt
	for _, r := range g.f.Results {
		if s := g.sig.parts(r); s != nil {
			for _, place := range s.Unseeded {
				out = append(out, ir.Set(g.sh.Place(place), shadow.Zero(place.Type())))
			}
		}
	}
	return out
}

// makeOwn makes the shadows at the start of the forward sweep.
func (g *generator) makeOwn(own []*ownShadow) []ir.Stmt {
	var out []ir.Stmt
	for _, o := range own {
		out = append(out, zeroLike(&ir.Ref{V: o.own}, &ir.Ref{V: o.param}, true))
		if o.heads != nil {
			out = append(out, &ir.Call{L: []ir.Expr{&ir.Ref{V: o.heads}}, Define: true, Name: "ad.NewSnapshot"})
			out = append(out, on(o.heads, "SaveHeaders", &ir.Ref{V: o.own}))
		}
	}
	return out
}

// seedOwn moves the seeds of outputs into the shadows, after the forward sweep.
func (g *generator) seedOwn(own []*ownShadow) []ir.Stmt {
	var out []ir.Stmt
	for _, o := range own {
		if o.theirs == nil || !g.sig.output(o.param) {
			continue
		}
		mine, theirs := o.places()
		all := theirs
		if ir.IsRef(o.param.Type) {
			all = &ir.Addr{X: theirs}
		}
		if o.heads != nil {
			out = append(out, &ir.Call{Name: "ad.SeedMoved", Args: []ir.Expr{text(last(g.f.Name)), text(o.param.Name), mine, theirs}})
		} else {
			out = append(out, &ir.Call{Name: "ad.AddLike", Args: []ir.Expr{mine, theirs}})
		}
		out = append(out, &ir.Call{Name: "ad.ClearLike", Args: []ir.Expr{all}})
	}
	return out
}

// addOwn adds to what the caller gave, at the end of the reverse sweep.
func (g *generator) addOwn(own []*ownShadow) []ir.Stmt {
	var out []ir.Stmt
	for _, o := range own {
		if o.theirs == nil {
			continue
		}
		if o.heads != nil {
			out = append(out, on(o.heads, "RestoreHeaders", &ir.Ref{V: o.own}))
			out = append(out, &ir.Call{Name: "Release", On: o.heads})
		}
		mine, theirs := o.places()
		add := "ad.AddLike"
		if o.heads != nil && g.sig.output(o.param) {
			add = "ad.AddMoved"
			if ir.IsRef(o.param.Type) { // its length may differ
				theirs, mine = &ir.Addr{X: theirs}, &ir.Addr{X: mine}
			}
		}
		out = append(out, &ir.Call{Name: add, Args: []ir.Expr{theirs, mine}})
	}
	return out
}

// pushOwn passes the shadows from a forward sweep to its reverse sweep.
func (g *generator) pushOwn(own []*ownShadow) []ir.Stmt {
	var out []ir.Stmt
	for _, o := range own {
		if o.heads != nil {
			out = append(out, g.pushHeader(&ir.Ref{V: o.heads})...)
		}
		out = append(out, g.pushHeader(&ir.Ref{V: o.own})...)
	}
	return out
}

// popOwn takes back what pushOwn passed.
func (g *generator) popOwn(own []*ownShadow) []ir.Stmt {
	var out []ir.Stmt
	for i := len(own) - 1; i >= 0; i-- {
		out = append(out, g.popOne(&ir.Ref{V: own[i].own}, true))
		if own[i].heads != nil {
			out = append(out, g.popOne(&ir.Ref{V: own[i].heads}, true))
		}
	}
	return out
}

// places returns the two shadows as references.
func (o *ownShadow) places() (mine, theirs ir.Expr) {
	mine, theirs = &ir.Ref{V: o.own}, &ir.Ref{V: o.theirs}
	if !ir.IsRef(o.param.Type) { // theirs is a pointer
		mine = &ir.Addr{X: mine}
	}
	return mine, theirs
}

func text(s string) ir.Expr {
	return &ir.Const{Val: constant.MakeString(s), Typ: types.Typ[types.String]}
}

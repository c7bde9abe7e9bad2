package tangent

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// An Again is a tangent that is itself to be differentiated.
type Again struct {
	Prog *ir.Program // the tangents and the functions of the user that they call
	Root *ir.Func

	// Var is, for each input and result of the function, that of Root; Dot is, for each
	// of those, its tangent, if it has one.
	Var, Dot map[*ir.Var]*ir.Var
	// Zero are inputs of Root that the tangent does not have as it is made for users:
	// tangents of references that are neither independent nor dependent. They begin as
	// zero, in the shape of the input before them.
	Zero []*ir.Var
}

// Differentiable makes the tangent of one function in the language that the analyses
// and the adjoint know: it has no run-time calls, checks nothing, keeps what directives
// say about loops and calls, and each function has variables of its own. Its variables
// are named such that their adjoints have the names that fit the tangent of an adjoint:
// the adjoint of x is xbd, that of xd is xb. The names of functions that are taken get
// those of the tangents, too.
func Differentiable(prog *ir.Program, act *activity.Info, r *Request, taken map[string]bool) (*Again, diag.List) {
	t := &transform{prog: prog, act: act, algebra: Numbers, made: map[string]*made{}, taken: taken, idles: map[*ir.Func]bool{}, again: true}
	root := t.function(r.Fn, r)
	out := &Again{Prog: &ir.Program{Fset: prog.Fset, Pkg: prog.Pkg, Tables: prog.Tables, Revealed: prog.Revealed}, Root: root.fn, Dot: map[*ir.Var]*ir.Var{}}
	for i := 0; i < len(t.order); i++ {
		m := t.order[i]
		if !t.differentiable(m.primal) {
			return nil, t.diags
		}
		t.build(m)
		renew(m, out)
	}
	if len(t.diags) > 0 {
		return nil, t.diags
	}
	out.Prog.Funcs = ir.CalleesFirst(out.Root)
	return out, nil
}

// differentiable refuses what has tangents that cannot be differentiated again.
func (t *transform) differentiable(f *ir.Func) bool {
	refuse := func(pos token.Pos, why, do string) {
		t.diags.Add(t.prog.Fset, pos, "second derivative of "+f.Title(t.prog.Pkg), why, do)
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if l, ok := s.(*ir.For); ok && l.IsFixed() {
			refuse(s.Pos(), "its loop to a fixed point is differentiated at the converged state only", "remove //cairn:fixedpoint, or write the second derivative by hand")
		}
	})
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			switch {
			case v.Global != nil:
				refuse(f.Pos, "it writes the package-level variable "+v.Global.Name(), "pass the memory as a parameter")
			case ir.IsBox(v.Type):
				refuse(f.Pos, "the type of "+v.Name+" hides its fields", "work on slices")
			default:
				continue
			}
			return false
		}
	}
	return len(t.diags) == 0
}

// renew gives the function variables of its own: those of its primal may stand in the
// program, too.
func renew(m *made, out *Again) {
	f := m.fn
	to := map[*ir.Var]*ir.Var{}
	fresh := func(vs []*ir.Var, kind ir.VarKind) (list []*ir.Var) {
		for _, v := range vs {
			if to[v] != nil {
				continue
			}
			c := *v
			c.Made, c.Bar, c.Shadow = false, "", ir.NoShadow
			if kind != ir.Local {
				c.Kind = kind
			}
			to[v] = &c
			list = append(list, &c)
		}
		return list
	}
	if f.Recv != nil {
		f.Recv = fresh([]*ir.Var{f.Recv}, ir.Param)[0]
	}
	f.Params = fresh(f.Params, ir.Param)
	f.Results = fresh(f.Results, ir.Result)
	f.Locals = fresh(append(append([]*ir.Var{}, m.primal.Locals...), f.Locals...), ir.Local)
	f.Body = ir.CopyBlock(f.Body, to)
	for v, c := range to {
		p := m.sh.Primal(v)
		if p == nil {
			continue
		}
		c.Bar, to[p].Bar = p.Name+"b", p.Name+"bd"
		if m.root != nil && (c.Kind == ir.Param || c.Kind == ir.Result) {
			out.Dot[to[p]] = c
		}
	}
	if m.root != nil {
		out.Var = to
		for _, v := range m.zero {
			out.Zero = append(out.Zero, to[v])
		}
	}
}

// zeroLike gives the place b, which becomes a tangent, zeros in the shape of x.
func (g *generator) zeroLike(s ir.Stmt, b, x ir.Expr, define bool) []ir.Stmt {
	if !g.t.again {
		return []ir.Stmt{&ir.Call{L: []ir.Expr{b}, Define: define, Name: "ad.ZeroLike", Args: []ir.Expr{x}}}
	}
	at := ir.At{P: s.Pos()}
	var out []ir.Stmt
	if define {
		out = append(out, &ir.Decl{At: at, V: b.(*ir.Ref).V})
	}
	var fill func(b, x ir.Expr)
	fill = func(b, x ir.Expr) {
		switch u := x.Type().Underlying().(type) {
		case *types.Slice:
			if !ir.HasRef(u.Elem()) {
				out = append(out, &ir.Assign{At: at, L: []ir.Expr{b}, R: []ir.Expr{&ir.Make{Typ: x.Type(), Len: &ir.Len{X: x}, Cap: &ir.Cap{X: x}}}})
				return
			}
		case *types.Pointer:
			if !ir.HasRef(u.Elem()) {
				some := &ir.Binary{Op: token.NEQ, X: x, Y: &ir.Const{Typ: x.Type()}, Typ: types.Typ[types.Bool]}
				out = append(out, &ir.If{At: at, Cond: some, Then: &ir.Block{At: at, Stmts: []ir.Stmt{
					&ir.Assign{At: at, L: []ir.Expr{b}, R: []ir.Expr{&ir.New{Typ: x.Type()}}},
				}}})
				return
			}
		case *types.Struct:
			for i := range u.NumFields() {
				if t := u.Field(i).Type(); ir.HasRef(t) && ir.HasFloat(t) {
					fill(&ir.Field{X: b, I: i}, &ir.Field{X: x, I: i})
				}
			}
			return
		}
		g.t.diags.Add(g.t.prog.Fset, s.Pos(), "second derivative of what takes a passive value of type "+types.TypeString(x.Type(), types.RelativeTo(g.t.prog.Pkg)),
			"its tangent would have to mirror memory that is only known at run time", "copy the elements in a loop")
	}
	fill(b, x)
	return out
}

// clear makes the first n elements of the slice b, a tangent, zero.
func (g *generator) clear(s ir.Stmt, b, n ir.Expr) []ir.Stmt {
	if !g.t.again {
		return []ir.Stmt{&ir.Call{At: ir.At{P: s.Pos()}, Name: "clear", Args: []ir.Expr{&ir.SliceOf{X: b, Hi: n}}}}
	}
	at := ir.At{P: s.Pos()}
	elem := b.Type().Underlying().(*types.Slice).Elem()
	count, i := g.sh.Temp("n", types.Typ[types.Int]), g.sh.Temp("i", types.Typ[types.Int])
	index := &ir.Ref{V: i}
	return []ir.Stmt{
		&ir.Assign{At: at, L: []ir.Expr{&ir.Ref{V: count}}, R: []ir.Expr{n}, Define: true},
		&ir.For{
			At:   at,
			Init: &ir.Assign{At: at, L: []ir.Expr{index}, R: []ir.Expr{ir.Int(0)}, Define: true},
			Cond: &ir.Binary{Op: token.LSS, X: index, Y: &ir.Ref{V: count}, Typ: types.Typ[types.Bool]},
			Post: &ir.Assign{At: at, L: []ir.Expr{index}, R: []ir.Expr{ir.Add(index, ir.Int(1))}},
			Body: &ir.Block{At: at, Stmts: []ir.Stmt{
				&ir.Assign{At: at, L: []ir.Expr{&ir.Index{X: b, I: index}}, R: []ir.Expr{shadow.Zero(elem)}},
			}},
		},
	}
}

// capacities asks for the capacity of the tangent of each slice whose capacity s asks for:
// what is written behind the length of the one is written there of the other, too.
func (g *generator) capacities(s ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	note := func(e ir.Expr) bool {
		if c, ok := e.(*ir.Cap); ok && ir.Root(c.X) != nil && g.act.ShadowedRefs(c.X) {
			out = append(out, &ir.Assign{At: ir.At{P: s.Pos()}, L: []ir.Expr{nil}, R: []ir.Expr{&ir.Cap{X: g.sh.Value(c.X)}}})
		}
		return true
	}
	reads, places := ir.Exprs(s)
	for _, e := range append(reads, places...) {
		ir.WalkExpr(e, note)
	}
	return out
}

// singular reports whether some derivative of the values may be infinite, or no number,
// where they are finite.
func singular(values []ir.Expr) bool {
	found := false
	for _, e := range values {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Math:
				r := rule.Lookup(e.Fn)
				found = found || r != nil && r.Singular
			case *ir.Binary:
				_, constant := e.Y.(*ir.Const)
				found = found || e.Op == token.QUO && !constant && ir.IsFloat(e.Typ)
			}
			return !found
		})
	}
	return found
}

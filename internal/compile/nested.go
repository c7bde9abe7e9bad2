package compile

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// nested completes made functions by those that only the compiler knows: tangents that are
// called as they are, and derivatives that no directive asks for.
type nested struct {
	prog    *ir.Program
	without optim.Set
	out     []*ir.Func
	own     map[*ir.Func]bool
	plain   map[*ir.Func]*ir.Func       // copies, by the tangent
	derived map[*ir.Derivative]*ir.Func // made functions
	diags   diag.List
}

// withDerivatives returns the made functions and all that they call and that nobody else
// makes.
func withDerivatives(funcs []*ir.Func, prog *ir.Program, without optim.Set) ([]*ir.Func, diag.List) {
	n := &nested{prog: prog, without: without, own: map[*ir.Func]bool{}, plain: map[*ir.Func]*ir.Func{}, derived: map[*ir.Derivative]*ir.Func{}}
	n.add(funcs)
	for i := 0; i < len(n.out); i++ {
		n.redirect(n.out[i])
	}
	return n.out, n.diags
}

func (n *nested) add(funcs []*ir.Func) {
	for _, f := range funcs {
		n.own[f] = true
	}
	n.out = append(n.out, funcs...)
}

func (n *nested) redirect(f *ir.Func) {
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		c, ok := s.(*ir.Call)
		if !ok || c.Fn == nil || c.Fn.Obj != nil || n.own[c.Fn] {
			return
		}
		if c.Fn.Derivative != nil {
			c.Fn = n.derivative(c.Fn)
			return
		}
		c.Fn = n.tangent(c.Fn)
	})
}

// tangent returns a copy of a tangent in the form in which it was made: transforms call it in
// a form of their own.
func (n *nested) tangent(f *ir.Func) *ir.Func {
	origin := f.Origin
	if origin == nil {
		origin = f
	}
	if g := n.plain[origin]; g != nil {
		return g
	}
	g := *origin
	g.Mode = ir.DefaultMode
	g.Body = ir.CopyBlock(g.Body, nil)
	ir.WalkStmts(g.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.For:
			s.Checkpoint = nil
		case *ir.Block:
			s.Checkpoint = nil
		}
	})
	n.plain[origin] = &g
	n.add([]*ir.Func{&g})
	return &g
}

// derivative makes the function that f, an adjoint, is the description of.
func (n *nested) derivative(f *ir.Func) *ir.Func {
	d := f.Derivative
	if g := n.derived[d]; g != nil {
		return g
	}
	single := singleExit(&ir.Program{Fset: n.prog.Fset, Pkg: n.prog.Pkg, Tables: n.prog.Tables, Revealed: n.prog.Revealed, Funcs: ir.CalleesFirst(d.Fn)}, n.without)
	root := single.Func(d.Fn.Name)
	req := &adjoint.Request{Fn: root, Joint: true, Wrt: d.Wrt, Of: d.Of, Without: n.without}
	var zero []*ir.Var
	for _, v := range root.Inputs() {
		if d.Args[v] == nil {
			zero = append(zero, v)
		}
	}
	fs, ds := adjointOf(single, req, request{root, whole(req.Wrt), whole(req.Of)}, zero, n.without)
	if len(ds) > 0 {
		n.diags = append(n.diags, ds...)
		return f
	}
	unshare(fs)
	made := fs[0]
	n.derived[d] = made
	n.arrange(made, f, root, zero)
	n.add(fs)
	return made
}

// arrange gives made, an adjoint of root, the name of f and its parameters in their order.
func (n *nested) arrange(made, f, root *ir.Func, zero []*ir.Var) {
	d := f.Derivative
	made.Name = f.Name
	made.Doc = nestedDoc(f, n.prog.Pkg)
	list := made.Inputs()
	made.Recv = nil
	place := map[*ir.Var]*ir.Var{} // parameters of made by those of f
	var zeros []ir.Stmt
	var last *ir.Var
	seeds := []*ir.Var{}
	for _, r := range root.Results {
		if d.Bars[r] != nil {
			seeds = append(seeds, d.Bars[r])
		}
	}
	for len(list) > len(seeds) {
		v := list[0]
		list = list[1:]
		switch a := d.Args[v]; {
		case a != nil:
			place[a], last = v, v
		default:
			zeros = append(zeros, zeroLike(made, v, last))
			continue
		}
		if d.Bars[v] != nil {
			place[d.Bars[v]] = list[0]
			list = list[1:]
		}
	}
	for i, s := range seeds {
		place[s] = list[i]
	}
	made.Params = nil
	for _, p := range f.Inputs() {
		made.Params = append(made.Params, place[p])
	}
	var apart []shadow.Pair
	for _, p := range d.Apart {
		apart = append(apart, shadow.Pair{A: place[p[0]], B: place[p[1]]})
	}
	checks := shadow.ApartChecks(base(made.Name), apart)
	made.Body.Stmts = append(append(checks, zeros...), made.Body.Stmts...)
}

// nestedDoc says what f is, the tangent of an adjoint.
func nestedDoc(f *ir.Func, pkg *types.Package) string {
	of := f.Derivative.Fn
	for of.Tangent != nil {
		of = of.Tangent
	}
	return base(f.Name) + " runs " + of.Title(pkg) + " and a tangent of its adjoint: a name with b is that of an adjoint,\n" +
		"one with d behind it that of its tangent, or of that of a primal value."
}

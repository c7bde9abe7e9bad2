package compile

import (
	"fmt"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
	"github.com/cairn-ad/cairn/internal/transform/tangent"
)

// hessian makes the tangent of the adjoint of a root. Since second derivatives are
// symmetric, that is the adjoint of its tangent, with the names exchanged: the adjoint
// of x is the tangent of xb, and the adjoint of the tangent of x is xb. The tangent of
// a program is a program in the same language, so the adjoint takes it as it takes any.
func (u *unit) hessian(prog, _ *ir.Program, obj types.Object, d *directive.Func) (*step, diag.List) {
	if d.Hessian == nil {
		return nil, nil
	}
	f := u.funcOf(prog, obj)
	want := &wanted{request: requested(f, d.Hessian), wrtVars: vars(f, d.Hessian.Wrt), ofVars: vars(f, d.Hessian.Of)}
	taken := map[string]bool{}
	for _, g := range prog.Funcs {
		taken[g.Name] = true
	}
	again, ds := want.tangent(prog, taken)
	if len(ds) > 0 {
		return nil, ds
	}
	u.dump("hessian", again.Prog.Funcs)
	fs, ds := want.adjoint(again, u.opts.Without)
	if len(ds) > 0 {
		return nil, ds
	}
	u.dump("adjoint", fs)
	return &step{funcs: fs, of: d.Hessian}, nil
}

// wanted is a function to be differentiated, and by what.
type wanted struct {
	request
	wrtVars, ofVars []*ir.Var
	parts           []*shadow.Parts // of the tangent
}

// wholly is what asks for the derivative by whole variables.
func wholly(f *ir.Func, wrt, of []*ir.Var) *wanted {
	return &wanted{request: request{f, whole(wrt), whole(of)}, wrtVars: wrt, ofVars: of}
}

// tangent makes the tangent of the function, to be differentiated again.
func (w *wanted) tangent(prog *ir.Program, taken map[string]bool) (*tangent.Again, diag.List) {
	sub := &ir.Program{Fset: prog.Fset, Pkg: prog.Pkg, Tables: prog.Tables, Revealed: prog.Revealed, Funcs: ir.CalleesFirst(w.fn)}
	req := &tangent.Request{Fn: w.fn, Wrt: w.wrtVars, Of: w.ofVars}
	facts := analyze(sub, []activity.Root{w.root()}, always)
	var ds diag.List
	if w.parts, ds = w.request.parts(facts); len(ds) > 0 {
		return nil, ds
	}
	again, ds := tangent.Differentiable(sub, facts.Act, req, taken)
	if len(ds) == 0 {
		ds = decidingDuals(sub.Funcs, again)
	}
	return again, ds
}

// adjoint makes the adjoint of the tangent.
func (w *wanted) adjoint(again *tangent.Again, without optim.Set) ([]*ir.Func, diag.List) {
	single := singleExit(again.Prog, without)
	root := single.Func(again.Root.Name)
	req := &adjoint.Request{Fn: root, Joint: true, Wrt: both(again, w.wrtVars), Of: both(again, w.ofVars), Without: without}
	fs, ds := adjointOf(single, req, request{root, bothSeeds(again, w.wrt), bothSeeds(again, w.of)}, again.Zero, without|optim.Fields)
	if len(ds) > 0 {
		return nil, ds
	}
	w.finish(fs[0], again)
	return fs, nil
}

// adjointOf makes an adjoint of a program in single-exit form. The inputs in zero are made
// inside, so they share no memory.
func adjointOf(single *ir.Program, req *adjoint.Request, asked request, zero []*ir.Var, without optim.Set) ([]*ir.Func, diag.List) {
	facts := analyzeRequest(single, asked, without)
	facts = ownMemory(facts, req, func() adjoint.Facts { return analyzeRequest(single, asked, without) })
	parts, ds := asked.parts(facts)
	if len(ds) > 0 {
		return nil, ds
	}
	req.Parts = parts
	for _, p := range apartPairs(facts, req.Fn) {
		if !slices.Contains(zero, p.A) && !slices.Contains(zero, p.B) {
			req.Apart = append(req.Apart, p)
		}
	}
	fs, _, ds := adjoint.Transform(facts, []*adjoint.Request{req})
	return fs, ds
}

// finish makes the adjoint of a tangent what the tangent of the adjoint is called and
// takes: the parameters and seeds change places, and tangents that begin as zero are
// made inside.
func (w *wanted) finish(made *ir.Func, again *tangent.Again) {
	made.Name = w.fn.Name + "Hessian"
	made.Doc = w.doc(again)
	list, seeds := made.Params, []*ir.Var(nil)
	if made.Recv != nil {
		list = append([]*ir.Var{made.Recv}, list...)
	}
	inputs := again.Root.Inputs()
	isInput := func(v *ir.Var) bool { return slices.Contains(inputs, v) }
	var out []*ir.Var
	for len(list) > 0 && isInput(list[0]) {
		v, dot := list[0], again.Dot[list[0]]
		list = list[1:]
		var vb, dotb []*ir.Var
		if len(list) > 0 && !isInput(list[0]) && dot != nil && !slices.Contains(again.Zero, dot) {
			vb, list = list[:1:1], list[1:]
		}
		out = append(out, v)
		if dot == nil {
			continue
		}
		list = list[1:] // the tangent itself
		if slices.Contains(again.Zero, dot) {
			continue
		}
		dotb, list = list[:1:1], list[1:]
		out = append(append(append(out, dot), dotb...), vb...)
	}
	for ; len(list) > 1; list = list[2:] {
		seeds = append(seeds, list[1], list[0])
	}
	made.Params = append(out, seeds...)
	if made.Recv != nil {
		made.Params = made.Params[1:]
	}
	var zeros []ir.Stmt
	for _, z := range again.Zero {
		zeros = append(zeros, zeroLike(made, z, inputs[slices.Index(inputs, z)-1]))
	}
	for _, s := range w.parts { // what the tangent has besides begins as zero
		if len(s.Work) > 0 {
			zeros = append(zeros, &ir.Call{Name: "ad.ClearParts", Args: shadow.On(again.Dot[again.Var[s.Param]], s.Work)})
		}
	}
	made.Body.Stmts = append(zeros, made.Body.Stmts...)
	ir.WalkStmts(made.Body, func(s ir.Stmt) { // checks name the function that the user calls
		c, ok := s.(*ir.Call)
		if !ok || !strings.HasPrefix(c.Name, "ad.") || len(c.Args) == 0 {
			return
		}
		if x, ok := c.Args[0].(*ir.Const); ok && x.Val != nil && x.Val.Kind() == constant.String {
			c.Args[0] = &ir.Const{Val: constant.MakeString(base(made.Name)), Typ: types.Typ[types.String]}
		}
	})
}

// zeroLike makes z a local variable of made, zero in the shape of x.
func zeroLike(made *ir.Func, z, x *ir.Var) ir.Stmt {
	z.Kind = ir.Temp
	made.Locals = append(made.Locals, z)
	return &ir.Call{L: []ir.Expr{&ir.Ref{V: z}}, Define: true, Name: "ad.ZeroLike", Args: []ir.Expr{&ir.Ref{V: x}}}
}

// both are variables of the tangent that stand for those of the function, each followed by
// its own tangent.
func both(again *tangent.Again, vs []*ir.Var) []*ir.Var {
	var out []*ir.Var
	for _, v := range vs {
		v = again.Var[v]
		out = append(out, v, again.Dot[v])
	}
	return out
}

// bothSeeds is both for variables with fields.
func bothSeeds(again *tangent.Again, list []activity.Seed) []activity.Seed {
	var out []activity.Seed
	for _, s := range list {
		v := again.Var[s.Var]
		out = append(out, activity.Seed{Var: v, Path: s.Path}, activity.Seed{Var: again.Dot[v], Path: s.Path})
	}
	return out
}

// doc says what the made function does.
func (w *wanted) doc(again *tangent.Again) string {
	name, primal := base(w.fn.Name)+"Hessian", w.fn.Title(again.Prog.Pkg)
	return fmt.Sprintf("%s runs %s and the tangent of its adjoint: the parameters with b hold adjoints,\n"+
		"those with d the direction, and what is added to those with bd is the change of the adjoints in it.", name, primal)
}

package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A choice is a function value that is one of several, all of which are known. An integer,
// its tag, tells which one it is, and travels in its place; a call is a branch for each.
type choice struct {
	tag     ir.Expr      // 0 for nil, k for the k-th alternative
	alts    []*funcValue // from 1
	nilable bool         // it may be nil, or out of range
	what    string       // a call panics with it then
	owner   *chooser     // of a variable that is assigned to; nil for a value
}

// A chooser knows what the assignments to a function variable do.
type chooser struct {
	tag   *ir.Var
	given map[ast.Expr]*given // by the right side of the assignment
}

// given is what an assignment gives to the tag, and to what belongs to the alternative.
type given struct {
	k    int
	recv *ir.Var // of a method value: its receiver
	sub  *ir.Var // of a choice: its tag
}

var intType = types.Typ[types.Int]

func (b *builder) set(pos token.Pos, v *ir.Var, x ir.Expr) {
	b.emit(&ir.Assign{At: ir.At{P: pos}, L: []ir.Expr{&ir.Ref{V: v}}, R: []ir.Expr{x}})
}

// tagVar declares an integer variable.
func (b *builder) tagVar(name string, pos token.Pos) *ir.Var {
	v := b.newVar(name, intType, ir.Local, pos)
	b.emit(&ir.Decl{At: ir.At{P: pos}, V: v})
	return v
}

// vary makes the variable obj, which has several values, a choice among them: the initial
// one, if there is one, and those that the function assigns to it. They are looked at where
// the variable is declared, so that a loop may call what is assigned further down: what
// literals mention must be declared before.
func (b *builder) vary(at ast.Node, obj types.Object, initial ast.Expr, known *funcValue) *funcValue {
	if v := b.varied(at, obj, initial, known); v != nil {
		return v
	}
	sig, _ := obj.Type().Underlying().(*types.Signature) // refused: anything goes
	return &funcValue{choice: &choice{tag: ir.Int(0), owner: &chooser{}}, sig: sig}
}

func (b *builder) varied(at ast.Node, obj types.Object, initial ast.Expr, known *funcValue) *funcValue {
	if b.use.addr[obj] {
		b.fail(at, "function variable "+obj.Name()+" with several values", "its address is taken, or a function literal assigns to it", funcValueDo)
		return nil
	}
	rights, ok := b.assigned(obj)
	if !ok {
		b.fail(at, "function variable "+obj.Name()+" with several values", funcValueWhy, funcValueDo)
		return nil
	}
	sig, _ := obj.Type().Underlying().(*types.Signature)
	o := &chooser{tag: b.tagVar(obj.Name()+"Tag", at.Pos()), given: map[ast.Expr]*given{}}
	c := &choice{tag: &ir.Ref{V: o.tag}, what: "call of a nil function", owner: o, nilable: initial == nil && known == nil}
	if known != nil {
		b.give(c, o, nil, b.alternative(c, at.Pos(), obj.Name(), known))
		b.choose(at.Pos(), o, nil, known)
	}
	if initial != nil {
		rights = append([]ast.Expr{initial}, rights...)
	}
	for _, e := range rights {
		g := b.early(c, e, obj)
		if g == nil {
			return nil
		}
		b.give(c, o, e, g)
	}
	return &funcValue{choice: c, sig: sig}
}

func (b *builder) give(c *choice, o *chooser, e ast.Expr, g *given) {
	c.nilable = c.nilable || g.k == 0
	o.given[e] = g
}

// assigned returns the right sides of all assignments to obj.
func (b *builder) assigned(obj types.Object) (rights []ast.Expr, ok bool) {
	ok = true
	ast.Inspect(b.src.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, isID := ast.Unparen(l).(*ast.Ident); isID && b.info.Uses[id] == obj {
					if len(n.Lhs) != len(n.Rhs) {
						ok = false
						return true
					}
					rights = append(rights, plainFunc(b.info, n.Rhs[i]))
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, isID := e.(*ast.Ident); isID && b.info.Uses[id] == obj {
					ok = false
				}
			}
		}
		return true
	})
	return rights, ok
}

// plainFunc leaves out parentheses and conversions.
func plainFunc(info *types.Info, e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		call, ok := e.(*ast.CallExpr)
		if !ok || !info.Types[call.Fun].IsType() || len(call.Args) != 1 {
			return e
		}
		e = call.Args[0]
	}
}

// early makes an alternative of the function that e will give, before e is evaluated.
func (b *builder) early(c *choice, e ast.Expr, obj types.Object) *given {
	refuse := func(why, do string) *given {
		b.fail(e, "function variable "+obj.Name()+" with several values", why, do)
		return nil
	}
	switch x := e.(type) {
	case *ast.FuncLit:
		if name := b.missing(x); name != "" {
			return refuse("the literal mentions "+name+", which is declared after the variable", "declare "+name+" before it")
		}
	case *ast.Ident:
		if _, isVar := b.info.Uses[x].(*types.Var); isVar {
			v := b.funcs[b.info.Uses[x]]
			if v == nil {
				return refuse(funcValueWhy, funcValueDo)
			}
			return b.alternative(c, e.Pos(), obj.Name(), v)
		}
	case *ast.SelectorExpr:
		if sel := b.info.Selections[x]; sel != nil && sel.Kind() != types.MethodExpr {
			if sel.Kind() != types.MethodVal {
				return refuse(funcValueWhy, funcValueDo)
			}
			m := b.method(x, sel, x.X)
			if m.kind == refusedCall || m.fn == nil || m.value != nil {
				return nil
			}
			recv := b.newVar(obj.Name()+"Recv", m.fn.Signature().Recv().Type(), ir.Local, e.Pos())
			b.checkType(e.Pos(), recv.Type)
			b.emit(&ir.Decl{At: ir.At{P: e.Pos()}, V: recv})
			sig, _ := b.known(e).Underlying().(*types.Signature)
			c.alts = append(c.alts, &funcValue{call: m, recv: &ir.Ref{V: recv}, sig: sig})
			return &given{k: len(c.alts), recv: recv}
		}
	case *ast.CallExpr:
		return refuse("it is the result of a call", "give the result a variable of its own before")
	}
	v := b.funcValue(e)
	if v == nil {
		return nil
	}
	return b.alternative(c, e.Pos(), obj.Name(), v)
}

// alternative adds a known function, or returns the number that it has.
func (b *builder) alternative(c *choice, pos token.Pos, name string, v *funcValue) *given {
	switch {
	case v.isNil:
		return &given{}
	case v.choice != nil:
		sub := b.tagVar(name+"Tag", pos)
		inner := *v.choice
		inner.tag, inner.owner = &ir.Ref{V: sub}, nil
		c.alts = append(c.alts, &funcValue{choice: &inner, sig: v.sig})
		return &given{k: len(c.alts), sub: sub}
	}
	c.alts = append(c.alts, v)
	return &given{k: len(c.alts)}
}

// missing names a variable that a literal mentions and that is not declared yet.
func (b *builder) missing(lit *ast.FuncLit) (name string) {
	ast.Inspect(lit, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := b.info.Uses[id].(*types.Var)
		if !ok || v.IsField() || packageVar(v) != nil || lit.Pos() <= v.Pos() && v.Pos() < lit.End() {
			return true
		}
		if b.vars[v] == nil && b.funcs[v] == nil && b.lists[v] == nil && b.variants[v] == nil && b.valueLists[v] == nil {
			name = v.Name()
		}
		return true
	})
	return name
}

// choose emits what an assignment to a variable with several values does; known is the
// value if e is nil.
func (b *builder) choose(pos token.Pos, o *chooser, e ast.Expr, known *funcValue) {
	g := o.given[e]
	if g == nil {
		return // refused
	}
	if g.recv != nil {
		x := e.(*ast.SelectorExpr)
		c := b.method(x, b.info.Selections[x], x.X)
		b.set(pos, g.recv, b.receiver(b.expr(x.X), c, x.X))
	}
	if g.sub != nil {
		if known == nil {
			known = b.funcs[b.info.Uses[e.(*ast.Ident)]]
		}
		b.set(pos, g.sub, known.choice.tag)
	}
	b.set(pos, o.tag, ir.Int(g.k))
}

// frozen is the value that a choice has now: that of a variable may change later.
func (b *builder) frozen(pos token.Pos, v *funcValue) *funcValue {
	if v == nil || v.choice == nil || v.choice.owner == nil {
		return v
	}
	now := *v.choice
	now.tag, now.owner = b.save(pos, v.choice.tag), nil
	return &funcValue{choice: &now, sig: v.sig}
}

// applyChoice calls one of several functions.
func (b *builder) applyChoice(e ast.Node, v *funcValue, args *actuals) returned {
	c := v.choice
	args = b.settledArgs(e, v.sig, args)
	results := v.sig.Results()
	var temps []*ir.Var
	var out returned
	for i := range results.Len() {
		t := results.At(i).Type()
		if isFunc(t) || methodSet(t) {
			b.fail(e, "call of one function or another that returns a function or a value in an interface", funcValueWhy, funcValueDo)
			return returned{values: b.dummies(v.sig), funcs: []*funcValue{{isNil: true}}}
		}
		b.checkType(e.Pos(), t)
		r := b.temp(t, e.Pos())
		b.emit(&ir.Decl{At: ir.At{P: e.Pos()}, V: r})
		temps = append(temps, r)
		out.values = append(out.values, &ir.Ref{V: r})
	}
	branch := func(do func()) *ir.Block { return b.capture(e.Pos(), do) }
	var rest *ir.Block
	if c.nilable || len(c.alts) == 0 {
		rest = branch(func() {
			text := &ir.Const{Val: constant.MakeString(c.what), Typ: types.Typ[types.String]}
			b.emit(&ir.Panic{At: ir.At{P: e.Pos()}, X: &ir.Convert{X: text, Typ: types.NewInterfaceType(nil, nil)}})
		})
	}
	for k := len(c.alts) - 1; k >= 0; k-- {
		alt := c.alts[k]
		block := branch(func() {
			values := b.apply(e, alt, passed(args, v.sig, alt)).values
			for i, r := range temps {
				if i < len(values) {
					b.set(e.Pos(), r, b.convertTo(values[i], r.Type, e))
				}
			}
			for i := len(temps); i < len(values); i++ {
				b.emit(&ir.Assign{At: ir.At{P: e.Pos()}, L: []ir.Expr{nil}, R: []ir.Expr{values[i]}})
			}
		})
		if rest == nil {
			rest = block
			continue
		}
		cond := &ir.Binary{Op: token.EQL, X: clone(c.tag), Y: ir.Int(k + 1), Typ: types.Typ[types.Bool]}
		rest = &ir.Block{At: ir.At{P: e.Pos()}, Stmts: []ir.Stmt{&ir.If{At: ir.At{P: e.Pos()}, Cond: cond, Then: block, Else: rest}}}
	}
	for _, s := range rest.Stmts {
		b.emit(s)
	}
	return out
}

// settledArgs evaluates the arguments, which stand in several branches.
func (b *builder) settledArgs(e ast.Node, sig *types.Signature, args *actuals) *actuals {
	out := &actuals{values: map[*types.Var]ir.Expr{}, funcs: args.funcs, lists: args.lists, variants: args.variants, valueLists: args.valueLists, holders: args.holders}
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		x, ok := args.values[p]
		if !ok {
			continue
		}
		switch y := x.(type) {
		case *ir.Const:
		case *ir.Ref:
			if !b.steady[y.V] && y.V.Kind != ir.Temp {
				x = b.save(e.Pos(), x)
			}
		default:
			x = b.save(e.Pos(), x)
		}
		out.values[p] = x
	}
	return out
}

// passed gives the arguments for the parameters of sig to those of an alternative.
func passed(args *actuals, sig *types.Signature, alt *funcValue) *actuals {
	out := &actuals{
		values: map[*types.Var]ir.Expr{}, funcs: map[*types.Var]*funcValue{}, lists: map[*types.Var]*funcList{},
		variants: map[*types.Var]*variant{}, valueLists: map[*types.Var]*variantList{}, holders: map[*types.Var]holder{},
	}
	sigs := []*types.Signature{alt.sig}
	if alt.call != nil && alt.call.fn != nil && alt.call.fn.Signature().Params().Len() == sig.Params().Len() {
		sigs = append(sigs, alt.call.fn.Signature())
	}
	for _, to := range sigs {
		for i := range min(sig.Params().Len(), to.Params().Len()) {
			p, q := sig.Params().At(i), to.Params().At(i)
			if x, ok := args.values[p]; ok {
				out.values[q] = x
			}
			if f, ok := args.funcs[p]; ok {
				out.funcs[q] = f
			}
			if l, ok := args.lists[p]; ok {
				out.lists[q] = l
			}
			if v, ok := args.variants[p]; ok {
				out.variants[q] = v
			}
			if l, ok := args.valueLists[p]; ok {
				out.valueLists[q] = l
			}
			if h, ok := args.holders[p]; ok {
				out.holders[q] = h
			}
		}
	}
	return out
}

// mathOf is a call of a function of package math through a value.
func (b *builder) mathOf(c *callee, v *funcValue, args *actuals) ir.Expr {
	out := &ir.Math{Fn: c.name, Typ: v.sig.Results().At(0).Type()}
	for i := range v.sig.Params().Len() {
		out.Args = append(out.Args, args.values[v.sig.Params().At(i)])
	}
	return out
}

// returnChoice adds what a return statement gives to the functions that a body returns.
// They are called after the body has ended, so they may mention only what was there before.
func (b *builder) returnChoice(e ast.Expr, c *choice) {
	v := b.funcValue(e)
	if v == nil {
		return
	}
	if name := b.bodyVar(v); name != "" {
		b.fail(e, "return of one function or another", "the function mentions "+name+", which is declared in the body that returns it",
			"return the function at the end of the body only, or pass "+name+" as a parameter")
		return
	}
	tag := c.tag.(*ir.Ref).V
	if v.isNil {
		c.nilable = true
		b.set(e.Pos(), tag, ir.Int(0))
		return
	}
	c.alts = append(c.alts, v)
	b.set(e.Pos(), tag, ir.Int(len(c.alts)))
}

// bodyVar names a variable of the body being lowered that v needs, or "".
func (b *builder) bodyVar(v *funcValue) string {
	own := map[*ir.Var]bool{}
	for _, l := range b.fn.Locals[b.frame.base:] {
		own[l] = true
	}
	switch {
	case v.lit != nil:
		for _, x := range v.lit.vars {
			if own[x] {
				return x.Name
			}
		}
		for _, f := range v.lit.funcs {
			if f != nil {
				if name := b.bodyVar(f); name != "" {
					return name
				}
			}
		}
	case v.choice != nil:
		if r, ok := v.choice.tag.(*ir.Ref); ok && own[r.V] {
			return "a choice"
		}
		for _, f := range v.choice.alts {
			if name := b.bodyVar(f); name != "" {
				return name
			}
		}
	case v.recv != nil:
		for x := range ir.Vars([]ir.Stmt{&ir.Assign{L: []ir.Expr{nil}, R: []ir.Expr{v.recv}}}) {
			if own[x] {
				return "its receiver"
			}
		}
	}
	return ""
}

package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A call of a function that sorts by a comparison of the user's is lowered to a loop over
// what the function asks for, its comparisons, which an ad.Sorter tells. The comparisons
// choose: they have no derivative. If they see the elements and nothing that moves with
// them, the elements stay where they are until their order is known, and are then moved at
// once (ad.OrderSlice where the comparisons leave something behind, so that each has to be made
// as the function makes it):
//
//	s := ad.RankSlice(len(x))
//	i, j, more := s.Compare(false)
//	for more {
//		less := x[i] < x[j]
//		i, j, more = s.Compare(less)
//	}
//	p := s.Order()
//	t := copy of x
//	for k := range t { x[k] = t[p[k]] }
//
// Else they are exchanged as the function does it:
//
//	s := ad.SwapSort(len(x))
//	step, i, j := s.Step(false)
//	for step != 0 {
//		less := false
//		if step == 1 { less = x[i] < y[j] } else { x[i], x[j] = x[j], x[i] }
//		step, i, j = s.Step(less)
//	}

// A sortKind is a function of the standard library that sorts by a comparison.
type sortKind struct {
	order, swap string // the functions of package ad that stand for it; order without Order or Rank
	by          sortBy
}

// sortBy says how the elements and their order are passed.
type sortBy uint8

const (
	byLess      sortBy = iota // a slice and a function of two indices
	byCmp                     // a slice and a function of two elements
	byInterface               // a value with methods
	byValue                   // a slice of floats, in ascending order
)

var sortKinds = map[string]*sortKind{
	"sort.Slice":            {"Slice", "SwapSort", byLess},
	"sort.SliceStable":      {"SliceStable", "SwapStable", byLess},
	"sort.Sort":             {"Sort", "SwapSort", byInterface},
	"sort.Stable":           {"Stable", "SwapStable", byInterface},
	"slices.SortFunc":       {"Func", "SwapSort", byCmp},
	"slices.SortStableFunc": {"StableFunc", "SwapStable", byCmp},

	"sort.Float64s":            {by: byValue},
	"(sort.Float64Slice).Sort": {by: byValue},
	"slices.Sort":              {by: byValue},
}

// sortKindOf returns how f sorts, or nil if it is no such function.
func (b *builder) sortKindOf(f *types.Func) *sortKind {
	if f.Pkg() == nil || f.Pkg().Path() != "sort" && f.Pkg().Path() != "slices" {
		return nil
	}
	kind := sortKinds[b.l.origin(f).FullName()]
	if kind == nil || kind.by != byValue {
		return kind
	}
	sig := f.Signature()
	t := sig.Recv()
	if t == nil {
		t = sig.Params().At(0)
	}
	if s, ok := t.Type().Underlying().(*types.Slice); !ok || !ir.IsFloat(s.Elem()) {
		return nil // called as it is
	}
	return kind
}

// A sorted is what a call sorts: the number of elements, and how two of them are compared
// and exchanged, as statements that leave the outcome of the comparison in a variable.
type sorted struct {
	kind  *sortKind
	n     ir.Expr
	less  func(i, j *ir.Var) ir.Expr
	swap  func(i, j *ir.Var) // nil: of the elements of slice
	slice ir.Expr            // of the elements, if that is known
}

// sortCall lowers a call of a function that sorts.
func (b *builder) sortCall(e *ast.CallExpr, c *callee) {
	var s *sorted
	switch c.sort.by {
	case byLess, byCmp:
		s = b.sortedSlice(e, c)
	case byInterface:
		s = b.sortedInterface(e, e.Args[0], false)
	case byValue:
		b.sortFloats(e.Pos(), b.floatsToSort(e, c))
	}
	if s == nil {
		return
	}
	s.kind = c.sort
	b.sort(e.Pos(), s)
}

// sortedSlice is for a slice and a function.
func (b *builder) sortedSlice(e *ast.CallExpr, c *callee) *sorted {
	x := b.expr(e.Args[0])
	if _, ok := x.Type().Underlying().(*types.Slice); !ok {
		b.fail(e.Args[0], "sort of a value of type "+x.Type().String(), "which elements it has is only known at run time", "sort a slice")
		return nil
	}
	f := b.funcValue(e.Args[1])
	if f == nil || f.isNil || f.sig.Params().Len() != 2 || f.sig.Results().Len() != 1 {
		return nil
	}
	if !isPath(x) {
		x = b.saveSteady(e.Pos(), x)
	}
	return &sorted{
		n: b.save(e.Pos(), &ir.Len{X: clone(x)}), slice: x,
		less: func(i, j *ir.Var) ir.Expr {
			args := newActuals()
			p, q := f.sig.Params().At(0), f.sig.Params().At(1)
			if c.sort.by == byLess {
				args.values[p], args.values[q] = &ir.Ref{V: i}, &ir.Ref{V: j}
				return b.only(e, f, args)
			}
			args.values[p], args.values[q] = element(x, i), element(x, j)
			return &ir.Binary{Op: token.LSS, X: b.only(e, f, args), Y: ir.Int(0), Typ: types.Typ[types.Bool]}
		},
	}
}

// element is x[i].
func element(x ir.Expr, i *ir.Var) ir.Expr { return &ir.Index{X: clone(x), I: &ir.Ref{V: i}} }

// isPath reports whether x is a variable, or fields on the way from one.
func isPath(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Ref:
		return true
	case *ir.Field:
		return isPath(x.X)
	case *ir.Deref:
		return isPath(x.X)
	}
	return false
}

// saveSteady is save for a temporary that is never assigned to again.
func (b *builder) saveSteady(pos token.Pos, x ir.Expr) ir.Expr {
	out := b.save(pos, x)
	b.steady[out.(*ir.Ref).V] = true
	return out
}

// floatsToSort is the slice that a call without a comparison sorts.
func (b *builder) floatsToSort(e *ast.CallExpr, c *callee) ir.Expr {
	if c.recv != nil {
		return b.receiver(b.expr(c.recv), c, c.recv)
	}
	return b.exprTo(c.args[0], c.fn.Signature().Params().At(0).Type())
}

// sortFloats emits that the floats in x are put into ascending order.
func (b *builder) sortFloats(pos token.Pos, x ir.Expr) {
	if isNil(x) {
		return
	}
	x = b.held(pos, x)
	n := b.save(pos, &ir.Len{X: clone(x)})
	order := b.newVar("order", types.NewSlice(intType), ir.Local, pos)
	f := types.NewFunc(token.NoPos, ir.RunTime, "Ascending", signatureOf(nil, []types.Type{x.Type()}, []types.Type{order.Type}))
	b.emit(&ir.Call{At: ir.At{P: pos}, L: refs(order), Define: true, Ext: f, Args: []ir.Expr{clone(x)}})
	b.permute(pos, &sorted{slice: x, n: n}, order)
}

// only is the only result of a call of f.
func (b *builder) only(e ast.Node, f *funcValue, args *actuals) ir.Expr {
	out := b.apply(e, f, args).values
	if len(out) != 1 {
		return &ir.Const{Typ: types.Typ[types.Bool]} // refused
	}
	return out[0]
}

// sortedInterface is for a value with the methods of sort.Interface.
func (b *builder) sortedInterface(e *ast.CallExpr, arg ast.Expr, reversed bool) *sorted {
	if inner := b.reversed(arg); inner != nil {
		return b.sortedInterface(e, inner, !reversed)
	}
	t := b.concrete(arg)
	if isInterface(t) {
		b.fail(arg, "sort of a value in an interface", "which methods it has is only known at run time", "pass a value of a concrete type")
		return nil
	}
	recv := b.expr(arg)
	if r, ok := recv.(*ir.Ref); !ok || !b.steady[r.V] {
		recv = b.saveSteady(e.Pos(), recv)
	}
	call := func(name string, ints ...*ir.Var) []ir.Expr { return b.methodNow(e, arg, recv, name, ints) }
	n := call("Len")
	if len(n) != 1 {
		return nil
	}
	return &sorted{
		n: b.save(e.Pos(), n[0]),
		less: func(i, j *ir.Var) ir.Expr {
			if reversed {
				i, j = j, i
			}
			if out := call("Less", i, j); len(out) == 1 {
				return out[0]
			}
			return &ir.Const{Typ: types.Typ[types.Bool]}
		},
		swap: func(i, j *ir.Var) { call("Swap", i, j) },
	}
}

// reversed returns x if e is sort.Reverse(x), else nil.
func (b *builder) reversed(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	id := calleeName(ast.Unparen(call.Fun))
	if id == nil {
		return nil
	}
	if f, ok := b.info.Uses[id].(*types.Func); ok && f.FullName() == "sort.Reverse" {
		return call.Args[0]
	}
	return nil
}

// methodNow puts the body of a method of recv, the value of src, in this place.
func (b *builder) methodNow(e *ast.CallExpr, src ast.Expr, recv ir.Expr, name string, ints []*ir.Var) []ir.Expr {
	m, index, _ := types.LookupFieldOrMethod(recv.Type(), true, b.src.pkg.Types, name)
	fn, ok := m.(*types.Func)
	if !ok {
		b.fail(e, "sort of a "+recv.Type().String(), "it has no method "+name, "add it")
		return nil
	}
	if isInterface(fn.Signature().Recv().Type()) {
		b.fail(src, "sort of a value in an interface", "which methods it has is only known at run time", "pass a value of a concrete type")
		return nil
	}
	c := &callee{kind: functionCall, fn: b.methodOf(fn), path: index[:len(index)-1]}
	c.bound = b.receiver(clone(recv), c, src)
	if c = b.resolved(e, c); c.kind != functionCall {
		return nil
	}
	args := newActuals()
	for i, v := range ints {
		args.values[c.fn.Signature().Params().At(i)] = &ir.Ref{V: v}
	}
	if body := b.bodyOf(c); body != nil {
		c.body = body
		return b.inlineDeclared(e, c, args).values
	}
	out := b.callOf(e, c)
	out.Args = append(out.Args, c.bound)
	for _, v := range ints {
		out.Args = append(out.Args, &ir.Ref{V: v})
	}
	return b.intoTemps(out, c.fn.Signature(), e.Pos())
}

// bodyOf returns the source of c, if its body can stand in the place of a call.
func (b *builder) bodyOf(c *callee) *source {
	src := b.l.sources[b.l.origin(c.fn)]
	if src == nil && b.l.foreign(c.fn) {
		src = b.l.outside(b.l.origin(c.fn))
	}
	if src == nil || src.passive() || c.rule != nil {
		return nil
	}
	return src
}

// sort emits the loop.
func (b *builder) sort(pos token.Pos, s *sorted) {
	i, j := b.sortIndex("i", pos), b.sortIndex("j", pos)
	less := b.newVar("less", types.Typ[types.Bool], ir.Local, pos)
	compare := b.capture(pos, func() { b.set(pos, less, s.less(i, j)) })
	var swap *ir.Block
	if s.swap != nil {
		swap = b.capture(pos, func() { s.swap(i, j) })
		s.slice = exchanged(swap, i, j)
	}
	byOrder := s.slice != nil && b.seesElementsOnly(compare, s.slice, i, j)
	if _, variable := s.slice.(*ir.Ref); s.slice != nil && !(variable && byOrder) {
		s.slice = b.saveSteady(pos, s.slice) // what is sorted does not depend on what the comparisons do
	}
	if swap == nil {
		swap = &ir.Block{At: ir.At{P: pos}, Stmts: []ir.Stmt{&ir.Assign{
			At: ir.At{P: pos},
			L:  []ir.Expr{element(s.slice, i), element(s.slice, j)}, R: []ir.Expr{element(s.slice, j), element(s.slice, i)},
		}}}
	}
	b.emit(&ir.Decl{At: ir.At{P: pos}, V: less})
	if byOrder {
		b.sortByOrder(pos, s, compare, i, j, less)
	} else {
		b.sortBySwaps(pos, s, compare, swap, i, j, less)
	}
}

// sortIndex makes an index of a comparison. It changes from one to the next only.
func (b *builder) sortIndex(name string, pos token.Pos) *ir.Var {
	v := b.newVar(name, intType, ir.Local, pos)
	b.steady[v] = true
	return v
}

func (b *builder) sortByOrder(pos token.Pos, s *sorted, compare *ir.Block, i, j, less *ir.Var) {
	at := ir.At{P: pos}
	sorter := b.newVar("sorter", sorterType, ir.Local, pos)
	start := "Order" + s.kind.order
	if changesNothing(compare, less) {
		start = "Rank" + s.kind.order
	}
	more := b.newVar("more", types.Typ[types.Bool], ir.Local, pos)
	b.emit(&ir.Call{At: at, L: refs(sorter), Define: true, Ext: sorterFunc(start), Args: []ir.Expr{s.n}})
	b.emit(&ir.Call{At: at, L: refs(i, j, more), Define: true, Fresh: true, Ext: sorterMethods["Compare"], Args: []ir.Expr{&ir.Ref{V: sorter}, &ir.Ref{V: less}}})
	loop := &ir.For{At: at, Cond: &ir.Ref{V: more}, Body: compare}
	loop.Body.Stmts = append(loop.Body.Stmts, &ir.Call{
		At: at, L: refs(i, j, more), Fresh: true, Ext: sorterMethods["Compare"], Args: []ir.Expr{&ir.Ref{V: sorter}, &ir.Ref{V: less}},
	})
	b.emit(loop)
	order := b.newVar("order", types.NewSlice(intType), ir.Local, pos)
	b.emit(&ir.Call{At: at, L: refs(order), Define: true, Fresh: true, Ext: sorterMethods["Order"], Args: []ir.Expr{&ir.Ref{V: sorter}}})
	b.permute(pos, s, order)
}

// permute moves the elements to their places.
func (b *builder) permute(pos token.Pos, s *sorted, order *ir.Var) {
	at := ir.At{P: pos}
	was := b.save(pos, &ir.Make{Typ: s.slice.Type(), Len: clone(s.n)})
	b.copySlice(pos, nil, clone(was), clone(s.slice), true)
	k := b.newVar("k", intType, ir.Local, pos)
	b.emit(&ir.For{
		At:   at,
		Init: &ir.Assign{At: at, L: refs(k), R: []ir.Expr{ir.Int(0)}, Define: true},
		Cond: &ir.Binary{Op: token.LSS, X: &ir.Ref{V: k}, Y: clone(s.n), Typ: types.Typ[types.Bool]},
		Post: step(pos, &ir.Ref{V: k}, token.ADD),
		Body: &ir.Block{At: at, Stmts: []ir.Stmt{&ir.Assign{
			At: at,
			L:  []ir.Expr{&ir.Index{X: clone(s.slice), I: &ir.Ref{V: k}}},
			R:  []ir.Expr{&ir.Index{X: clone(was), I: &ir.Index{X: &ir.Ref{V: order}, I: &ir.Ref{V: k}}}},
		}}},
	})
}

func (b *builder) sortBySwaps(pos token.Pos, s *sorted, compare, swap *ir.Block, i, j, less *ir.Var) {
	at := ir.At{P: pos}
	sorter := b.newVar("sorter", sorterType, ir.Local, pos)
	what := b.newVar("step", intType, ir.Local, pos)
	b.emit(&ir.Call{At: at, L: refs(sorter), Define: true, Ext: sorterFunc(s.kind.swap), Args: []ir.Expr{s.n}})
	b.emit(&ir.Call{At: at, L: refs(what, i, j), Define: true, Fresh: true, Ext: sorterMethods["Step"], Args: []ir.Expr{&ir.Ref{V: sorter}, &ir.Ref{V: less}}})
	is := func(op token.Token, n int) ir.Expr {
		return &ir.Binary{Op: op, X: &ir.Ref{V: what}, Y: ir.Int(n), Typ: types.Typ[types.Bool]}
	}
	b.emit(&ir.For{At: at, Cond: is(token.NEQ, 0), Body: &ir.Block{At: at, Stmts: []ir.Stmt{
		&ir.If{At: at, Cond: is(token.EQL, 1), Then: compare, Else: swap},
		&ir.Call{At: at, L: refs(what, i, j), Fresh: true, Ext: sorterMethods["Step"], Args: []ir.Expr{&ir.Ref{V: sorter}, &ir.Ref{V: less}}},
	}}})
}

func refs(vars ...*ir.Var) (out []ir.Expr) {
	for _, v := range vars {
		out = append(out, &ir.Ref{V: v})
	}
	return out
}

package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A site is where syntax comes from, and what its names mean there.
type site struct {
	src   *source
	inst  *instance // nil for a function that is not generic
	info  *types.Info
	use   *usage
	vars  map[types.Object]*ir.Var
	funcs map[types.Object]*funcValue // what variables of function type stand for
	lists map[types.Object]*funcList  // what slices of functions hold

	variants   map[types.Object]*variant     // values in interfaces of several types
	valueLists map[types.Object]*variantList // what slices of interfaces hold
	holders    map[types.Object]holder       // functions in the fields of structs

	frame   *frame
	targets []*target // enclosing statements that break or continue may name
	label   string    // of the statement about to be lowered
}

// A frame is a function whose body is being lowered: that of the builder, or one
// that is put in the place of its call.
type frame struct {
	results []*ir.Var // nil for a function among the results
	funcs   []*funcValue
	leave   *ir.Block   // what return leaves; nil: the function of the program
	choices []*choice   // by function among the results, if there are several returns
	base    int         // variables of the function when the body begins
	direct  bool        // its only return is its last statement and declares the results
	shared  []*loopCell // see resultCells
	top     *ir.Block   // receives the frame's outermost statements
	yield   *yieldBody
	slots   map[*ast.DeferStmt]*deferSlot // of the defer statements in the branches of the statement being lowered
}

// returned is what a call that was put in its place gives back.
type returned struct {
	values []ir.Expr
	funcs  []*funcValue // those among the results that are functions
}

// inlined reports whether the call is replaced by the body of what it calls.
func (c *callee) inlined() bool { return c.value != nil || c.body != nil }

// takesFuncs reports whether functions pass in or out through sig.
func takesFuncs(sig *types.Signature) bool {
	for _, t := range []*types.Tuple{sig.Params(), sig.Results()} {
		for i := range t.Len() {
			if isFunc(t.At(i).Type()) || isFuncList(t.At(i).Type()) {
				return true
			}
		}
	}
	return false
}

// valueCall is the call of a function value.
func (b *builder) valueCall(e *ast.CallExpr) *callee {
	v := b.funcValue(e.Fun)
	switch {
	case v == nil:
		return &callee{}
	case v.dyn != nil:
		return b.taggedCallee(e, v.dyn)
	case v.isNil:
		b.fail(e, "call of a nil function", "it would panic", "test the function for nil before the call")
		return &callee{}
	case v.call != nil && v.recv == nil && v.call.expr == nil: // as if it were named here
		return b.resolved(e, &callee{kind: functionCall, fn: v.call.fn, args: e.Args})
	}
	fn := types.NewFunc(e.Pos(), b.l.in.Root.Types, "func", v.sig)
	return &callee{kind: functionCall, fn: fn, origin: fn, value: v, args: e.Args}
}

// actuals are the arguments of a call by parameter.
type actuals struct {
	values map[*types.Var]ir.Expr
	funcs  map[*types.Var]*funcValue
	lists  map[*types.Var]*funcList

	variants   map[*types.Var]*variant
	valueLists map[*types.Var]*variantList
	holders    map[*types.Var]holder
}

func newActuals() *actuals {
	return &actuals{
		values: map[*types.Var]ir.Expr{}, funcs: map[*types.Var]*funcValue{}, lists: map[*types.Var]*funcList{},
		variants: map[*types.Var]*variant{}, valueLists: map[*types.Var]*variantList{}, holders: map[*types.Var]holder{},
	}
}

// inline puts the body of the callee in the place of the call.
func (b *builder) inline(e *ast.CallExpr, c *callee) returned {
	args := b.actuals(e, c)
	if c.value != nil {
		return b.apply(e, c.value, args)
	}
	return b.inlineDeclared(e, c, args)
}

// apply calls a function value.
func (b *builder) apply(e ast.Node, v *funcValue, args *actuals) returned {
	switch {
	case v.choice != nil:
		return b.applyChoice(e, v, args)
	case v.dyn != nil:
		return b.applyTagged(e, b.dispatchTo(b.sumOf(v.dyn.Type()), nil), b.base(v.dyn), v.sig, args)
	case v.call != nil && v.call.tagged:
		return b.applyTagged(e, b.dispatchTo(b.sumOf(v.recv.Type()), v.call.fn), v.recv, v.sig, args)
	case v.body != nil:
		return returned{values: []ir.Expr{v.body(e, args)}}
	case v.lit != nil:
		return b.inlineBody(e, v.lit.lit, v.lit.site, v.sig, v.lit.lit.Body, args)
	}
	recv, params := v.recv, slices.Collect(v.sig.Params().Variables())
	if v.call.expr != nil {
		at := &ast.Ident{NamePos: e.Pos(), Name: v.call.expr.String()}
		recv, params = b.receiver(args.values[params[0]], v.call, at), params[1:]
	}
	if b.l.tagged != nil && v.call.expr == nil {
		args = passed(args, v.sig, v)
	}
	c := b.resolved(e, &callee{kind: functionCall, fn: v.call.fn, bound: recv})
	switch {
	case c.sort != nil && c.sort.by == byValue:
		if recv == nil {
			recv = args.values[params[0]]
		}
		b.sortFloats(e.Pos(), recv)
		return returned{}
	case c.sort != nil:
		b.fail(e, "call of "+funcName(c.fn)+" through a value", "what it sorts is looked at where it is named", "call it by its name")
		return returned{values: b.dummies(v.sig)}
	case c.kind == mathCall:
		return returned{values: []ir.Expr{b.mathOf(c, v, args)}}
	case c.kind != functionCall:
		return returned{values: b.dummies(v.sig)}
	case !c.inlined() && c.ir != nil && len(args.funcs) > 0:
		if src := b.l.sources[c.origin]; src != nil && c.rule == nil { // the body of a loop over a function
			c.body = src
		}
	}
	if c.inlined() {
		return b.inlineDeclared(e, c, args)
	}
	out := b.callOf(e, c)
	if recv != nil {
		out.Args = append(out.Args, recv)
	}
	for _, p := range params {
		x := args.values[p]
		if f := args.funcs[p]; x == nil && f != nil && b.sumOf(p.Type()) != nil {
			x = b.asTagged(e, f, p.Type())
		}
		if x == nil {
			b.fail(e, "call with a function as an argument", funcValueWhy, funcValueDo)
			return returned{values: b.dummies(v.sig)}
		}
		out.Args = append(out.Args, x)
	}
	return returned{values: b.intoTemps(out, v.sig, e.Pos())}
}

func (b *builder) inlineDeclared(e ast.Node, c *callee, args *actuals) returned {
	sig := c.fn.Signature()
	switch r := sig.Recv(); {
	case c.bound != nil:
		args.values[r] = c.bound
	case c.recv != nil:
		args.values[r] = b.receiver(b.expr(c.recv), c, c.recv)
		if h := b.holderOf(c.recv); h != nil && len(c.path) == 0 {
			args.holders[r] = h
		}
	}
	src := c.body
	before := len(b.diags)
	out := b.inlineBody(e, src.decl, b.l.site(src, c.fn), sig, src.decl.Body, args)
	b.foldForeign(e, c.fn, before)
	return out
}

// actuals lowers the arguments of a call whose body takes its place.
func (b *builder) actuals(e *ast.CallExpr, c *callee) *actuals {
	sig := c.fn.Signature()
	out := newActuals()
	if c.expr != nil && c.recv == nil {
		b.fail(e, "method expression on the results of a call", "the method takes functions", "assign the results to variables first")
		return out
	}
	if len(c.args) == 1 {
		if _, ok := b.info.TypeOf(c.args[0]).(*types.Tuple); ok {
			values := b.tupleArgs(c.args[0], &callee{fn: types.NewFunc(e.Pos(), nil, "func", sig)})
			for i, x := range values {
				values[i] = b.convertTo(x, paramType(sig, i, false), c.args[0])
			}
			out.put(b, e, sig, values)
			return out
		}
	}
	var values []ir.Expr
	for i, a := range c.args {
		t := paramType(sig, i, e.Ellipsis.IsValid())
		if h := b.holderOf(a); h != nil && i < sig.Params().Len() && holdsFuncs(t) != nil {
			out.holders[sig.Params().At(i)] = h
		}
		if i < sig.Params().Len() && b.passVariant(out, sig.Params().At(i), t, a) {
			values = append(values, nil)
			continue
		}
		switch {
		case methodSet(t) && !isInterface(b.concrete(a)):
			values = append(values, b.expr(a))
			continue
		case isFuncList(t):
			if list := b.listOf(a); list != nil && i < sig.Params().Len() {
				out.lists[sig.Params().At(i)] = list
			} else {
				b.fail(a, "slice of functions", listWhy, listDo)
			}
		case !isFunc(t):
			values = append(values, b.exprTo(a, t))
			continue
		case i >= sig.Params().Len() || sig.Variadic() && i == sig.Params().Len()-1:
			last := sig.Params().At(sig.Params().Len() - 1)
			if out.lists[last] == nil {
				out.lists[last] = &funcList{}
			}
			if v := b.funcValue(a); v != nil {
				out.lists[last].elems = append(out.lists[last].elems, v)
			}
		default:
			out.funcs[sig.Params().At(i)] = b.funcValue(a)
		}
		values = append(values, nil)
	}
	out.put(b, e, sig, values)
	return out
}

// put gives the parameters their values; those of a variadic one are put into a
// slice, as Go does.
func (a *actuals) put(b *builder, e *ast.CallExpr, sig *types.Signature, values []ir.Expr) {
	n := sig.Params().Len()
	if sig.Variadic() && !e.Ellipsis.IsValid() {
		last := sig.Params().At(n - 1)
		if isFuncList(last.Type()) {
			values = values[:n-1]
		}
		if rest := values[n-1:]; isFuncList(last.Type()) {
		} else if len(rest) == 0 {
			a.values[last] = &ir.Const{Typ: last.Type()}
		} else {
			a.values[last] = &ir.Composite{Typ: last.Type(), Elems: rest}
		}
		n--
	}
	for i := range min(n, len(values)) {
		if values[i] != nil {
			a.values[sig.Params().At(i)] = values[i]
		}
	}
}

// fewBodies is how many bodies may stand in any function: functions that call each other
// twice by their values make twice as many at each level.
const fewBodies = 400

// most is how many bodies may stand in the function: as many as it has calls, if these are
// more than fewBodies.
func (b *builder) most() int {
	if b.mostBodies == 0 {
		ast.Inspect(b.decl, func(n ast.Node) bool {
			if _, ok := n.(*ast.CallExpr); ok {
				b.mostBodies++
			}
			return true
		})
		b.mostBodies = max(fewBodies, b.mostBodies)
	}
	return b.mostBodies
}

// deepest is how often the body of a function may stand in itself, as that of an
// integrator does in a multiple integral.
const deepest = 5

// inlineBody lowers a body in the place of the call e: parameters become
// variables, and return leaves a block.
func (b *builder) inlineBody(e ast.Node, what ast.Node, from site, sig *types.Signature, body *ast.BlockStmt, args *actuals) returned {
	if b.busy[what] == deepest {
		b.fail(e, "recursion", "a function that takes or is a function value is put in the place of its call, which would not end",
			"write it as a loop")
		return returned{values: b.dummies(sig), funcs: []*funcValue{{isNil: true}}}
	}
	if b.bodies++; b.bodies > fewBodies && b.bodies > b.most() {
		if b.bodies == b.most()+1 {
			b.fail(e, "call through a function value", fmt.Sprintf("the bodies of functions are put in the place of such calls, and there are more than %d", b.most()),
				"declare the functions at package level and call them by their names")
		}
		return returned{values: b.dummies(sig), funcs: []*funcValue{{isNil: true}}}
	}
	b.busy[what]++
	back := b.site
	b.site = from
	b.vars, b.funcs, b.lists = maps.Clone(from.vars), maps.Clone(from.funcs), maps.Clone(from.lists)
	b.variants, b.valueLists, b.holders = maps.Clone(from.variants), maps.Clone(from.valueLists), maps.Clone(from.holders)
	b.targets, b.label = nil, ""
	b.frame = &frame{leave: &ir.Block{At: ir.At{P: e.Pos()}}}
	b.bindParams(e, sig, args)
	b.frame.direct = onlyReturnsLast(body, sig)
	b.bindResults(e, sig)
	f := b.frame
	f.base = len(b.fn.Locals)
	block := b.capture(e.Pos(), func() { b.frameBody(body.List) })
	b.site = back
	b.busy[what]--
	b.emitLeaving(block, f.leave)
	var out returned
	for _, r := range f.results {
		if r != nil {
			out.values = append(out.values, &ir.Ref{V: r})
		}
	}
	out.funcs = f.funcs
	if len(f.choices) > 0 {
		out.funcs = nil
		at := 0
		for i := range sig.Results().Len() {
			if s, ok := sig.Results().At(i).Type().Underlying().(*types.Signature); ok && at < len(f.choices) {
				out.funcs = append(out.funcs, &funcValue{choice: f.choices[at], sig: s})
				at++
			}
		}
	}
	return out
}

// bindParams gives the parameters their values. One that is never assigned to
// may stand for the variable that is passed, if that is never assigned to either.
func (b *builder) bindParams(e ast.Node, sig *types.Signature, args *actuals) {
	if r := sig.Recv(); r != nil && args.values[r] != nil {
		b.bindParam(e, r, args.values[r])
	}
	for p, h := range args.holders {
		if rights, ok := b.assigned(p); ok && len(rights) == 0 {
			b.holders[p] = h
		}
	}
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		switch {
		case isFunc(p.Type()) || args.funcs[p] != nil:
			b.funcs[p] = args.funcs[p]
			if b.use.changed(p) && args.funcs[p] != nil {
				b.funcs[p] = b.vary(e, p, nil, args.funcs[p])
			} else if b.use.addr[p] {
				b.fail(e, "function parameter "+p.Name()+" with several values", funcValueWhy, funcValueDo)
			}
		case args.variants[p] != nil:
			b.variants[p] = args.variants[p]
			if b.use.changed(p) || b.use.addr[p] {
				b.fail(e, "parameter "+p.Name()+" of an interface type that is assigned to", "the types of values must be known when the derivative is made", "use another variable")
			}
		case args.valueLists[p] != nil:
			b.valueLists[p] = args.valueLists[p]
			if b.use.changed(p) || b.use.addr[p] || b.elementsChange(p) {
				b.fail(e, "slice of interfaces that changes", listWhy, listDo)
			}
		case isFuncList(p.Type()):
			if b.use.changed(p) || b.use.addr[p] || b.elementsChange(p) {
				b.fail(e, "slice of functions that changes", listWhy, listDo)
			}
			if b.lists[p] = args.lists[p]; args.lists[p] == nil {
				b.lists[p] = &funcList{}
			}
		case args.values[p] != nil:
			b.bindParam(e, p, args.values[p])
		}
	}
}

func (b *builder) bindParam(e ast.Node, p *types.Var, x ir.Expr) {
	b.checkType(e.Pos(), p.Type())
	at := ir.At{P: e.Pos()}
	kept := !b.use.changed(p) && !b.use.addr[p]
	t := p.Type()
	if kept && methodSet(t) && !isInterface(x.Type()) && !isNil(x) {
		t = x.Type()
	}
	if r, ok := x.(*ir.Ref); ok && kept && b.steady[r.V] && types.Identical(r.V.Type, t) {
		b.vars[p] = r.V
		return
	}
	if b.use.cells[p] {
		x = b.convertTo(x, t, e)
		b.emit(&ir.Assign{At: at, L: []ir.Expr{b.newCell(p)}, R: []ir.Expr{x}})
		return
	}
	if !b.use.used[p] {
		b.emit(&ir.Assign{At: at, L: []ir.Expr{nil}, R: []ir.Expr{x}})
		return
	}
	x = b.convertTo(x, t, e)
	v := b.newVar(p.Name(), t, ir.Local, e.Pos())
	b.vars[p] = v
	b.steady[v] = kept
	if ir.UntypedInGo(x) || isNil(x) || !types.Identical(x.Type(), t) {
		b.emit(&ir.Decl{At: at, V: v})
		b.emit(&ir.Assign{At: at, L: []ir.Expr{&ir.Ref{V: v}}, R: []ir.Expr{x}})
		return
	}
	b.define(e.Pos(), v, x)
}

// bindResults declares the variables of the results.
func (b *builder) bindResults(e ast.Node, sig *types.Signature) {
	n := sig.Results().Len()
	for i := range n {
		r := sig.Results().At(i)
		if isFunc(r.Type()) {
			b.frame.results = append(b.frame.results, nil)
			if !b.frame.direct && (r.Name() == "" || r.Name() == "_") {
				tag := b.tagVar("funcTag", e.Pos())
				b.frame.choices = append(b.frame.choices, &choice{tag: &ir.Ref{V: tag}, what: "call of a nil function"})
			}
			continue
		}
		b.checkType(e.Pos(), r.Type())
		if b.use.cells[r] && !b.use.withoutCell(r) {
			b.fail(e, "result "+r.Name()+" that a function literal uses", cellWhy, cellDo)
		}
		name := r.Name()
		switch {
		case name != "" && name != "_":
		case n == 1:
			name = "ret"
		default:
			name = "ret" + strconv.Itoa(i)
		}
		v := b.newVar(name, r.Type(), ir.Local, e.Pos())
		b.vars[r] = v
		b.frame.results = append(b.frame.results, v)
		b.steady[v] = b.frame.direct
		if !b.frame.direct {
			b.emit(&ir.Decl{At: ir.At{P: e.Pos()}, V: v})
		}
	}
}

// onlyReturnsLast reports whether the only return of a body is its last statement,
// nothing is deferred, and the results have no names.
func onlyReturnsLast(body *ast.BlockStmt, sig *types.Signature) bool {
	if len(body.List) == 0 || sig.Results().Len() == 0 || sig.Results().At(0).Name() != "" {
		return false
	}
	last, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok && !found(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			return n != last
		case *ast.DeferStmt:
			return true
		}
		return false
	})
}

// frameBody lowers the statements of a frame. What stands after a defer is left
// by return through the deferred call.
func (b *builder) frameBody(list []ast.Stmt) {
	b.frame.top = b.block
	for i, s := range list {
		d, ok := s.(*ast.DeferStmt)
		if !ok {
			if defers, looped := nestedDefers(s); len(defers) > 0 {
				b.bodyWithDefers(list[i:], defers, looped)
				return
			}
			b.stmt(s)
			continue
		}
		late := b.deferred(d, b.save)
		outer := b.frame.leave
		inner := &ir.Block{At: ir.At{P: d.Pos()}}
		b.frame.leave = inner
		rest := b.capture(d.Pos(), func() { b.frameBody(list[i+1:]) })
		b.frame.leave = outer
		b.emitLeaving(rest, inner)
		late()
		return
	}
}

// emitLeaving emits the statements of block; they stay together as leave if a
// break leaves them before their end.
func (b *builder) emitLeaving(block, leave *ir.Block) {
	if n := len(block.Stmts); n > 0 {
		if br, ok := block.Stmts[n-1].(*ir.Break); ok && br.Target == leave {
			block.Stmts = block.Stmts[:n-1]
		}
	}
	if breaksTo(block, leave) {
		leave.Stmts = block.Stmts
		b.emit(leave)
		return
	}
	for _, s := range block.Stmts {
		b.emit(s)
	}
}

// deferred evaluates what a deferred call needs now, lets keep save it, and returns what
// makes the call.
func (b *builder) deferred(s *ast.DeferStmt, keep func(token.Pos, ir.Expr) ir.Expr) func() {
	call := s.Call
	if b.idleWait(call) {
		return func() {}
	}
	c := b.callee(call)
	switch {
	case c.kind == refusedCall:
		return func() {}
	case c.sort != nil && c.sort.by == byValue:
		x := forLater(call.Pos(), b.floatsToSort(call, c), keep)
		return func() { b.sortFloats(call.Pos(), x) }
	case c.kind != functionCall || c.sort != nil:
		b.fail(s, "deferred call", "only calls of functions are followed", "write defer func() { … }()")
		return func() {}
	case c.inlined():
		return b.deferredBody(call, c, keep)
	}
	out := b.prepare(call, c)
	for i, a := range out.Args {
		out.Args[i] = forLater(call.Pos(), a, keep)
	}
	return func() { b.emitCall(out) }
}

// deferredBody is deferred for a call that a body takes the place of.
func (b *builder) deferredBody(call *ast.CallExpr, c *callee, keep func(token.Pos, ir.Expr) ir.Expr) func() {
	if c.recv != nil {
		c.bound, c.recv = forLater(call.Pos(), b.receiver(b.expr(c.recv), c, c.recv), keep), nil
	}
	args := b.actuals(call, c)
	for p := range c.fn.Signature().Params().Variables() {
		if x := args.values[p]; x != nil {
			args.values[p] = forLater(call.Pos(), x, keep)
		}
	}
	if c.value != nil {
		return func() { b.apply(call, c.value, args) }
	}
	return func() { b.inlineDeclared(call, c, args) }
}

func forLater(pos token.Pos, x ir.Expr, keep func(token.Pos, ir.Expr) ir.Expr) ir.Expr {
	if _, constant := x.(*ir.Const); constant {
		return x
	}
	return keep(pos, x)
}

// leaveFrame is what a return statement does after the results have their values.
func (b *builder) leaveFrame(pos token.Pos) {
	at := ir.At{P: pos}
	switch {
	case b.frame.yield != nil:
		b.stopYield(pos, b.frame.yield, yieldReturn)
	case b.frame.leave != nil:
		b.emit(&ir.Break{At: at, Target: b.frame.leave})
	default:
		b.emit(&ir.Return{At: at})
	}
}

// returnFuncs notes the functions among the results of a return statement, which
// has to be the frame's only one, and returns the other results.
func (b *builder) returnFuncs(s *ast.ReturnStmt) (results []ast.Expr) {
	if len(s.Results) != len(b.frame.results) {
		return s.Results
	}
	at := 0
	for i, e := range s.Results {
		if b.frame.results[i] != nil {
			results = append(results, e)
			continue
		}
		if at < len(b.frame.choices) {
			b.returnChoice(e, b.frame.choices[at])
			at++
			continue
		}
		if len(b.frame.funcs) > 0 || b.block != b.frame.top {
			b.fail(s, "return of one function or another", funcValueWhy, "return the function at the end of the body only")
			continue
		}
		if v := b.funcValue(e); v != nil {
			b.frame.funcs = append(b.frame.funcs, v)
		}
	}
	return results
}

// dummies stand for the results of a refused call.
func (b *builder) dummies(sig *types.Signature) []ir.Expr {
	var out []ir.Expr
	for i := range sig.Results().Len() {
		out = append(out, &ir.Const{Typ: sig.Results().At(i).Type()})
	}
	return out
}

func boolVal(v bool) constant.Value { return constant.MakeBool(v) }

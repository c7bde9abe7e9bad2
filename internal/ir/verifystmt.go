package ir

import (
	"go/types"
	"slices"
)

func (v *verifier) stmt(s Stmt) {
	if s == nil {
		v.faultf("a statement is nil")
		return
	}
	if s.Pos().IsValid() {
		v.pos = s.Pos()
	}
	switch s := s.(type) {
	case *Block:
		if c := s.Checkpoint; c != nil && c.Scheme != BlockScheme {
			v.fault(c.Pos, "scheme %q of a block", c.Scheme)
		}
		v.enclosed(s, s)
	case *Decl:
		v.declare(s.V)
	case *Assign:
		v.assign(s)
	case *Call:
		v.call(s)
	case *Copy:
		v.copyStmt(s)
	case *If:
		v.boolean(s.Cond, "condition of an if")
		v.block(s.Then)
		if s.Else != nil {
			v.block(s.Else)
		}
	case *For:
		v.loop(s)
	case *Break:
		if _, isLoop := s.Target.(*For); !isLoop {
			if _, isBlock := s.Target.(*Block); !isBlock {
				v.faultf("a break leaves neither a loop nor a block")
				return
			}
		}
		if !v.encloses(s.Target) {
			v.faultf("a break leaves a statement that does not enclose it")
		}
	case *Continue:
		if s.Target == nil || !v.encloses(s.Target) {
			v.faultf("a continue goes on with a loop that does not enclose it")
		}
	case *Return:
		if v.closure != nil && v.closure.Result != nil {
			v.faultf("a return without a value in closure %s, which has a result", v.closure.V.Name)
		}
	case *Panic:
		v.expr(s.X)
	case *Comment:
	case *Closure:
		v.closureStmt(s)
	case *Yield:
		v.yield(s)
	default:
		v.faultf("unknown statement %T", s)
	}
}

func (v *verifier) loop(s *For) {
	leave := v.open()
	defer leave()
	if c := s.Checkpoint; c != nil {
		v.checkpoint(c)
	}
	if s.Init != nil {
		v.assign(s.Init)
	}
	if s.Cond != nil {
		v.boolean(s.Cond, "condition of a loop")
	}
	if s.Post != nil {
		if s.Post.Define {
			v.faultf("the last part of a loop's head declares a variable")
		} else {
			v.assign(s.Post)
		}
	}
	v.enclosed(s, s.Body)
}

func (v *verifier) checkpoint(c *Checkpoint) {
	switch {
	case c.Scheme == FixedScheme:
		if c.Fixed == nil || c.Fixed.Again == nil || !IsBool(c.Fixed.Again.Type) {
			v.fault(c.Pos, "a loop to a fixed point has no variable that says again")
		}
	case c.Scheme == BlockScheme:
		if len(c.Args) > 0 {
			v.fault(c.Pos, "scheme %s takes no %s", c.Scheme, c.Args[0].Key)
		}
	case SchemeOf(c.Scheme) == nil:
		v.fault(c.Pos, "unknown checkpoint scheme %q", c.Scheme)
	default:
		v.scheme(c, SchemeOf(c.Scheme))
	}
}

// scheme checks the keys of a loop's checkpoint.
func (v *verifier) scheme(c *Checkpoint, s *Scheme) {
	if lacks := s.Lacks(func(key string) bool { return c.Arg(key) != nil }); lacks != "" {
		v.fault(c.Pos, "scheme %s needs %s", c.Scheme, lacks)
	}
	keys := s.Keys()
	for _, a := range c.Args {
		if !slices.Contains(keys, a.Key) {
			v.fault(c.Pos, "scheme %s takes no %s", c.Scheme, a.Key)
		}
		v.integer(a.X, a.Key)
	}
}

func (v *verifier) boolean(e Expr, what string) {
	if t := v.expr(e); t != nil && !IsBool(t) {
		v.faultf("%s is a %s, no bool", what, t)
	}
}

func (v *verifier) integer(e Expr, what string) {
	if t := v.expr(e); t != nil && !IsInteger(t) {
		v.faultf("%s is a %s, no integer", what, t)
	}
}

// assign checks the right sides first: a variable declared here is not in scope
// in them.
func (v *verifier) assign(s *Assign) {
	if len(s.L) != len(s.R) || len(s.L) == 0 {
		v.faultf("an assignment of %d values to %d places", len(s.R), len(s.L))
		return
	}
	given := make([]types.Type, len(s.R))
	for i, r := range s.R {
		given[i] = v.expr(r)
		if _, gone := r.(*Absent); gone && !IsEntry(s.L[i]) {
			v.faultf("%s is deleted, but it is no element of a map", describe(s.L[i]))
		}
		if len(s.L) > 1 && s.L[i] != nil && IsEntry(s.L[i]) {
			v.faultf("%s is assigned together with others", describe(s.L[i]))
		}
	}
	v.leftSides(s.L, s.Define, given)
}

func (v *verifier) leftSides(ls []Expr, define bool, given []types.Type) {
	if define && !slices.ContainsFunc(ls, func(l Expr) bool { return l != nil }) {
		v.faultf("only blanks in a statement that declares variables")
	}
	seen := map[*Var]bool{}
	for i, l := range ls {
		if l == nil {
			continue
		}
		if r, ok := l.(*Ref); ok && r.V != nil {
			if seen[r.V] {
				v.faultf("%s gets two values at once", describe(l))
			}
			seen[r.V] = true
		}
		if define {
			r, ok := l.(*Ref)
			if !ok || r.V == nil {
				v.faultf("%s is declared, but it is no variable", describe(l))
				continue
			}
			v.declare(r.V)
		}
		t := v.place(l)
		if t != nil && given[i] != nil && !assignable(given[i], t) {
			v.faultf("a %s is assigned to %s, which is a %s", given[i], describe(l), t)
		}
	}
}

// place checks the left side of an assignment.
func (v *verifier) place(l Expr) types.Type {
	t := v.expr(l)
	if t == nil {
		return nil
	}
	if !isPlace(l) {
		v.faultf("%s is assigned to, but it is no place", describe(l))
		return nil
	}
	if x := Held(l); x != nil && x.Kind == Param && !v.made {
		v.faultf("parameter %s is assigned to: a copy in a local variable is wanted", x.Name)
	}
	return t
}

// isPlace reports whether e denotes memory.
func isPlace(e Expr) bool {
	switch e := e.(type) {
	case *Ref, *Deref, *Global:
		return true
	case *Field:
		return isPlace(e.X)
	case *Index:
		switch e.X.Type().Underlying().(type) {
		case *types.Slice, *types.Map:
			return true
		case *types.Array:
			return isPlace(e.X)
		}
	}
	return false
}

func (v *verifier) copyStmt(s *Copy) {
	dst, src := v.expr(s.Dst), v.expr(s.Src)
	if dst != nil && src != nil {
		d, ok1 := dst.Underlying().(*types.Slice)
		e, ok2 := src.Underlying().(*types.Slice)
		if !ok1 || !ok2 || !types.Identical(d.Elem(), e.Elem()) {
			v.faultf("copy from a %s to a %s", src, dst)
		}
	}
	if s.N != nil {
		if t := v.place(s.N); t != nil && !types.Identical(t, intType) {
			v.faultf("the result of copy is assigned to a %s", t)
		}
	}
}

func (v *verifier) call(s *Call) {
	var given []types.Type
	for _, a := range s.Args {
		given = append(given, v.expr(a))
	}
	var params, results []types.Type
	switch set := btoi(s.Fn != nil) + btoi(s.Ext != nil) + btoi(s.Name != ""); {
	case set != 1:
		v.faultf("a call has %d of Fn, Ext and Name set, not one", set)
		return
	case s.Fn != nil:
		if !v.mayCall(s.Fn) {
			v.faultf("call of %s, which does not stand before %s in the program", s.Fn.Name, v.fn.Name)
		}
		for _, p := range s.Fn.Inputs() {
			params = append(params, p.Type)
		}
		for _, r := range s.Fn.Results {
			results = append(results, r.Type)
		}
	case s.Ext != nil:
		params, results = v.external(s)
	default:
		v.namedResults(s)
		return
	}
	v.arguments(s, given, params)
	if len(s.L) != 0 && len(s.L) != len(results) {
		v.faultf("%d results are assigned to %d places", len(results), len(s.L))
		return
	}
	v.leftSides(s.L, s.Define, results)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// external returns the types of an Ext call's parameters, a variadic one
// repeated as often as the call has arguments for it.
func (v *verifier) external(s *Call) (params, results []types.Type) {
	sig := s.Ext.Signature()
	if r := sig.Recv(); r != nil {
		params = append(params, r.Type())
	}
	for p := range sig.Params().Variables() {
		params = append(params, p.Type())
	}
	for r := range sig.Results().Variables() {
		results = append(results, r.Type())
	}
	if n := len(params) - 1; sig.Variadic() && !s.Spread {
		if sl, ok := params[n].(*types.Slice); ok {
			for params = params[:n]; len(params) < len(s.Args); {
				params = append(params, sl.Elem())
			}
		}
	}
	return params, results
}

func (v *verifier) arguments(s *Call, given, params []types.Type) {
	if len(given) != len(params) {
		v.faultf("%d arguments where %d are wanted", len(given), len(params))
		return
	}
	for i, t := range given {
		if t != nil && !assignable(t, params[i]) {
			v.faultf("argument %s is a %s where a %s is wanted", describe(s.Args[i]), t, params[i])
		}
	}
}

// namedResults checks the left sides of a run-time call, whose result types are
// not known.
func (v *verifier) namedResults(s *Call) {
	unknown := make([]types.Type, len(s.L))
	v.leftSides(s.L, s.Define, unknown)
}

func (v *verifier) closureStmt(s *Closure) {
	if v.closure != nil {
		v.faultf("a closure inside a closure")
	}
	v.declare(s.V)
	leave := v.open()
	defer leave()
	for _, p := range s.Params {
		v.known[p] = true
		v.scopes[len(v.scopes)-1][p] = true
	}
	saved := v.enclose
	v.enclose, v.closure = nil, s
	v.block(s.Body)
	v.enclose, v.closure = saved, nil
}

func (v *verifier) yield(s *Yield) {
	t := v.expr(s.X)
	switch {
	case v.closure == nil:
		v.faultf("a return with a value outside a closure")
	case v.closure.Result == nil:
		v.faultf("a value is returned from closure %s, which has no result", v.closure.V.Name)
	case t != nil && !assignable(t, v.closure.Result):
		v.faultf("a %s is returned from closure %s, whose result is a %s", t, v.closure.V.Name, v.closure.Result)
	}
}

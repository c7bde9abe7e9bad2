package flatten

import (
	"go/constant"
	"go/types"
	"strconv"

	"github.com/cairn-ad/cairn/internal/ir"
)

// largestScattered is how many numbers a struct or array may hold that is replaced by a
// variable for each.
const largestScattered = 16

// scalars replaces local structs and arrays of a few numbers by a variable for each
// number, where they are only set and read: whole, or in parts that are known.
func scalars(pkg *types.Package, f *ir.Func) {
	x := &scatter{pkg: pkg, ok: map[*ir.Var]bool{}, parts: map[*ir.Var][]*ir.Var{}}
	for _, v := range f.Locals {
		switch v.Type.Underlying().(type) {
		case *types.Struct, *types.Array:
			x.ok[v] = v.Kind != ir.Param && v.Kind != ir.Result && plain(pkg, v.Type, largestScattered)
		}
	}
	ir.WalkStmts(f.Body, x.look)
	var used *ir.Names
	var locals []*ir.Var
	for _, v := range f.Locals {
		if !x.ok[v] {
			locals = append(locals, v)
			continue
		}
		if used == nil {
			used = ir.NamesIn(f, pkg, f.Pkg)
		}
		x.split(v, v.Name, v.Type, used)
		locals = append(locals, x.parts[v]...)
	}
	if used == nil {
		return
	}
	f.Locals = locals
	x.block(f.Body)
}

type scatter struct {
	pkg   *types.Package
	ok    map[*ir.Var]bool
	parts map[*ir.Var][]*ir.Var // one for each number, in the order of fields and elements
}

// split makes the variables of v.
func (x *scatter) split(v *ir.Var, name string, t types.Type, used *ir.Names) {
	switch u := t.Underlying().(type) {
	case *types.Array:
		for i := range int(u.Len()) {
			x.split(v, name+strconv.Itoa(i), u.Elem(), used)
		}
	case *types.Struct:
		for f := range u.Fields() {
			x.split(v, name+f.Name(), f.Type(), used)
		}
	default:
		w := &ir.Var{Name: used.Take(name), Type: t, Kind: v.Kind, Pos: v.Pos, Made: v.Made}
		x.parts[v] = append(x.parts[v], w)
	}
}

// look takes variables out of the set that the statement uses in other ways.
func (x *scatter) look(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Decl:
	case *ir.Assign:
		for i, l := range s.L {
			if l == nil {
				x.read(s.R[i])
				continue
			}
			x.pair(l, s.R[i])
		}
	case *ir.For:
		if s.Checkpoint != nil { // the loop has variables that are saved, by their names
			ir.EachVar(s, func(v *ir.Var) { delete(x.ok, v) })
		}
		x.read(s.Cond)
	default:
		reads, places := ir.Exprs(s)
		for _, e := range reads {
			x.read(e)
		}
		for _, e := range places {
			x.read(e)
		}
	}
}

// pair looks at an assignment of r to l.
func (x *scatter) pair(l, r ir.Expr) {
	v := x.candidate(l)
	switch {
	case v == nil:
		x.place(l)
		if w := x.candidate(r); w != nil && isAggregate(r) && !types.Identical(l.Type(), r.Type()) {
			delete(x.ok, w)
		}
		x.value(r)
		return
	case !isAggregate(l):
		x.place(l)
		x.read(r)
		return
	case !x.place(l) || !types.Identical(l.Type(), r.Type()):
		delete(x.ok, v)
	}
	switch r := r.(type) {
	case *ir.Composite:
		x.value(r)
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		if !x.place(r) {
			delete(x.ok, v)
		}
	default:
		delete(x.ok, v)
		x.read(r)
	}
}

// value looks at a value that may be, or hold in a literal, whole structs of the set.
func (x *scatter) value(e ir.Expr) {
	switch e := e.(type) {
	case *ir.Composite:
		for _, y := range e.Elems {
			if y != nil {
				x.value(y)
			}
		}
	case *ir.Ref, *ir.Field, *ir.Index:
		x.place(e)
	default:
		x.read(e)
	}
}

// place looks at a variable or a part of one, whose indices in arrays must be constant if
// it is of the set. It reports whether it can be taken apart further without doing work
// again and again.
func (x *scatter) place(e ir.Expr) bool {
	cheap := true
	for {
		switch y := e.(type) {
		case *ir.Ref:
			return cheap
		case *ir.Field:
			e = y.X
		case *ir.Deref:
			e = y.X
		case *ir.Index:
			if _, ok := constantIndex(y); !ok {
				if _, array := y.X.Type().Underlying().(*types.Array); array {
					if v := x.candidate(y.X); v != nil {
						delete(x.ok, v)
					}
				}
				if _, plain := y.I.(*ir.Ref); !plain {
					cheap = false
				}
				x.read(y.I)
			}
			if ir.IsMap(y.X.Type()) {
				cheap = false
			}
			e = y.X
		default:
			x.read(e)
			return false
		}
	}
}

// read looks at an expression in which whole structs of the set cannot be replaced.
func (x *scatter) read(e ir.Expr) {
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			delete(x.ok, e.V)
		case *ir.Field, *ir.Index:
			v := x.candidate(e)
			if v == nil {
				return true
			}
			if isAggregate(e) {
				delete(x.ok, v)
			}
			x.place(e)
			return false
		}
		return true
	})
}

// candidate returns the variable of the set that e is, or is a part of; else nil.
func (x *scatter) candidate(e ir.Expr) *ir.Var {
	if v := local(e); v != nil && x.ok[v] {
		return v
	}
	return nil
}

func isAggregate(e ir.Expr) bool {
	switch e.Type().Underlying().(type) {
	case *types.Struct, *types.Array:
		return true
	}
	return false
}

// constantIndex returns the index of an element of an array if it is a constant.
func constantIndex(e *ir.Index) (int, bool) {
	c, ok := e.I.(*ir.Const)
	if _, array := e.X.Type().Underlying().(*types.Array); !array || !ok || c.Val == nil {
		return 0, false
	}
	i, exact := constant.Int64Val(constant.ToInt(c.Val))
	return int(i), exact
}

// block rewrites the statements.
func (x *scatter) block(b *ir.Block) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			x.block(inner)
		}
		if l, ok := s.(*ir.For); ok {
			l.Init, l.Post = x.head(l.Init), x.head(l.Post)
		}
		out = append(out, x.stmt(s)...)
	}
	b.Stmts = out
}

func (x *scatter) head(s *ir.Assign) *ir.Assign {
	if s == nil {
		return nil
	}
	return x.assign(s)
}

func (x *scatter) stmt(s ir.Stmt) []ir.Stmt {
	switch s := s.(type) {
	case *ir.Decl:
		if parts := x.parts[s.V]; parts != nil {
			var out []ir.Stmt
			for _, p := range parts {
				out = append(out, &ir.Decl{At: s.At, V: p})
			}
			return out
		}
	case *ir.Assign:
		return []ir.Stmt{x.assign(s)}
	case *ir.Call:
		c := *s
		c.L, c.Args = x.list(s.L), x.list(s.Args)
		return []ir.Stmt{&c}
	case *ir.Copy:
		return []ir.Stmt{&ir.Copy{At: s.At, N: x.expr(s.N), Dst: x.expr(s.Dst), Src: x.expr(s.Src)}}
	case *ir.If:
		s.Cond = x.expr(s.Cond)
	case *ir.For:
		s.Cond = x.expr(s.Cond)
	case *ir.Panic:
		s.X = x.expr(s.X)
	}
	return []ir.Stmt{s}
}

func (x *scatter) list(es []ir.Expr) []ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = x.expr(e)
	}
	return out
}

// assign takes the assignments of structs of the set apart.
func (x *scatter) assign(s *ir.Assign) *ir.Assign {
	out := &ir.Assign{At: s.At, Define: s.Define, Guard: s.Guard}
	for i, l := range s.L {
		if l != nil && isAggregate(l) {
			if parts := x.partsOf(l); parts != nil {
				for n, p := range parts {
					out.L = append(out.L, &ir.Ref{V: p})
					out.R = append(out.R, x.part(s.R[i], &n))
				}
				continue
			}
		}
		out.L, out.R = append(out.L, x.expr(l)), append(out.R, x.expr(s.R[i]))
	}
	return out
}

// expr replaces the variables of the set in e.
func (x *scatter) expr(e ir.Expr) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		parts := x.partsOf(e)
		if parts == nil {
			return nil
		}
		if !isAggregate(e) {
			return &ir.Ref{V: parts[0]}
		}
		made, _ := literal(e.Type(), parts)
		return made
	})
}

// literal makes a value of type t of the variables, and returns those that are left.
func literal(t types.Type, parts []*ir.Var) (ir.Expr, []*ir.Var) {
	out := &ir.Composite{Typ: t}
	var e ir.Expr
	switch u := t.Underlying().(type) {
	case *types.Array:
		for range int(u.Len()) {
			e, parts = literal(u.Elem(), parts)
			out.Elems = append(out.Elems, e)
		}
	case *types.Struct:
		for f := range u.Fields() {
			e, parts = literal(f.Type(), parts)
			out.Elems = append(out.Elems, e)
		}
	default:
		return &ir.Ref{V: parts[0]}, parts[1:]
	}
	return out, parts
}

// partsOf returns the variables that stand for e, a variable of the set or a part of one;
// else nil.
func (x *scatter) partsOf(e ir.Expr) []*ir.Var {
	switch e := e.(type) {
	case *ir.Ref:
		return x.parts[e.V]
	case *ir.Field:
		parts := x.partsOf(e.X)
		if parts == nil {
			return nil
		}
		st := e.X.Type().Underlying().(*types.Struct)
		from := 0
		for i := range e.I {
			from += count(x.pkg, st.Field(i).Type(), largestScattered)
		}
		return parts[from : from+count(x.pkg, e.Type(), largestScattered)]
	case *ir.Index:
		i, ok := constantIndex(e)
		if !ok {
			return nil
		}
		parts := x.partsOf(e.X)
		if parts == nil {
			return nil
		}
		n := count(x.pkg, e.Type(), largestScattered)
		return parts[i*n : (i+1)*n]
	}
	return nil
}

// part returns number n of the value e, which is of a type of the set, and as it was before
// any part of the assignment is done.
func (x *scatter) part(e ir.Expr, n *int) ir.Expr {
	if parts := x.partsOf(e); parts != nil {
		return &ir.Ref{V: parts[*n]}
	}
	t := e.Type()
	element := func(i int, inner types.Type) ir.Expr {
		if c, ok := e.(*ir.Composite); ok {
			if i < len(c.Elems) && c.Elems[i] != nil {
				return c.Elems[i]
			}
			return &ir.Composite{Typ: inner}
		}
		if _, ok := t.Underlying().(*types.Array); ok {
			return &ir.Index{X: e, I: ir.Int(i)}
		}
		return &ir.Field{X: e, I: i}
	}
	at := *n
	switch u := t.Underlying().(type) {
	case *types.Array:
		size := count(x.pkg, u.Elem(), largestScattered)
		at %= size
		return x.part(element(*n/size, u.Elem()), &at)
	case *types.Struct:
		for i := range u.NumFields() {
			size := count(x.pkg, u.Field(i).Type(), largestScattered)
			if at < size {
				return x.part(element(i, u.Field(i).Type()), &at)
			}
			at -= size
		}
	}
	if c, ok := e.(*ir.Composite); ok { // of a number: left out of the literal
		return zero(c.Typ)
	}
	return x.expr(e)
}

// zero returns the zero of a basic type.
func zero(t types.Type) ir.Expr {
	if ir.IsBool(t) {
		return &ir.Const{Val: constant.MakeBool(false), Typ: t}
	}
	return ir.Number(0, t)
}

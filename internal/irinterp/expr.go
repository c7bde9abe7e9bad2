package irinterp

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// place returns the memory that the place e names. Applied to another
// expression it returns fresh memory with its value.
func (m *machine) place(f *frame, e ir.Expr) *Value {
	switch e := e.(type) {
	case *ir.Ref:
		return f.place(e.V)
	case *ir.Deref:
		return deref(m.eval(f, e.X))
	case *ir.Field:
		return &m.place(f, e.X).elems[e.I]
	case *ir.Index:
		if _, isString := e.X.Type().Underlying().(*types.Basic); isString {
			break
		}
		if ir.IsEntry(e) {
			if at := m.found(f, e.X, e.I); at != nil {
				return &at.value
			}
			v := zero(e.Type())
			return &v
		}
		x := m.place(f, e.X)
		return &x.elems[m.index(f, e.I, len(x.elems))]
	}
	v := m.eval(f, e)
	return &v
}

func deref(p Value) *Value {
	q := p.Deref()
	if q == nil {
		panic(panicf("runtime error: invalid memory address or nil pointer dereference"))
	}
	return q
}

// index evaluates an index and checks it against the length n.
func (m *machine) index(f *frame, e ir.Expr, n int) int {
	v := m.eval(f, e)
	if v.Uint() >= uint64(n) {
		panic(panicf("runtime error: index out of range [%s] with length %d", v, n))
	}
	return int(v.bits)
}

// eval returns the value of e, separate from all memory.
func (m *machine) eval(f *frame, e ir.Expr) Value {
	switch e := e.(type) {
	case *ir.Const:
		return constValue(e)
	case *ir.Ref, *ir.Deref, *ir.Field:
		return m.place(f, e).Clone()
	case *ir.Index:
		if b, ok := e.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			s := m.eval(f, e.X).Str()
			return Uint64(uint64(s[m.index(f, e.I, len(s))]))
		}
		return m.place(f, e).Clone()
	case *ir.Global:
		return m.global(e)
	case *ir.Unary:
		return m.unary(e, m.eval(f, e.X))
	case *ir.Binary:
		return m.binaryExpr(f, e)
	case *ir.SliceOf:
		return m.sliceOf(f, e)
	case *ir.Addr:
		return PointerTo(m.place(f, e.X))
	case *ir.Convert:
		return m.convert(m.eval(f, e.X), e.X.Type(), e.Typ)
	case *ir.Len:
		x := m.place(f, e.X)
		switch x.kind {
		case String:
			return Int64(int64(len(x.Str())))
		case Map:
			return Int64(int64(len(x.table())))
		}
		return Int64(int64(len(x.elems)))
	case *ir.Cap:
		return Int64(int64(cap(m.place(f, e.X).elems)))
	case *ir.Math:
		args := make([]Value, len(e.Args))
		for i, a := range e.Args {
			args[i] = m.eval(f, a)
		}
		return m.math(e, args)
	}
	return m.allocate(f, e)
}

// allocate evaluates the expressions that make new memory.
func (m *machine) allocate(f *frame, e ir.Expr) Value {
	switch e := e.(type) {
	case *ir.Composite:
		return m.composite(f, e)
	case *ir.Make:
		if ir.IsMap(e.Typ) {
			return Value{kind: Map, ref: table{}}
		}
		return m.makeSlice(f, e)
	case *ir.Has:
		return BoolOf(m.found(f, e.X, e.I) != nil)
	case *ir.Keys:
		return m.keys(f, e)
	case *ir.New:
		v := zero(e.Typ.Underlying().(*types.Pointer).Elem())
		return PointerTo(&v)
	case *ir.Append:
		return m.appendTo(f, e)
	}
	panic(fault("no meaning for expression %T", e))
}

func (m *machine) global(e *ir.Global) Value {
	if m.Global == nil {
		panic(fault("read of package variable %s; set Interp.Global", e.Obj.Name()))
	}
	v, err := m.Interp.Global(e.Obj)
	if err != nil {
		panic(failure{err})
	}
	v = v.Clone()
	forget(&v)
	return v
}

func (m *machine) binaryExpr(f *frame, e *ir.Binary) Value {
	x := m.eval(f, e.X)
	switch e.Op {
	case token.LAND:
		if !x.Bool() {
			return x
		}
		return m.eval(f, e.Y)
	case token.LOR:
		if x.Bool() {
			return x
		}
		return m.eval(f, e.Y)
	}
	return m.binary(e, x, m.eval(f, e.Y))
}

func (m *machine) sliceOf(f *frame, e *ir.SliceOf) Value {
	x := m.place(f, e.X)
	if x.kind == String {
		return m.partOf(f, x.Str(), e)
	}
	elems, most, what := x.elems, cap(x.elems), "capacity"
	if x.kind == Array {
		most, what = len(elems), "length"
	}
	bound := func(b ir.Expr, def int) int64 {
		if b == nil {
			return int64(def)
		}
		v := m.eval(f, b)
		if v.kind == Uint && v.Int() < 0 {
			panic(panicf("runtime error: slice bounds out of range [:%s]", v))
		}
		return v.Int()
	}
	lo, hi := bound(e.Lo, 0), bound(e.Hi, len(elems))
	limit := bound(e.Max, most)
	switch {
	case limit < 0 || limit > int64(most):
		panic(panicf("runtime error: slice bounds out of range [::%d] with %s %d", limit, what, most))
	case hi < 0 || hi > limit:
		panic(panicf("runtime error: slice bounds out of range [:%d] with %s %d", hi, what, limit))
	case lo < 0 || lo > hi:
		panic(panicf("runtime error: slice bounds out of range [%d:%d]", lo, hi))
	}
	if elems == nil {
		return Value{kind: Slice}
	}
	return SliceOf(elems[lo:hi:limit])
}

func (m *machine) composite(f *frame, e *ir.Composite) Value {
	var out Value
	var elemType func(int) types.Type
	switch t := e.Typ.Underlying().(type) {
	case *types.Slice:
		out = SliceOf(make([]Value, len(e.Elems)))
		elemType = func(int) types.Type { return t.Elem() }
	case *types.Array:
		out = zero(t)
		elemType = func(int) types.Type { return t.Elem() }
	case *types.Struct:
		out = zero(t)
		elemType = func(i int) types.Type { return t.Field(i).Type() }
	default:
		panic(fault("composite literal of type %s", e.Typ))
	}
	for i, x := range e.Elems {
		if x == nil {
			out.elems[i] = zero(elemType(i))
		} else {
			out.elems[i] = m.eval(f, x)
		}
	}
	return out
}

// maxMake bounds the elements of one allocation.
const maxMake = 1 << 28

func (m *machine) makeSlice(f *frame, e *ir.Make) Value {
	elem := e.Typ.Underlying().(*types.Slice).Elem()
	n := m.eval(f, e.Len).Int()
	size := n
	if e.Cap != nil {
		size = m.eval(f, e.Cap).Int()
	}
	if n < 0 || n > maxMake {
		panic(panicf("runtime error: makeslice: len out of range"))
	}
	if size < n || size > maxMake {
		panic(panicf("runtime error: makeslice: cap out of range"))
	}
	return SliceOf(zeros(elem, int(size))[:n])
}

func zeros(elem types.Type, n int) []Value {
	out := make([]Value, n)
	for i := range out {
		out[i] = zero(elem)
	}
	return out
}

func (m *machine) appendTo(f *frame, e *ir.Append) Value {
	x := m.eval(f, e.X)
	elem := e.X.Type().Underlying().(*types.Slice).Elem()
	var more []Value
	for _, y := range e.Elems {
		v := m.eval(f, y)
		if !e.Spread {
			more = append(more, v)
			continue
		}
		for _, w := range v.elems {
			more = append(more, w.Clone())
		}
	}
	if len(more) == 0 {
		return x
	}
	n := len(x.elems)
	if total := n + len(more); total > cap(x.elems) {
		grown := zeros(elem, room(e.X.Type(), cap(x.elems), total))
		for i := range x.elems {
			grown[i] = x.elems[i].Clone()
		}
		x.elems = grown[:n]
	}
	x.elems = x.elems[:n+len(more)]
	for i := range more {
		store(&x.elems[n+i], more[i])
	}
	return x
}

package irinterp

import (
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

func basic(t types.Type) *types.Basic {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		panic(fault("arithmetic on type %s", t))
	}
	return b
}

func isFloat32(b *types.Basic) bool { return b.Kind() == types.Float32 }

// round rounds x to the precision of b.
func round(b *types.Basic, x float64) float64 {
	if isFloat32(b) {
		return float64(float32(x))
	}
	return x
}

// wrap reduces x to the size of the integer type b.
func wrap(b *types.Basic, x uint64) Value {
	switch b.Kind() {
	case types.Int8:
		return Int64(int64(int8(x)))
	case types.Int16:
		return Int64(int64(int16(x)))
	case types.Int32, types.UntypedRune:
		return Int64(int64(int32(x)))
	case types.Int, types.Int64, types.UntypedInt:
		return Int64(int64(x))
	case types.Uint8:
		return Uint64(uint64(uint8(x)))
	case types.Uint16:
		return Uint64(uint64(uint16(x)))
	case types.Uint32:
		return Uint64(uint64(uint32(x)))
	case types.Uint, types.Uint64, types.Uintptr:
		return Uint64(x)
	}
	panic(fault("integer arithmetic on type %s", b))
}

func constValue(c *ir.Const) Value {
	if c.Val == nil {
		return zero(c.Typ)
	}
	b := basic(c.Typ)
	switch info := b.Info(); {
	case info&types.IsBoolean != 0:
		return BoolOf(constant.BoolVal(c.Val))
	case info&types.IsString != 0:
		return StringOf(constant.StringVal(c.Val))
	case isFloat32(b):
		x, _ := constant.Float32Val(constant.ToFloat(c.Val))
		return Float64(float64(x))
	case info&types.IsFloat != 0:
		x, _ := constant.Float64Val(constant.ToFloat(c.Val))
		return Float64(x)
	case info&types.IsComplex != 0:
		return constComplex(b, c.Val)
	case info&types.IsUnsigned != 0:
		x, _ := constant.Uint64Val(constant.ToInt(c.Val))
		return Uint64(x)
	case info&types.IsInteger != 0:
		x, _ := constant.Int64Val(constant.ToInt(c.Val))
		return Int64(x)
	}
	panic(fault("constant of type %s", c.Typ))
}

func (m *machine) unary(e *ir.Unary, x Value) Value {
	switch {
	case e.Op == token.NOT:
		return BoolOf(!x.Bool())
	case e.Op == token.ADD:
		return x
	case e.Op == token.SUB && x.kind == Float:
		return m.record1(-x.Float(), x, -1)
	case e.Op == token.SUB && x.kind == Complex:
		return m.negateComplex(x)
	case e.Op == token.SUB:
		return wrap(basic(e.X.Type()), -x.bits)
	case e.Op == token.XOR:
		return wrap(basic(e.X.Type()), ^x.bits)
	}
	panic(fault("no meaning for unary %s", e.Op))
}

func (m *machine) binary(e *ir.Binary, x, y Value) Value {
	switch e.Op {
	case token.EQL:
		return BoolOf(equal(x, y))
	case token.NEQ:
		return BoolOf(!equal(x, y))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		return BoolOf(ordered(e.Op, x, y))
	case token.SHL, token.SHR:
		return shift(e.Op, basic(e.X.Type()), x, y)
	}
	switch x.kind {
	case Float:
		return m.floatOp(e.Op, basic(e.Typ), x, y)
	case Complex:
		return m.complexOp(e.Op, basic(e.Typ), x, y)
	case String:
		return StringOf(x.Str() + y.Str())
	}
	return intOp(e.Op, basic(e.X.Type()), x, y)
}

func ordered(op token.Token, x, y Value) bool {
	less, eq := false, false
	switch x.kind {
	case Float:
		a, b := x.Float(), y.Float()
		if a != a || b != b {
			return false
		}
		less, eq = a < b, a == b
	case Uint:
		less, eq = x.bits < y.bits, x.bits == y.bits
	case String:
		less, eq = x.Str() < y.Str(), x.Str() == y.Str()
	default:
		less, eq = x.Int() < y.Int(), x.Int() == y.Int()
	}
	switch op {
	case token.LSS:
		return less
	case token.LEQ:
		return less || eq
	case token.GTR:
		return !less && !eq
	}
	return !less
}

func (m *machine) floatOp(op token.Token, b *types.Basic, x, y Value) Value {
	u, v := x.Float(), y.Float()
	switch op {
	case token.ADD:
		return m.record2(round(b, u+v), x, y, 1, 1)
	case token.SUB:
		return m.record2(round(b, u-v), x, y, 1, -1)
	case token.MUL:
		return m.record2(round(b, u*v), x, y, v, u)
	case token.QUO:
		return m.record2(round(b, u/v), x, y, 1/v, -u/v/v)
	}
	panic(fault("no meaning for %s on floats", op))
}

func intOp(op token.Token, b *types.Basic, x, y Value) Value {
	u, v := x.bits, y.bits
	if (op == token.QUO || op == token.REM) && v == 0 {
		panic(panicf("runtime error: integer divide by zero"))
	}
	signed := x.kind == Int
	switch op {
	case token.ADD:
		u += v
	case token.SUB:
		u -= v
	case token.MUL:
		u *= v
	case token.QUO:
		if signed {
			u = uint64(int64(u) / int64(v))
		} else {
			u /= v
		}
	case token.REM:
		if signed {
			u = uint64(int64(u) % int64(v))
		} else {
			u %= v
		}
	case token.AND:
		u &= v
	case token.OR:
		u |= v
	case token.XOR:
		u ^= v
	case token.AND_NOT:
		u &^= v
	default:
		panic(fault("no meaning for %s on integers", op))
	}
	return wrap(b, u)
}

func shift(op token.Token, b *types.Basic, x, count Value) Value {
	if count.kind == Int && count.Int() < 0 {
		panic(panicf("runtime error: negative shift amount"))
	}
	n := count.bits
	if op == token.SHL {
		return wrap(b, x.bits<<n)
	}
	if x.kind == Int {
		return wrap(b, uint64(x.Int()>>n))
	}
	return wrap(b, x.bits>>n)
}

// convert is the conversion of v from one type to another.
func (m *machine) convert(v Value, from, to types.Type) Value {
	if text, ok := convertText(v, from, to); ok {
		return text
	}
	fb, ok1 := from.Underlying().(*types.Basic)
	tb, ok2 := to.Underlying().(*types.Basic)
	if !ok1 || !ok2 {
		if _, isFunc := to.Underlying().(*types.Interface); isFunc || types.IdenticalIgnoreTags(from.Underlying(), to.Underlying()) || pointerTwins(from, to) {
			return v
		}
		panic(fault("no conversion from %s to %s", from, to))
	}
	toFloat, toInt := tb.Info()&types.IsFloat != 0, tb.Info()&types.IsInteger != 0
	switch {
	case v.kind == Complex && tb.Info()&types.IsComplex != 0:
		return m.convertComplex(tb, v)
	case v.kind == Float && toFloat:
		return m.record1(round(tb, v.Float()), v, 1)
	case v.kind == Float && toInt:
		return truncate(tb, v.Float())
	case v.kind == Int && toFloat:
		return fromInt(tb, v.Int())
	case v.kind == Uint && toFloat:
		return fromUint(tb, v.Uint())
	case (v.kind == Int || v.kind == Uint) && toInt:
		return wrap(tb, v.bits)
	case (v.kind == String || v.kind == Bool) && tb.Info() == fb.Info():
		return v
	}
	panic(fault("no conversion from %s to %s", from, to))
}

func pointerTwins(from, to types.Type) bool {
	p, ok1 := from.Underlying().(*types.Pointer)
	q, ok2 := to.Underlying().(*types.Pointer)
	return ok1 && ok2 && types.IdenticalIgnoreTags(p.Elem().Underlying(), q.Elem().Underlying())
}

// truncate converts a float to an integer type; a value that does not fit gives
// what this machine gives, as Go allows.
func truncate(b *types.Basic, x float64) Value {
	switch b.Kind() {
	case types.Uint, types.Uint64, types.Uintptr:
		return Uint64(uint64(x))
	}
	return wrap(b, uint64(int64(x)))
}

func fromInt(b *types.Basic, x int64) Value {
	if isFloat32(b) {
		return Float64(float64(float32(x)))
	}
	return Float64(float64(x))
}

func fromUint(b *types.Basic, x uint64) Value {
	if isFloat32(b) {
		return Float64(float64(float32(x)))
	}
	return Float64(float64(x))
}

package ir

import (
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// Expr returns e as Go text.
func (p *Printer) Expr(e Expr) string { return p.prec(e, 0) }

// prec prints e for a context that binds with strength outer: 1–5 are Go's
// binary precedences, 6 unary, 8 primary.
func (p *Printer) prec(e Expr, outer int) string {
	text, own := p.text(e)
	if own < outer {
		return "(" + text + ")"
	}
	return text
}

func (p *Printer) text(e Expr) (string, int) {
	switch e := e.(type) {
	case *Const:
		return p.constant(e)
	case *Ref:
		return e.V.Name, 8
	case *Global:
		if q := p.qualifier(e.Obj.Pkg()); q != "" {
			return q + "." + e.Obj.Name(), 8
		}
		return e.Obj.Name(), 8
	case *Unary:
		x := p.prec(e.X, 6)
		if (e.Op == token.SUB || e.Op == token.ADD || e.Op == token.XOR) && strings.HasPrefix(x, e.Op.String()) {
			x = "(" + x + ")"
		}
		return e.Op.String() + x, 6
	case *Binary:
		return p.binary(e)
	case *Index:
		return p.base(e.X) + "[" + p.Expr(e.I) + "]", 8
	case *Field:
		return p.base(e.X) + "." + e.Var().Name(), 8
	case *Deref:
		return "*" + p.prec(e.X, 6), 6
	case *SliceOf:
		s := p.base(e.X) + "["
		if e.Lo != nil {
			s += p.Expr(e.Lo)
		}
		s += ":"
		if e.Hi != nil {
			s += p.Expr(e.Hi)
		}
		if e.Max != nil {
			s += ":" + p.Expr(e.Max)
		}
		return s + "]", 8
	case *Addr:
		return "&" + p.prec(e.X, 6), 6
	case *Convert:
		t := p.TypeString(e.Typ)
		if strings.HasPrefix(t, "*") || strings.HasPrefix(t, "func") {
			t = "(" + t + ")"
		}
		return t + "(" + p.Expr(e.X) + ")", 8
	case *Len:
		return "len(" + p.typed(e.X) + ")", 8
	case *Cap:
		return "cap(" + p.typed(e.X) + ")", 8
	case *Math:
		if e.Fn == "ad.Room" && isNil(e.Args[0]) { // of which the type is the only part that counts
			return p.aliased(e.Fn) + "(" + p.TypeString(e.Args[0].Type()) + "(nil), " + p.Expr(e.Args[1]) + ")", 8
		}
		return p.aliased(e.Fn) + "(" + p.list(e.Args) + ")", 8
	case *Composite:
		return p.composite(e), 8
	case *Make:
		return p.make(e), 8
	case *New:
		return "new(" + p.TypeString(e.Typ.Underlying().(*types.Pointer).Elem()) + ")", 8
	case *Append:
		s := "append(" + p.Expr(e.X)
		if len(e.Elems) > 0 {
			s += ", " + p.list(e.Elems)
		}
		if e.Spread {
			s += "..."
		}
		return s + ")", 8
	case *Has:
		return p.aliased("ad.Has") + "(" + p.Expr(e.X) + ", " + p.Expr(e.I) + ")", 8
	case *Keys:
		if isString(e.X.Type()) {
			return p.aliased("ad.Starts") + "(" + p.Expr(e.X) + ")", 8
		}
		return p.aliased("ad.Keys") + "(" + p.Expr(e.X) + ")", 8
	}
	return "?", 8
}

func (p *Printer) make(e *Make) string {
	s := "make(" + p.TypeString(e.Typ)
	if e.In != nil {
		s = "ad.Make"
		if e.Cap != nil {
			s = "ad.MakeCap"
		}
		s = p.aliased(s) + "[" + p.TypeString(e.Typ) + "](" + p.Expr(e.In)
	}
	if e.Len != nil {
		s += ", " + p.Expr(e.Len)
	}
	if e.Cap != nil {
		s += ", " + p.Expr(e.Cap)
	}
	return s + ")"
}

// base prints the operand of a selector, index or slice expression, where Go
// follows a pointer by itself.
func (p *Printer) base(e Expr) string {
	if d, ok := e.(*Deref); ok {
		switch d.Type().Underlying().(type) {
		case *types.Struct, *types.Array:
			return p.prec(d.X, 8)
		}
	}
	if c, ok := e.(*Const); ok && c.Val == nil {
		return p.typedConst(c)
	}
	return p.prec(e, 8)
}

// typed prints e; a nil with its type.
func (p *Printer) typed(e Expr) string {
	if c, ok := e.(*Const); ok && c.Val == nil {
		return p.typedConst(c)
	}
	return p.Expr(e)
}

func (p *Printer) list(es []Expr) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = p.Expr(e)
	}
	return strings.Join(parts, ", ")
}

func (p *Printer) binary(e *Binary) (string, int) {
	prec := e.Op.Precedence()
	_, xc := e.X.(*Const)
	_, yc := e.Y.(*Const)
	shift := e.Op == token.SHL || e.Op == token.SHR
	side := func(x Expr, isConst, otherConst bool, outer int) string {
		c, ok := x.(*Const)
		if !ok || !isConst {
			return p.prec(x, outer)
		}
		if shift && x == e.X { // 1 << n takes its type from around it
			text, _ := p.constant(c)
			return p.TypeString(c.Typ) + "(" + text + ")"
		}
		if otherConst {
			return p.typedConst(c)
		}
		if c.Val != nil && IsReal(c.Typ) && c.Text == "" {
			return shortFloat(c)
		}
		return p.prec(x, outer)
	}
	return side(e.X, xc, yc, prec) + " " + e.Op.String() + " " + side(e.Y, yc, xc, prec+1), prec
}

func (p *Printer) composite(e *Composite) string {
	var parts []string
	if st, ok := e.Typ.Underlying().(*types.Struct); ok {
		for i, x := range e.Elems {
			if x != nil {
				parts = append(parts, st.Field(i).Name()+": "+p.Expr(x))
			}
		}
	} else {
		gap := false
		for i, x := range e.Elems {
			if x == nil {
				gap = true
				continue
			}
			s := p.Expr(x)
			if gap {
				s = strconv.Itoa(i) + ": " + s
				gap = false
			}
			parts = append(parts, s)
		}
		if gap {
			parts = append(parts, strconv.Itoa(len(e.Elems)-1)+": "+p.zero(e))
		}
	}
	text := p.TypeString(e.Typ) + "{" + strings.Join(parts, ", ") + "}"
	if p.head && !strings.HasPrefix(text, "[") { // which is no name in front of a brace
		return "(" + text + ")"
	}
	return text
}

// zero is the zero element of the array or slice literal e.
func (p *Printer) zero(e *Composite) string {
	var elem types.Type
	switch t := e.Typ.Underlying().(type) {
	case *types.Slice:
		elem = t.Elem()
	case *types.Array:
		elem = t.Elem()
	}
	switch t := elem.Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsBoolean != 0:
			return "false"
		case t.Info()&types.IsString != 0:
			return `""`
		}
		return "0"
	case *types.Struct, *types.Array:
		return p.TypeString(elem) + "{}"
	}
	return "nil"
}

// constant prints a constant so that a context of its own type reads it back
// with the same value.
func (p *Printer) constant(c *Const) (string, int) {
	if c.Text != "" {
		if strings.Contains(c.Text, " ") { // a sum, see fold
			return c.Text, 4
		}
		return p.aliased(c.Text), 8
	}
	if c.Val == nil {
		return "nil", 8
	}
	text := literal(c)
	if IsComplex(c.Typ) && strings.Contains(text, " ") { // 1 + 2i
		return text, 4
	}
	if strings.HasPrefix(text, "-") {
		return text, 6
	}
	return text, 8
}

// typedConst prints a constant so that its type is right without a context.
func (p *Printer) typedConst(c *Const) string {
	if c.Val == nil {
		t := p.TypeString(c.Typ)
		if strings.HasPrefix(t, "*") {
			t = "(" + t + ")"
		}
		return t + "(nil)"
	}
	if c.Text == "" {
		switch c.Typ {
		case types.Typ[types.Float64], types.Typ[types.Int], types.Typ[types.Bool], types.Typ[types.String]:
			return literal(c)
		case types.Typ[types.Complex128]:
			if text := literal(c); strings.HasSuffix(text, "i") {
				return text
			}
		}
	}
	text, _ := p.constant(c)
	return p.TypeString(c.Typ) + "(" + text + ")"
}

func literal(c *Const) string {
	if IsComplex(c.Typ) {
		return complexLiteral(c)
	}
	if !IsReal(c.Typ) {
		if b, ok := c.Typ.Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
			return constant.ToInt(c.Val).ExactString()
		}
		return c.Val.ExactString()
	}
	s := shortFloat(c)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// shortFloat is the shortest text that rounds to the constant's value.
func shortFloat(c *Const) string {
	bits := 64
	if c.Typ.Underlying() == types.Typ[types.Float32] {
		bits = 32
	}
	var f float64
	if bits == 32 {
		g, _ := constant.Float32Val(constant.ToFloat(c.Val))
		f = float64(g)
	} else {
		f, _ = constant.Float64Val(constant.ToFloat(c.Val))
	}
	s := strconv.FormatFloat(f, 'g', -1, bits)
	return strings.Replace(strings.Replace(s, "e+0", "e", 1), "e+", "e", 1)
}

package tbr

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A polynomial is one of variables of type int: the factors of each product, sorted and as text,
// with their number. It wraps round as int does.
type polynomial map[string]int64

// mostTerms is how long a polynomial may become: indices that people write have a few.
const mostTerms = 64

// polynomials reads expressions as polynomials of a counter and of variables that are fixed.
type polynomials struct {
	counter *ir.Var
	fixed   func(*ir.Var) bool
	ids     map[*ir.Var]int
}

// of returns the polynomial e, with next of the counter's next value. It fails for what is none.
func (p *polynomials) of(e ir.Expr, next bool) (polynomial, bool) {
	if !types.Identical(e.Type().Underlying(), types.Typ[types.Int]) {
		return nil, false
	}
	switch e := e.(type) {
	case *ir.Const:
		n, ok := constantIndex(e)
		return polynomial{"": n}, ok
	case *ir.Ref:
		if e.V == p.counter && next {
			return polynomial{p.name(e.V, "v"): 1, "": 1}, true
		}
		return polynomial{p.name(e.V, "v"): 1}, e.V == p.counter || p.fixed(e.V)
	case *ir.Len:
		x, ok := e.X.(*ir.Ref)
		if !ok || !isSlice(x) || !p.fixed(x.V) {
			return nil, false
		}
		return polynomial{p.name(x.V, "len"): 1}, true
	case *ir.Binary:
		x, ok1 := p.of(e.X, next)
		y, ok2 := p.of(e.Y, next)
		if !ok1 || !ok2 || len(x)+len(y) > mostTerms {
			return nil, false
		}
		switch e.Op {
		case token.ADD:
			return x.plus(y, 1), true
		case token.SUB:
			return x.plus(y, -1), true
		case token.MUL:
			if len(x)*len(y) <= mostTerms {
				return x.times(y), true
			}
		}
	}
	return nil, false
}

func (p *polynomials) name(v *ir.Var, kind string) string {
	if _, ok := p.ids[v]; !ok {
		p.ids[v] = len(p.ids)
	}
	return kind + strconv.Itoa(p.ids[v])
}

// plus returns x + c·y.
func (x polynomial) plus(y polynomial, c int64) polynomial {
	out := maps.Clone(x)
	for k, n := range y {
		out[k] += c * n
	}
	return out
}

func (x polynomial) times(y polynomial) polynomial {
	out := polynomial{}
	for k, n := range x {
		for l, m := range y {
			factors := strings.Fields(k + " " + l)
			slices.Sort(factors)
			out[strings.Join(factors, " ")] += n * m
		}
	}
	return out
}

func (x polynomial) equal(y polynomial) bool {
	for _, n := range x.plus(y, -1) {
		if n != 0 {
			return false
		}
	}
	return true
}

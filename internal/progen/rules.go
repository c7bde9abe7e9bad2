package progen

import (
	"fmt"
	"strings"
)

// ruled is a function with derivatives by hand. In its text NAME is its name, STRUCT
// the type S of the program, CONST and FACTOR are numbers.
type ruled struct {
	helper
	structs bool
	text    string
}

// makeRules prints functions with rules, which are helpers like others.
func (g *gen) makeRules() {
	if !g.rules {
		return
	}
	for i := range g.in(1, 3) {
		r := handwritten[g.r.IntN(len(handwritten))]
		if r.structs && g.opts.NoStructs {
			r = handwritten[0]
		}
		h := r.helper
		h.name, h.rule, h.cost = fmt.Sprintf("%sRule%d", g.c.Name, i), true, 20
		full := h.name
		if h.method {
			full = g.c.Name + "S." + h.name
		}
		halves := g.one("adjoint=FULLAdjoint", "forward=FULLForward reverse=FULLReverse")
		if !strings.Contains(r.text, "NAMEForward") {
			halves = "adjoint=FULLAdjoint"
		} else if !strings.Contains(r.text, "NAMEAdjoint") {
			halves = "forward=FULLForward reverse=FULLReverse undo"
		}
		g.line("//cairn:rule of=%s tangent=%sTangent %s", full, full, strings.ReplaceAll(halves, "FULL", full))
		g.line("%s", strings.NewReplacer("NAME", h.name, "STRUCT", g.c.Name+"S", "CONST", g.num(0.2, 0.6), "FACTOR", g.num(0.2, 0.6)).Replace(r.text))
		g.helpers = append(g.helpers, h)
	}
}

var handwritten = []ruled{
	{helper: helper{params: []typ{tFloat, tFloat}, results: 1, pure: true}, text: `
func NAME(a, b float64) float64 { return CONST*math.Sin(a)*math.Cos(b) + FACTOR*a }

func NAMETangent(a, ad, b, bd float64) (y, yd float64) {
	return NAME(a, b), (CONST*math.Cos(a)*math.Cos(b)+FACTOR)*ad - CONST*math.Sin(a)*math.Sin(b)*bd
}

func NAMEAdjoint(a float64, ab *float64, b float64, bb *float64, yb float64) float64 {
	*ab += (CONST*math.Cos(a)*math.Cos(b) + FACTOR) * yb
	*bb -= CONST * math.Sin(a) * math.Sin(b) * yb
	return NAME(a, b)
}
`},
	{helper: helper{params: []typ{tFloat, tFloat}, results: 1, pure: true}, text: `
func NAME(a, b float64) float64 {
	y, _ := NAMEForward(a, b)
	return y
}

func NAMETangent(a, ad, b, bd float64) (y, yd float64) {
	y, e := NAMEForward(a, b)
	return y, CONST * e * (math.Cos(b)*bd - 2*a*math.Sin(b)*ad)
}

func NAMEForward(a, b float64) (y, kept float64) {
	kept = math.Exp(-a * a)
	return CONST * kept * math.Sin(b), kept
}

func NAMEReverse(kept, a float64, ab *float64, b float64, bb *float64, yb float64) {
	*ab -= 2 * a * CONST * kept * math.Sin(b) * yb
	*bb += CONST * kept * math.Cos(b) * yb
}

func NAMEAdjoint(a float64, ab *float64, b float64, bb *float64, yb float64) {
	_, kept := NAMEForward(a, b)
	NAMEReverse(kept, a, ab, b, bb, yb)
}
`},
	{helper: helper{params: []typ{tFloat, tFloat}, results: 2}, text: `
func NAME(a, b float64) (p, q float64) { return CONST*a + FACTOR*b, math.Sin(a * b) }

func NAMETangent(a, ad, b, bd float64) (p, pd, q, qd float64) {
	p, q = NAME(a, b)
	return p, CONST*ad + FACTOR*bd, q, math.Cos(a*b) * (a*bd + b*ad)
}

func NAMEAdjoint(a float64, ab *float64, b float64, bb *float64, pb, qb float64) (p, q float64) {
	qb *= math.Cos(a * b)
	*ab += CONST*pb + b*qb
	*bb += FACTOR*pb + a*qb
	return NAME(a, b)
}
`},
	{helper: helper{params: []typ{tSlice, tSlice}, results: 1}, text: `
func NAME(x, y []float64) float64 {
	sum := 0.0
	for i := range min(len(x), len(y)) {
		sum += CONST * math.Sin(x[i]) * math.Cos(y[i])
	}
	return sum
}

func NAMETangent(x, xd, y, yd []float64) (sum, sumd float64) {
	for i := range min(len(x), len(y)) {
		sumd += CONST * (math.Cos(x[i])*math.Cos(y[i])*xd[i] - math.Sin(x[i])*math.Sin(y[i])*yd[i])
	}
	return NAME(x, y), sumd
}

func NAMEAdjoint(x, xb, y, yb []float64, sumb float64) float64 {
	for i := range min(len(x), len(y)) {
		xb[i] += CONST * math.Cos(x[i]) * math.Cos(y[i]) * sumb
		yb[i] -= CONST * math.Sin(x[i]) * math.Sin(y[i]) * sumb
	}
	return NAME(x, y)
}
`},
	{helper: helper{params: []typ{tSlice, tFloat}}, text: `
func NAME(x []float64, a float64) {
	for i := range x {
		x[i] = CONST + FACTOR*x[i]*math.Sin(a)
	}
}

func NAMETangent(x, xd []float64, a, ad float64) {
	for i := range x {
		xd[i] = FACTOR * (xd[i]*math.Sin(a) + x[i]*math.Cos(a)*ad)
	}
	NAME(x, a)
}

func NAMEAdjoint(x, xb []float64, a float64, ab *float64) {
	for i := range x {
		*ab += FACTOR * x[i] * math.Cos(a) * xb[i]
		xb[i] *= FACTOR * math.Sin(a)
	}
}
`},
	{helper: helper{params: []typ{tSlice, tInt, tFloat}, results: 1}, text: `
func NAME(x []float64, i int, v float64) float64 {
	i %= len(x)
	old := x[i]
	x[i] = CONST*v + FACTOR*old
	return old
}

func NAMETangent(x, xd []float64, i int, v, vd float64) (old, oldd float64) {
	oldd = xd[i%len(x)]
	xd[i%len(x)] = CONST*vd + FACTOR*oldd
	return NAME(x, i, v), oldd
}

func NAMEForward(x []float64, i int, v float64) (old, kept float64) {
	old = NAME(x, i, v)
	return old, old
}

func NAMEReverse(kept float64, x, xb []float64, i int, v float64, vb *float64, oldb float64) {
	i %= len(x)
	x[i] = kept
	*vb += CONST * xb[i]
	xb[i] = FACTOR*xb[i] + oldb
}
`},
	{helper: helper{params: []typ{tSlice}}, text: `
func NAME(x []float64) {
	for i := 1; i < len(x); i++ {
		x[i] = CONST*math.Sin(x[i-1]) + FACTOR*x[i]
	}
}

func NAMETangent(x, xd []float64) {
	NAME(x)
	for i := 1; i < len(x); i++ {
		xd[i] = CONST*math.Cos(x[i-1])*xd[i-1] + FACTOR*xd[i]
	}
}

func NAMEForward(x []float64) []float64 {
	old := append([]float64(nil), x...)
	NAME(x)
	return old
}

func NAMEReverse(old, x, xb []float64) {
	now := append([]float64(nil), old...)
	NAME(now)
	for i := len(xb) - 1; i > 0; i-- {
		xb[i-1] += CONST * math.Cos(now[i-1]) * xb[i]
		xb[i] *= FACTOR
	}
	copy(x, old)
}
`},
	{helper: helper{params: []typ{tSlice, tFloat}, slice: true}, text: `
func NAME(x []float64, a float64) []float64 {
	w := make([]float64, len(x))
	for i, v := range x {
		w[i] = CONST*v + FACTOR*math.Sin(a*v)
	}
	return w
}

func NAMETangent(x, xd []float64, a, ad float64) (w, wd []float64) {
	wd = make([]float64, len(x))
	for i, v := range x {
		wd[i] = CONST*xd[i] + FACTOR*math.Cos(a*v)*(ad*v+a*xd[i])
	}
	return NAME(x, a), wd
}

func NAMEAdjoint(x, xb []float64, a float64, ab *float64, wb []float64) {
	for i, b := range wb {
		xb[i] += (CONST + FACTOR*math.Cos(a*x[i])*a) * b
		*ab += FACTOR * math.Cos(a*x[i]) * x[i] * b
	}
}
`},
	{helper: helper{params: []typ{tFloatP, tFloat}, results: 1}, text: `
func NAME(p *float64, a float64) float64 {
	*p = CONST*math.Sin(*p) + FACTOR*a
	return math.Cos(*p)
}

func NAMETangent(p, pd *float64, a, ad float64) (y, yd float64) {
	*pd = CONST*math.Cos(*p)**pd + FACTOR*ad
	y = NAME(p, a)
	return y, -math.Sin(*p) * *pd
}

func NAMEAdjoint(p, pb *float64, a float64, ab *float64, yb float64) float64 {
	*pb -= math.Sin(CONST*math.Sin(*p)+FACTOR*a) * yb
	*ab += FACTOR * *pb
	*pb *= CONST * math.Cos(*p)
	return NAME(p, a)
}
`},
	{structs: true, helper: helper{params: []typ{tFloat}, results: 1, recv: tDeepP, method: true}, text: `
func (s *STRUCT) NAME(a float64) float64 {
	s.A = CONST*s.A + FACTOR*math.Sin(a)*s.W[1]
	return 0.5 * s.V.B * math.Cos(a)
}

func (s *STRUCT) NAMETangent(sd *STRUCT, a, ad float64) (y, yd float64) {
	sd.A = CONST*sd.A + FACTOR*(math.Cos(a)*s.W[1]*ad+math.Sin(a)*sd.W[1])
	return s.NAME(a), 0.5 * (sd.V.B*math.Cos(a) - s.V.B*math.Sin(a)*ad)
}

func (s *STRUCT) NAMEAdjoint(sb *STRUCT, a float64, ab *float64, yb float64) {
	*ab += FACTOR*math.Cos(a)*s.W[1]*sb.A - 0.5*s.V.B*math.Sin(a)*yb
	sb.W[1] += FACTOR * math.Sin(a) * sb.A
	sb.V.B += 0.5 * math.Cos(a) * yb
	sb.A *= CONST
}
`},
}

package adjoint

import (
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// derivative makes the reverse of a call of an adjoint. For the adjoint
//
//	y = f(x), xb += J'(x) yb
//
// let l be the adjoint of xb on return, which is that of xb on entry, too, and m that of y.
// Then x has the adjoint of y and of its tangent along l, for the seeds m and yb, since
// second derivatives are symmetric; and yb has that tangent, J(x) l. So the adjoint of the
// tangent of f is run, with both sweeps.
func (g *generator) derivative(out *ir.Func) {
	g.inputs(out)
	g.seeds(out)
	out.Results = g.f.Results
	d := g.f.Derivative
	f := g.t.prog.Func(d.Tangent.Name)
	sig := g.t.signatureOf(f)
	c := &derivativeCall{g: g, d: d, sig: sig}
	body := shadow.ApartChecks(last(g.f.Name), shadow.Pairs(d.Apart))
	call := &ir.Call{Fn: g.t.variant(jointKind, sig).fn}
	inputs := c.inputs()
	for _, p := range f.Inputs() {
		call.Args = append(call.Args, c.primal(inputs, p))
		if sig.shadowed(p) {
			call.Args = append(call.Args, c.bar(inputs, p))
		}
	}
	var seeds, after []ir.Stmt
	results := c.results()
	for i, r := range f.Results {
		from := results[r]
		if sig.seeded(r) {
			call.Args = append(call.Args, c.seed(from, r))
		}
		if from.dot {
			t := g.sh.Temp("td", r.Type)
			seeds = append(seeds, &ir.Decl{V: t})
			call.L = append(call.L, &ir.Ref{V: t})
			if p := d.Bars[from.v]; g.sig.shadowed(p) {
				place := g.sh.Ref(p)
				after = append(after, ir.Set(place, ir.Add(place, &ir.Ref{V: t})))
			}
			continue
		}
		call.L = append(call.L, &ir.Ref{V: g.f.Results[c.ordinal(f, i)]})
	}
	body = append(append(append(body, seeds...), c.before...), call)
	out.Body = &ir.Block{Stmts: append(body, after...)}
}

// derivativeCall makes the arguments of the call of the adjoint of the tangent.
type derivativeCall struct {
	g      *generator
	d      *ir.Derivative
	sig    *signature // of the tangent
	before []ir.Stmt
	last   ir.Expr // the primal argument made last
}

// part is what a variable of the tangent stands for: a variable of the function that is
// differentiated, or its tangent; nothing for a tangent that begins as zero.
type part struct {
	v   *ir.Var
	dot bool
}

func (c *derivativeCall) inputs() map[*ir.Var]part {
	out := map[*ir.Var]part{}
	for _, v := range c.d.Fn.Inputs() {
		out[c.d.Var[v]] = part{v, false}
		if dot := c.d.Dot[c.d.Var[v]]; dot != nil {
			out[dot] = part{v, true}
		}
	}
	for _, z := range c.d.Zero {
		delete(out, z)
	}
	return out
}

func (c *derivativeCall) results() map[*ir.Var]part {
	out := map[*ir.Var]part{}
	for _, v := range c.d.Fn.Results {
		out[c.d.Var[v]] = part{v, false}
		if dot := c.d.Dot[c.d.Var[v]]; dot != nil {
			out[dot] = part{v, true}
		}
	}
	return out
}

// ordinal is the place among the primal results of the i-th result of the tangent.
func (c *derivativeCall) ordinal(f *ir.Func, i int) int {
	n, results := 0, c.results()
	for _, r := range f.Results[:i] {
		if !results[r].dot {
			n++
		}
	}
	return n
}

// primal is the argument for an input of the tangent itself.
func (c *derivativeCall) primal(inputs map[*ir.Var]part, p *ir.Var) ir.Expr {
	from, known := inputs[p]
	switch {
	case known && !from.dot && c.d.Args[from.v] != nil:
		c.last = &ir.Ref{V: c.d.Args[from.v]}
		return c.last
	case known && from.dot:
		b := c.d.Bars[from.v]
		if !c.g.sig.shadowed(b) {
			break
		}
		l := c.g.sh.Ref(b)
		if !ir.IsRef(from.v.Type) { // b is a pointer to the adjoint
			l = &ir.Deref{X: l}
		}
		return l
	}
	return c.zero(p)
}

// bar is the argument for the adjoint of an input of the tangent.
func (c *derivativeCall) bar(inputs map[*ir.Var]part, p *ir.Var) ir.Expr {
	if from, known := inputs[p]; known && !from.dot {
		if a := c.d.Args[from.v]; a != nil && c.g.sig.shadowed(a) {
			if ir.IsRef(a.Type) {
				return c.g.sh.Ref(a)
			}
			if to, pointer := c.g.sh.Ref(a).(*ir.Deref); pointer {
				return to.X
			}
			return &ir.Addr{X: c.g.sh.Ref(a)}
		}
	}
	z := c.zero(p) // not wanted
	if ir.IsRef(p.Type) {
		return z
	}
	if _, ok := z.(*ir.Ref); !ok {
		v := c.g.sh.Temp("tb", p.Type)
		c.before = append(c.before, &ir.Decl{V: v})
		z = &ir.Ref{V: v}
	}
	return &ir.Addr{X: z}
}

// zero is a tangent or adjoint without floats other than zero, in the shape of the primal
// argument.
func (c *derivativeCall) zero(p *ir.Var) ir.Expr {
	if !ir.HasRef(p.Type) {
		return shadow.Zero(p.Type)
	}
	v := c.g.sh.Temp("td", p.Type)
	c.before = append(c.before, zeroLike(&ir.Ref{V: v}, c.last, true))
	return &ir.Ref{V: v}
}

// seed is the argument for the seed of a result of the tangent: the adjoint of the result,
// or for its tangent the seed that the adjoint was given.
func (c *derivativeCall) seed(from part, r *ir.Var) ir.Expr {
	if from.dot {
		return &ir.Ref{V: c.d.Bars[from.v]}
	}
	for i, v := range c.d.Fn.Results {
		if v == from.v && c.g.sig.seeded(c.g.f.Results[i]) {
			return &ir.Ref{V: c.g.sh.Of(c.g.f.Results[i])}
		}
	}
	return shadow.Zero(r.Type)
}

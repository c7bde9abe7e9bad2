package rest

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// The rest gets the variables of the cut as parameters. Variables that may lead to the
// same memory, which the rest writes to, are handed over together, as the fields of one
// struct: the shadow of one value mirrors how memory is shared inside it, the shadows
// of two do not, and then an element would have one adjoint under each name and neither
// would be right. A variable to which another one points is handed over by its address,
// since the rest would otherwise change a copy.

// Sharing is what is known of memory in the whole function, where the rest writes to it.
type Sharing struct {
	Meet func(a, b *ir.Var) bool  // a and b may lead to the same memory
	Held func(v, by *ir.Var) bool // by may lead to the variable v itself
}

// Given is how variables are handed over in one parameter of the rest.
type Given struct {
	Vars   []*ir.Var
	held   []bool        // by address
	fields *types.Struct // its type is a pointer to this; nil for a variable alone
}

// Joined reports whether the parameter is a struct of the variables.
func (g *Given) Joined() bool { return g.fields != nil }

// ByAddress reports whether variable i is handed over by its address.
func (g *Given) ByAddress(i int) bool { return g.held[i] }

// pack is the value of the parameter p in the whole function.
func (g *Given) pack(p *ir.Var) ir.Expr {
	c := &ir.Composite{Typ: g.fields}
	for i, v := range g.Vars {
		x := ir.Expr(&ir.Ref{V: v})
		if g.held[i] {
			x = &ir.Addr{X: x}
		}
		c.Elems = append(c.Elems, x)
	}
	return &ir.Addr{X: c}
}

// unpacked is variable i where the parameter, or its shadow, is p.
func (g *Given) unpacked(i int, p ir.Expr) ir.Expr {
	if !g.Joined() {
		return p
	}
	f := &ir.Field{X: &ir.Deref{X: p}, I: i}
	if g.held[i] {
		return &ir.Deref{X: f}
	}
	return f
}

// outside returns a place that starts from the parameter p as the whole function has it.
func (g *Given) outside(place ir.Expr, p *ir.Var) ir.Expr {
	if !g.Joined() {
		return ir.Substitute(place, p, &ir.Ref{V: g.Vars[0]})
	}
	field := func(e ir.Expr) (int, bool) {
		f, ok := e.(*ir.Field)
		if !ok {
			return 0, false
		}
		d, ok := f.X.(*ir.Deref)
		if !ok {
			return 0, false
		}
		r, ok := d.X.(*ir.Ref)
		return f.I, ok && r.V == p
	}
	return ir.Rewrite(place, func(e ir.Expr) ir.Expr {
		if d, ok := e.(*ir.Deref); ok {
			if i, ok := field(d.X); ok && g.held[i] {
				return &ir.Ref{V: g.Vars[i]}
			}
		}
		if i, ok := field(e); ok { // of one handed over by address: it and all that it leads to
			return &ir.Ref{V: g.Vars[i]}
		}
		return nil
	})
}

// address is &place.
func address(place ir.Expr) ir.Expr {
	if d, ok := place.(*ir.Deref); ok {
		return d.X
	}
	return &ir.Addr{X: place}
}

// divider makes the parameters of the rest.
type divider struct {
	*Cut
	taken   map[string]bool
	changed map[*ir.Var]bool    // variables that the rest gives other values
	to      map[*ir.Var]*ir.Var // the variables of the rest
	behind  map[*ir.Var]*ir.Var // pointers to those that are handed over by address
	body    []ir.Stmt
}

func (d *divider) fresh(name string) string {
	for i := 2; d.taken[name]; i++ {
		name = fmt.Sprintf("%s%d", strings.TrimRight(name, "0123456789"), i)
	}
	d.taken[name] = true
	return name
}

// hand gives the rest its parameters and the statements that copy or unpack them.
func (d *divider) hand(s Sharing) error {
	d.to, d.behind = map[*ir.Var]*ir.Var{}, map[*ir.Var]*ir.Var{}
	inner := map[*ir.Var]ir.Expr{}
	d.Given = groups(d.Args, s)
	for _, r := range d.Whole.Results {
		for _, v := range d.Args {
			if s.Held(r, v) {
				return &Error{
					d.Loop.Pos(), "scrutiny of a loop to which " + v.Name + " brings a pointer to the result " + r.Name,
					"the rest of the run has a result of its own", "let it point to a local variable and return that",
				}
			}
		}
	}
	for _, g := range d.Given {
		if g.isJoint() {
			d.together(g, inner)
		} else {
			inner[g.Vars[0]] = d.alone(g.Vars[0])
		}
	}
	for _, v := range d.Args {
		d.Inner = append(d.Inner, inner[v])
	}
	return nil
}

// alone makes the parameter of one variable.
func (d *divider) alone(v *ir.Var) ir.Expr {
	p := &ir.Var{Name: v.Name, Type: v.Type, Kind: ir.Param, Pos: v.Pos}
	d.Rest.Params = append(d.Rest.Params, p)
	if v.Kind == ir.Result {
		p.Name = d.fresh(v.Name + "0")
		d.body = append(d.body, ir.Set(&ir.Ref{V: v}, &ir.Ref{V: p}))
		return &ir.Ref{V: v}
	}
	d.to[v] = p
	if d.changed[v] {
		p.Name = d.fresh(v.Name + "0")
		d.to[v] = d.local(v.Name, v.Type, v.Pos, &ir.Ref{V: p})
	}
	return &ir.Ref{V: d.to[v]}
}

// together makes the parameter of several variables, and unpacks it.
func (d *divider) together(g *Given, inner map[*ir.Var]ir.Expr) {
	var fields []*types.Var
	for i, v := range g.Vars {
		t := v.Type
		if g.held[i] {
			t = types.NewPointer(t)
		}
		fields = append(fields, types.NewField(token.NoPos, d.Whole.Pkg, v.Name, t, false))
	}
	g.fields = types.NewStruct(fields, nil)
	p := &ir.Var{Name: d.fresh("shared"), Type: types.NewPointer(g.fields), Kind: ir.Param, Pos: d.Loop.Pos()}
	d.Rest.Params = append(d.Rest.Params, p)
	for i, v := range g.Vars {
		from := &ir.Field{X: &ir.Deref{X: &ir.Ref{V: p}}, I: i}
		switch {
		case g.held[i]:
			d.behind[v] = d.local(d.fresh(v.Name+"At"), from.Type(), v.Pos, from)
			inner[v] = &ir.Deref{X: &ir.Ref{V: d.behind[v]}}
		case v.Kind == ir.Result:
			d.body = append(d.body, ir.Set(&ir.Ref{V: v}, from))
			inner[v] = &ir.Ref{V: v}
		default:
			d.to[v] = d.local(v.Name, v.Type, v.Pos, from)
			inner[v] = &ir.Ref{V: d.to[v]}
		}
	}
}

// local makes a variable of the rest with a value.
func (d *divider) local(name string, t types.Type, pos token.Pos, x ir.Expr) *ir.Var {
	v := &ir.Var{Name: name, Type: t, Kind: ir.Local, Pos: pos}
	d.Rest.Locals = append(d.Rest.Locals, v)
	d.body = append(d.body, ir.Define(v, x))
	return v
}

// groups puts variables together that must be handed over together, in the order of the
// first of each group.
func groups(vars []*ir.Var, s Sharing) []*Given {
	of := make([]int, len(vars)) // the number of each variable's group
	held := make([]bool, len(vars))
	for i, a := range vars {
		of[i] = i
		held[i] = s.Held(a, a)
		for j, b := range vars[:i] {
			down, up := s.Held(a, b), s.Held(b, a)
			held[i], held[j] = held[i] || down, held[j] || up
			if !down && !up && !s.Meet(a, b) {
				continue
			}
			from, to := of[i], of[j]
			for k := range of[:i+1] {
				if of[k] == from || of[k] == to {
					of[k] = min(from, to)
				}
			}
		}
	}
	byNumber := map[int]*Given{}
	var out []*Given
	for i, v := range vars {
		g := byNumber[of[i]]
		if g == nil {
			g = new(Given)
			byNumber[of[i]] = g
			out = append(out, g)
		}
		g.Vars, g.held = append(g.Vars, v), append(g.held, held[i])
	}
	return out
}

// isJoint reports whether the variables need a struct.
func (g *Given) isJoint() bool { return len(g.Vars) > 1 || g.held[0] }

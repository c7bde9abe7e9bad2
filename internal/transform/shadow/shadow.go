// Package shadow keeps, for one made function, which shadow belongs to which
// primal variable, and finds the shadow of any place or reference.
//
// In: the primal function. Out: variables and expressions that mirror its own:
// same type, same shape, same aliasing. The tangent and the adjoint share it.
package shadow

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Map maps the primal variables of one made function to their shadows.
type Map struct {
	Names   *ir.Names
	Locals  []*ir.Var          // the made variables
	Leads   func(ir.Expr) bool // whether references in the value lead to memory with a shadow; nil: always
	suffix  string
	of      map[*ir.Var]*ir.Var
	primal  map[*ir.Var]*ir.Var // back from the shadow
	pointer map[*ir.Var]bool    // the shadow of this primal is a pointer to it
	made    map[*ir.Var]bool    // the variables in Locals
}

// New starts a Map for a function made from f; shadows are named by the suffix,
// "b" or "d".
func New(f *ir.Func, suffix string) *Map {
	s := &Map{Names: ir.NewNames(), suffix: suffix, of: map[*ir.Var]*ir.Var{}, primal: map[*ir.Var]*ir.Var{}, pointer: map[*ir.Var]bool{}, made: map[*ir.Var]bool{}}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			s.Names.Reserve(v.Name)
		}
	}
	for _, used := range []string{"st", "ad", "schedule", "math", "cmplx", "real", "imag", "complex", "min", "max", "len", "cap", "make", "new", "copy", "append", "panic", "nil", "true", "false"} {
		s.Names.Reserve(used)
	}
	return s
}

// Of returns the shadow of p if it has one already, else nil.
func (s *Map) Of(p *ir.Var) *ir.Var { return s.of[p] }

// Primal returns the variable whose shadow b is, or nil.
func (s *Map) Primal(b *ir.Var) *ir.Var { return s.primal[b] }

// Var returns the shadow of a primal variable; it makes one of the primal's own
// type unless one was declared before.
func (s *Map) Var(p *ir.Var) *ir.Var {
	if b := s.of[p]; b != nil {
		return b
	}
	return s.Declare(p, NameOf(p, s.suffix), p.Type)
}

// NameOf is the name that the shadow of p is to have, by the suffix "b" or "d".
func NameOf(p *ir.Var, suffix string) string {
	if p.Bar != "" && suffix == "b" {
		return p.Bar
	}
	return p.Name + suffix
}

// Declare gives p a shadow of the given name and type.
func (s *Map) Declare(p *ir.Var, name string, t types.Type) *ir.Var {
	b := &ir.Var{Name: s.Names.Take(name), Type: t, Kind: ir.Temp, Made: true, Shadow: ir.ShadowValue}
	s.of[p], s.primal[b] = b, p
	s.local(b)
	return b
}

// ByPointer gives p a shadow that is a pointer to a value of p's type.
func (s *Map) ByPointer(p *ir.Var, name string) *ir.Var {
	s.pointer[p] = true
	b := s.Declare(p, name, types.NewPointer(p.Type))
	b.Shadow = ir.ShadowPointer
	return b
}

// Private replaces the shadow that p was given by one of p's own type.
func (s *Map) Private(p *ir.Var, name string) *ir.Var {
	s.pointer[p] = false
	return s.Declare(p, name, p.Type)
}

// Swap lets b, of p's own type, be the shadow of p until back is called.
func (s *Map) Swap(p, b *ir.Var) (back func()) {
	old, had := s.of[p]
	pointer := s.pointer[p]
	s.of[p], s.pointer[p] = b, false
	return func() {
		s.of[p], s.pointer[p] = old, pointer
		if !had {
			delete(s.of, p)
		}
	}
}

// Temp makes a temporary.
func (s *Map) Temp(name string, t types.Type) *ir.Var {
	v := &ir.Var{Name: s.Names.Take(name), Type: t, Kind: ir.Temp, Made: true}
	s.local(v)
	return v
}

func (s *Map) local(v *ir.Var) {
	s.Locals = append(s.Locals, v)
	s.made[v] = true
}

// Made reports whether v is one of the made variables.
func (s *Map) Made(v *ir.Var) bool { return s.made[v] }

// ShadowTemp makes a temporary that holds derivatives.
func (s *Map) ShadowTemp(name string, t types.Type) *ir.Var {
	v := s.Temp(name, t)
	v.Shadow = ir.ShadowValue
	return v
}

// Ref returns the shadow of the variable p as a place.
func (s *Map) Ref(p *ir.Var) ir.Expr {
	b := s.Var(p)
	if s.pointer[p] {
		return &ir.Deref{X: &ir.Ref{V: b}}
	}
	return &ir.Ref{V: b}
}

// Place returns the shadow of the place e.
func (s *Map) Place(e ir.Expr) ir.Expr {
	switch e := e.(type) {
	case *ir.Ref:
		return s.Ref(e.V)
	case *ir.Field:
		return &ir.Field{X: s.Place(e.X), I: e.I}
	case *ir.Index:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			return &ir.Index{X: s.Place(e.X), I: e.I}
		}
		return &ir.Index{X: s.Value(e.X), I: e.I}
	case *ir.Deref:
		return &ir.Deref{X: s.Value(e.X)}
	}
	panic("shadow: none of the place " + ir.Format(e))
}

// Value returns the shadow of the value e, which is a reference or contains
// some: the same references into shadow memory, with floats zero.
func (s *Map) Value(e ir.Expr) ir.Expr {
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		return s.Place(e)
	case *ir.SliceOf:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			return &ir.SliceOf{X: s.Place(e.X), Lo: e.Lo, Hi: e.Hi, Max: e.Max}
		}
		return &ir.SliceOf{X: s.Value(e.X), Lo: e.Lo, Hi: e.Hi, Max: e.Max}
	case *ir.Addr:
		if c, ok := e.X.(*ir.Composite); ok {
			return &ir.Addr{X: s.Value(c)}
		}
		return &ir.Addr{X: s.Place(e.X)}
	case *ir.Convert:
		return &ir.Convert{X: s.Value(e.X), Typ: e.Typ}
	case *ir.Make, *ir.New, *ir.Const, *ir.Absent:
		return e
	case *ir.Composite:
		return s.composite(e)
	}
	panic("shadow: none of the value " + ir.Format(e))
}

func (s *Map) composite(e *ir.Composite) ir.Expr {
	if t, ok := e.Typ.Underlying().(*types.Slice); ok && !ir.HasRef(t.Elem()) {
		return &ir.Make{Typ: e.Typ, Len: ir.Int(len(e.Elems))}
	}
	c := &ir.Composite{Typ: e.Typ, Elems: make([]ir.Expr, len(e.Elems))}
	for i, x := range e.Elems {
		if x != nil && ir.HasRef(x.Type()) && ir.HasFloat(x.Type()) && (made(x) || s.Leads == nil || s.Leads(x)) {
			c.Elems[i] = s.Value(x)
		}
	}
	if _, ok := e.Typ.Underlying().(*types.Slice); ok { // keep the length
		for i := range c.Elems {
			if c.Elems[i] == nil {
				c.Elems[i] = Zero(e.Elems[i].Type())
			}
		}
	}
	return c
}

// made reports whether the value e is new memory.
func made(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Addr:
		return made(e.X)
	case *ir.Composite, *ir.Make, *ir.New, *ir.Const:
		return true
	}
	return false
}

// Zero returns the zero value of type t.
func Zero(t types.Type) ir.Expr {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return &ir.Composite{Typ: t}
	case *types.Slice, *types.Pointer, *types.Map:
		return &ir.Const{Typ: t}
	}
	return ir.Number(0, t)
}

// PrimalOf maps an expression over shadow variables back to the primal ones.
func (s *Map) PrimalOf(e ir.Expr) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		switch x := e.(type) {
		case *ir.Deref:
			if r, ok := x.X.(*ir.Ref); ok {
				if p := s.primal[r.V]; p != nil && s.pointer[p] {
					return &ir.Ref{V: p}
				}
			}
		case *ir.Ref:
			if p := s.primal[x.V]; p != nil {
				if s.pointer[p] { // the pointer itself: &p
					return &ir.Addr{X: &ir.Ref{V: p}}
				}
				return &ir.Ref{V: p}
			}
		}
		return nil
	})
}

// IsShadow reports whether the place e is in a shadow.
func (s *Map) IsShadow(e ir.Expr) bool {
	v := ir.Root(e)
	return v != nil && s.primal[v] != nil
}

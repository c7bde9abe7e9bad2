package ir

import (
	"go/token"
	"go/types"
	"slices"
)

// A DerivativeKind says which derivative of a function another one is.
type DerivativeKind uint8

// The kinds of derivatives that code can call.
const (
	TangentOf DerivativeKind = iota
	AdjointOf
	HessianOf // the tangent of the adjoint
)

// A Derivative says of a function of the program that it is a made one: that its body is
// the derivative of another function. The program holds what the derivative computes from
// what; the code itself is made by the transforms.
//
// Lower sets the first part. The body of a tangent is then made like any: a tangent is
// written in the IR. That of an adjoint cannot be, since it records; it gets a body that
// reads and writes what the adjoint does, for the analyses. The transforms differentiate a
// call of it by the rest of this description.
type Derivative struct {
	Pos     token.Pos // of the first call
	Kind    DerivativeKind
	Fn      *Func
	Wrt, Of []*Var // inputs, and inputs and results, of Fn
	Params  Params

	// Args has, for each input of Fn, the parameter that stands for it, and Bars the one
	// that holds the adjoint of the input, or the seed of the result of Fn.
	// Inputs of Fn without a parameter begin as zero in the shape of the input before.
	Args, Bars map[*Var]*Var
	Apart      [][2]*Var // parameters that must not share memory: primals and adjoints

	// Tangent is the tangent of Fn along Wrt, which the body calls. Var has its inputs and
	// results by those of Fn, Dot the tangents of those, Zero inputs that begin as zero in
	// the shape of the input before them.
	Tangent  *Func
	Var, Dot map[*Var]*Var
	Zero     []*Var

	// Next returns the tangent of this function, which is a derivative, too: along the
	// adjoints, the independents, and those of the other parameters for which along holds.
	// Its second result has, for each parameter and result here, the one that stands for
	// it, and the third its tangent.
	Next func(along func(*Var) bool) (f *Func, same, dot map[*Var]*Var)
}

// Params are the parameters and results of a derivative, in order and by the variables of
// the function that they stand for: primals, their tangents, their adjoints or seeds, and
// the tangents of these.
type Params struct {
	Inputs, Results           []*Var
	Args, Dots, Bars, BarDots map[*Var]*Var
}

// NewParams makes those of a derivative of f as the calling conventions have them.
func NewParams(f *Func, wrt, of []*Var, kind DerivativeKind) Params {
	p := Params{Args: map[*Var]*Var{}, Dots: map[*Var]*Var{}, Bars: map[*Var]*Var{}, BarDots: map[*Var]*Var{}}
	used := map[string]bool{}
	newVar := func(name string, t types.Type, kind VarKind) *Var {
		for used[name] {
			name += "0"
		}
		used[name] = true
		return &Var{Name: name, Type: t, Kind: kind}
	}
	input := func(to map[*Var]*Var, v *Var, suffix string, t types.Type) {
		to[v] = newVar(v.Name+suffix, t, Param)
		p.Inputs = append(p.Inputs, to[v])
	}
	for _, v := range f.Inputs() {
		input(p.Args, v, "", v.Type)
		if !slices.Contains(wrt, v) && !slices.Contains(of, v) {
			continue
		}
		bar := v.Type
		if !IsRef(bar) {
			bar = types.NewPointer(bar)
		}
		if kind != AdjointOf {
			input(p.Dots, v, "d", v.Type)
		}
		if kind != TangentOf {
			input(p.Bars, v, "b", bar)
		}
		if kind == HessianOf {
			input(p.BarDots, v, "bd", bar)
		}
	}
	for _, r := range f.Results {
		p.Results = append(p.Results, newVar(r.Name, r.Type, Result))
		if !slices.Contains(of, r) {
			continue
		}
		if kind != AdjointOf {
			p.Results = append(p.Results, newVar(r.Name+"d", r.Type, Result))
		}
		if kind != TangentOf {
			input(p.Bars, r, "b", r.Type)
		}
		if kind == HessianOf {
			input(p.BarDots, r, "bd", r.Type)
		}
	}
	return p
}

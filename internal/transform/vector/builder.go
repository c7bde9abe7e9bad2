package vector

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// builder makes one form.
type builder struct {
	*facts
	t   *transform
	key form

	k       *ir.Var             // the direction, in all loops over them
	arrays  map[*ir.Var]*ir.Var // of the variables that depend on the direction
	loops   map[*ir.For]*across // the loops over the directions
	names   *ir.Names
	extra   []*ir.Var        // further variables
	hoisted map[*ir.Var]bool // those that hold what is the same in all directions
}

// across is a loop over the directions. Its body has the form of code for one direction.
type across struct {
	down  bool // from the last direction to the first, as a stack is emptied
	alone bool // not to be joined with others: its order among them matters, or the primal is run in it
	pure  bool // does no more than compute derivatives from derivatives and variables
	told  bool // the comments on its statements stand inside
}

func newBuilder(t *transform, key form) *builder {
	k := *t.facts[key.fn]
	if key.user { // a user passes a pointer to an array
		k.scattered, k.pointed = map[*ir.Var]bool{}, nil
	}
	k.vec = map[*ir.Var]bool{}
	for v := range t.facts[key.fn].vec {
		k.vec[v] = true
	}
	b := &builder{
		facts: &k, t: t, key: key, arrays: map[*ir.Var]*ir.Var{}, loops: map[*ir.For]*across{},
		names: ir.NamesIn(key.fn, key.fn.Pkg), hoisted: map[*ir.Var]bool{},
	}
	b.k = b.temp("k", types.Typ[types.Int])
	return b
}

// temp makes a variable.
func (b *builder) temp(want string, t types.Type) *ir.Var {
	v := &ir.Var{Name: b.names.Take(want), Type: t, Kind: ir.Temp, Made: true}
	b.extra = append(b.extra, v)
	return v
}

// perDirection makes a variable with a value for each direction.
func (b *builder) perDirection(t types.Type) *ir.Var {
	name := "tb"
	if len(b.key.fn.Name) > 7 && last(b.key.fn.Name)[max(0, len(last(b.key.fn.Name))-7):] == "Tangent" {
		name = "td"
	}
	v := b.temp(name, t)
	v.Shadow = ir.ShadowValue
	b.vec[v] = true
	return v
}

// array returns the variable that holds v of all directions.
func (b *builder) array(v *ir.Var) *ir.Var {
	a := b.arrays[v]
	if a == nil {
		n := int64(b.t.Directions)
		a = &ir.Var{Name: v.Name, Kind: v.Kind, Pos: v.Pos, Made: v.Made, Type: types.NewArray(v.Type, n)}
		switch {
		case b.behind(v):
			a.Type = types.NewPointer(types.NewArray(v.Type.Underlying().(*types.Pointer).Elem(), n))
		case b.beside[v]:
			a.Type = besideType(v.Type, b.t.Directions)
		case b.pointed[v]:
			a.Type = types.NewPointer(a.Type)
			a.Kind = ir.Param
		}
		b.arrays[v] = a
	}
	return a
}

// behind reports whether v is a pointer to the array of the directions.
func (b *builder) behind(v *ir.Var) bool { return v.Shadow == ir.ShadowPointer && !b.scattered[v] }

// locals lists the variables of the made function.
func (b *builder) locals() []*ir.Var {
	return slices.Concat(b.key.fn.Locals, b.extra)
}

// loop makes a loop over the directions.
func (b *builder) loop(how across, body ...ir.Stmt) *ir.For {
	at := &ir.Ref{V: b.k}
	boolean := types.Typ[types.Bool]
	l := &ir.For{
		Init: ir.Define(b.k, ir.Int(0)),
		Cond: &ir.Binary{Op: token.LSS, X: at, Y: ir.Int(b.t.Directions), Typ: boolean},
		Post: ir.Set(at, &ir.Binary{Op: token.ADD, X: at, Y: ir.Int(1), Typ: b.k.Type}),
		Body: &ir.Block{Stmts: body},
	}
	if how.down {
		l.Init = ir.Define(b.k, ir.Int(b.t.Directions-1))
		l.Cond = &ir.Binary{Op: token.GEQ, X: at, Y: ir.Int(0), Typ: boolean}
		l.Post = ir.Set(at, &ir.Binary{Op: token.SUB, X: at, Y: ir.Int(1), Typ: b.k.Type})
	}
	b.loops[l] = &how
	return l
}

func text(s string) ir.Expr {
	return &ir.Const{Val: constant.MakeString(s), Typ: types.Typ[types.String]}
}

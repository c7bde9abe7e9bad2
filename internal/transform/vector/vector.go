// Package vector makes, from derivative functions for one direction, derivative
// functions for several: N tangents, or the adjoints for N seeds, in one sweep.
//
// In: functions that the tangent or the adjoint has made, in which the variables that
// hold derivatives are marked. Out: new ir.Funcs. A shadow of type T has become an array
// [N]T, one shadow for each direction; what the primal computes, the control flow, the
// stack and its records are there once. A statement that moves derivatives is run in a
// loop over the directions, so that each direction computes what the given function
// computes for it, bit for bit.
package vector

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A Request asks for the vector forms of functions.
type Request struct {
	Fset       *token.FileSet
	Funcs      []*ir.Func      // made functions, closed under calls of made functions
	Roots      map[string]bool // the names of those that a user calls
	Directions int             // N, at least 1
	Plain      bool            // shadows are arrays for the directions in all places, given by value
	// Written tells whether the shadow that belongs to an input of a root is written to:
	// then the shadows of the directions must not share memory.
	Written func(*ir.Var) bool
}

// Suffix ends the names of the functions made here.
const Suffix = "Vector"

// transform is one request at work.
type transform struct {
	*Request
	facts map[*ir.Func]*facts
	forms map[form]*ir.Func
	order []form
	taken map[string]bool
	diags diag.List
}

// form is a function to be made: a root has one for its users and may have another for
// calls from made code.
type form struct {
	fn   *ir.Func
	user bool
}

// Transform makes the vector forms of the roots and of all that they call. It changes
// nothing in the functions that it is given.
func Transform(r *Request) ([]*ir.Func, diag.List) {
	t := &transform{Request: r, facts: map[*ir.Func]*facts{}, forms: map[form]*ir.Func{}, taken: map[string]bool{}}
	t.classify()
	for _, f := range r.Funcs {
		if r.Roots[f.Name] {
			t.form(f, true)
		}
	}
	var out []*ir.Func
	for i := 0; i < len(t.order); i++ { // building may ask for more
		f := t.order[i]
		t.build(f)
		out = append(out, t.forms[f])
	}
	return out, t.diags
}

// form returns the vector form of f. All forms of f are one if no pointer to a shadow
// needs two.
func (t *transform) form(f *ir.Func, user bool) *ir.Func {
	user = user || t.forUsers(f)
	key := form{f, user}
	if made := t.forms[key]; made != nil {
		return made
	}
	name := f.Name + Suffix
	for i := 2; t.taken[name]; i++ {
		name = fmt.Sprint(f.Name, Suffix, i)
	}
	t.taken[name] = true
	made := &ir.Func{Name: name, Pkg: f.Pkg, Pos: f.Pos, Results: f.Results}
	t.forms[key] = made
	t.order = append(t.order, key)
	return made
}

// build makes the signature and the body of a form.
func (t *transform) build(key form) {
	f, out := key.fn, t.forms[key]
	b := newBuilder(t, key)
	list := func(vs []*ir.Var) []*ir.Var {
		var made []*ir.Var
		for _, v := range vs {
			if b.vec[v] {
				v = b.array(v)
			}
			made = append(made, v)
		}
		return made
	}
	if f.Recv != nil {
		out.Recv = list([]*ir.Var{f.Recv})[0]
	}
	out.Params, out.Results = list(f.Params), nil
	for _, r := range f.Results {
		if b.pointed[r] {
			out.Params = append(out.Params, b.array(r))
		} else {
			out.Results = append(out.Results, list([]*ir.Var{r})...)
		}
	}
	body := b.inPlace(f, ir.CopyBlock(f.Body, nil))
	b.list(body)
	b.resolve(body)
	out.Body = body
	if key.user {
		out.Body.Stmts = append(b.directionChecks(), out.Body.Stmts...)
	}
	out.Locals = b.locals()
	out.Doc = t.doc(f, out)
}

func (t *transform) doc(f, out *ir.Func) string {
	text := strings.Replace(f.Doc, last(f.Name)+" ", last(out.Name)+" ", 1)
	n := fmt.Sprint(t.Directions)
	for _, r := range [][2]string{
		{"its derivative in the direction given by the d parameters.", "its derivatives in the " + n + " directions given by the d parameters."},
		{"and its reverse sweep.", "and its reverse sweep in " + n + " directions."},
		{", for the seed ", ", for the seeds "},
		{"it adds to the adjoints.", "it adds to the adjoints of " + n + " directions."},
	} {
		text = strings.Replace(text, r[0], r[1], 1)
	}
	return text
}

func last(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// directionChecks makes the checks that the shadows of the directions are apart.
func (b *builder) directionChecks() []ir.Stmt {
	var out []ir.Stmt
	var primal *ir.Var
	for _, v := range b.key.fn.Inputs() {
		if !b.vec[v] {
			primal = v
			continue
		}
		if v.Shadow == ir.NoShadow || primal == nil || !b.t.Written(primal) {
			continue
		}
		t, x := v.Type, ir.Expr(&ir.Ref{V: b.array(v)})
		if v.Shadow == ir.ShadowPointer {
			t, x = t.Underlying().(*types.Pointer).Elem(), &ir.Deref{X: x}
		}
		if !ir.HasRef(t) {
			continue
		}
		check := "ad.ApartDirectionsDeep"
		if s, ok := t.Underlying().(*types.Slice); ok && !ir.HasRef(s.Elem()) {
			check = "ad.ApartDirections"
		}
		out = append(out, &ir.Call{Name: check, Args: []ir.Expr{text(userName(b.key.fn)), text(v.Name), &ir.SliceOf{X: x}}})
	}
	return out
}

// userName is the name by which checks call a made function.
func userName(f *ir.Func) string { return last(f.Name) + Suffix }

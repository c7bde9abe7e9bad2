package compile

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/emit"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Tests returns the test files of the package: for each root, and each rule, a test of its derivatives.
// A test belongs beside the root's source, in x_cairn_test.go for x.go.
func (r Result) Tests() ([]File, error) {
	if r.tests == nil {
		return nil, nil
	}
	return r.tests()
}

// tests makes the test files from the two forms of the program that the derivatives were
// made of, and from what was made.
func (u *unit) tests(prog, single *ir.Program, made *merger) ([]File, error) {
	var order []string
	groups := map[string][]*emit.Test{}
	for _, d := range u.pkg.Directives.Sorted() {
		t := u.test(prog, single, made, d)
		if t == nil {
			continue
		}
		name := u.pkg.Fset.Position(d.Decl.Pos()).Filename
		if groups[name] == nil {
			order = append(order, name)
		}
		groups[name] = append(groups[name], t)
	}
	for _, rule := range u.pkg.Directives.Rules {
		if t := u.ruleTest(rule.How); t != nil {
			name := u.pkg.Fset.Position(rule.Pos).Filename
			if groups[name] == nil {
				order = append(order, name)
			}
			groups[name] = append(groups[name], t)
		}
	}
	var files []File
	for _, name := range order {
		text, err := emit.TestFile(u.pkg.Types, filepath.Base(name), u.constraint(name), groups[name])
		if err != nil {
			return nil, err
		}
		files = append(files, File{strings.TrimSuffix(name, ".go") + "_cairn_test.go", text})
	}
	return files, nil
}

// usesVariables reports whether f changes package-level variables, or a directive names
// some: what f gives then depends on more than its arguments.
func usesVariables(f *ir.Func) bool {
	return slices.ContainsFunc(f.Params, func(p *ir.Var) bool { return p.Global != nil })
}

// test returns the test of one root, or nil if it has no derivative, or one that depends on
// package-level variables. The tangent is made
// of the program as it was lowered and the adjoint of its single-exit form; both have the
// variables of their form, which stand for the same parameters.
func (u *unit) test(prog, single *ir.Program, made *merger, d *directive.Func) *emit.Test {
	obj := u.pkg.Info.Defs[d.Decl.Name]
	lowered, exit := u.funcOf(prog, obj), u.funcOf(single, obj)
	if lowered == nil || exit == nil || usesVariables(lowered) || d.Tangent == nil && d.Adjoint == nil && d.Hessian == nil {
		return nil
	}
	find := func(suffix string) *ir.Func { return made.known[lowered.Name+suffix] }
	t := &emit.Test{Root: lowered}
	var tangent, adjoint emit.Group
	if d.Tangent != nil {
		tangent = emit.Group{Wrt: places(lowered, d.Tangent.Wrt), Of: places(lowered, d.Tangent.Of), Tangent: find("Tangent")}
		if d.Tangent.Vector > 0 {
			tangent.TangentVector, tangent.TangentDirections = find("TangentVector"), d.Tangent.Vector
		}
	}
	if d.Adjoint != nil {
		adjoint = emit.Group{Wrt: places(lowered, d.Adjoint.Wrt), Of: places(lowered, d.Adjoint.Of)}
		if d.Adjoint.Joint {
			adjoint.Adjoint = renamed(find("Adjoint"), exit, lowered)
		}
		if d.Adjoint.Split {
			adjoint.Forward, adjoint.Reverse = renamed(find("Forward"), exit, lowered), renamed(find("Reverse"), exit, lowered)
		}
		if d.Adjoint.Vector > 0 {
			adjoint.AdjointDirections = d.Adjoint.Vector
			for name, slot := range map[string]**ir.Func{"AdjointVector": &adjoint.AdjointVector, "ForwardVector": &adjoint.ForwardVector, "ReverseVector": &adjoint.ReverseVector} {
				if f := find(name); f != nil {
					*slot = renamed(f, exit, lowered)
				}
			}
		}
	}
	switch {
	case d.Tangent == nil && d.Adjoint == nil:
	case d.Tangent == nil:
		t.Groups = []emit.Group{adjoint}
	case d.Adjoint == nil:
		t.Groups = []emit.Group{tangent}
	case samePlaces(tangent.Wrt, adjoint.Wrt) && samePlaces(tangent.Of, adjoint.Of):
		adjoint.Tangent = tangent.Tangent
		adjoint.TangentVector, adjoint.TangentDirections = tangent.TangentVector, tangent.TangentDirections
		t.Groups = []emit.Group{adjoint}
	default:
		t.Groups = []emit.Group{tangent, adjoint}
	}
	if d.Hessian != nil {
		t.Groups = withHessian(t.Groups, emit.Group{Wrt: places(lowered, d.Hessian.Wrt), Of: places(lowered, d.Hessian.Of), Hessian: find("Hessian")})
	}
	return t
}

// withHessian adds the tangent of the adjoint to the group with the same places, or as one
// of its own.
func withHessian(groups []emit.Group, h emit.Group) []emit.Group {
	for i, g := range groups {
		if samePlaces(g.Wrt, h.Wrt) && samePlaces(g.Of, h.Of) {
			groups[i].Hessian = h.Hessian
			return groups
		}
	}
	return append(groups, h)
}

// renamed returns the head of f with the variables of the signature of one form of a
// function in place of those of another.
func renamed(f, from, to *ir.Func) *ir.Func {
	other := map[*ir.Var]*ir.Var{}
	for i, v := range from.Inputs() {
		other[v] = to.Inputs()[i]
	}
	for i, v := range from.Results {
		other[v] = to.Results[i]
	}
	swap := func(vs []*ir.Var) []*ir.Var {
		out := slices.Clone(vs)
		for i, v := range out {
			if w := other[v]; w != nil {
				out[i] = w
			}
		}
		return out
	}
	head := &ir.Func{Name: f.Name, Params: swap(f.Params), Results: swap(f.Results)}
	if f.Recv != nil {
		head.Recv = swap([]*ir.Var{f.Recv})[0]
	}
	return head
}

// places returns what the names of a directive mean in f.
func places(f *ir.Func, names []directive.Name) []emit.Place {
	var out []emit.Place
	for _, n := range names {
		out = append(out, emit.Place{Var: variable(f, n), Path: n.Path})
	}
	return out
}

func samePlaces(a, b []emit.Place) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(p emit.Place) bool {
		return !slices.ContainsFunc(b, func(q emit.Place) bool { return p.Var == q.Var && slices.Equal(p.Path, q.Path) })
	})
}

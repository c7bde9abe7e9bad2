package directive

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"slices"
	"strings"
)

// A function under //cairn:solver solves A(p) x = b for x, in any way. Its derivatives are
// those of the equation, in Go, for a //cairn:rule: with the function itself for solving
// and the derivative of x ↦ A(p) x, which another function gives.
//
//	tangent:  A xd = bd - (dA/dp pd) x
//	adjoint:  A' l = xb, bb += l, pb -= (d(A x)/dp)' l
const solverWhat = "//cairn:solver"

// solver is one of them. All that it needs is written in its file.
type solver struct {
	decl      *ast.FuncDecl
	apply     *ast.FuncDecl
	transpose *ast.FuncDecl // nil: A is symmetric, or Hermitian
	params    []param       // receiver first
	results   []param       // named r0, r1 … here
	rhs       string
	solution  string          // "" if it is the first result
	matrix    map[string]bool // parameters that apply has too, besides the two vectors
	active    map[string]bool // those of them with derivatives
	elem      string          // type of the elements of rhs and solution
}

type param struct {
	name string
	typ  ast.Expr
	dots bool
}

// solverError is what is wrong with a directive.
type solverError struct {
	Pos           token.Pos
	What, Why, Do string
}

// wrong is an error about the value of a key, or about the whole line.
func (a *args) wrong(key, why, do string) *solverError {
	pos := a.pos
	if a.at[key].IsValid() {
		pos = a.at[key]
	}
	return &solverError{pos, solverWhat, why, do}
}

// Solvers returns the declarations that the //cairn:solver lines of f stand for, as Go
// text; "" if there are none. Lines that are wrong are left out: Parse reports them.
func Solvers(fset *token.FileSet, f *ast.File) string {
	p := &reader{fset: fset}
	docs := findPlaces(fset, f).docs
	var b strings.Builder
	for _, group := range f.Comments {
		for _, c := range group.List {
			d, ok := ast.ParseDirective(c.Slash, c.Text)
			if !ok || d.Tool != "cairn" || d.Name != "solver" || docs[group] == nil {
				continue
			}
			a, ok := p.args(d)
			if !ok {
				continue
			}
			if s, wrong := findSolver(f, docs[group], a); wrong == nil {
				s.write(&b)
			}
		}
	}
	return b.String()
}

// solver checks a directive.
func (p *reader) solver(f *ast.File, fd *ast.FuncDecl, a *args) {
	if _, wrong := findSolver(f, fd, a); wrong != nil {
		p.diags.Add(p.fset, wrong.Pos, wrong.What, wrong.Why, wrong.Do)
	}
}

func findSolver(f *ast.File, fd *ast.FuncDecl, a *args) (*solver, *solverError) {
	s := &solver{decl: fd, rhs: a.text["rhs"], solution: a.text["solution"], matrix: map[string]bool{}, active: map[string]bool{}}
	for _, key := range []string{"apply", "rhs", "solution"} {
		if a.text[key] == "" {
			return nil, a.wrong("", "the key "+key+" is missing", "write apply=F rhs=b solution=x, where the function finds x with A x = b and F computes b = A x")
		}
	}
	var named bool
	s.params, named = paramsOf(fd)
	if !named || fd.Type.TypeParams != nil {
		return nil, a.wrong("", "the function has type parameters, or parameters without names", "write it for given types, and name them")
	}
	if s.apply = funcNamed(f, fd, a.text["apply"]); s.apply == nil {
		return nil, a.wrong("apply", "there is no function "+a.text["apply"]+" in this file", "put the function that computes b = A x beside the solver")
	}
	if name := a.text["transpose"]; name != "" {
		if s.transpose = funcNamed(f, fd, name); s.transpose == nil {
			return nil, a.wrong("transpose", "there is no function "+name+" in this file", "put the solver for the transposed matrix beside the solver")
		}
		other, _ := paramsOf(s.transpose)
		if typeList(other) != typeList(s.params) || typeList(resultsOf(s.transpose)) != typeList(resultsOf(fd)) {
			return nil, a.wrong("transpose", name+" has another signature than "+fd.Name.Name, "give it the same parameters and results")
		}
	}
	s.results = resultsOf(fd)
	if s.find(s.rhs) == nil {
		return nil, a.wrong("rhs", "there is no parameter "+s.rhs, "name the parameter that is the right-hand side")
	}
	at := s.find(s.solution)
	others := s.results
	if s.solution == "return" || len(s.results) > 0 && at == nil && s.solution == "return0" {
		if len(s.results) == 0 {
			return nil, a.wrong("solution", "the function has no result", "name the parameter that gets the solution")
		}
		s.solution, at, others = "", &s.results[0], s.results[1:]
	}
	if at == nil {
		return nil, a.wrong("solution", "there is no parameter "+s.solution, "name the parameter that gets the solution, or write solution=return")
	}
	s.elem = numbers(s.find(s.rhs).typ)
	if s.elem == "" || numbers(at.typ) != s.elem {
		return nil, a.wrong("rhs", "right-hand side and solution are no slices of one type of floats", "use []float64 for both")
	}
	for _, r := range others {
		if holdsFloats(r.typ) {
			return nil, a.wrong("", "the function has a result with floats besides the solution, whose derivative the equation does not give", "leave it out")
		}
	}
	return s, s.match(a)
}

// match finds what of the parameters the matrix depends on.
func (s *solver) match(a *args) *solverError {
	for _, p := range append(slices.Clone(s.params), s.results...) {
		if foreign(p.typ) {
			return &solverError{a.pos, solverWhat, "the type of " + p.name + " is of another package", "wrap the solver in a function with types of this package"}
		}
	}
	params, named := paramsOf(s.apply)
	if !named {
		return &solverError{a.at["apply"], solverWhat, "parameters of " + s.apply.Name.Name + " have no names", "give them those that the solver has"}
	}
	vector := ""
	for i, p := range params {
		name := s.as(p, i)
		switch q := s.find(name); {
		case name == s.solution || s.solution == "" && q == nil && vector == "":
			vector = p.name
		case q == nil:
			return &solverError{
				a.at["apply"], solverWhat, s.apply.Name.Name + " has the parameter " + p.name + ", which the solver has not",
				"give the two functions the same names: apply computes the right-hand side " + s.rhs + " from the solution",
			}
		case name != s.rhs:
			s.matrix[name] = true
		}
	}
	if vector == "" {
		return &solverError{a.at["apply"], solverWhat, s.apply.Name.Name + " has no parameter for the solution", "give it the name that the solver has for it"}
	}
	if !slices.ContainsFunc(params, func(p param) bool { return p.name == s.rhs }) && len(resultsOf(s.apply)) != 1 {
		return &solverError{a.at["apply"], solverWhat, s.apply.Name.Name + " gives no " + s.rhs, "let it write into a parameter of that name, or return it"}
	}
	if wrt := a.names["wrt"]; wrt != nil {
		for _, n := range wrt {
			if !s.matrix[n.Text] {
				return &solverError{n.Pos, solverWhat, n.Text + " is no parameter of the matrix", "name parameters that both functions have"}
			}
			s.active[n.Text] = true
		}
	} else {
		for _, p := range s.params {
			if s.matrix[p.name] && holdsFloats(p.typ) {
				s.active[p.name] = true
			}
		}
	}
	taken := map[string]bool{}
	for _, p := range s.params {
		taken[p.name] = true
	}
	for _, p := range s.params {
		for _, suffix := range []string{"b", "d"} {
			if s.shadowed(p) && taken[p.name+suffix] {
				return &solverError{a.pos, solverWhat, "the parameter " + p.name + suffix + " has the name of the derivative of " + p.name, "rename it"}
			}
		}
	}
	return nil
}

// as is the name that the solver has for parameter i of apply. The receivers of methods
// of one type are one thing.
func (s *solver) as(p param, i int) string {
	if i == 0 && s.apply.Recv != nil && s.decl.Recv != nil {
		return s.params[0].name
	}
	return p.name
}

func (s *solver) find(name string) *param {
	for i := range s.params {
		if s.params[i].name == name {
			return &s.params[i]
		}
	}
	return nil
}

// shadowed reports whether p comes with a derivative.
func (s *solver) shadowed(p param) bool {
	return p.name == s.rhs || p.name == s.solution || s.active[p.name]
}

// paramsOf lists the receiver and the parameters; named is false if one has no name.
func paramsOf(fd *ast.FuncDecl) (out []param, named bool) {
	named = true
	for _, list := range []*ast.FieldList{fd.Recv, fd.Type.Params} {
		if list == nil {
			continue
		}
		for _, f := range list.List {
			t, dots := f.Type, false
			if e, ok := t.(*ast.Ellipsis); ok {
				t, dots = &ast.ArrayType{Elt: e.Elt}, true
			}
			named = named && len(f.Names) > 0
			for _, n := range f.Names {
				named = named && n.Name != "_"
				out = append(out, param{n.Name, t, dots})
			}
		}
	}
	return out, named
}

func resultsOf(fd *ast.FuncDecl) []param {
	var out []param
	if fd.Type.Results == nil {
		return nil
	}
	for _, f := range fd.Type.Results.List {
		for range max(1, len(f.Names)) {
			out = append(out, param{name: fmt.Sprintf("r%d", len(out)), typ: f.Type})
		}
	}
	return out
}

// funcNamed finds a function of the file by the name that a directive of fd gives: F, a
// method of the same receiver, or T.M.
func funcNamed(f *ast.File, fd *ast.FuncDecl, name string) *ast.FuncDecl {
	recv, method, dotted := strings.Cut(name, ".")
	if !dotted {
		recv, method = receiver(fd), name
	}
	var plain *ast.FuncDecl
	for _, d := range f.Decls {
		other, ok := d.(*ast.FuncDecl)
		if !ok || other.Name.Name != method {
			continue
		}
		if receiver(other) == recv {
			return other
		}
		if other.Recv == nil && !dotted {
			plain = other
		}
	}
	return plain
}

// receiver is the name of the receiver's type, or "".
func receiver(fd *ast.FuncDecl) string {
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return ""
	}
	t := fd.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

var floatTypes = []string{"float64", "float32", "complex128", "complex64"}

// numbers returns the type of the elements of a slice of floats, or "".
func numbers(t ast.Expr) string {
	a, ok := t.(*ast.ArrayType)
	if !ok || a.Len != nil {
		return ""
	}
	if id, ok := a.Elt.(*ast.Ident); ok && slices.Contains(floatTypes, id.Name) {
		return id.Name
	}
	return ""
}

// holdsFloats reports whether a type may hold floats, as far as it can be seen: named
// ones may.
func holdsFloats(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.Ident:
		switch t.Name {
		case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "byte", "rune", "bool", "string", "error", "any":
			return false
		}
		return true
	case *ast.ArrayType:
		return holdsFloats(t.Elt)
	case *ast.StarExpr:
		return holdsFloats(t.X)
	case *ast.StructType:
		return true
	}
	return false
}

// foreign reports whether a type mentions another package.
func foreign(t ast.Expr) bool {
	found := false
	ast.Inspect(t, func(n ast.Node) bool {
		_, sel := n.(*ast.SelectorExpr)
		found = found || sel
		return !found
	})
	return found
}

// text prints a type.
func (p param) text() string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), p.typ); err != nil {
		return err.Error()
	}
	if p.dots {
		return "..." + strings.TrimPrefix(b.String(), "[]")
	}
	return b.String()
}

// typeList is the list of types of parameters or results.
func typeList(ps []param) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.text())
	}
	return strings.Join(out, ", ")
}

package directive

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A Rule is a //cairn:rule line. Resolve fills in How.
type Rule struct {
	Pos   token.Pos
	How   *ir.Rule
	Known bool // How.Writes has been told

	Learnt  bool // How.Writes and How.Moves have been completed
	Guessed bool // nothing but guesses could be put into How.Writes

	file  *ast.File
	names map[string][]Name
	flags map[string]bool
}

const ruleWhat = "//cairn:rule"

// rule takes a rule that stands in file f.
func (p *reader) rule(f *ast.File, a *args) {
	for _, d := range f.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && fd.Body.Pos() <= a.pos && a.pos < fd.Body.End() {
			p.errorf(a.pos, ruleWhat, "put it between the declarations of the file", "it is about a whole function, and stands in one")
			return
		}
	}
	has := func(key string) bool { return len(a.names[key]) > 0 }
	derivatives := has("tangent") || has("adjoint") || has("forward") || has("reverse")
	switch {
	case !has("of"):
		p.errorf(a.pos, ruleWhat, "write of=F, of=pkg.F, of=T.Method or of=pkg.T.Method", "the key of is missing")
	case has("forward") != has("reverse"):
		p.errorf(a.pos, ruleWhat, "give both", "forward= and reverse= are two halves")
	case has("adjoint") && has("forward"):
		p.errorf(a.pos, ruleWhat, "keep adjoint=, or forward= and reverse=", "the adjoint is given twice")
	case a.flags["undo"] && !has("reverse"):
		p.errorf(a.pos, ruleWhat, "add forward= and reverse=, or remove undo", "undo says what reverse= does, and there is none")
	case a.flags["passive"] && (derivatives || a.flags["mirror"] || has("reads") || has("writes") || has("returns")):
		p.errorf(a.pos, ruleWhat, "keep of= and passive only", "the function reads only, and has no derivative")
	case a.flags["mirror"] && (derivatives || has("reads") || has("writes") || has("returns")):
		p.errorf(a.pos, ruleWhat, "keep of= and mirror only", "the function itself makes the shadow of its result, so there is no other derivative")
	case !a.flags["mirror"] && !a.flags["passive"] && !derivatives:
		p.errorf(a.pos, ruleWhat, "add tangent=f, adjoint=g or both; mirror, or passive", "it names no derivative")
	default:
		for _, key := range []string{"of", "tangent", "adjoint", "forward", "reverse"} {
			if names := a.names[key]; len(names) > 1 {
				p.errorf(names[1].Pos, ruleWhat, "write a line for each", "%s= takes one function", key)
				return
			}
		}
		p.set.Rules = append(p.set.Rules, &Rule{Pos: a.pos, file: f, names: a.names, flags: a.flags})
	}
}

// rules returns the rules of s that are all right.
func (r *resolver) rules(s *Set, info *types.Info) []*Rule {
	var out []*Rule
	first := map[*types.Func]*Rule{}
	for _, rule := range s.Rules {
		m := &ruleResolver{resolver: r, info: info, rule: rule}
		if info.Scopes[rule.file] == nil || !m.resolve() {
			continue
		}
		of := rule.How.Of
		if old := first[of]; old != nil {
			r.errorf(rule.Pos, ruleWhat+" of "+text(of), "keep one", "there is another one at %s", short(r.fset, old.Pos))
			continue
		}
		for _, f := range s.Funcs {
			if f.Passive && info.Defs[f.Decl.Name] == types.Object(of) {
				r.errorf(rule.Pos, ruleWhat+" of "+text(of), "remove one of the two directives", "the function is marked //cairn:passive")
			}
		}
		first[of] = rule
		out = append(out, rule)
	}
	return out
}

// short is a position without directories.
func short(fset *token.FileSet, pos token.Pos) string {
	at := fset.Position(pos)
	at.Filename = at.Filename[strings.LastIndexByte(at.Filename, '/')+1:]
	return at.String()
}

// ruleResolver finds what one rule names.
type ruleResolver struct {
	*resolver
	info *types.Info
	rule *Rule
	how  *ir.Rule
}

func (m *ruleResolver) fail(key string, do, why string, args ...any) {
	n := m.rule.names[key][0]
	m.errorf(n.Pos, ruleWhat+" "+key+"="+n.Text, do, why, args...)
}

func (m *ruleResolver) resolve() bool {
	m.how = &ir.Rule{Pos: m.rule.Pos, Mirror: m.rule.flags["mirror"], Passive: m.rule.flags["passive"], Undo: m.rule.flags["undo"]}
	before := len(m.diags)
	m.how.Of = m.find("of")
	if m.how.Of == nil || !m.fits() {
		return false
	}
	m.how.In, m.how.Out = make([]bool, len(Inputs(m.how.Of))), make([]bool, m.how.Of.Signature().Results().Len())
	m.effects()
	m.rule.Known = m.rule.Known || m.how.Passive
	m.boxes()
	if m.how.Mirror {
		m.mirror()
	}
	m.how.Forward, m.how.Reverse = m.find("forward"), m.find("reverse")
	m.how.Adjoint, m.how.Tangent = m.find("adjoint"), m.find("tangent")
	if len(m.diags) == before {
		m.signatures()
	}
	m.rule.How = m.how
	return len(m.diags) == before
}

// find returns the function that the key names, or nil.
func (m *ruleResolver) find(key string) *types.Func {
	names := m.rule.names[key]
	if len(names) == 0 {
		return nil
	}
	parts := strings.Split(names[0].Text, ".")
	pkg := m.info.Scopes[m.rule.file].Parent()
	where := "this package"
	if p := m.imported(parts[0]); p != nil && len(parts) > 1 {
		pkg, parts, where = p.Scope(), parts[1:], "package "+p.Name()
	}
	obj := pkg.Lookup(parts[0])
	switch {
	case len(parts) > 2 || obj == nil && len(parts) == 2 && where == "this package":
		m.fail(key, "import the package in this file, or correct the name", "nothing in sight is called %s", parts[0])
		return nil
	case obj == nil:
		m.fail(key, suggestFrom(parts[0], functionsOf(pkg), "correct the name"), "%s has no function %s", where, parts[0])
		return nil
	}
	if len(parts) == 2 {
		return m.method(key, obj, parts[1])
	}
	f, ok := obj.(*types.Func)
	if !ok {
		m.fail(key, "name a function or method", "%s is none", parts[0])
		return nil
	}
	return m.visible(key, f)
}

// visible refuses a function that generated code cannot name.
func (m *ruleResolver) visible(key string, f *types.Func) *types.Func {
	if m.info.Scopes[m.rule.file].Parent() != f.Pkg().Scope() && !f.Exported() {
		m.fail(key, "write a rule for an exported function", "%s is not exported by package %s", f.Name(), f.Pkg().Name())
		return nil
	}
	return f
}

func (m *ruleResolver) method(key string, obj types.Object, name string) *types.Func {
	tn, ok := obj.(*types.TypeName)
	if !ok {
		m.fail(key, "write T.Method with a type T", "%s is no type", obj.Name())
		return nil
	}
	found, path, _ := types.LookupFieldOrMethod(types.NewPointer(tn.Type()), true, obj.Pkg(), name)
	if types.IsInterface(tn.Type()) {
		found, path, _ = types.LookupFieldOrMethod(tn.Type(), true, obj.Pkg(), name)
	}
	f, ok := found.(*types.Func)
	switch {
	case !ok:
		m.fail(key, suggestFrom(name, methodsOf(tn.Type()), "correct the name"), "type %s has no method %s", obj.Name(), name)
		return nil
	case len(path) > 1:
		m.fail(key, "name that type's method", "%s has the method from a type that it embeds", obj.Name())
		return nil
	}
	return m.visible(key, f)
}

// imported returns the package that the file imports under the name, or that a blank
// import brings, or nil.
func (m *ruleResolver) imported(name string) *types.Package {
	scope := m.info.Scopes[m.rule.file]
	if p, ok := scope.Lookup(name).(*types.PkgName); ok {
		return p.Imported()
	}
	for _, spec := range m.rule.file.Imports {
		if spec.Name == nil || spec.Name.Name != "_" {
			continue
		}
		if p, ok := m.info.Defs[spec.Name].(*types.PkgName); ok && p.Imported().Name() == name {
			return p.Imported()
		}
	}
	return nil
}

func functionsOf(s *types.Scope) []string {
	return slices.DeleteFunc(s.Names(), func(n string) bool { _, ok := s.Lookup(n).(*types.Func); return !ok })
}

func methodsOf(t types.Type) []string {
	var out []string
	for s := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		out = append(out, s.Obj().Name())
	}
	return out
}

// Inputs returns the receiver, if any, and the parameters.
func Inputs(f *types.Func) []*types.Var {
	var out []*types.Var
	if r := f.Signature().Recv(); r != nil {
		out = append(out, r)
	}
	return slices.AppendSeq(out, f.Signature().Params().Variables())
}

// text is f as a reader calls it: "floats.Dot", "mat.Dense.Mul".
func text(f *types.Func) string { return f.Pkg().Name() + "." + FuncName(f) }

// FuncName is f with its receiver's type: "Dot", "Dense.Mul".
func FuncName(f *types.Func) string {
	name := f.Name()
	if r := f.Signature().Recv(); r != nil {
		t := types.Unalias(r.Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		if n, ok := t.(*types.Named); ok {
			name = n.Obj().Name() + "." + name
		}
	}
	return name
}

// fits refuses functions that no rule can be for.
func (m *ruleResolver) fits() bool {
	f := m.how.Of
	sig := f.Signature()
	switch {
	case sig.TypeParams().Len()+sig.RecvTypeParams().Len() > 0:
		m.fail("of", "write a function for the types that you want, and a rule for that", "it is generic, and a rule is for given types")
		return false
	case builtin(f):
		m.fail("of", "remove the rule", "its derivative is known to the compiler")
		return false
	}
	vars := slices.AppendSeq(Inputs(f), sig.Results().Variables())
	for _, v := range vars {
		if _, ok := v.Type().Underlying().(*types.Signature); ok {
			m.fail("of", "write a function that calls it with the function that you want, and a rule for that", "functions pass through its signature, and a rule cannot know them")
			return false
		}
		if endless(v.Type(), nil) {
			m.fail("of", "use slices", "%s leads to values of its own type, as a list does", types.TypeString(v.Type(), types.RelativeTo(f.Pkg())))
			return false
		}
	}
	return true
}

// endless reports whether a type leads to itself.
func endless(t types.Type, seen []types.Type) bool {
	for _, s := range seen {
		if types.Identical(s, t) {
			return true
		}
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return endless(u.Elem(), seen)
	case *types.Array:
		return endless(u.Elem(), seen)
	case *types.Pointer:
		return endless(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if endless(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// effects reads reads=, writes= and returns=.
func (m *ruleResolver) effects() {
	inputs := Inputs(m.how.Of)
	index := func(key string, n Name) int {
		i := slices.IndexFunc(inputs, func(v *types.Var) bool { return v.Name() == n.Text })
		if i < 0 {
			var names []string
			for _, v := range inputs {
				names = append(names, v.Name())
			}
			m.errorf(n.Pos, ruleWhat+" "+key+"="+n.Text, suggestFrom(n.Text, names, "its parameters are "+strings.Join(names, ", ")),
				"%s has no such parameter", text(m.how.Of))
		}
		return i
	}
	m.how.Writes, m.how.Moves = make([]bool, len(inputs)), make([]bool, len(inputs))
	listed := func(key string) []bool {
		names := m.rule.names[key]
		if len(names) == 0 {
			return nil
		}
		out := make([]bool, len(inputs))
		if len(names) > 1 || names[0].Text != "none" {
			for _, n := range names {
				if i := index(key, n); i >= 0 {
					out[i] = true
				}
			}
		}
		return out
	}
	if list := listed("writes"); list != nil {
		m.rule.Known, m.how.Writes = true, list
	}
	m.how.Reads, m.how.Vectors = listed("reads"), listed("solver")
	res := m.how.Of.Signature().Results()
	for range res.Len() {
		m.how.Same = append(m.how.Same, -1)
	}
	for _, n := range m.rule.names["returns"] {
		i := index("returns", n)
		if i < 0 {
			continue
		}
		j := slices.IndexFunc(slices.Collect(res.Variables()), func(v *types.Var) bool {
			return types.Identical(v.Type(), inputs[i].Type()) && ir.IsRef(v.Type())
		})
		if j < 0 {
			m.errorf(n.Pos, ruleWhat+" returns="+n.Text, "remove it", "no result of %s is a slice or pointer of the type of %s", text(m.how.Of), n.Text)
			continue
		}
		m.how.Same[j] = i
	}
}

// boxes checks the results that are interfaces: only views come in some, and only in such
// with a name.
func (m *ruleResolver) boxes() {
	for v := range m.how.Of.Signature().Results().Variables() {
		t := v.Type()
		n, named := types.Unalias(t).(*types.Named)
		switch {
		case !types.IsInterface(t) || !shadowable(t) || m.how.Passive:
		case !m.how.Mirror:
			m.fail("of", "write a function that returns the concrete type, and a rule for that", "a result of it is a value in an interface, whose derivative has no place")
		case !named || n.TypeArgs().Len() > 0:
			m.fail("of", "give the interface a name", "a result of it is a value in an interface without a name, or in a generic one")
		}
	}
}

// mirror checks a rule without functions.
func (m *ruleResolver) mirror() {
	makes := false
	for v := range m.how.Of.Signature().Results().Variables() {
		if ir.HasFloat(v.Type()) && !ir.HasRef(v.Type()) {
			m.fail("of", "give the rule a tangent= and an adjoint=", "a result of it is a number, which has to be differentiated")
		}
		makes = makes || shadowable(v.Type())
	}
	if !makes {
		m.fail("of", "remove the rule", "it returns no memory with floats, so there is nothing to mirror")
	}
	for i, v := range Inputs(m.how.Of) {
		t := v.Type()
		if ir.HasFloat(t) && !ir.HasRef(t) {
			m.fail("of", "give the rule a tangent= and an adjoint=", "it takes numbers, which have to be differentiated")
		}
		m.how.In[i] = shadowable(t)
	}
	m.rule.Known = true
}

// builtin reports whether the compiler has a rule of its own for f.
func builtin(f *types.Func) bool {
	switch f.Pkg().Path() {
	case "math", "math/cmplx":
		return f.Name() != "Nextafter" && f.Name() != "Nextafter32"
	}
	return false
}

package docs

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A Diagnosis is one text that the compiler can report; … stands for what depends on
// the program.
type Diagnosis struct {
	Package       string // that reports it, by its path below the module
	What, Why, Do string
}

// Diagnoses returns what the packages can report, found in their source: the calls that
// lead, directly or through functions with such parameters, to diag.List.Add, and the
// literals of structs with the fields What, Why and Do.
func Diagnoses(pkgs []*packages.Package) []Diagnosis {
	var out []Diagnosis
	for _, p := range pkgs {
		f := &finder{pkg: p, reporters: map[types.Object]report{}, decls: map[types.Object]*ast.FuncDecl{}}
		f.run()
		out = append(out, f.found...)
	}
	slices.SortFunc(out, func(a, b Diagnosis) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.What, b.What), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Do, b.Do))
	})
	return slices.CompactFunc(out, func(a, b Diagnosis) bool {
		return a.Package == b.Package && a.What == b.What && a.Why == b.Why && a.Do == b.Do
	})
}

// Matches reports whether a diagnostic, without its position, is of this kind.
func (d Diagnosis) Matches(line string) bool {
	pattern := regexp.QuoteMeta(d.What)
	if d.Why != "" {
		pattern += ": " + regexp.QuoteMeta(d.Why)
	}
	if d.Do != "" {
		pattern += "; " + regexp.QuoteMeta(d.Do)
	}
	return regexp.MustCompile("^" + strings.ReplaceAll(pattern, "…", "(?s:.*)") + "$").MatchString(line)
}

// text is a text in pieces: those of a parameter stand for what a caller gives.
type text []piece

type piece struct {
	text  string
	param types.Object
}

const unknown = "…"

func plain(s string) text { return text{{text: s}} }

func (t text) open() bool {
	return slices.ContainsFunc(t, func(p piece) bool { return p.param != nil })
}

// verbs are those of formats; the texts hold no other percent signs.
var (
	verbs   = regexp.MustCompile(`%[a-z]`)
	repeats = regexp.MustCompile(`…([\s.]*…)+`)
)

func (t text) String() string {
	var b strings.Builder
	for _, p := range t {
		if p.param != nil {
			b.WriteString(unknown)
		} else {
			b.WriteString(p.text)
		}
	}
	return repeats.ReplaceAllString(verbs.ReplaceAllString(b.String(), unknown), unknown)
}

// report is what a function reports.
type report struct{ what, why, do text }

func (r report) open() bool { return r.what.open() || r.why.open() || r.do.open() }

// finder looks through one package.
type finder struct {
	pkg       *packages.Package
	reporters map[types.Object]report // functions, and closures by their variables
	decls     map[types.Object]*ast.FuncDecl
	found     []Diagnosis
	depth     int
}

// run repeats until no more functions turn out to be reporters.
func (f *finder) run() {
	for _, file := range f.pkg.Syntax {
		for _, d := range file.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				f.decls[f.pkg.TypesInfo.Defs[fd.Name]] = fd
			}
		}
	}
	for known := -1; known != len(f.reporters); {
		known, f.found = len(f.reporters), nil
		for _, fd := range f.decls {
			if fd.Body != nil {
				f.function(fd)
			}
		}
	}
}

// function looks at one declaration, closures included.
func (f *finder) function(fd *ast.FuncDecl) {
	var closures []*ast.FuncLit
	owner := map[*ast.FuncLit]types.Object{}
	ast.Inspect(fd.Body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i, r := range a.Rhs {
				if lit, ok := r.(*ast.FuncLit); ok {
					if id, ok := a.Lhs[i].(*ast.Ident); ok {
						owner[lit] = f.object(id)
						closures = append(closures, lit)
					}
				}
			}
		}
		return true
	})
	inside := func(pos token.Pos) types.Object {
		for _, lit := range closures {
			if lit.Body.Pos() <= pos && pos < lit.Body.End() {
				return owner[lit]
			}
		}
		return f.pkg.TypesInfo.Defs[fd.Name]
	}
	ast.Inspect(fd.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if r, ok := f.reporter(n); ok {
				f.site(fd, inside(n.Pos()), n, r)
			}
		case *ast.CompositeLit:
			if parts := f.literal(n); parts != nil {
				f.expand(fd, inside(n.Pos()), parts)
			}
		}
		return true
	})
}

func (f *finder) object(id *ast.Ident) types.Object {
	if o := f.pkg.TypesInfo.Defs[id]; o != nil {
		return o
	}
	return f.pkg.TypesInfo.Uses[id]
}

// callee returns the function, or the variable of a closure, that a call names.
func (f *finder) callee(c *ast.CallExpr) types.Object {
	switch x := ast.Unparen(c.Fun).(type) {
	case *ast.Ident:
		return f.object(x)
	case *ast.SelectorExpr:
		return f.object(x.Sel)
	}
	return nil
}

func (f *finder) reporter(c *ast.CallExpr) (report, bool) {
	obj := f.callee(c)
	if obj == nil {
		return report{}, false
	}
	if r, ok := f.reporters[obj]; ok {
		return r, true
	}
	fn, ok := obj.(*types.Func)
	if !ok || !strings.HasSuffix(fn.FullName(), "diag.List).Add") && !strings.HasSuffix(fn.FullName(), "diag.List).Addf") {
		return report{}, false
	}
	var r report
	for v := range fn.Signature().Params().Variables() {
		switch v.Name() {
		case "what":
			r.what = text{{param: v}}
		case "why":
			r.why = text{{param: v}}
		case "do":
			r.do = text{{param: v}}
		}
	}
	return r, true
}

// site is a call of a reporter: what it gives takes the place of the parameters.
func (f *finder) site(fd *ast.FuncDecl, in types.Object, c *ast.CallExpr, r report) {
	sig, ok := f.pkg.TypesInfo.TypeOf(c.Fun).(*types.Signature)
	if !ok {
		return
	}
	given := map[types.Object]ast.Expr{}
	target := f.callee(c).Type().(*types.Signature)
	for i := range sig.Params().Len() {
		if i < len(c.Args) {
			given[target.Params().At(i)] = c.Args[i]
		}
	}
	if fn, ok := f.callee(c).(*types.Func); ok {
		for i := range fn.Signature().Params().Len() {
			if i < len(c.Args) {
				given[fn.Signature().Params().At(i)] = c.Args[i]
			}
		}
	}
	var parts []part
	for _, t := range []text{r.what, r.why, r.do} {
		parts = append(parts, part{t, given})
	}
	f.expand(fd, in, parts)
}

// part is one text of a site, with the expressions that its parameters stand for.
type part struct {
	text  text
	given map[types.Object]ast.Expr
}

// literal returns the parts of a struct literal with What, Why and Do.
func (f *finder) literal(lit *ast.CompositeLit) []part {
	st, ok := f.pkg.TypesInfo.TypeOf(lit).Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	fields := map[string]int{}
	for i := range st.NumFields() {
		fields[st.Field(i).Name()] = i
	}
	parts := make([]part, 0, 3)
	for _, name := range []string{"What", "Why", "Do"} {
		i, ok := fields[name]
		if !ok {
			return nil
		}
		for k, e := range lit.Elts {
			kv, keyed := e.(*ast.KeyValueExpr)
			switch {
			case keyed && kv.Key.(*ast.Ident).Name == name:
				e = kv.Value
			case keyed || k != i:
				continue
			}
			parts = append(parts, part{text{{param: st.Field(i)}}, map[types.Object]ast.Expr{st.Field(i): e}})
		}
	}
	if len(parts) < 3 {
		return nil
	}
	return parts
}

// expand finds all texts of a site. Parts that are assigned together vary together.
func (f *finder) expand(fd *ast.FuncDecl, in types.Object, parts []part) {
	for _, env := range f.environments(fd, parts) {
		var alts [3][]text
		for i, p := range parts {
			alts[i] = f.fill(p.text, p.given, env)
		}
		for _, what := range alts[0] {
			for _, why := range alts[1] {
				for _, do := range alts[2] {
					f.add(in, report{what, why, do})
				}
			}
		}
	}
}

// add notes what a function reports: a diagnosis, or if parameters are left, that the
// function is a reporter.
func (f *finder) add(in types.Object, r report) {
	if r.open() {
		f.reporters[in] = r
		return
	}
	d := Diagnosis{What: r.what.String(), Why: r.why.String(), Do: r.do.String()}
	if d.What == "" {
		return // nothing is wrong
	}
	_, d.Package, _ = strings.Cut(f.pkg.PkgPath, "/cairn/")
	f.found = append(f.found, d)
}

// environment says what local variables hold.
type environment struct {
	fd     *ast.FuncDecl
	values map[types.Object]ast.Expr
}

// environments returns one for each return of a function whose results are given
// together, or else one that knows nothing.
func (f *finder) environments(fd *ast.FuncDecl, parts []part) []environment {
	var out []environment
	for _, p := range parts {
		for _, e := range p.given {
			id, ok := e.(*ast.Ident)
			if !ok {
				if b, isSum := e.(*ast.BinaryExpr); isSum {
					id, ok = b.X.(*ast.Ident)
				}
			}
			if !ok || len(out) > 0 {
				continue
			}
			ast.Inspect(fd.Body, func(n ast.Node) bool {
				a, ok := n.(*ast.AssignStmt)
				if !ok || len(a.Rhs) != 1 || len(a.Lhs) != 3 || len(out) > 0 {
					return true
				}
				call, ok := a.Rhs[0].(*ast.CallExpr)
				if !ok || !slices.ContainsFunc(a.Lhs, func(l ast.Expr) bool { x, ok := l.(*ast.Ident); return ok && f.object(x) == f.object(id) }) {
					return true
				}
				for _, ret := range f.returns(f.callee(call)) {
					if len(ret) != 3 || f.empty(ret[0]) {
						continue // what else it returns, or that nothing is wrong
					}
					env := environment{fd, map[types.Object]ast.Expr{}}
					for i, l := range a.Lhs {
						env.values[f.object(l.(*ast.Ident))] = ret[i]
					}
					out = append(out, env)
				}
				return true
			})
		}
	}
	if len(out) == 0 {
		out = []environment{{fd, nil}}
	}
	return out
}

// empty reports whether an expression is the empty string.
func (f *finder) empty(e ast.Expr) bool {
	v := f.pkg.TypesInfo.Types[e].Value
	return v != nil && v.Kind() == constant.String && constant.StringVal(v) == ""
}

// returns lists the results of the return statements of a function of this package.
func (f *finder) returns(fn types.Object) [][]ast.Expr {
	var out [][]ast.Expr
	if fd := f.decls[fn]; fd != nil && fd.Body != nil {
		ast.Inspect(fd.Body, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncLit); ok {
				return false
			}
			if r, ok := n.(*ast.ReturnStmt); ok {
				out = append(out, r.Results)
			}
			return true
		})
	}
	return out
}

// fill puts what is given into a text.
func (f *finder) fill(t text, given map[types.Object]ast.Expr, env environment) []text {
	out := []text{nil}
	for _, p := range t {
		alts := []text{{p}}
		if p.param != nil {
			alts = []text{plain("")}
			if e := given[p.param]; e != nil {
				alts = f.texts(e, env)
			}
		}
		out = cross(out, alts)
	}
	return out
}

func cross(a, b []text) []text {
	var out []text
	for _, x := range a {
		for _, y := range b {
			out = append(out, append(slices.Clone(x), y...))
		}
	}
	return out
}

// texts returns the values that a string expression can have.
func (f *finder) texts(e ast.Expr, env environment) []text {
	if v := f.pkg.TypesInfo.Types[e].Value; v != nil && v.Kind() == constant.String {
		return []text{plain(constant.StringVal(v))}
	}
	if f.depth > 8 {
		return []text{plain(unknown)}
	}
	f.depth++
	defer func() { f.depth-- }()
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return cross(f.texts(e.X, env), f.texts(e.Y, env))
		}
	case *ast.Ident:
		return f.variable(f.object(e), env)
	case *ast.CallExpr:
		return f.call(e, env)
	case *ast.SelectorExpr:
		if slices.Contains([]string{"What", "Why", "Do"}, e.Sel.Name) {
			return nil // a diagnosis that is handed on
		}
	}
	return []text{plain(unknown)}
}

// filled returns the texts that are not empty, unless all are.
func filled(list []text) []text {
	some := slices.DeleteFunc(slices.Clone(list), func(t text) bool { return !t.open() && t.String() == "" })
	if len(some) == 0 {
		return list
	}
	return some
}

// variable returns the values of a variable: a parameter named what, why or do is for
// the callers to say; of others all that is assigned to them.
func (f *finder) variable(v types.Object, env environment) []text {
	if e := env.values[v]; e != nil {
		return f.texts(e, environment{})
	}
	if slices.Contains([]string{"what", "why", "do", "over"}, v.Name()) && parameter(v, env.fd, f) {
		return []text{{{param: v}}}
	}
	var out []text
	if env.fd != nil {
		ast.Inspect(env.fd.Body, func(n ast.Node) bool {
			a, ok := n.(*ast.AssignStmt)
			if !ok {
				return true
			}
			for i, l := range a.Lhs {
				id, ok := l.(*ast.Ident)
				switch {
				case !ok || f.object(id) != v || a.Tok == token.ADD_ASSIGN:
				case len(a.Lhs) == len(a.Rhs):
					out = append(out, f.texts(a.Rhs[i], env)...)
				case i == 0:
					out = append(out, f.entries(a.Rhs[0])...)
				}
			}
			return true
		})
	}
	if len(out) == 0 {
		return []text{plain(unknown)}
	}
	return filled(out)
}

// parameter reports whether v is a parameter of the declaration or of a closure in it.
func parameter(v types.Object, fd *ast.FuncDecl, f *finder) bool {
	found := false
	if fd != nil {
		ast.Inspect(fd, func(n ast.Node) bool {
			if ft, ok := n.(*ast.FuncType); ok {
				for _, field := range ft.Params.List {
					for _, id := range field.Names {
						found = found || f.pkg.TypesInfo.Defs[id] == v
					}
				}
			}
			return !found
		})
	}
	return found
}

// entries returns the values in the literal of a package-level map.
func (f *finder) entries(e ast.Expr) []text {
	index, ok := e.(*ast.IndexExpr)
	if !ok {
		return nil
	}
	id, ok := index.X.(*ast.Ident)
	if !ok {
		return nil
	}
	var out []text
	for _, file := range f.pkg.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || f.object(spec.Names[0]) != f.object(id) {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.CompositeLit); ok {
				for _, x := range lit.Elts {
					if kv, ok := x.(*ast.KeyValueExpr); ok {
						out = append(out, f.texts(kv.Value, environment{})...)
					}
				}
			}
			return false
		})
	}
	return out
}

// call returns the values of a call: of a format, or of a function of this package with
// one or two returns.
func (f *finder) call(c *ast.CallExpr, env environment) []text {
	fn := f.callee(c)
	if fn == nil || len(c.Args) > 0 && fn.Pkg() != nil && fn.Pkg().Path() == "fmt" {
		if fn != nil && fn.Name() == "Sprintf" {
			return f.texts(c.Args[0], env)
		}
		return []text{plain(unknown)}
	}
	returns := f.returns(fn)
	if len(returns) == 0 || len(returns) > 2 {
		return []text{plain(unknown)}
	}
	values := map[types.Object]ast.Expr{}
	params := fn.Type().(*types.Signature).Params()
	for i := range min(params.Len(), len(c.Args)) {
		values[params.At(i)] = c.Args[i]
	}
	var out []text
	for _, r := range returns {
		if len(r) != 1 {
			return []text{plain(unknown)}
		}
		for _, t := range f.texts(r[0], environment{f.decls[fn], nil}) {
			out = append(out, f.fill(t, values, env)...)
		}
	}
	return filled(out)
}

// A Section is a part of the page of diagnostics.
type Section struct {
	Title    string
	Packages []string // that report what stands in it
}

// Sections are those of docs/reference/diagnostics.md. What a package that is in none of
// them reports belongs to the last.
var Sections = []Section{
	{"Directives", []string{"internal/directive"}},
	{"Packages that do not load or compile", []string{"internal/load"}},
	{"The language", []string{"internal/lower"}},
	{"Scrutiny", []string{"internal/transform/rest", "internal/transform/access"}},
	{"Derivatives and their names", nil},
}

// Page writes the part of the page that is made from the source.
func Page(list []Diagnosis) string {
	parts := make([][]Diagnosis, len(Sections))
	for _, d := range list {
		i := slices.IndexFunc(Sections, func(s Section) bool { return slices.Contains(s.Packages, d.Package) })
		if i < 0 {
			i = len(Sections) - 1
		}
		parts[i] = append(parts[i], d)
	}
	var b strings.Builder
	for i, s := range Sections {
		slices.SortStableFunc(parts[i], func(a, b Diagnosis) int { return cmp.Compare(a.What, b.What) })
		fmt.Fprintf(&b, "## %s\n\n%s\n", s.Title, Table(parts[i]))
	}
	return b.String()
}

// Table writes diagnoses as rows of a Markdown table.
func Table(list []Diagnosis) string {
	var b strings.Builder
	b.WriteString("| what | why | do |\n|---|---|---|\n")
	for _, d := range list {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(d.What), cell(d.Why), cell(d.Do))
	}
	return b.String()
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`, "_", `\_`).Replace(s)
}

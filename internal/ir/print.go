package ir

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"strings"
)

// A Printer writes IR as Go. Its first error sticks: see Err.
type Printer struct {
	// Qualify gives the name by which the text refers to a package; nil means
	// the package's own name.
	Qualify types.Qualifier

	// Alias renames the packages that Math and Call name in text ("math",
	// "ad"); those that are not in it keep their names.
	Alias map[string]string

	// ByName calls instances of generic functions by their names in the program,
	// under which Func prints them, and not as Go does: Dot[float64](x).
	ByName bool

	// Group puts declarations that follow each other into one line, which [Parse] does not
	// read.
	Group bool

	buf    bytes.Buffer
	indent int
	labels map[Stmt]string
	inner  []Stmt // enclosing statements that an unlabelled break may leave
	head   bool   // the head of a for or if: composite literals need parentheses
}

// Within names packages as a file of pkg does, which needs no name for its own.
func Within(pkg *types.Package) types.Qualifier {
	return func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
}

// String returns what has been printed.
func (p *Printer) String() string { return p.buf.String() }

// Line prints one indented line.
func (p *Printer) Line(format string, args ...any) {
	p.buf.WriteString(strings.Repeat("\t", p.indent))
	fmt.Fprintf(&p.buf, format, args...)
	p.buf.WriteByte('\n')
}

func (p *Printer) qual() types.Qualifier {
	if p.Qualify != nil {
		return p.Qualify
	}
	return (*types.Package).Name
}

// TypeString returns t as the printed code names it.
func (p *Printer) TypeString(t types.Type) string { return types.TypeString(t, p.qual()) }

// Print writes every function of prog as one Go file.
func Print(w io.Writer, prog *Program) error {
	p := &Printer{ByName: true}
	if prog.Pkg != nil {
		p.Qualify = Within(prog.Pkg)
		p.Line("package %s", prog.Pkg.Name())
	}
	for _, t := range namedTypes(prog) {
		p.Line("")
		p.Line("type %s%s %s", t.Obj().Name(), typeParams(t), p.TypeString(t.Underlying()))
	}
	for _, f := range prog.Funcs {
		p.Line("")
		p.Func(f)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// typeParams returns the type parameters of a generic type with the weakest
// constraints that it can have, since those of the source need not be at hand.
func typeParams(t *types.Named) string {
	var parts []string
	for q := range t.TypeParams().TypeParams() {
		constraint := "any"
		if types.Comparable(q) {
			constraint = "comparable"
		}
		parts = append(parts, q.Obj().Name()+" "+constraint)
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// FormatFunc returns f as Go text.
func FormatFunc(f *Func) string {
	p := &Printer{ByName: f.Obj != nil}
	if f.Pkg != nil {
		p.Qualify = Within(f.Pkg)
	}
	p.Func(f)
	return p.String()
}

// Format returns e as Go text.
func Format(e Expr) string { return (&Printer{}).Expr(e) }

// PlaceName returns e as the source names it, where a parameter that is the address of a
// package-level variable stands for the variable.
func PlaceName(e Expr) string {
	return Format(Rewrite(e, func(e Expr) Expr {
		if d, ok := e.(*Deref); ok {
			if r, ok := d.X.(*Ref); ok && r.V.Global != nil && !types.Identical(r.V.Type, r.V.Global.Type()) {
				return &Ref{V: &Var{Name: r.V.Global.Name(), Type: r.V.Global.Type()}}
			}
		}
		return nil
	}))
}

// FormatStmt returns s as Go text without a final newline.
func FormatStmt(s Stmt) string {
	p := &Printer{}
	p.Stmt(s)
	return strings.TrimRight(p.String(), "\n")
}

// PackageVar prints the declaration of a package-level variable.
func (p *Printer) PackageVar(v *PackageVar) {
	p.Line("// %s", v.Doc)
	c, literal := v.Init.(*Composite)
	switch {
	case v.Init == nil:
		p.Line("var %s %s", v.Obj.Name(), p.TypeString(v.Obj.Type()))
	case literal && hasRows(c):
		p.Line("var %s = %s{", v.Obj.Name(), p.TypeString(c.Typ))
		for _, row := range c.Elems {
			p.Line("\t%s,", strings.TrimPrefix(p.Expr(row), p.TypeString(row.Type())))
		}
		p.Line("}")
	case literal && types.Identical(c.Typ, v.Obj.Type()):
		p.Line("var %s = %s", v.Obj.Name(), p.Expr(c))
	default:
		p.Line("var %s %s = %s", v.Obj.Name(), p.TypeString(v.Obj.Type()), p.Expr(v.Init))
	}
}

// hasRows reports whether the elements of an array or slice are literals.
func hasRows(c *Composite) bool {
	if _, isStruct := c.Typ.Underlying().(*types.Struct); isStruct || len(c.Elems) == 0 {
		return false
	}
	for _, e := range c.Elems {
		if _, ok := e.(*Composite); !ok {
			return false
		}
	}
	return true
}

// Func prints one function.
func (p *Printer) Func(f *Func) {
	for _, l := range strings.Split(f.Doc, "\n") {
		if f.Doc != "" {
			p.Line("// %s", l)
		}
	}
	if f.Mode != DefaultMode {
		p.Line("//cairn:%s", f.Mode)
	}
	name := f.Name
	if i := strings.LastIndex(name, "."); i >= 0 {
		name = name[i+1:]
	}
	recv := ""
	if f.Recv != nil {
		recv = "(" + p.vars([]*Var{f.Recv}) + ") "
	}
	results := ""
	if len(f.Results) > 0 {
		results = " (" + p.vars(f.Results) + ")"
	}
	params := p.vars(f.Params)
	if f.Variadic {
		params = p.variadic(f.Params)
	}
	p.Line("func %s%s(%s)%s {", recv, name, params, results)
	p.body(f.Body)
	if len(f.Results) > 0 && !EndsInReturn(f.Body) {
		p.indent++
		p.Line("return")
		p.indent--
	}
	p.Line("}")
}

// EndsInReturn reports whether the end of b is never reached, as its last statement shows.
func EndsInReturn(b *Block) bool {
	if len(b.Stmts) == 0 {
		return false
	}
	switch s := b.Stmts[len(b.Stmts)-1].(type) {
	case *Return, *Panic:
		return true
	case *If:
		return s.Else != nil && EndsInReturn(s.Then) && EndsInReturn(s.Else)
	}
	return false
}

func (p *Printer) vars(vs []*Var) string {
	var parts []string
	for i := 0; i < len(vs); i++ {
		names := vs[i].Name
		for i+1 < len(vs) && types.Identical(vs[i].Type, vs[i+1].Type) {
			i++
			names += ", " + vs[i].Name
		}
		parts = append(parts, names+" "+p.TypeString(vs[i].Type))
	}
	return strings.Join(parts, ", ")
}

// variadic is vars where the last one is written ...T.
func (p *Printer) variadic(vs []*Var) string {
	last := vs[len(vs)-1]
	text := last.Name + " ..." + p.TypeString(last.Type.Underlying().(*types.Slice).Elem())
	if len(vs) == 1 {
		return text
	}
	return p.vars(vs[:len(vs)-1]) + ", " + text
}

func (p *Printer) body(b *Block) {
	p.indent++
	for i := 0; i < len(b.Stmts); i++ {
		if n := p.declarations(b.Stmts[i:]); n > 1 {
			i += n - 1
			continue
		}
		p.Stmt(b.Stmts[i])
	}
	p.indent--
}

// lineOfNames is how long the names in one declaration may be.
const lineOfNames = 70

// declarations prints the declarations at the head of the list whose types are the same,
// as many as one line holds, if they are more than one, and returns how many.
func (p *Printer) declarations(stmts []Stmt) int {
	if !p.Group {
		return 0
	}
	names := ""
	n := 0
	for ; n < len(stmts); n++ {
		d, ok := stmts[n].(*Decl)
		if !ok || !types.Identical(d.V.Type, stmts[0].(*Decl).V.Type) || n > 0 && len(names)+len(d.V.Name) > lineOfNames {
			break
		}
		if n > 0 {
			names += ", "
		}
		names += d.V.Name
	}
	if n > 1 {
		p.Line("var %s %s", names, p.TypeString(stmts[0].(*Decl).V.Type))
	}
	return n
}

// Stmt prints one statement.
func (p *Printer) Stmt(s Stmt) {
	switch s := s.(type) {
	case *Block:
		p.block(s)
	case *Decl:
		p.Line("var %s %s", s.V.Name, p.TypeString(s.V.Type))
	case *Assign:
		if _, gone := s.R[0].(*Absent); gone {
			at := s.L[0].(*Index)
			p.Line("delete(%s, %s)", p.Expr(at.X), p.Expr(at.I))
			return
		}
		p.Line("%s", p.assign(s))
	case *Call:
		if s.Mode != DefaultMode {
			p.Line("//cairn:%s", s.Mode)
		}
		p.Line("%s", p.call(s))
	case *Copy:
		text := "copy(" + p.Expr(s.Dst) + ", " + p.Expr(s.Src) + ")"
		if s.N != nil {
			text = p.Expr(s.N) + " = " + text
		}
		p.Line("%s", text)
	case *If:
		p.ifStmt(s)
	case *For:
		p.forStmt(s)
	case *Break:
		if len(p.inner) > 0 && p.inner[len(p.inner)-1] == s.Target {
			p.Line("break")
		} else {
			p.Line("break %s", p.label(s.Target))
		}
	case *Continue:
		if p.innerLoop() == s.Target {
			p.Line("continue")
		} else {
			p.Line("continue %s", p.label(s.Target))
		}
	case *Return:
		p.Line("return")
	case *Panic:
		p.Line("panic(%s)", p.Expr(s.X))
	case *Comment:
		if s.Text == "" {
			p.Line("")
		} else {
			p.Line("// %s", strings.ReplaceAll(s.Text, "\n", "\n"+strings.Repeat("\t", p.indent)+"// "))
		}
	case *Closure:
		res := ""
		if s.Result != nil {
			res = " " + p.TypeString(s.Result)
		}
		p.Line("%s := func(%s)%s {", s.V.Name, p.vars(s.Params), res)
		saved := p.inner
		p.inner = nil
		p.body(s.Body)
		p.inner = saved
		p.Line("}")
	case *Yield:
		p.Line("return %s", p.Expr(s.X))
	default:
		panic(fmt.Sprintf("ir: no printed form for %T", s))
	}
}

func (p *Printer) innerLoop() Stmt {
	for i := len(p.inner) - 1; i >= 0; i-- {
		if _, ok := p.inner[i].(*For); ok {
			return p.inner[i]
		}
	}
	return nil
}

func (p *Printer) label(s Stmt) string {
	if l := p.labels[s]; l != "" {
		return l
	}
	return "?"
}

// needsLabel reports whether a break or continue inside s names s from within
// another breakable statement.
func needsLabel(target Stmt) bool {
	found := false
	var walk func(s Stmt, breakHere, continueHere bool)
	walk = func(s Stmt, breakHere, continueHere bool) {
		switch s := s.(type) {
		case *Break:
			found = found || s.Target == target && !breakHere
		case *Continue:
			found = found || Stmt(s.Target) == target && !continueHere
		case *For:
			for _, c := range s.Body.Stmts {
				walk(c, false, false)
			}
		case *Block:
			isTarget := hasBreakTo(s)
			for _, c := range s.Stmts {
				walk(c, breakHere && !isTarget, continueHere)
			}
		default:
			for _, b := range Blocks(s) {
				for _, c := range b.Stmts {
					walk(c, breakHere, continueHere)
				}
			}
		}
	}
	for _, b := range Blocks(target) {
		for _, c := range b.Stmts {
			walk(c, true, true)
		}
	}
	return found
}

func hasBreakTo(target Stmt) bool {
	found := false
	for _, b := range Blocks(target) {
		WalkStmts(b, func(s Stmt) {
			if br, ok := s.(*Break); ok && br.Target == target {
				found = true
			}
		})
	}
	return found
}

func (p *Printer) addLabel(s Stmt) {
	if !needsLabel(s) {
		return
	}
	if p.labels == nil {
		p.labels = map[Stmt]string{}
	}
	l := fmt.Sprintf("L%d", len(p.labels)+1)
	p.labels[s] = l
	p.buf.WriteString(strings.Repeat("\t", max(p.indent-1, 0)) + l + ":\n")
}

// block prints a plain block; one that is left by a break becomes a switch,
// since Go lets a break leave that and not a block.
func (p *Printer) block(b *Block) {
	if b.Checkpoint != nil {
		p.Line("//cairn:checkpoint")
	}
	if !hasBreakTo(b) {
		p.Line("{")
		p.body(b)
		p.Line("}")
		return
	}
	p.addLabel(b)
	p.Line("switch {")
	p.Line("default:")
	p.inner = append(p.inner, b)
	p.body(b)
	p.inner = p.inner[:len(p.inner)-1]
	p.Line("}")
}

func (p *Printer) ifStmt(s *If) {
	p.Line("if %s {", p.cond(s.Cond))
	for {
		p.body(s.Then)
		if s.Else == nil {
			break
		}
		if len(s.Else.Stmts) == 1 {
			if next, ok := s.Else.Stmts[0].(*If); ok {
				p.Line("} else if %s {", p.cond(next.Cond))
				s = next
				continue
			}
		}
		p.Line("} else {")
		p.body(s.Else)
		break
	}
	p.Line("}")
}

// cond prints the condition in the head of a statement.
func (p *Printer) cond(e Expr) string {
	p.head = true
	defer func() { p.head = false }()
	return p.Expr(e)
}

func (p *Printer) forStmt(s *For) {
	if s.IsFixed() {
		f := s.Checkpoint.Fixed
		p.Line("//cairn:fixedpoint again=%s tol=%v max=%d", f.Again.Name, f.Tol, f.Max)
	} else if c := s.Checkpoint; c != nil {
		text := "//cairn:checkpoint scheme=" + c.Scheme
		for _, a := range c.Args {
			text += " " + a.Key + "=" + p.Expr(a.X)
		}
		if c.Levels != "" {
			text += " levels=" + c.Levels
		}
		if c.Storage != "" {
			text += " storage=" + c.Storage
		}
		if c.Resume != "" {
			text += " resume=" + c.Resume
		}
		if c.Open {
			text += " open=true"
		}
		p.Line("%s", text)
	}
	p.addLabel(s)
	head := "for {"
	cond := ""
	p.head = true
	if s.Cond != nil {
		cond = p.Expr(s.Cond)
	}
	switch {
	case s.Init != nil || s.Post != nil:
		init, post := "", ""
		if s.Init != nil {
			init = p.assign(s.Init)
		}
		if s.Post != nil {
			post = " " + p.assign(s.Post)
		}
		if cond != "" {
			cond = " " + cond
		}
		head = "for " + init + ";" + cond + ";" + post + " {"
	case cond != "":
		head = "for " + cond + " {"
	}
	p.head = false
	p.Line("%s", head)
	p.inner = append(p.inner, s)
	p.body(s.Body)
	p.inner = p.inner[:len(p.inner)-1]
	if s.Stop != nil {
		p.Line("\tif %s {", s.Stop.Name)
		p.Line("\t\tbreak")
		p.Line("\t}")
	}
	p.Line("}")
}

func (p *Printer) places(ls []Expr) string {
	parts := make([]string, len(ls))
	for i, l := range ls {
		parts[i] = "_"
		if l != nil {
			parts[i] = p.Expr(l)
		}
	}
	return strings.Join(parts, ", ")
}

func (p *Printer) assign(s *Assign) string {
	if len(s.L) == 1 && !s.Define && s.L[0] != nil {
		if b, ok := s.R[0].(*Binary); ok && isOpAssign(b.Op) && Equal(s.L[0], b.X) {
			if c, ok := b.Y.(*Const); ok && IsInteger(b.Typ) && c.Val.ExactString() == "1" {
				switch b.Op {
				case token.ADD:
					return p.Expr(s.L[0]) + "++"
				case token.SUB:
					return p.Expr(s.L[0]) + "--"
				}
			}
			return p.Expr(s.L[0]) + " " + b.Op.String() + "= " + p.Expr(b.Y)
		}
	}
	op := " = "
	if s.Define {
		op = " := "
	}
	rs := make([]string, len(s.R))
	for i, r := range s.R {
		if c, ok := r.(*Const); ok && (s.Define || s.L[i] == nil) {
			rs[i] = p.typedConst(c)
		} else {
			rs[i] = p.Expr(r)
		}
	}
	return p.places(s.L) + op + strings.Join(rs, ", ")
}

func isOpAssign(op token.Token) bool {
	switch op {
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.AND, token.OR, token.XOR, token.SHL, token.SHR, token.AND_NOT:
		return true
	}
	return false
}

// ownArgs are the arguments of a call of the user's function, which has no parameters for
// package-level variables.
func ownArgs(s *Call) []Expr {
	inputs := s.Fn.Inputs()
	var out []Expr
	for i, a := range s.Args {
		if i >= len(inputs) || inputs[i].Global == nil {
			out = append(out, a)
		}
	}
	return out
}

func (p *Printer) call(s *Call) string {
	text := ""
	if len(s.L) > 0 {
		op := " = "
		if s.Define {
			op = " := "
		}
		text = p.places(s.L) + op
	}
	fn, args := p.aliased(s.Name), s.Args
	if s.On != nil {
		fn = s.On.Name + "." + fn
	}
	obj, targs := s.Ext, s.TArgs
	if s.Fn != nil {
		obj, targs = s.Fn.Obj, s.Fn.TArgs
		if obj != nil && !p.ByName {
			args = ownArgs(s)
		}
		if obj == nil || p.ByName && len(targs) > 0 {
			obj, targs = nil, nil
			fn = s.Fn.Name[strings.LastIndex(s.Fn.Name, ".")+1:]
			if s.Fn.Recv != nil {
				fn = p.receiver(args[0]) + "." + fn
				args = args[1:]
			}
		}
	}
	if obj != nil {
		fn = obj.Name()
		if obj.Signature().Recv() != nil {
			fn = p.receiver(args[0]) + "." + fn
			args, targs = args[1:], nil
		} else if q := p.qualifier(obj.Pkg()); q != "" {
			fn = q + "." + fn
		}
	}
	fn += p.typeArgs(targs)
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = p.Expr(a)
	}
	spread := ""
	if s.Spread || s.Fn != nil && (s.Fn.Variadic || obj != nil && !p.ByName && obj.Signature().Variadic()) {
		if last := len(args) - 1; isNil(args[last]) {
			parts = parts[:last]
		} else {
			spread = "..."
		}
	}
	call := fn + "(" + strings.Join(parts, ", ") + spread + ")"
	switch {
	case s.Conv != nil:
		call = p.converted(s.Conv, call)
	case p.losesArray(s):
		call = "(" + p.TypeString(s.L[0].Type()) + ")(" + p.aliased("ad.Pointer") + "(" + call + "))"
	}
	return text + call
}

// converted is the text of the conversion of call to the type t.
func (p *Printer) converted(t types.Type, call string) string {
	name := p.TypeString(t)
	if _, pointer := t.(*types.Pointer); pointer {
		name = "(" + name + ")"
	}
	return name + "(" + call + ")"
}

// losesArray reports whether a call of package ad returns a pointer to an array by a type
// parameter. The Go compiler (1.26 and before, golang.org/issue/71252) stops where such a result is
// sliced, unless the call was inlined, because it has the pointer by the type of its shape only. A
// conversion gives it its own.
func (p *Printer) losesArray(s *Call) bool {
	if p.ByName || s.On != nil || !strings.HasPrefix(s.Name, "ad.") || len(s.L) != 1 || s.L[0] == nil {
		return false
	}
	pointer, ok := s.L[0].Type().Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	_, ok = pointer.Elem().Underlying().(*types.Array)
	return ok
}

func (p *Printer) typeArgs(ts []types.Type) string {
	if len(ts) == 0 {
		return ""
	}
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = p.TypeString(t)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// aliased puts the package that a name starts with under the name by which it is
// imported.
func (p *Printer) aliased(name string) string {
	pkg, rest, found := strings.Cut(name, ".")
	if alias := p.Alias[pkg]; found && alias != "" {
		return alias + "." + rest
	}
	return name
}

func (p *Printer) qualifier(pkg *types.Package) string {
	if pkg == nil {
		return ""
	}
	return p.qual()(pkg)
}

func (p *Printer) receiver(e Expr) string {
	switch x := e.(type) {
	case *Addr:
		if _, ok := x.X.(*Composite); !ok {
			return p.prec(x.X, 8)
		}
	case *Deref:
		return p.receiver(x.X)
	case *Const:
		return p.typedConst(x)
	}
	return p.prec(e, 8)
}

// namedTypes returns the named types of prog's own package that it mentions,
// generic ones as they are declared, in order of first use.
func namedTypes(prog *Program) []*types.Named {
	var out []*types.Named
	seen := map[types.Type]bool{}
	var visit func(t types.Type)
	visit = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			for a := range t.TypeArgs().Types() {
				visit(a)
			}
			if o := t.Origin(); o != t {
				visit(o)
			} else if t.Obj().Pkg() != nil && t.Obj().Pkg() == prog.Pkg {
				out = append(out, t)
				visit(t.Underlying())
			}
		case *types.Slice:
			visit(t.Elem())
		case *types.Array:
			visit(t.Elem())
		case *types.Pointer:
			visit(t.Elem())
		case *types.Map:
			visit(t.Key())
			visit(t.Elem())
		case *types.Struct:
			for i := range t.NumFields() {
				visit(t.Field(i).Type())
			}
		}
	}
	for _, f := range prog.Funcs {
		for _, v := range f.Inputs() {
			visit(v.Type)
		}
		for _, v := range f.Results {
			visit(v.Type)
		}
		for _, v := range f.Locals {
			visit(v.Type)
		}
		WalkStmts(f.Body, func(s Stmt) {
			reads, places := Exprs(s)
			for _, e := range append(reads, places...) {
				WalkExpr(e, func(e Expr) bool { visit(e.Type()); return true })
			}
		})
	}
	return out
}

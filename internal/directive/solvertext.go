package directive

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden stands in front of lines of made text that are no part of the package while the
// generator runs, since the file may not import what they use.
const Hidden = "//hidden:"

// Inner stands behind lines that only the generator reads. Where the tangent is differentiated
// again, they do for what pointers point to what the hidden ones do for all memory.
const Inner = " //inner"

// write adds the declarations of one solver to b.
func (s *solver) write(b *strings.Builder) {
	names := []string{"tangent=" + s.name("Tangent"), "forward=" + s.name("Forward"), "reverse=" + s.name("Reverse"), "solver=" + s.rhs}
	if s.solution != "" {
		names[3] += "," + s.solution
	}
	fmt.Fprintf(b, "\n//cairn:rule of=%s %s\n", s.of(), strings.Join(names, " "))
	s.writeApply(b)
	s.writeKeep(b)
	s.writeTangent(b)
	s.writeForward(b)
	s.writeReverse(b)
}

// of is the name of the solver in a rule.
func (s *solver) of() string {
	if r := receiver(s.decl); r != "" {
		return r + "." + s.decl.Name.Name
	}
	return s.decl.Name.Name
}

// name is the name of a made function: it says for what, and what it is.
func (s *solver) name(what string) string {
	name, recv := s.decl.Name.Name, receiver(s.decl)
	if recv != "" {
		first, n := utf8.DecodeRuneInString(name)
		if !ast.IsExported(name) || !ast.IsExported(recv) {
			r, k := utf8.DecodeRuneInString(recv)
			recv = string(unicode.ToLower(r)) + recv[k:]
		}
		name = recv + string(unicode.ToUpper(first)) + name[n:]
	}
	return name + "Rule" + what
}

// local is a name that no parameter has.
func (s *solver) local(name string) string {
	for _, p := range s.params {
		if p.name == name || p.name+"b" == name || p.name+"d" == name {
			return s.local(name + "0")
		}
	}
	return name
}

// list writes parameters; those with derivatives are followed by them. Shadows of what
// is no reference are pointers in the adjoint.
func (s *solver) list(suffix string) string {
	var out []string
	for _, p := range s.params {
		out = append(out, p.name+" "+p.text())
		if suffix != "" && s.shadowed(p) {
			out = append(out, p.name+suffix+" "+s.shadowType(p, suffix))
		}
	}
	return strings.Join(out, ", ")
}

func (s *solver) shadowType(p param, suffix string) string {
	reference := false
	switch t := p.typ.(type) {
	case *ast.StarExpr:
		reference = true
	case *ast.ArrayType:
		reference = t.Len == nil
	}
	text := strings.Replace(p.text(), "...", "[]", 1)
	if suffix == "b" && !reference {
		return "*" + text
	}
	return text
}

// call is a call of f with the parameters of the solver, of which some are replaced.
func (s *solver) call(f *ast.FuncDecl, replace map[string]string) string {
	params, _ := paramsOf(f)
	recv := ""
	var args []string
	for i, p := range params {
		name := p.name
		if f == s.apply {
			name = s.as(p, i)
			if s.solution == "" && s.find(name) == nil {
				name = ""
			}
		} else if i < len(s.params) {
			name = s.params[i].name
		}
		arg, ok := replace[name]
		if !ok {
			arg = name
		}
		if p.dots {
			arg += "..."
		}
		if i == 0 && f.Recv != nil {
			recv = arg + "."
		} else {
			args = append(args, arg)
		}
	}
	return recv + f.Name.Name + "(" + strings.Join(args, ", ") + ")"
}

// writeApply writes the function that is differentiated: y = A x, with the matrix's
// parameters first.
func (s *solver) writeApply(b *strings.Builder) {
	if len(s.active) == 0 {
		return
	}
	x, y := s.local("u"), s.local("v")
	var wrt []string
	for _, p := range s.params {
		if s.active[p.name] {
			wrt = append(wrt, p.name)
		}
	}
	fmt.Fprintf(b, "\n// %s applies the matrix of %s to %s.\n//\n", s.name("Apply"), s.decl.Name.Name, x)
	fmt.Fprintf(b, "//cairn:adjoint wrt=%s of=%s\n//cairn:tangent wrt=%s of=%s\n", strings.Join(wrt, ","), y, strings.Join(wrt, ","), y)
	fmt.Fprintf(b, "func %s(%s, %s, %s []%s) {\n", s.name("Apply"), s.arguments(""), x, y, s.elem)
	call := s.call(s.apply, map[string]string{s.solution: x, s.rhs: y})
	if params, _ := paramsOf(s.apply); len(resultsOf(s.apply)) == 1 && !hasParam(params, s.rhs) {
		fmt.Fprintf(b, "\tcopy(%s, %s)\n}\n", y, call)
	} else {
		fmt.Fprintf(b, "\t%s\n}\n", call)
	}
}

func hasParam(ps []param, name string) bool {
	for _, p := range ps {
		if p.name == name {
			return true
		}
	}
	return false
}

// arguments lists the parameters of the matrix: as declarations, or with a suffix as
// arguments that are followed by their derivatives.
func (s *solver) arguments(suffix string) string {
	var out []string
	for _, p := range s.params {
		if !s.matrix[p.name] {
			continue
		}
		if suffix == "" {
			out = append(out, p.name+" "+strings.Replace(p.text(), "...", "[]", 1))
			continue
		}
		out = append(out, p.name)
		if s.active[p.name] {
			out = append(out, p.name+suffix)
		}
	}
	return strings.Join(out, ", ")
}

// primal runs the solver and names its results. The solution is the first of them, or
// the parameter.
func (s *solver) primal(b *strings.Builder) (results, solution string) {
	var names []string
	for _, r := range s.results {
		names = append(names, s.local(r.name))
	}
	results, solution = strings.Join(names, ", "), s.solution
	if solution == "" {
		solution = names[0]
	}
	call := s.call(s.decl, nil)
	if results != "" {
		call = results + " := " + call
	}
	fmt.Fprintf(b, "\t%s\n", call)
	return results, solution
}

func (s *solver) resultTypes(extra ...string) string {
	var out []string
	for i, r := range s.results {
		out = append(out, r.text())
		if i == 0 && s.solution == "" && len(extra) > 0 && extra[0] == "d" {
			out = append(out, r.text())
		}
	}
	if len(extra) > 0 && extra[0] != "d" {
		out = append(out, extra...)
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func (s *solver) writeTangent(b *strings.Builder) {
	fmt.Fprintf(b, "\n// %s is the tangent of %s.\n", s.name("Tangent"), s.decl.Name.Name)
	fmt.Fprintf(b, "func %s(%s) %s {\n", s.name("Tangent"), s.list("d"), s.resultTypes("d"))
	results, x := s.primal(b)
	s.keep(b, true)
	y, yd, i := s.local("y"), s.local("yd"), s.local("i")
	fmt.Fprintf(b, "\t%s := append([]%s{}, %sd...)\n", yd, s.elem, s.rhs)
	if len(s.active) > 0 {
		fmt.Fprintf(b, "\t%s, %s := make([]%s, len(%s)), make([]%s, len(%s))\n", y, s.local("w"), s.elem, s.rhs, s.elem, s.rhs)
		fmt.Fprintf(b, "\t%sTangent(%s, %s, %s, %s)\n", s.name("Apply"), s.arguments("d"), x, y, s.local("w"))
		fmt.Fprintf(b, "\tfor %s := range %s {\n\t\t%s[%s] -= %s[%s]\n\t}\n", i, yd, yd, i, s.local("w"), i)
	}
	if s.solution != "" {
		fmt.Fprintf(b, "\tclear(%sd)\n\t%s\n", s.solution, s.call(s.decl, map[string]string{s.rhs: yd, s.solution: s.solution + "d"}))
		s.keep(b, false)
		if results != "" {
			fmt.Fprintf(b, "\treturn %s\n", results)
		}
		b.WriteString("}\n")
		return
	}
	xd := s.local("xd")
	rest := strings.Repeat(", _", len(s.results)-1)
	fmt.Fprintf(b, "\t%s%s := %s\n", xd, rest, s.call(s.decl, map[string]string{s.rhs: yd}))
	s.keep(b, false)
	first, others, _ := strings.Cut(results, ", ")
	if others != "" {
		others = ", " + others
	}
	fmt.Fprintf(b, "\treturn %s, %s%s\n}\n", first, xd, others)
}

func (s *solver) writeForward(b *strings.Builder) {
	fmt.Fprintf(b, "\n// %s runs %s and keeps the solution.\n", s.name("Forward"), s.decl.Name.Name)
	fmt.Fprintf(b, "func %s(%s) %s {\n", s.name("Forward"), s.list(""), s.resultTypes("[]"+s.elem))
	results, x := s.primal(b)
	if results != "" {
		results += ", "
	}
	fmt.Fprintf(b, "\treturn %sappend([]%s{}, %s...)\n}\n", results, s.elem, x)
}

func (s *solver) writeReverse(b *strings.Builder) {
	x, xb, l, i := s.local("x0"), s.solution+"b", s.local("l"), s.local("i")
	seed := ""
	if s.solution == "" {
		xb = s.local("seed")
		seed = ", " + xb + " []" + s.elem
	}
	fmt.Fprintf(b, "\n// %s is the reverse sweep of %s, which had the solution %s.\n", s.name("Reverse"), s.decl.Name.Name, x)
	fmt.Fprintf(b, "func %s(%s []%s, %s%s) {\n", s.name("Reverse"), x, s.elem, s.list("b"), seed)
	if s.solution == "" {
		fmt.Fprintf(b, "\tif %s == nil {\n\t\treturn\n\t}\n", xb)
	}
	with := s.decl
	if s.transpose != nil {
		with = s.transpose
	}
	r := s.local("r")
	fmt.Fprintf(b, "\t%s := append([]%s{}, %s...)\n", r, s.elem, xb)
	if s.solution == "" {
		fmt.Fprintf(b, "\t%s%s := %s\n", l, strings.Repeat(", _", len(s.results)-1), s.call(with, map[string]string{s.rhs: r}))
	} else {
		fmt.Fprintf(b, "\t%s := make([]%s, len(%s))\n", l, s.elem, x)
		fmt.Fprintf(b, "\t%s\n", s.call(with, map[string]string{s.rhs: r, s.solution: l}))
		fmt.Fprintf(b, "\tclear(%s)\n", xb)
	}
	fmt.Fprintf(b, "\tfor %s := range %s {\n\t\t%sb[%s] += %s[%s]\n\t\t%s[%s] = -%s[%s]\n\t}\n", i, l, s.rhs, i, l, i, l, i, l, i)
	if len(s.active) > 0 {
		fmt.Fprintf(b, "\t%sAdjoint(%s, %s, make([]%s, len(%s)), %s)\n", s.name("Apply"), s.arguments("b"), x, s.elem, s.rhs, l)
	}
	b.WriteString("}\n")
}

// kept lists the parameters behind which the solver may change something besides the
// solution: the tangent solves once more and must leave that as the first run did.
func (s *solver) kept() []param {
	var out []param
	for _, p := range s.params {
		id, ok := p.typ.(*ast.Ident)
		if p.name != s.rhs && p.name != s.solution && !(ok && types.Universe.Lookup(id.Name) != nil) {
			out = append(out, p)
		}
	}
	return out
}

// keep calls what writeKeep writes, or what that returns.
func (s *solver) keep(b *strings.Builder, save bool) {
	var args []string
	for i, p := range s.kept() {
		args = append(args, p.name)
		to, pointer := strings.CutPrefix(p.text(), "*")
		switch v := s.local(fmt.Sprint("kept", i)); {
		case !pointer:
		case save:
			fmt.Fprintf(b, "\tvar %s %s%s\n\tif %s != nil {%s\n\t\t%s = *%s%s\n\t}%s\n", v, to, Inner, p.name, Inner, v, p.name, Inner, Inner)
		default:
			fmt.Fprintf(b, "\tif %s != nil {%s\n\t\t*%s = %s%s\n\t}%s\n", p.name, Inner, p.name, v, Inner, Inner)
		}
	}
	switch {
	case len(args) == 0:
	case save:
		fmt.Fprintf(b, "%s\t%s := %s(%s)\n", Hidden, s.local("restore"), s.name("Keep"), strings.Join(args, ", "))
	default:
		fmt.Fprintf(b, "%s\t%s()\n", Hidden, s.local("restore"))
	}
}

// writeKeep writes a function that saves what kept lists and returns one that restores it.
// No parameter of it can be called like package ad.
func (s *solver) writeKeep(b *strings.Builder) {
	var params, places []string
	for i, p := range s.kept() {
		params = append(params, fmt.Sprintf("p%d %s", i, strings.Replace(p.text(), "...", "[]", 1)))
		places = append(places, fmt.Sprintf("&p%d", i))
	}
	if len(params) == 0 {
		return
	}
	lines := []string{
		"", "// " + s.name("Keep") + " saves what " + s.decl.Name.Name + " may have changed; the result restores it.",
		"func " + s.name("Keep") + "(" + strings.Join(params, ", ") + ") func() {",
		"\ts := ad.NewSnapshot()",
		"\ts.Save(" + strings.Join(places, ", ") + ")",
		"\treturn func() {",
		"\t\ts.Restore(" + strings.Join(places, ", ") + ")",
		"\t\ts.Release()",
		"\t}",
		"}",
	}
	for _, l := range lines {
		fmt.Fprintf(b, "%s%s\n", Hidden, l)
	}
}

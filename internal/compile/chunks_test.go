package compile_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/progen"
)

// chunk is a declaration of a program, or a line that declares a rule.
type chunk struct {
	names []string // that it declares
	recv  string   // the type of a method
	rule  string   // the function that has the rule
	text  string
}

var words = regexp.MustCompile(`\w+`)

// chunks takes the text of a program apart.
func chunks(src string) ([]chunk, error) {
	const head = "package p\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", head+src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset - len(head) }
	var out []chunk
	free, end := file.Comments, 0
	rules := func(before int) {
		for ; len(free) > 0 && at(free[0].Pos()) < before; free = free[1:] {
			for _, c := range free[0].List {
				if m := ruleOf.FindStringSubmatch(c.Text); m != nil && at(c.Pos()) >= end {
					out = append(out, chunk{rule: m[1], text: c.Text})
				}
			}
		}
	}
	for _, d := range file.Decls {
		c, start := headOf(d)
		rules(at(start))
		end = at(d.End())
		c.text = src[at(start):end]
		out = append(out, c)
	}
	rules(len(src))
	return out, nil
}

var ruleOf = regexp.MustCompile(`^//cairn:rule of=(?:\w+\.)?(\w+)`)

// headOf returns what a declaration declares, and where it begins with its comment.
func headOf(d ast.Decl) (c chunk, start token.Pos) {
	start = d.Pos()
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			start = d.Doc.Pos()
		}
		c.names = []string{d.Name.Name}
		if d.Recv != nil {
			t := d.Recv.List[0].Type
			if p, ok := t.(*ast.StarExpr); ok {
				t = p.X
			}
			if x, ok := t.(*ast.IndexExpr); ok {
				t = x.X
			}
			c.recv = t.(*ast.Ident).Name
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			start = d.Doc.Pos()
		}
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				c.names = append(c.names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					c.names = append(c.names, n.Name)
				}
			}
		}
	}
	return c, start
}

// set is a set of names.
type set map[string]bool

func (s set) any(names []string) bool {
	for _, n := range names {
		if s[n] {
			return true
		}
	}
	return false
}

// mentionedIn is closed under: what a chunk of the result mentions, the methods of its types
// and the rules of its functions are in the result.
func mentionedIn(cs []chunk, roots ...string) []bool {
	in, names := make([]bool, len(cs)), set{}
	for _, r := range roots {
		names[r] = true
	}
	for grown := true; grown; {
		grown = false
		for i, c := range cs {
			if in[i] || !(c.recv == "" && names.any(c.names) || names[c.recv] || names[c.rule] || slices.Contains(c.names, roots[0])) {
				continue
			}
			in[i], grown = true, true
			for _, w := range words.FindAllString(c.text, -1) {
				names[w] = true
			}
		}
	}
	return in
}

// pruned is the program without what its entry function does not lead to, which would only cost
// time.
func pruned(c progen.Case) (string, error) {
	cs, err := chunks(c.Src)
	if err != nil {
		return "", err
	}
	roots := []string{c.Name}
	for _, a := range c.Inputs() {
		roots = append(roots, words.FindAllString(a.Type+" "+a.Lit, -1)...)
	}
	for _, v := range c.Vars {
		roots = append(roots, words.FindAllString(v.Name+" "+v.Lit, -1)...)
	}
	return joined(cs, mentionedIn(cs, roots...)), nil
}

func joined(cs []chunk, in []bool) string {
	var out strings.Builder
	for i, c := range cs {
		if in[i] {
			out.WriteString(c.text + "\n\n")
		}
	}
	return out.String()
}

// share leaves out of c, a variant of base in the same package, the declarations that it has in
// common with base, and makes it use those of base.
func share(base, c progen.Case) (progen.Case, error) {
	of, err := chunks(base.Src)
	if err != nil {
		return c, err
	}
	cs, err := chunks(c.Src)
	if err != nil {
		return c, err
	}
	name := regexp.MustCompile(`\b` + c.Name + `(\w*)`)
	known := set{}
	for _, d := range of {
		known[d.text] = true
	}
	differs, names := make([]bool, len(cs)), set{}
	mark := func(i int) {
		differs[i] = true
		for _, n := range cs[i].names {
			names[n] = true
		}
		if r := cs[i].recv; r != "" && cs[i].names[0] != c.Name {
			names[r] = true
		}
	}
	for i, d := range cs {
		if !known[name.ReplaceAllString(d.text, base.Name+"$1")] || slices.Contains(d.names, c.Name) {
			mark(i)
		}
	}
	for grown := true; grown; {
		grown = false
		for i, d := range cs {
			if !differs[i] && (names.any(d.names) || names.any(words.FindAllString(d.text, -1))) {
				mark(i)
				grown = true
			}
		}
	}
	common := set{}
	for i, d := range cs {
		for _, n := range d.names {
			common[n] = !differs[i]
		}
	}
	rename := func(text string) string {
		return name.ReplaceAllStringFunc(text, func(n string) string {
			if common[n] {
				return base.Name + n[len(c.Name):]
			}
			return n
		})
	}
	c.Src = rename(joined(cs, differs))
	c.Args = append([]progen.Arg{}, c.Args...)
	for i := range c.Args {
		c.Args[i].Type, c.Args[i].Lit = rename(c.Args[i].Type), rename(c.Args[i].Lit)
	}
	if c.Recv != nil {
		r := *c.Recv
		r.Type, r.Lit = rename(r.Type), rename(r.Lit)
		c.Recv = &r
	}
	c.Vars = append([]progen.Var{}, c.Vars...)
	for i := range c.Vars {
		c.Vars[i].Name, c.Vars[i].Lit = rename(c.Vars[i].Name), rename(c.Vars[i].Lit)
	}
	return c, nil
}

// TestShare takes a program and its variant apart.
func TestShare(t *testing.T) {
	text := func(name, mode string) string {
		return "type N_V struct{ A float64 }\n\nfunc (v N_V) At() float64 { return v.A }\n\n" +
			"func N_H1(v N_V) float64 { return v.At() }\n\n" + mode + "func N_H2(a float64) float64 { return a }\n\n" +
			"func N_H3(a float64) float64 { return N_H2(a) }\n\nfunc N_H4(a float64) float64 { return a }\n\n" +
			"//cairn:rule of=N_H1 tangent=N_H1Tangent\n\nfunc N_H1Tangent(v, vd N_V) (a, b float64) { return }\n\n" +
			"// N is one.\nfunc N_(v N_V) float64 { return N_H1(v) + N_H3(1) }\n"
	}
	base := progen.Case{Name: "F1", Args: []progen.Arg{{Type: "F1V", Lit: "F1V{1}"}}}
	base.Src = strings.ReplaceAll(text("F1", "//cairn:joint\n"), "N_", "F1")
	src, err := pruned(base)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(src, "F1H4") || !strings.Contains(src, "//cairn:rule") || !strings.Contains(src, "func (v F1V) At") {
		t.Errorf("pruned:\n%s", src)
	}
	v := progen.Case{Name: "F1M", Args: []progen.Arg{{Type: "F1MV", Lit: "F1MV{1}"}}}
	v.Src = strings.ReplaceAll(text("F1M", "//cairn:split\n"), "N_", "F1M")
	got, err := share(base, v)
	if err != nil {
		t.Fatal(err)
	}
	want := "//cairn:split\nfunc F1MH2(a float64) float64 { return a }\n\nfunc F1MH3(a float64) float64 { return F1MH2(a) }\n\n" +
		"// N is one.\nfunc F1M(v F1V) float64 { return F1H1(v) + F1MH3(1) }\n\n"
	if got.Src != want || got.Args[0].Lit != "F1V{1}" {
		t.Errorf("shared: %v\n%s", got.Args, got.Src)
	}
}

// Package table lists the rules of this module for the documentation.
//
// In: the folders of packages. Out: a table in Markdown with a row for each //cairn:rule.
package table

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// A Rule is one directive.
type Rule struct {
	Of      string   // the function or method
	Active  []string // the arguments that carry derivatives
	Writes  []string
	Mirror  bool
	Passive bool
}

// Rules returns those of the package in a folder, sorted by name.
func Rules(dir string) ([]Rule, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	funcs := map[string]*ast.FuncDecl{}
	var lines []string
	for _, name := range files {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				funcs[fn.Name.Name] = fn
			}
		}
		for _, group := range f.Comments {
			for _, c := range group.List {
				if line, ok := strings.CutPrefix(c.Text, "//cairn:rule "); ok {
					lines = append(lines, line)
				}
			}
		}
	}
	var rules []Rule
	for _, line := range lines {
		r, err := rule(line, funcs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		rules = append(rules, r)
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.Of, b.Of) })
	return rules, nil
}

// rule reads the arguments of a directive; funcs are the functions of its package.
func rule(line string, funcs map[string]*ast.FuncDecl) (Rule, error) {
	keys := map[string]string{}
	for _, word := range strings.Fields(line) {
		key, value, _ := strings.Cut(word, "=")
		keys[key] = value
	}
	r := Rule{Of: keys["of"]}
	_, r.Mirror = keys["mirror"]
	if _, r.Passive = keys["passive"]; r.Mirror || r.Passive {
		return r, nil
	}
	if w := keys["writes"]; w != "none" {
		r.Writes = strings.Split(w, ",")
	}
	adjoint := keys["adjoint"]
	if adjoint == "" {
		adjoint = keys["reverse"]
	}
	fn := funcs[adjoint]
	if fn == nil {
		return r, fmt.Errorf("the rule of %s names no adjoint of its package", r.Of)
	}
	var names []string
	for _, p := range fn.Type.Params.List {
		for _, n := range p.Names {
			names = append(names, n.Name)
		}
	}
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1]+"b" {
			r.Active = append(r.Active, names[i-1])
		}
	}
	return r, nil
}

// Markdown is the table of the rules.
func Markdown(rules []Rule) string {
	var b strings.Builder
	b.WriteString("| function | arguments with derivatives | writes to |\n|---|---|---|\n")
	for _, r := range rules {
		active := code(r.Active)
		switch {
		case r.Mirror:
			active = "a view, or new memory: the shadow is made by the same call"
		case r.Passive:
			active = "none"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Of, active, code(r.Writes))
	}
	return b.String()
}

func code(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "`" + strings.Join(names, "`, `") + "`"
}

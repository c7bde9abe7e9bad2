package compile_test

import (
	"fmt"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/difftest"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

// buildCases writes the calls of each case into its package and builds the
// program that makes them all.
func buildCases(t *testing.T, dir string, cases []*caseFile) ([]*caseFile, string) {
	t.Helper()
	bin := filepath.Join(dir, "cases")
	for {
		var imports, calls strings.Builder
		for _, c := range cases {
			write(t, filepath.Join(dir, c.name, "calls.go"), []byte(c.callsFile(t)))
			fmt.Fprintf(&imports, "\t%s %q\n", c.name, batchModule+"/"+c.name)
			fmt.Fprintf(&calls, "\tall = append(all, %s.Calls()...)\n", c.name)
		}
		write(t, filepath.Join(dir, "main.go"), []byte("package main\n\nimport (\n\t\"os\"\n\n\t\"github.com/cairn-ad/cairn/internal/difftest\"\n"+
			imports.String()+")\n\nfunc main() {\n\tvar all []difftest.Case\n"+calls.String()+"\tdifftest.Main(all, os.Args[1:])\n}\n"))
		output, err := goBuild(dir, bin)
		if err == nil {
			return cases, bin
		}
		left := dropFailed(t, dir, cases, output)
		if len(left) == len(cases) {
			t.Fatalf("%v\n%s", err, output)
		}
		cases = left
	}
}

// callsFile is the Go file with the calls of the case.
func (c *caseFile) callsFile(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport \"github.com/cairn-ad/cairn/internal/difftest\"\n\nfunc Calls() []difftest.Case {\n\treturn []difftest.Case{\n", c.pkg.Name)
	single := false
	for _, f := range c.archive.Files {
		single = single || strings.HasSuffix(f.Name, ".go") && isSingle(string(f.Data))
	}
	for _, k := range c.calls {
		d := c.requested(k.fn)
		if d == nil {
			t.Fatalf("%s: no directive for %s", c.name, k.fn)
		}
		fmt.Fprintf(&b, "\t\t{Name: %q, %s Single: %v, Kinks: %v, Iterated: %v,\n\t\t\tArgs: func() []any {\n", k.id, c.describe(t, k.fn, d), single, k.kinks, strings.Contains(c.allText(), "//cairn:fixedpoint"))
		if k.setup != "" {
			fmt.Fprintf(&b, "\t\t\t\t%s\n", k.setup)
		}
		fmt.Fprintf(&b, "\t\t\t\treturn []any{%s}\n\t\t\t}},\n", k.args)
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

// describe is the part of a difftest.Case that the directives decide.
func (c *caseFile) describe(t *testing.T, name string, d *directive.Func) string {
	t.Helper()
	method := ""
	fn := c.function(t, name)
	if fn.Recv != nil {
		method = "(" + types.TypeString(fn.Recv.Type, types.RelativeTo(c.pkg.Types)) + ")."
	}
	wrt, of := map[*ir.Var]bool{}, map[*ir.Var]bool{}
	note := func(set map[*ir.Var]bool, names []directive.Name) {
		for _, n := range names {
			switch n.Role {
			case directive.Receiver:
				set[fn.Recv] = true
			case directive.Param:
				set[fn.Params[n.Index]] = true
			default:
				set[fn.Results[n.Index]] = true
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Primal: %s%s,", method, name)
	if d.Tangent != nil {
		note(wrt, d.Tangent.Wrt)
		note(of, d.Tangent.Of)
		fmt.Fprintf(&b, " Tangent: %s%sTangent,", method, name)
		if d.Tangent.Vector > 0 {
			fmt.Fprintf(&b, " TangentVector: %s%sTangentVector,", method, name)
		}
	}
	if d.Pattern != nil {
		note(wrt, d.Pattern.Wrt)
		note(of, d.Pattern.Of)
		fmt.Fprintf(&b, " Pattern: %s%sPattern,", method, name)
	}
	if d.Adjoint != nil {
		note(wrt, d.Adjoint.Wrt)
		note(of, d.Adjoint.Of)
		fmt.Fprintf(&b, " Adjoint: %s%sAdjoint,", method, name)
		if d.Adjoint.Split && d.Adjoint.Joint {
			fmt.Fprintf(&b, " Forward: %s%sForward, Reverse: %[1]s%[2]sReverse,", method, name)
		}
		if d.Adjoint.Vector > 0 && (d.Adjoint.Joint || strings.Contains(c.allText(), name+"AdjointVector(")) {
			fmt.Fprintf(&b, " AdjointVector: %s%sAdjointVector,", method, name)
		}
	}
	if d.Hessian != nil {
		note(wrt, d.Hessian.Wrt)
		note(of, d.Hessian.Of)
		fmt.Fprintf(&b, " Hessian: %s%sHessian,", method, name)
	}
	b.WriteString(" Inputs: []difftest.Input{")
	for _, v := range fn.Inputs() {
		fmt.Fprintf(&b, "{%q, %v, %v}, ", v.Name, wrt[v], of[v])
	}
	b.WriteString("}, Of: []bool{")
	for _, r := range fn.Results {
		fmt.Fprintf(&b, "%v, ", of[r])
	}
	b.WriteString("},")
	b.WriteString(c.fields(fn, d))
	return b.String()
}

// fields tells of which inputs and results a directive names fields only.
func (c *caseFile) fields(fn *ir.Func, d *directive.Func) string {
	wrt, of := map[int][]string{}, map[int][]string{}
	for _, line := range []*directive.Derivative{d.Tangent, d.Pattern, d.Adjoint, d.Hessian} {
		if line == nil {
			continue
		}
		for set, names := range map[*map[int][]string][]directive.Name{&wrt: line.Wrt, &of: line.Of} {
			for _, n := range names {
				i, path := fieldOf(fn, n)
				(*set)[i] = append((*set)[i], path)
			}
		}
	}
	var b strings.Builder
	for name, set := range map[string]map[int][]string{"WrtFields": wrt, "OfFields": of} {
		fmt.Fprintf(&b, " %s: map[int][]string{", name)
		for i, paths := range set {
			if !slices.Contains(paths, "") {
				fmt.Fprintf(&b, "%d: %#v, ", i, paths)
			}
		}
		b.WriteString("},")
	}
	return b.String()
}

// fieldOf returns the number of the input, or result, that a name means, and the way to its field.
func fieldOf(fn *ir.Func, n directive.Name) (index int, path string) {
	v, index := fn.Recv, 0
	switch n.Role {
	case directive.Receiver:
	case directive.Param:
		v = fn.Params[n.Index]
		index = slices.Index(fn.Inputs(), v)
	default:
		v = fn.Results[n.Index]
		index = difftest.ResultIndex + n.Index
	}
	t := v.Type
	for _, i := range n.Path {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		f := t.Underlying().(*types.Struct).Field(i)
		path += "." + f.Name()
		t = f.Type()
	}
	return index, path
}

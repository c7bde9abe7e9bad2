package load

import (
	"fmt"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

// declared is the name of the file that Declare adds to a package.
const declared = "zz_declared_by_cairngen.go"

// Undeclared reports whether the load met names that do not exist yet, of functions that a
// directive is about to define. Where they stand in functions to be differentiated, another
// load has to know their types: see Declare.
func (p *Package) Undeclared() bool { return p.outside.loader.undeclared }

// Promised reports whether a name is declared by such a file.
func (p *Package) Promised(obj types.Object) bool {
	return filepath.Base(p.Fset.Position(obj.Pos()).Filename) == declared
}

// Declare returns files for Options.Overlay that declare, without bodies, the derivatives
// that the directives of the packages ask for. Those that take a stack, or a scrutiny, are
// left out.
func Declare(pkgs []*Package) map[string][]byte {
	out := map[string][]byte{}
	for _, p := range pkgs {
		d := &declarer{pkg: p.Types, names: map[string]string{}}
		for _, f := range p.Directives.Sorted() {
			if obj, ok := p.Info.Defs[f.Decl.Name].(*types.Func); ok {
				d.function(f, obj.Signature())
			}
		}
		if d.out.Len() == 0 {
			continue
		}
		text := "package " + p.Name + "\n\n"
		for _, path := range slices.Sorted(maps.Keys(d.names)) {
			text += fmt.Sprintf("import %s %q\n", d.names[path], path)
		}
		out[filepath.Join(p.Dir, declared)] = []byte(text + d.out.String())
	}
	return out
}

// declarer writes the declarations of one package.
type declarer struct {
	pkg   *types.Package
	names map[string]string // of imports, by path
	out   strings.Builder
}

func (d *declarer) qualify(p *types.Package) string {
	if p == d.pkg {
		return ""
	}
	if d.names[p.Path()] == "" {
		d.names[p.Path()] = fmt.Sprintf("%s%d", p.Name(), len(d.names)+1)
	}
	return d.names[p.Path()]
}

func (d *declarer) typ(t types.Type) string { return types.TypeString(t, d.qualify) }

func (d *declarer) function(f *directive.Func, sig *types.Signature) {
	if f.Tangent != nil {
		d.declare(f, sig, f.Tangent, "Tangent", 0)
	}
	if f.Adjoint != nil && f.Adjoint.Joint {
		d.declare(f, sig, f.Adjoint, "Adjoint", 1)
	}
	if f.Hessian != nil {
		d.declare(f, sig, f.Hessian, "Hessian", 2)
	}
}

// declare writes one declaration: a parameter of the function is followed by its tangent,
// its adjoint, or its tangent, its adjoint and the tangent of that.
func (d *declarer) declare(f *directive.Func, sig *types.Signature, line *directive.Derivative, suffix string, kind int) {
	var list []string
	put := func(t types.Type, value bool) {
		text := d.typ(t)
		if !value && !ir.IsRef(t) {
			text = "*" + text
		}
		list = append(list, fmt.Sprintf("p%d %s", len(list), text))
	}
	input := func(v *types.Var, role directive.Role, i int) {
		put(v.Type(), true)
		if !names(line.Wrt, role, i) && !names(line.Of, role, i) {
			return
		}
		if kind != 1 {
			put(v.Type(), true)
		}
		if kind >= 1 {
			put(v.Type(), false)
		}
		if kind == 2 {
			put(v.Type(), false)
		}
	}
	if sig.Recv() != nil {
		input(sig.Recv(), directive.Receiver, 0)
	}
	for i := range sig.Params().Len() {
		input(sig.Params().At(i), directive.Param, i)
	}
	var results []string
	for i := range sig.Results().Len() {
		t := sig.Results().At(i).Type()
		results = append(results, d.typ(t))
		if !names(line.Of, directive.Result, i) {
			continue
		}
		if kind != 1 {
			results = append(results, d.typ(t))
		}
		for range kind {
			put(t, true)
		}
	}
	recv := ""
	if sig.Recv() != nil {
		recv, list = "("+list[0]+") ", list[1:]
	}
	fmt.Fprintf(&d.out, "\nfunc %s%s%s(%s) (%s)\n", recv, f.Decl.Name.Name, suffix, strings.Join(list, ", "), strings.Join(results, ", "))
}

// names reports whether a list of names means a variable of the signature.
func names(list []directive.Name, role directive.Role, i int) bool {
	return slices.ContainsFunc(list, func(n directive.Name) bool {
		return n.Role == role && (role == directive.Receiver || n.Index == i)
	})
}

package scrutinize

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/load"
)

// target is a function that can be scrutinized.
type target struct {
	pkg    *load.Package
	fn     *directive.Func
	params []*types.Var
}

// loaded loads the one package of this module that the pattern matches. Of another
// module, or of the standard library, only parts are loaded; what the type checker
// misses there is no fault of the user's.
func loaded(dir, pattern string, opts load.Options) (*load.Package, error) {
	pkgs, broken := load.Load(dir, []string{pattern}, opts)
	p, err := matched(pkgs, pattern)
	switch {
	case err == nil && !p.Main:
		return nil, fmt.Errorf("%s: it is not a package of the module in this folder: only functions of that module can be scrutinized; go to the folder of its module, or write a function here that calls it and put //cairn:scrutinize of=… above that", pattern)
	case broken != nil:
		return nil, broken
	}
	return p, err
}

// matched returns the one package that the pattern matches.
func matched(pkgs []*load.Package, pattern string) (*load.Package, error) {
	var names []string
	var found *load.Package
	for _, p := range pkgs {
		if p.Matched {
			found = p
			names = append(names, p.Path)
		}
	}
	switch {
	case found == nil:
		return nil, fmt.Errorf("%s: no package matches: name a directory with Go files, as ./solver", pattern)
	case len(names) > 1:
		return nil, fmt.Errorf("%s: it matches %d packages: name one of %s", pattern, len(names), strings.Join(names, ", "))
	}
	return found, nil
}

// find returns the function called name in p, or the reason why it cannot be
// scrutinized.
func find(p *load.Package, name string) (*target, error) {
	decl := declaration(p, name)
	switch {
	case decl == nil:
		return nil, fmt.Errorf("%s: no function %s in package %s: %s", name, name, p.Path, choices(p))
	case decl.Recv != nil:
		return nil, fmt.Errorf("%s: it is a method: a receiver cannot be written on the command line; write a function that makes the receiver and calls it, and put //cairn:scrutinize above that", name)
	case decl.Type.TypeParams != nil:
		return nil, fmt.Errorf("%s: it has type parameters: it cannot be called without choosing them; write a function that calls it with one type", name)
	case p.Name == "main":
		return nil, fmt.Errorf("%s: it is in package main, which no other program can import: move it, with its loop, into a package of its own", name)
	case !ast.IsExported(name):
		return nil, fmt.Errorf("%s: it is not exported: the program that follows it cannot call it; give it an upper-case name or write an exported function that calls it", name)
	}
	for fd, fn := range p.Directives.Funcs {
		if fd == decl && fn.Scrutinize != nil {
			sig := p.Info.Defs[decl.Name].(*types.Func).Signature()
			t := &target{pkg: p, fn: fn}
			for v := range sig.Params().Variables() {
				t.params = append(t.params, v)
			}
			return t, nil
		}
	}
	return nil, fmt.Errorf("%s: there is no //cairn:scrutinize above it: put //cairn:scrutinize of=… there and //cairn:checkpoint above its loop; %s", name, choices(p))
}

// declaration returns the function called name, or the method of that name, with or
// without its type in front.
func declaration(p *load.Package, name string) *ast.FuncDecl {
	var method *ast.FuncDecl
	for _, f := range p.Files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if fd.Recv == nil && fd.Name.Name == name {
				return fd
			}
			if fd.Recv != nil && (fd.Name.Name == name || strings.HasSuffix(name, "."+fd.Name.Name)) {
				method = fd
			}
		}
	}
	return method
}

// choices names the functions of the package that can be scrutinized.
func choices(p *load.Package) string {
	var names []string
	for fd, fn := range p.Directives.Funcs {
		if fn.Scrutinize != nil && fd.Recv == nil && fd.Name.IsExported() {
			names = append(names, fd.Name.Name)
		}
	}
	if len(names) == 0 {
		return "no function there has //cairn:scrutinize"
	}
	slices.Sort(names)
	return "choose from " + strings.Join(names, ", ")
}

// name is that of the function.
func (t *target) name() string { return t.fn.Decl.Name.Name }

// signature is the list of parameters as in the source.
func (t *target) signature() string {
	var list []string
	for _, v := range t.params {
		list = append(list, v.Name()+" "+types.TypeString(v.Type(), (*types.Package).Name))
	}
	return t.name() + "(" + strings.Join(list, ", ") + ")"
}

// checkCount compares the number of arguments with that of the parameters.
func (t *target) checkCount(args []string) error {
	given, wanted := len(args), len(t.params)
	switch {
	case given < wanted:
		v := t.params[given]
		return fmt.Errorf("--args: parameter %s %s has no argument: %s needs %d, separated by commas, and %d are given",
			v.Name(), types.TypeString(v.Type(), (*types.Package).Name), t.signature(), wanted, given)
	case given > wanted:
		return fmt.Errorf("--args: %q is too much: %s needs %d arguments, and %d are given; put one that holds a comma in quotes or brackets",
			args[wanted], t.signature(), wanted, given)
	}
	return nil
}

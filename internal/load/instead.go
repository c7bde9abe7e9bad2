package load

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// texts are functions of the standard library in plain Go, by the paths of their packages.
//
//go:embed instead/slices/slices.go instead/maps/maps.go
var texts embed.FS

// plain puts functions in plain Go in the place of those of the standard library's file f,
// of that name, that live on unsafe memory or the runtime.
func (l *loader) plain(fset *token.FileSet, name string, f *ast.File) error {
	path := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(name), l.std))
	src, err := texts.ReadFile("instead/" + path + "/" + path + ".go")
	if err != nil {
		return nil // there is nothing for this package
	}
	// The name is that of f, so that diagnostics in it are about the package.
	text, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	own := map[string]*ast.FuncDecl{}
	for _, d := range text.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok {
			own[fd.Name.Name] = fd
		}
	}
	for i, d := range f.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && own[fd.Name.Name] != nil {
			f.Decls[i] = own[fd.Name.Name]
		}
	}
	return nil
}

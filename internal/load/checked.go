package load

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"

	"github.com/cairn-ad/cairn/internal/directive"
)

// Checked makes a package of files that the caller has parsed and checked, in memory or
// on disk. Of the packages that it imports the types are known, not the source.
func Checked(fset *token.FileSet, files []*ast.File, pkg *types.Package, info *types.Info, set *directive.Set) *Package {
	p := &Package{
		Path: pkg.Path(), Name: pkg.Name(), Fset: fset, Files: files, Types: pkg, Info: info, Directives: set,
		Matched: true, Main: true,
		outside: &outside{byTypes: map[*types.Package]*packages.Package{}},
		raw:     &packages.Package{},
		made:    &madeText{text: map[string]string{}},
	}
	for _, f := range files {
		p.FileNames = append(p.FileNames, fset.Position(f.FileStart).Filename)
	}
	return p
}

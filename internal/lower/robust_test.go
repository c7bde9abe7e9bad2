package lower

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/types"
	"runtime/debug"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

// TestUndefinedNames replaces the identifiers of each case, one at a time, by a
// name that does not exist, as a call of a function yet to be generated is, and
// wants diagnostics or a sound program, never a panic.
func TestUndefinedNames(t *testing.T) {
	for _, file := range cases(t) {
		ar := readCase(t, file)
		in, diags := load(t, file, ar)
		if len(diags) > 0 || len(in.Deps) > 0 {
			continue
		}
		src := []byte(mainSource(t, ar))
		for _, f := range in.Root.Files[0].Decls {
			fd, ok := f.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			ast.Inspect(fd.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && id.Name != "_" {
					at := in.Fset.Position(id.Pos()).Offset
					lowerBroken(t, file, replaceAt(src, at, len(id.Name), "undefined_"))
				}
				return true
			})
		}
	}
}

func replaceAt(src []byte, at, n int, text string) []byte {
	return bytes.Join([][]byte{src[:at], []byte(text), src[at+n:]}, nil)
}

// lowerBroken lowers source with type errors.
func lowerBroken(t *testing.T, name string, src []byte) diag.List {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%s: panic: %v\n%s\n%s", name, r, debug.Stack(), txtar.Format(&txtar.Archive{Files: []txtar.File{{Name: "a.go", Data: src}}}))
		}
	}()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	info := newInfo()
	conf := types.Config{Importer: stdlib, Error: func(error) {}}
	pkg, _ := conf.Check("m", fset, []*ast.File{file}, info)
	set, diags := directive.Parse(fset, []*ast.File{file})
	diags = append(diags, set.Resolve(fset, info)...)
	if len(diags) > 0 {
		return diags
	}
	prog, diags := Lower(Input{Fset: fset, Root: &Package{Types: pkg, Info: info, Files: []*ast.File{file}, Directives: set}})
	if len(diags) == 0 {
		if err := ir.Verify(prog); err != nil {
			t.Errorf("%s: %v\n%s", name, err, src)
		}
	}
	return diags
}

// Package cairnanalysis shows the diagnostics of the compiler in editors and in go vet.
//
// In: a package, as a driver of golang.org/x/tools/go/analysis hands it over; buffers
// that are not saved count. Out: what cairngen check says about its //cairn: directives
// and the functions that they reach, with corrections for directives that are almost
// right. Packages without directives cost nothing.
//
// Command cairnvet runs the analyzer alone. To run it with others, give [Analyzer] to a
// driver such as multichecker.
package cairnanalysis

import (
	"bytes"
	"errors"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/load"
)

const doc = `report what cannot be differentiated

The cairn analyzer says what the generator cairngen would say about the //cairn: directives
of a package and the functions that they reach: names that do not exist, comments that are
almost a directive, and code that has no derivative yet, each with the cause and a way out.`

const pages = "https://github.com/cairn-ad/cairn/blob/main/docs/reference/"

// Analyzer reports the compiler's diagnostics.
var Analyzer = &analysis.Analyzer{
	Name:             "cairn",
	Doc:              doc,
	URL:              pages + "diagnostics.md",
	Run:              run,
	RunDespiteErrors: true, // calls of functions that are not generated yet are errors
}

var tags string

func init() {
	Analyzer.Flags.StringVar(&tags, "tags", "", "build `tags` of the package, as for go build")
}

func run(pass *analysis.Pass) (any, error) {
	files := sources(pass)
	set, diags := directive.Parse(pass.Fset, files)
	if len(diags) == 0 && len(set.Funcs)+len(set.Loops)+len(set.Calls) == 0 {
		return nil, nil
	}
	overlay, err := unsaved(pass, files)
	if err != nil {
		return nil, err
	}
	opts := compile.Options{Load: load.Options{Overlay: overlay}}
	if tags != "" {
		opts.Load.BuildFlags = []string{"-tags=" + tags}
	}
	_, err = compile.Packages(filepath.Dir(name(pass, files[0])), nil, opts)
	var list *diag.Error
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &list):
		return nil, err
	}
	for _, d := range list.List {
		if d.Broken {
			continue // the driver reports it, too
		}
		report(pass, files, d)
	}
	return nil, nil
}

// sources returns the files of a package that the compiler looks at: tests and what it
// made itself are left out.
func sources(pass *analysis.Pass) []*ast.File {
	var out []*ast.File
	for _, f := range pass.Files {
		base := filepath.Base(name(pass, f))
		if strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go") && !strings.HasSuffix(base, "_cairn.go") {
			out = append(out, f)
		}
	}
	return out
}

// name returns the absolute name of a file.
func name(pass *analysis.Pass, f *ast.File) string {
	file := pass.Fset.File(f.FileStart).Name()
	if abs, err := filepath.Abs(file); err == nil {
		return abs
	}
	return file
}

// unsaved returns the files that differ from what is on disk.
func unsaved(pass *analysis.Pass, files []*ast.File) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, f := range files {
		text, err := pass.ReadFile(pass.Fset.File(f.FileStart).Name())
		if err != nil {
			return nil, err
		}
		if disk, err := os.ReadFile(name(pass, f)); err != nil || !bytes.Equal(disk, text) {
			out[name(pass, f)] = text
		}
	}
	return out, nil
}

// report shows a diagnostic where it stands. One in a file of another package, which a
// function here reaches, stands at the package clause and names its place.
func report(pass *analysis.Pass, files []*ast.File, d diag.Diagnostic) {
	out := analysis.Diagnostic{Category: "cairn", URL: pages + "diagnostics.md", Pos: files[0].Name.Pos(), Message: d.String()}
	for _, f := range files {
		file := pass.Fset.File(f.FileStart)
		if name(pass, f) != d.Pos.Filename || d.Pos.Line < 1 || d.Pos.Line > file.LineCount() {
			continue
		}
		out.Pos = file.LineStart(d.Pos.Line) + token.Pos(max(d.Pos.Column, 1)-1)
		d.Pos = token.Position{}
		out.Message = d.String()
		if d.Replaces != "" {
			out.End = out.Pos + token.Pos(len(d.Replaces))
			out.SuggestedFixes = []analysis.SuggestedFix{{
				Message:   "write " + d.Suggestion,
				TextEdits: []analysis.TextEdit{{Pos: out.Pos, End: out.End, NewText: []byte(d.Suggestion)}},
			}}
		}
		break
	}
	pass.Report(out)
}

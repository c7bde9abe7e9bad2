// Package scrutinize finds out which elements of a loop's state matter, for a function of
// any module, without writing into that module.
//
// In: a package, a function with //cairn:scrutinize, its arguments as text and an
// iteration. Out: a report with one mask for each variable of the loop's state.
//
// The generator makes the scrutiny entry point in memory; a small main program that calls
// it is laid over the user's module, built and run.
package scrutinize

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/scrutiny"
)

// Request says what to scrutinize.
type Request struct {
	Dir     string    // where Package is looked up and the function runs; "" is here
	Package string    // a pattern that matches one package, such as ./solver
	Func    string    // a function of it
	Args    string    // its arguments, separated by commas; see [Split] and runner.Parse
	At      int       // the iteration: value of the loop's index
	Of      string    // results in place of those of the directive's of=; "" for those
	Tags    string    // build tags
	Output  io.Writer // what the function prints, and messages of the build; nil for nowhere
	Logger  *slog.Logger
}

// Run does what the request asks. Errors say what is wrong, why, and the way out; those
// in the source are a *diag.Error.
func Run(ctx context.Context, r Request) (*scrutiny.Report, error) {
	if r.Logger == nil {
		r.Logger = slog.New(slog.DiscardHandler)
	}
	if r.Output == nil {
		r.Output = io.Discard
	}
	args, err := Split(r.Args)
	if err != nil {
		return nil, err
	}
	opts := load.Options{}
	if r.Tags != "" {
		opts.BuildFlags = []string{"-tags=" + r.Tags}
	}
	r.Logger.Info("loading", "package", r.Package)
	pkg, err := loaded(r.Dir, r.Package, opts)
	if err != nil {
		return nil, err
	}
	t, err := find(pkg, r.Func)
	if err != nil {
		return nil, err
	}
	if err := t.checkCount(args); err != nil {
		return nil, err
	}
	if err := checkModule(ctx, pkg); err != nil {
		return nil, err
	}
	if r.Of != "" {
		if opts.Overlay, err = withOf(t, r.Of); err != nil {
			return nil, err
		}
	}
	p := &program{request: r, target: t, overlay: opts.Overlay}
	if err := p.generate(opts); err != nil {
		return nil, err
	}
	return p.follow(ctx, args)
}

// generate runs the compiler on the package.
func (p *program) generate(opts load.Options) error {
	p.request.Logger.Info("generating", "package", p.target.pkg.Path)
	results, err := compile.Packages(p.request.Dir, []string{p.request.Package}, compile.Options{Load: opts})
	if err != nil {
		return err
	}
	name := p.target.name()
	for _, r := range results {
		for _, s := range r.Scrutinies {
			if s.Func == name {
				p.loop, p.files = s.Loop, r.Files
				return nil
			}
		}
	}
	return fmt.Errorf("%s: the generator made no scrutiny entry point for it: run cairngen on the package to see why", name)
}

// withOf returns the file of the function with another of= in its directive. The line
// keeps its place, so positions stay what they are.
func withOf(t *target, of string) (map[string][]byte, error) {
	if strings.ContainsAny(of, " \t\n") {
		return nil, fmt.Errorf("--of: %q holds a space: write of=a,b without spaces", of)
	}
	at := t.pkg.Fset.Position(t.fn.Scrutinize.Pos)
	text, err := os.ReadFile(at.Filename)
	if err != nil {
		return nil, err
	}
	end := at.Offset
	for end < len(text) && text[end] != '\n' && text[end] != '\r' {
		end++
	}
	changed := string(text[:at.Offset]) + "//cairn:scrutinize of=" + of + string(text[end:])
	return map[string][]byte{at.Filename: []byte(changed)}, nil
}

// Package gencli is the command line of cairngen.
//
// In: its arguments. Out: generated files, text on the two streams and an exit
// status: 0 for success, 1 for diagnostics or differences, 2 for wrong usage.
package gencli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/optim"
)

const usage = `Usage: cairngen [gen] [flags] [packages]     write the generated files
       cairngen diff [flags] [packages]      show what gen would change; exit status 1 if anything
       cairngen check [flags] [packages]     report what cannot be differentiated; write nothing
       cairngen explain FUNC [packages]      tell what was decided for a function, and why

Packages are patterns of the go command; none means the package in this directory.

Flags:
`

type command struct {
	out, err io.Writer
	dump     string
	json     bool
	tags     string
	without  string
	strict   bool
	tests    bool
}

// Main runs the command and returns its exit status.
func Main(args []string, out, errs io.Writer) int {
	c := &command{out: out, err: errs}
	verb := "gen"
	if len(args) > 0 && slices.Contains([]string{"gen", "diff", "check", "explain", "help"}, args[0]) {
		verb, args = args[0], args[1:]
	}
	fs := flag.NewFlagSet("cairngen", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.StringVar(&c.dump, "dump", "", "print the program after `STAGE`: "+strings.Join(compile.Stages, ", ")+"; write nothing")
	fs.BoolVar(&c.json, "json", false, "diagnostics, one object in a line, and explanations as JSON")
	fs.StringVar(&c.tags, "tags", "", "build `tags`, as for go build")
	fs.StringVar(&c.without, "without", "", "leave out optimisations, a `LIST` with commas of: all, "+strings.Join(optim.Names(), ", "))
	fs.BoolVar(&c.strict, "strictfp", false, "write float64(x*y)+z for x*y+z, so that the Go compiler fuses nothing")
	fs.BoolVar(&c.tests, "tests", false, "write a test of the derivatives, x_cairn_test.go, beside each x.go with roots")
	fs.Usage = func() {
		fmt.Fprint(errs, usage)
		fs.PrintDefaults()
	}
	if verb == "help" {
		fs.SetOutput(out)
		fmt.Fprint(out, usage)
		fs.PrintDefaults()
		return 0
	}
	fn := ""
	if verb == "explain" { // flags may stand on both sides of the name
		if status, ok := parse(fs, args); !ok {
			return status
		}
		if fs.NArg() == 0 {
			fmt.Fprintln(errs, "cairngen: explain needs the name of a function: cairngen explain Step ./...")
			return 2
		}
		fn, args = fs.Arg(0), fs.Args()[1:]
	}
	if status, ok := parse(fs, args); !ok {
		return status
	}
	if c.dump != "" && !slices.Contains(compile.Stages, c.dump) {
		fmt.Fprintf(errs, "cairngen: no stage %q: the stages are %s\n", c.dump, strings.Join(compile.Stages, ", "))
		return 2
	}
	without, err := optim.Parse(c.without)
	if err != nil {
		fmt.Fprintf(errs, "cairngen: -without: %v\n", err)
		return 2
	}
	return c.run(verb, fn, fs.Args(), without)
}

// parse parses flags; if they are wrong, or help was wanted, the command ends.
func parse(fs *flag.FlagSet, args []string) (status int, ok bool) {
	err := fs.Parse(args)
	switch {
	case err == nil:
		return 0, true
	case errors.Is(err, flag.ErrHelp):
		return 0, false
	}
	return 2, false
}

func (c *command) run(verb, fn string, patterns []string, without optim.Set) int {
	opts := compile.Options{Dump: c.dump, DumpTo: c.out, Without: without, Strict: c.strict}
	if c.tags != "" {
		opts.Load = load.Options{BuildFlags: []string{"-tags=" + c.tags}}
	}
	results, err := compile.Packages(".", patterns, opts)
	if err != nil {
		return c.fail(err)
	}
	if c.dump != "" {
		return 0
	}
	switch verb {
	case "check":
		return 0
	case "diff":
		return c.diff(results)
	case "explain":
		return c.explain(results, fn)
	}
	if err := c.write(results); err != nil {
		return c.fail(fmt.Errorf("cairngen: %w", err))
	}
	return 0
}

// fail prints an error and returns the exit status for it: diagnostics one in a line,
// with -json each as an object, as is any other error, without a position.
func (c *command) fail(err error) int {
	if !c.json {
		fmt.Fprintln(c.err, err)
		return 1
	}
	list := diag.List{{What: err.Error()}}
	var d *diag.Error
	if errors.As(err, &d) {
		list = d.List
	}
	fmt.Fprint(c.err, list.JSONLines())
	return 1
}

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/internal/cli/scrutinize"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/scrutiny/heatmap"
)

// scrutinizeOutput is where the report goes.
type scrutinizeOutput struct {
	json bool
	file string // of the report
	png  string // directory of the pictures
}

func newScrutinize(s *streams) *cobra.Command {
	var r scrutinize.Request
	var o scrutinizeOutput
	c := &cobra.Command{
		Use:   "scrutinize PKG --func F --args 'A,B' --at K",
		Short: "Tell which elements of a loop's state can influence the result",
		Long: `Run a function up to iteration K of its checkpointed loop and tell, for every element of
the loop's state there, whether the rest of the run needs it:

  critical         it can influence the result
  dead             it is not read before it is overwritten or the program ends
  derivative zero  it is read, but the derivative of the result by it is zero

The function stands in package PKG, has //cairn:scrutinize of=… above it and
//cairn:checkpoint above its loop. K is the value of the loop's index. Arguments are
separated by commas: strings as they are or quoted, numbers and booleans as in Go, slices
and structs as JSON. Nothing is written into the package.`,
		Example: "  cairn scrutinize ./npb/cg --func Run --args S --at 8",
		Args:    exactArgs("PKG"),
		RunE: func(c *cobra.Command, args []string) error {
			for _, name := range []string{"func", "at"} {
				if !c.Flags().Changed(name) {
					return usagef("--%s is missing: write %s; see %s --help", name, c.UseLine(), c.CommandPath())
				}
			}
			r.Package, r.Output, r.Logger = args[0], s.err, s.log
			ctx, stop := interruptible(c)
			defer stop()
			report, err := scrutinize.Run(ctx, r)
			if err != nil {
				return err
			}
			return o.write(s.out, report)
		},
	}
	f := c.Flags()
	f.StringVar(&r.Func, "func", "", "function of the package")
	f.StringVar(&r.Args, "args", "", "its arguments, separated by commas")
	f.IntVar(&r.At, "at", 0, "iteration: the value of the loop's index")
	f.StringVar(&r.Of, "of", "", "results that matter, in place of those of the directive")
	f.StringVar(&r.Tags, "tags", "", "build tags, as for go build")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	f.StringVarP(&o.file, "output", "o", "", "write the report as JSON into this file too")
	f.StringVar(&o.png, "png", "", "write a heat map of every variable into this directory")
	return c
}

// write sends the report everywhere it shall go.
func (o *scrutinizeOutput) write(w io.Writer, r *scrutiny.Report) error {
	if o.file != "" {
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(o.file, append(text, '\n'), 0o666); err != nil {
			return fmt.Errorf("the report cannot be written: %w; choose another file with -o", err)
		}
	}
	if o.png != "" {
		if err := writePictures(o.png, r); err != nil {
			return err
		}
	}
	if o.json {
		return writeJSON(w, r)
	}
	return printReport(w, r)
}

// writePictures writes FUNC-VARIABLE.png for every variable. Characters of a variable's
// name that do not belong into a file name become "-".
func writePictures(dir string, r *scrutiny.Report) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("the pictures cannot be written: %w; choose another directory with --png", err)
	}
	taken := map[string]bool{}
	for _, m := range r.Variables {
		var picture bytes.Buffer
		if err := heatmap.PNG(&picture, m, heatmap.Options{}); err != nil {
			return err
		}
		base := r.Func + "-" + fileName(m.Name)
		name := base
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		taken[name] = true
		if err := os.WriteFile(filepath.Join(dir, name+".png"), picture.Bytes(), 0o666); err != nil {
			return err
		}
	}
	return nil
}

func fileName(variable string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r == '.':
			return r
		}
		return '-'
	}, variable)
}

// printReport writes a table of the variables, and a map of each that has more than one
// class.
func printReport(w io.Writer, r *scrutiny.Report) error {
	fmt.Fprintf(w, "%s, loop at %s, start of iteration %d\n\n", r.Func, r.Loop, r.Iteration)
	if len(r.Variables) == 0 {
		_, err := fmt.Fprintln(w, "The loop carries no state from one iteration to the next.")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "variable\ttype\tshape\telements\tcritical\tdead\tderivative zero")
	for _, m := range r.Variables {
		k := m.Stats()
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%d\n", m.Name, m.Type, shapeText(m.Shape), k.Elements, k.Critical, k.Dead, k.DerivativeZero)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	printShares(w, r)
	for _, m := range r.Variables {
		if m.NumRuns() < 2 {
			continue
		}
		fmt.Fprintln(w)
		if err := heatmap.Terminal(w, m, heatmap.Options{Color: isTerminal(w)}); err != nil {
			return err
		}
	}
	return nil
}

// printShares tells which variables are the same memory in part.
func printShares(w io.Writer, r *scrutiny.Report) {
	any := false
	for _, m := range r.Variables {
		if len(m.Shares) == 0 {
			continue
		}
		if !any {
			fmt.Fprintln(w)
		}
		any = true
		fmt.Fprintf(w, "%s shares memory with %s\n", m.Name, strings.Join(m.Shares, ", "))
	}
	if any {
		fmt.Fprintln(w, "An element has the same class under all its names. To resume, save one of such variables and\nmake the others from it.")
	}
}

// shapeText is a shape such as 3×4; a scalar has "-".
func shapeText(shape []int) string {
	if len(shape) == 0 {
		return "-"
	}
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, "×")
}

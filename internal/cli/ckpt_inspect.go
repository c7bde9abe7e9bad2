package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
)

type inspectOptions struct {
	run  string
	step stepFlag
	name string // of the variable
	png  string
	json bool
}

func newInspect(s *streams) *cobra.Command {
	var o inspectOptions
	c := &cobra.Command{
		Use:   "inspect URL [--step N] [--var NAME [--png FILE]]",
		Short: "Show the variables of a checkpoint",
		Long: `Show the variables of a checkpoint: type, shape, what is stored, and of variables whose
elements are of one kind the least, greatest and mean element and how many are NaN. Elements
that a mask left out are not stored and do not count. Of complex numbers it is the modulus.

With --var one variable is drawn: a vector as a curve, a matrix as a field of which the first
index goes down; --png writes the picture to a file.`,
		Example: "  cairn inspect file:checkpoints\n  cairn inspect file:checkpoints --step 300 --var u",
		Args:    exactArgs("URL"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.png != "" && o.name == "" {
				return usagef("--png draws one variable: name it with --var")
			}
			ctx, stop := interruptible(c)
			defer stop()
			src, err := openSource(args[0], o.run)
			if err != nil {
				return err
			}
			f, contents, err := src.pick(ctx, o.step.get(c), s.err)
			if err != nil {
				return err
			}
			return o.inspect(ctx, s, src, f, contents.Ranks)
		},
	}
	runFlag(c, &o.run)
	o.step.add(c)
	c.Flags().StringVar(&o.name, "var", "", "draw this variable")
	c.Flags().StringVar(&o.png, "png", "", "write the picture of the variable to this file")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// sinks hands a block to several sinks.
type sinks []ckpt.Sink

func (s sinks) Block(b ckpt.Block) error {
	for _, sink := range s {
		if err := sink.Block(b); err != nil {
			return err
		}
	}
	return nil
}

func (o *inspectOptions) inspect(ctx context.Context, s *streams, src *source, f ckpt.Found, ranks int) error {
	all := map[string]*stats{}
	var pic *field
	var refused error
	from, _, wipe := src.metered(s.err, f.Size, f.Name)
	contents, err := ckpt.Scan(ctx, from, f.Name, func(v *ckpt.Variable) ckpt.Sink {
		st := new(stats)
		all[label(v, ranks)] = st
		if label(v, ranks) != o.name {
			return st
		}
		if pic, refused = newField(v); refused != nil {
			return st
		}
		return sinks{st, pic}
	})
	wipe()
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	list := contents.Variables
	if o.name != "" {
		if list = only(contents, o.name); list == nil {
			return usagef("%s has no variable %q; it has %s", f.Name, o.name, variableNames(contents))
		}
	}
	if o.png != "" {
		if refused != nil {
			return refused
		}
		if err := writePNG(o.png, pic); err != nil {
			return err
		}
	}
	if o.json {
		return writeJSON(s.out, inspectJSON(f, contents, list, all))
	}
	printContents(s.out, f, contents)
	if err := printVariables(s.out, list, ranks, all); err != nil || o.name == "" {
		return err
	}
	fmt.Fprintln(s.out)
	if refused != nil {
		_, err := fmt.Fprintf(s.out, "%v\n", refused)
		return err
	}
	return pic.terminal(s.out)
}

// printContents writes what is known of a checkpoint apart from its variables.
func printContents(w io.Writer, f ckpt.Found, c *ckpt.Contents) {
	fmt.Fprintf(w, "%s: step %d, number %d, saved %s, %s", f.Name, c.Step, c.Seq, c.Time.UTC().Format("2006-01-02 15:04:05Z"), sizeText(c.Size))
	if c.Ranks > 1 {
		fmt.Fprintf(w, ", %d ranks", c.Ranks)
	}
	if len(c.Bases) > 0 {
		fmt.Fprintf(w, ", with parts of %s", count(len(c.Bases), "older file"))
	}
	if c.Schema != 0 {
		fmt.Fprintf(w, ", schema %d", c.Schema)
	}
	if c.Program != "" {
		fmt.Fprintf(w, "\nsaved by %s", shorten(printable(c.Program), 120))
		if c.Host != "" {
			fmt.Fprintf(w, " on %s", shorten(printable(c.Host), 60))
		}
	}
	fmt.Fprint(w, "\n\n")
}

// label is the name of a variable, with the rank if there are several.
func label(v *ckpt.Variable, ranks int) string {
	if ranks > 1 {
		return fmt.Sprintf("%s@%d", v.Name, v.Rank)
	}
	return v.Name
}

// only returns the variable with this label.
func only(c *ckpt.Contents, name string) []ckpt.Variable {
	for i := range c.Variables {
		if label(&c.Variables[i], c.Ranks) == name {
			return c.Variables[i : i+1]
		}
	}
	return nil
}

func variableNames(c *ckpt.Contents) string {
	var names []string
	for i := range c.Variables {
		names = append(names, printable(label(&c.Variables[i], c.Ranks)))
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

func printVariables(w io.Writer, list []ckpt.Variable, ranks int, all map[string]*stats) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "It has no variables.")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	codecs := slices.ContainsFunc(list, func(v ckpt.Variable) bool { return v.Codec != "" })
	codec := ""
	if codecs {
		codec = "codec\t"
	}
	fmt.Fprintf(t, "variable\ttype\tshape\telements\tstored\tbytes\t%smin\tmax\tmean\tNaN\n", codec)
	for i := range list {
		v := &list[i]
		shape := shapeText(v.Shape)
		if v.Shape == nil {
			shape = "ragged"
		}
		st := all[label(v, ranks)]
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t", printable(label(v, ranks)), shorten(printable(v.Type), 40), shape, v.Elements, v.Stored, v.Bytes)
		if codecs {
			fmt.Fprintf(t, "%s\t", codecText(v))
		}
		switch lo, hi, mean := st.texts(); {
		case reflect.Kind(v.Kind) == reflect.String && v.Elements == 1 && v.Stored == 1:
			fmt.Fprintf(t, "%s\t\t\t-\n", shorten(st.first, 40))
		case reflect.Kind(v.Kind) == reflect.String || reflect.Kind(v.Kind) == reflect.Invalid:
			fmt.Fprintf(t, "-\t-\t-\t-\n")
		default:
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\n", lo, hi, mean, st.nan)
		}
	}
	return t.Flush()
}

// codecText names how a variable is stored.
func codecText(v *ckpt.Variable) string {
	switch {
	case v.Codec == "":
		return "-"
	case v.Bound > 0:
		return fmt.Sprintf("%s ±%v", printable(v.Codec), v.Bound)
	}
	return printable(v.Codec)
}

// printable is a text from a file as it may be sent to a terminal: one with control
// characters is quoted.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || !utf8.ValidString(text) {
		return strconv.Quote(text)
	}
	return text
}

// shorten cuts a text to n characters.
func shorten(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}

// variableJSON is a variable in the output of inspect.
type variableJSON struct {
	Name     string  `json:"name"`
	Rank     int     `json:"rank"`
	Codec    string  `json:"codec,omitempty"`
	Bound    float64 `json:"bound,omitempty"` // of the error of each number
	Type     string  `json:"type"`
	Shape    []int   `json:"shape"`
	Elements int     `json:"elements"`
	Stored   int     `json:"stored"`
	Mask     string  `json:"mask"` // empty if all are stored
	Bytes    int64   `json:"bytes"`
	Min      any     `json:"min"`
	Max      any     `json:"max"`
	Mean     any     `json:"mean"`
	NaN      int     `json:"nan"`
	Inf      int     `json:"inf"`
}

func inspectJSON(f ckpt.Found, c *ckpt.Contents, list []ckpt.Variable, all map[string]*stats) any {
	vars := []variableJSON{}
	for i := range list {
		v := &list[i]
		st := all[label(v, c.Ranks)]
		j := variableJSON{Name: v.Name, Rank: v.Rank, Codec: v.Codec, Bound: v.Bound, Type: v.Type, Shape: v.Shape, Elements: v.Elements, Stored: v.Stored, Bytes: v.Bytes}
		if v.Mask != nil {
			j.Mask = v.Mask.RunLength()
		}
		if k := reflect.Kind(v.Kind); k != reflect.Invalid && k != reflect.String {
			j.Min, j.Max, j.Mean = st.numbers()
			j.NaN, j.Inf = st.nan, st.inf
		}
		vars = append(vars, j)
	}
	return struct {
		File      string         `json:"file"`
		Seq       uint64         `json:"seq"`
		Step      int            `json:"step"`
		Time      string         `json:"time"`
		Bytes     int64          `json:"bytes"`
		Format    int            `json:"format"`
		Ranks     int            `json:"ranks"`
		Host      string         `json:"host,omitempty"`
		Program   string         `json:"program,omitempty"`
		Schema    int            `json:"schema"`
		Bases     []string       `json:"bases,omitempty"`
		Variables []variableJSON `json:"variables"`
	}{f.Name, c.Seq, c.Step, c.Time.UTC().Format("2006-01-02T15:04:05.999999999Z"), c.Size, c.Format, c.Ranks, c.Host, c.Program, c.Schema, c.Bases, vars}
}

// writePNG writes the picture of a field.
func writePNG(name string, f *field) error {
	var buf bytes.Buffer
	if err := f.png(&buf); err != nil {
		return err
	}
	if err := os.WriteFile(name, buf.Bytes(), 0o666); err != nil {
		return fmt.Errorf("the picture cannot be written: %w; choose another file with --png", err)
	}
	return nil
}

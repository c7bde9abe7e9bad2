package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/ckpt/exchange"
	"github.com/cairn-ad/cairn/store"
)

type exportOptions struct {
	run    string
	step   stepFlag
	names  []string
	format string
	output string
	memory string
	json   bool
}

var formats = []exchange.Format{exchange.NPZ, exchange.NPY, exchange.JSON, exchange.Text, exchange.HDF5}

const exportFormats = "npz, npy, json, text or hdf5"

func newExport(s *streams) *cobra.Command {
	var o exportOptions
	c := &cobra.Command{
		Use:   "export URL -o FILE [--format npz|npy|json|text|hdf5] [--step N] [--var NAME]…",
		Short: "Write the variables of a checkpoint for other programs",
		Long: `Write the variables of a checkpoint to a file that other programs read, every number with
all its digits: npz and npy for NumPy, json, text with a line for every element, or hdf5, which
needs a cairn that was built with -tags hdf5. Without --format the ending of FILE tells; a FILE
of - is standard output. The file appears when it is complete.

Elements that a mask left out are null in json and - in text; in npz and npy they are NaN if
they are floating-point or complex numbers, and npz has an array NAME.stored beside NAME that
is false there. npz and npy hold regular arrays of numbers, booleans or strings.`,
		Example: "  cairn export file:checkpoints -o state.npz\n  cairn export file:checkpoints --step 300 --var u -o u.npy",
		Args:    exactArgs("URL"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.output == "" {
				return usagef("-o is missing: write %s; see %s --help", c.UseLine(), c.CommandPath())
			}
			format, err := formatOf(o.format, o.output)
			if err != nil {
				return err
			}
			if o.json && o.output == "-" {
				return usagef("--json and -o - both want standard output: choose a file")
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
			return o.export(ctx, s, src, f, contents, format)
		},
	}
	runFlag(c, &o.run)
	o.step.add(c)
	c.Flags().StringArrayVar(&o.names, "var", nil, "only this variable; may be given several times")
	c.Flags().StringVar(&o.format, "format", "", exportFormats)
	c.Flags().StringVarP(&o.output, "output", "o", "", "the file to write")
	c.Flags().StringVar(&o.memory, "memory", "4GiB", "memory for the values, which hdf5 takes")
	c.Flags().BoolVar(&o.json, "json", false, "print what was written as JSON")
	return c
}

// formatOf is the format that is asked for, or that the ending of a file's name tells.
func formatOf(asked, file string) (exchange.Format, error) {
	format := exchange.Format(asked)
	if asked == "" {
		format = exchange.FormatOf(file)
	}
	if !slices.Contains(formats, format) {
		return "", usagef("format %q is unknown: choose %s with --format", format, exportFormats)
	}
	return format, nil
}

func (o *exportOptions) export(ctx context.Context, s *streams, src *source, f ckpt.Found, contents *ckpt.Contents, format exchange.Format) error {
	chosen, err := o.choose(f, contents)
	if err != nil {
		return err
	}
	list := chosen.Variables
	if format == exchange.NPY && len(list) != 1 {
		return usagef("npy holds one variable: choose it with --var: %s; or write npz", variableNames(chosen))
	}
	from, _, wipe := src.metered(s.err, f.Size, f.Name)
	defer wipe()
	names := []string{}
	for _, v := range list {
		names = append(names, v.Name)
	}
	write := func(w io.Writer) error {
		return exchange.Write(ctx, w, format, from, f.Name, chosen)
	}
	if format == exchange.HDF5 {
		if o.output == "-" {
			return usagef("hdf5 is written to a file, not to standard output: choose one with -o")
		}
		write = func(w io.Writer) error { return o.hdf5(ctx, w.(*os.File).Name(), from, f, chosen) }
	}
	if o.output == "-" {
		return write(s.out)
	}
	size, err := replaceFile(o.output, write)
	if err != nil {
		return err
	}
	if o.json {
		return writeJSON(s.out, struct {
			File      string   `json:"file"`
			Step      int      `json:"step"`
			Format    string   `json:"format"`
			Output    string   `json:"output"`
			Bytes     int64    `json:"bytes"`
			Variables []string `json:"variables"`
		}{f.Name, contents.Step, string(format), o.output, size, names})
	}
	_, err = fmt.Fprintf(s.out, "%s: %s of step %d, %s\n", o.output, count(len(list), "variable"), contents.Step, sizeText(size))
	return err
}

// hdf5 writes a file of which the library wants to know the name.
func (o *exportOptions) hdf5(ctx context.Context, file string, from store.Store, f ckpt.Found, c *ckpt.Contents) error {
	limit, err := parseSize(o.memory)
	if err != nil {
		return usagef("--memory: %w", err)
	}
	st, err := exchange.Load(ctx, from, f.Name, c, limit)
	if err != nil {
		return err
	}
	return exchange.WriteHDF5(file, st)
}

// choose returns what a checkpoint holds with the variables that are asked for only.
func (o *exportOptions) choose(f ckpt.Found, contents *ckpt.Contents) (*ckpt.Contents, error) {
	if o.names == nil {
		if contents.Ranks > 1 {
			return nil, usagef("%s has the states of %d ranks: choose variables with --var: %s", f.Name, contents.Ranks, variableNames(contents))
		}
		return contents, nil
	}
	for _, name := range o.names {
		if only(contents, name) == nil {
			return nil, usagef("%s has no variable %q; it has %s", f.Name, name, variableNames(contents))
		}
	}
	chosen := *contents
	chosen.Variables = nil
	for _, v := range contents.Variables {
		if slices.Contains(o.names, label(&v, contents.Ranks)) {
			chosen.Variables = append(chosen.Variables, v)
		}
	}
	return &chosen, nil
}

// replaceFile writes a file aside and gives it its name when it is complete. It returns
// the size.
func replaceFile(name string, write func(io.Writer) error) (int64, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return 0, fmt.Errorf("%s is a directory; choose a file with -o", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".cairn-export-*")
	if err != nil {
		return 0, fmt.Errorf("the file cannot be written: %w; choose another with -o", err)
	}
	err = write(f)
	var size int64
	if info, e := f.Stat(); e == nil {
		size = info.Size()
	}
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return 0, errors.Join(err, os.Remove(f.Name()))
	}
	return size, nil
}

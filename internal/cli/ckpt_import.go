package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/ckpt/exchange"
)

type importOptions struct {
	run    string
	step   stepFlag
	format string
	name   string
	types  []string
	like   string
	memory string
	json   bool
}

func newImport(s *streams) *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import FILE URL [--format " + strings.ReplaceAll(strings.ReplaceAll(exportFormats, ", ", "|"), " or ", "|") + "] [--step N] [--like URL] [--type NAME=TYPE]…",
		Short: "Make a checkpoint of a file that export or another program has written",
		Long: `Make a checkpoint of a file, which a program that protects variables of these names and types
restores as its newest. JSON, text, and HDF5 that cairn has written hold the types and the step. An
array of NPY or NPZ of n dimensions becomes n slices in each other, such as [][]float64 or []int64, unless --type names
another type for it or --like a store whose newest checkpoint has a variable of that name;
--step tells the step. A FILE of - is standard input.

Older checkpoints stay. Exit status: 0 if the checkpoint is saved.`,
		Example: "  cairn import state.json file:checkpoints\n  cairn import state.npz file:checkpoints --step 300 --like file:checkpoints",
		Args:    exactArgs("FILE", "URL"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := interruptible(c)
			defer stop()
			return o.importFile(ctx, c, s, args[0], args[1])
		},
	}
	c.Flags().StringVar(&o.run, "run", "run", "save as a checkpoint of the run of this name (Options.Name)")
	c.Flags().IntVar(&o.step.value, "step", 0, "the step before which the state is (default: what the file says)")
	c.Flags().StringVar(&o.format, "format", "", exportFormats)
	c.Flags().StringVar(&o.name, "var", "", "the name of the variable of an npy file (default: the name of the file)")
	c.Flags().StringArrayVar(&o.types, "type", nil, "the type of an array, such as u=[3][4]float64; may be given several times")
	c.Flags().StringVar(&o.like, "like", "", "take the types of arrays from the newest checkpoint of this store")
	c.Flags().StringVar(&o.memory, "memory", "4GiB", "memory for the values")
	c.Flags().BoolVar(&o.json, "json", false, "print what was saved as JSON")
	return c
}

func (o *importOptions) importFile(ctx context.Context, c *cobra.Command, s *streams, file, url string) error {
	if file == "-" && o.format == "" {
		return usagef("the format of standard input is not known: tell it with --format")
	}
	if strings.HasPrefix(url, "mem:") {
		return usagef("%s: a store in memory is gone with its process; give one that is kept, such as file:DIR", url)
	}
	format, err := formatOf(o.format, file)
	if err != nil {
		return err
	}
	read := exchange.ReadOptions{Name: o.name}
	if read.MaxBytes, err = parseSize(o.memory); err != nil {
		return usagef("--memory: %w", err)
	}
	if read.Name == "" && file != "-" {
		read.Name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	if read.Types, err = parseTypes(o.types); err != nil {
		return err
	}
	st, err := o.read(ctx, s, file, format, read)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	switch step := o.step.get(c); {
	case step != nil:
		st.Step = *step
	case !st.HasStep:
		return usagef("%s tells no step: give the step before which this state is with --step", file)
	}
	saved, err := o.save(ctx, s, st, url)
	if err != nil {
		return err
	}
	names := []string{}
	for _, v := range st.Variables {
		names = append(names, v.Name)
	}
	if o.json {
		return writeJSON(s.out, struct {
			URL       string   `json:"url"`
			Run       string   `json:"run"`
			Step      int      `json:"step"`
			Bytes     int64    `json:"bytes"`
			Variables []string `json:"variables"`
		}{url, o.run, st.Step, saved.Bytes, names})
	}
	_, err = fmt.Fprintf(s.out, "%s: run %s, step %d, %s, %s\n", url, o.run, st.Step, count(len(names), "variable"), sizeText(saved.Bytes))
	return err
}

// parseTypes reads NAME=TYPE. A type has no equals sign, a name may have some.
func parseTypes(list []string) (map[string]string, error) {
	types := map[string]string{}
	for _, text := range list {
		i := strings.LastIndex(text, "=")
		if i < 1 {
			return nil, usagef("--type %q: write NAME=TYPE, such as u=[3][4]float64", text)
		}
		types[text[:i]] = text[i+1:]
	}
	return types, nil
}

func (o *importOptions) read(ctx context.Context, s *streams, file string, format exchange.Format, read exchange.ReadOptions) (*exchange.State, error) {
	decode, end, err := decoder(file, format, read.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer end()
	if o.like == "" {
		return decode(read)
	}
	if format == exchange.JSON || format == exchange.Text {
		return nil, usagef("--like: the types stand in the file")
	}
	// A variable that the file has not got needs no type, so first see what it has.
	st, err := decode(exchange.ReadOptions{Name: read.Name, MaxBytes: read.MaxBytes})
	if err != nil {
		return nil, err
	}
	src, err := openSource(o.like, "")
	if err != nil {
		return nil, err
	}
	list, err := src.find(ctx)
	if err != nil {
		return nil, err
	}
	if strings.Contains(runList(list), ", ") {
		src.run = o.run
	}
	_, contents, err := src.pick(ctx, nil, s.err)
	if err != nil {
		return nil, err
	}
	for _, v := range st.Variables {
		if one := only(contents, v.Name); one != nil && read.Types[v.Name] == "" {
			read.Types[v.Name] = one[0].Type
		}
	}
	return decode(read)
}

// decoder is what reads a file; it may be used until end.
func decoder(file string, format exchange.Format, limit int64) (decode func(exchange.ReadOptions) (*exchange.State, error), end func(), err error) {
	if format == exchange.HDF5 {
		if file == "-" {
			return nil, nil, usagef("hdf5 is read from a file, not from standard input")
		}
		return func(o exchange.ReadOptions) (*exchange.State, error) { return exchange.ReadHDF5(file, o) }, func() {}, nil
	}
	in, size, end, err := openInput(file, limit)
	if err != nil {
		return nil, nil, err
	}
	return func(o exchange.ReadOptions) (*exchange.State, error) { return exchange.Read(in, size, format, o) }, end, nil
}

// openInput opens a file, or reads standard input into memory.
func openInput(file string, limit int64) (in io.ReaderAt, size int64, end func(), err error) {
	if file == "-" {
		data, err := io.ReadAll(io.LimitReader(os.Stdin, limit+1))
		if err == nil && int64(len(data)) > limit {
			err = errors.New("it is larger than the memory that is allowed: allow more with --memory")
		}
		return bytes.NewReader(data), int64(len(data)), func() {}, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, nil, fmt.Errorf("it cannot be read: %w", errors.Unwrap(err))
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file; use - for standard input")
	}
	if err != nil {
		f.Close()
		return nil, 0, nil, err
	}
	return f, info.Size(), func() { f.Close() }, nil
}

// save saves the state as the newest checkpoint of the run; all older ones are kept.
func (o *importOptions) save(ctx context.Context, s *streams, st *exchange.State, url string) (ckpt.Saved, error) {
	run, err := ckpt.Open(url, ckpt.Options{Name: o.run, Keep: math.MaxInt, Logger: slog.New(slog.NewTextHandler(s.err, nil))})
	if err != nil {
		return ckpt.Saved{}, err
	}
	if err := errors.Join(st.Save(ctx, run), run.Close()); err != nil {
		return ckpt.Saved{}, err
	}
	return run.Saved(), nil
}

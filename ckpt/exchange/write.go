package exchange

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// Format is the format of a file.
type Format string

// The formats that this package writes and reads.
const (
	JSON Format = "json"
	Text Format = "text"
	NPY  Format = "npy"
	NPZ  Format = "npz"
)

// FormatOf is the format that the ending of a file's name tells: the ending itself, Text for
// .txt, and HDF5 for .h5. It need not be one that there is.
func FormatOf(file string) Format {
	switch ending := strings.TrimPrefix(filepath.Ext(file), "."); ending {
	case "txt":
		return Text
	case "h5":
		return HDF5
	default:
		return Format(ending)
	}
}

// writer is shown the variables one after the other. What it has written is complete when
// finish returns nil.
type writer interface {
	variable(v *ckpt.Variable) (ckpt.Sink, error)
	finish() error
}

var writers = map[Format]func(io.Writer, *ckpt.Contents) (writer, error){
	JSON: newJSONWriter,
	Text: newTextWriter,
	NPY:  newNPYFile,
	NPZ:  newNPZFile,
}

// Write writes the checkpoint of this name to w. What c, the result of a [ckpt.Scan] of it,
// has no more among its variables is left out; the names of the others must differ. NPY takes one variable; NPY and NPZ take
// regular arrays of one kind of elements.
//
// What was written counts only if the error is nil.
func Write(ctx context.Context, w io.Writer, f Format, s store.Store, name string, c *ckpt.Contents) error {
	begin := writers[f]
	if begin == nil {
		return fmt.Errorf("format %q is unknown", f)
	}
	buf := bufio.NewWriterSize(w, 256<<10)
	out, err := begin(buf, c)
	if err != nil {
		return err
	}
	wanted, err := chosen(c)
	if err != nil {
		return err
	}
	var refused error
	_, err = ckpt.Scan(ctx, s, name, func(v *ckpt.Variable) ckpt.Sink {
		if refused != nil || !wanted[key{v.Rank, v.Name}] {
			return nil
		}
		var sink ckpt.Sink
		if sink, refused = out.variable(v); refused != nil {
			return nil
		}
		return sink
	})
	if refused != nil {
		return refused
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := out.finish(); err != nil {
		return err
	}
	return buf.Flush()
}

// key is a variable of a checkpoint.
type key struct {
	rank int
	name string
}

// chosen are the variables of c, which must differ in their names.
func chosen(c *ckpt.Contents) (map[key]bool, error) {
	out, names := map[key]bool{}, map[string]bool{}
	for i := range c.Variables {
		v := &c.Variables[i]
		if names[v.Name] {
			return nil, fmt.Errorf("there are several variables %q, of different ranks: choose those of one rank", v.Name)
		}
		names[v.Name], out[key{v.Rank, v.Name}] = true, true
	}
	return out, nil
}

package ckpt

import (
	"context"
	"errors"

	"github.com/cairn-ad/cairn/store"
)

// needs returns the names of the data files that checkpoints need: their own, and the older
// ones that hold chunks of theirs. A checkpoint that cannot be restored needs none. What was
// read before is remembered.
func (r *Run) needs(ctx context.Context, list []entry) (map[string]bool, error) {
	out := make(map[string]bool)
	known := make(map[string][]string, len(list))
	for _, e := range list {
		files, ok := r.files[e.name]
		if !ok {
			var err error
			files, err = r.filesOf(ctx, e.name)
			switch {
			case errors.Is(err, ErrCorrupt), errors.Is(err, ErrVersion), errors.Is(err, store.ErrNotExist):
				continue
			case err != nil:
				return nil, err
			}
		}
		known[e.name] = files
		for _, name := range files {
			out[name] = true
		}
	}
	r.files = known
	return out, nil
}

// filesOf returns the names in the store of the data files that a checkpoint needs.
func (r *Run) filesOf(ctx context.Context, name string) (out []string, err error) {
	in, size, err := r.store.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	from := input{ctx, in}
	pre, v, err := readPreamble(from, size)
	if err != nil || v == 1 {
		return nil, err
	}
	m, err := readManifest(from, pre, size)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]fileRef{m.Files, m.Bases} {
		for _, f := range list {
			out = append(out, beside(name, f.Name))
		}
	}
	return out, nil
}

// remember notes which data files a checkpoint needs that was just made.
func (r *Run) remember(name, data string, bases []fileRef) {
	if r.files == nil {
		r.files = make(map[string][]string)
	}
	files := []string{data}
	for _, b := range bases {
		files = append(files, beside(name, b.Name))
	}
	r.files[name] = files
}

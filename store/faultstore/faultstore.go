package faultstore

import (
	"context"
	"errors"
	"io"

	"github.com/cairn-ad/cairn/store"
)

// New returns a store that does what s does, except where the plan makes it fail.
func New(s store.Store, p *Plan) store.Store { return &faulty{s, p} }

type faulty struct {
	store.Store
	plan *Plan
}

func (f *faulty) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	err := f.plan.do(Put, func() error {
		return f.Store.Put(ctx, name, func(w io.Writer) error {
			faulty := &writer{w, f.plan, nil}
			if err := write(faulty); err != nil {
				return err
			}
			if faulty.err != nil {
				return faulty.err
			}
			return f.plan.do(Commit, func() error { return nil })
		})
	})
	if err != nil {
		return err
	}
	return f.plan.do(Ack, func() error { return nil })
}

func (f *faulty) Get(ctx context.Context, name string) (r io.ReadCloser, size int64, err error) {
	err = f.plan.do(Get, func() error {
		r, size, err = f.Store.Get(ctx, name)
		return err
	})
	if err != nil {
		if r != nil {
			r.Close()
		}
		return nil, 0, err
	}
	return &reader{r, f.plan}, size, nil
}

func (f *faulty) List(ctx context.Context, prefix string) (out []store.Info, err error) {
	err = f.plan.do(List, func() error {
		out, err = f.Store.List(ctx, prefix)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (f *faulty) Delete(ctx context.Context, name string) error {
	return f.plan.do(Delete, func() error { return f.Store.Delete(ctx, name) })
}

// Lock implements [store.Locker] as the store below does.
func (f *faulty) Lock(ctx context.Context, name string, owns func(blob string) bool) (l store.Lock, err error) {
	err = f.plan.do(Lock, func() error {
		l, err = store.Acquire(ctx, f.Store, name, owns)
		return err
	})
	if err != nil && l != nil {
		err = errors.Join(err, l.Release())
	}
	return l, err
}

// Move gives a blob another name if the store below can.
func (f *faulty) Move(ctx context.Context, from, to string) error {
	return f.plan.do(Move, func() error {
		if m, ok := f.Store.(store.Mover); ok {
			return m.Move(ctx, from, to)
		}
		return errors.ErrUnsupported
	})
}

// writer remembers an injected error, which the store below does not see.
type writer struct {
	io.Writer
	plan *Plan
	err  error
}

func (w *writer) Write(b []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.plan.transfer(Write, b, w.Writer.Write)
	w.err = err
	return n, err
}

type reader struct {
	io.ReadCloser
	plan *Plan
}

func (r *reader) Read(b []byte) (int, error) { return r.plan.transfer(Read, b, r.ReadCloser.Read) }

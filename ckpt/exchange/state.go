package exchange

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// State is what a checkpoint holds, in memory and without the program that made it.
type State struct {
	Seq       uint64    // number of the save; 0 if not known
	Step      int       // step before which it was saved, if HasStep
	HasStep   bool      // JSON and text tell the step, NPY and NPZ do not
	Time      time.Time // when it was saved; zero if not known
	Program   string    // what the build of the program that saved it knew of itself; empty if not known
	Variables []Variable
}

// Variable is a variable of a State.
type Variable struct {
	Name string
	// Type is the text of the type in a checkpoint; empty for that of Pointer.
	Type string
	// Pointer points to the value. The package makes structs whose unexported fields
	// belong to it.
	Pointer any
	Mask    *scrutiny.Mask // what is stored; nil if all is
}

// Save saves the state as a checkpoint of a run that has no variables yet. A program that
// protects variables of these names and types restores it. Seq and Time are not used:
// the checkpoint becomes the newest of the run, saved now.
func (s *State) Save(ctx context.Context, run *ckpt.Run) error {
	for _, v := range s.Variables {
		var options []ckpt.ProtectOption
		if v.Type != "" {
			options = append(options, ckpt.As(v.Type))
		}
		if v.Mask != nil {
			options = append(options, ckpt.Masked(v.Mask))
		}
		if err := run.Protect(v.Name, v.Pointer, options...); err != nil {
			return err
		}
	}
	return run.Save(ctx, s.Step)
}

// Load reads the checkpoint of this name into memory. What c, the result of a [ckpt.Scan] of it, has
// no more among its variables is left out; the names of the others must differ. It is an error if
// their elements, those that are not stored too, have more than maxBytes; DefaultMaxBytes if
// that is 0.
func Load(ctx context.Context, s store.Store, name string, c *ckpt.Contents, maxBytes int64) (*State, error) {
	wanted, err := chosen(c)
	if err != nil {
		return nil, err
	}
	st := &State{Seq: c.Seq, Step: c.Step, HasStep: true, Time: c.Time, Program: c.Program}
	loads := map[string]*loader{}
	var refused error
	left := limit(maxBytes)
	_, err = ckpt.Scan(ctx, s, name, func(v *ckpt.Variable) ckpt.Sink {
		if refused != nil || !wanted[key{v.Rank, v.Name}] {
			return nil
		}
		l, err := newLoader(v, &left)
		if err != nil {
			refused = fmt.Errorf("%s: variable %q: %w", name, v.Name, err)
			return nil
		}
		loads[v.Name] = l
		return l.sink()
	})
	if refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i := range c.Variables {
		v := &c.Variables[i]
		l := loads[v.Name]
		if l == nil {
			return nil, fmt.Errorf("%s: it was replaced while it was read, and has no variable %q any more", name, v.Name)
		}
		p, err := l.pointer()
		if err != nil {
			return nil, fmt.Errorf("%s: variable %q: %w", name, v.Name, err)
		}
		st.Variables = append(st.Variables, Variable{v.Name, v.Type, p, v.Mask})
	}
	return st, nil
}

// DefaultMaxBytes is how much memory what is read may take unless more is allowed.
const DefaultMaxBytes = 4 << 30

func limit(maxBytes int64) int64 {
	if maxBytes == 0 {
		return DefaultMaxBytes
	}
	return maxBytes
}

// loader makes a value of what Scan shows of one variable.
type loader struct {
	typ   reflect.Type
	array *gather // of a regular array
	tree  *builder
}

func newLoader(v *ckpt.Variable, left *int64) (*loader, error) {
	size := int64(max(v.Kind.Size(), 16))
	if int64(v.Elements) > *left/size || v.Bytes > *left {
		return nil, fmt.Errorf("%d elements need more memory than is allowed", v.Elements)
	}
	*left -= max(size*int64(v.Elements), v.Bytes)
	t, err := parseType(v.Type)
	if err != nil {
		return nil, err
	}
	l := &loader{typ: t}
	if v.Array() {
		l.array = newGather(v)
	} else {
		l.tree = newBuilder(t)
	}
	return l, nil
}

func (l *loader) sink() ckpt.Sink {
	if l.array != nil {
		return l.array
	}
	return l.tree
}

func (l *loader) pointer() (any, error) {
	if l.array == nil {
		return l.tree.root.Interface(), nil
	}
	return l.array.flat().value(l.typ)
}

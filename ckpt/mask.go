package ckpt

import (
	"errors"
	"fmt"
	"sort"

	"github.com/cairn-ad/cairn/scrutiny"
)

// ProtectOption changes how [Run.Protect] treats a variable.
type ProtectOption func(*variable) error

// Masked stores only the elements that the mask keeps. The mask must have as many
// elements as the variable. On restore the other elements keep the value that the
// program has given them, so slices must then have their full length before.
func Masked(m *scrutiny.Mask) ProtectOption {
	return func(v *variable) error {
		if m == nil {
			return fmt.Errorf("the mask is nil; leave the option out to save all elements")
		}
		v.keep, v.maskText = keepOf(m), m.RunLength()
		return nil
	}
}

// MaskFrom is [Masked] with the mask of the named variable in a report. That there
// is none is an error of [Run.Protect].
func MaskFrom(r *scrutiny.Report, name string) ProtectOption {
	return func(v *variable) error {
		if r == nil {
			return fmt.Errorf("the report is nil; leave the option out to save all elements")
		}
		m := r.Variable(name)
		if m == nil {
			return fmt.Errorf("the report on %s has no variable %q; scrutinize that loop again or leave the option out", r.Func, name)
		}
		return Masked(m)(v)
	}
}

// keepSet is a set of element numbers. A nil *keepSet holds all elements.
type keepSet struct {
	elements int    // of the variable, kept or not
	kept     int    // in the set
	spans    []span // ascending, neither empty nor touching
}

// errStop ends a walk over a set; it is never returned to a user.
var errStop = errors.New("stop")

// span is the elements from ≤ i < to.
type span struct{ from, to int }

func keepOf(m *scrutiny.Mask) *keepSet {
	k := &keepSet{elements: m.Len()}
	for r := range m.Runs() {
		if r.Class == scrutiny.Critical {
			k.spans = append(k.spans, span{r.Start, r.Start + r.Len})
			k.kept += r.Len
		}
	}
	return k
}

// within yields the parts of the set that lie in from ≤ i < to.
func (k *keepSet) within(from, to int, yield func(from, to int) error) error {
	if from == to {
		return nil
	}
	if k == nil {
		return yield(from, to)
	}
	first := sort.Search(len(k.spans), func(i int) bool { return k.spans[i].to > from })
	for _, s := range k.spans[first:] {
		if s.from >= to {
			break
		}
		if err := yield(max(s.from, from), min(s.to, to)); err != nil {
			return err
		}
	}
	return nil
}

// count returns how many of from ≤ i < to are in the set.
func (k *keepSet) count(from, to int) (n int) {
	_ = k.within(from, to, func(a, b int) error { n += b - a; return nil })
	return n
}

// lacks returns the first of n elements that want holds and k does not.
func (k *keepSet) lacks(want *keepSet, n int) (element int, lacking bool) {
	err := want.within(0, n, func(from, to int) error {
		next := from
		_ = k.within(from, to, func(a, b int) error {
			if a == next {
				next = b
			}
			return nil
		})
		if next < to {
			element = next
			return errStop
		}
		return nil
	})
	return element, err != nil
}

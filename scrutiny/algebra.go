package scrutiny

import (
	"fmt"
	"slices"
)

// And returns the mask that keeps what both a and b keep. An element that is not
// kept gets the class in which it is needed less (Dead before DerivativeZero).
// Name, Type and Shares are those of a. The shapes must be equal.
func And(a, b *Mask) (*Mask, error) {
	return merge("And", a, b, func(x, y Class) Class {
		if x.need() < y.need() {
			return x
		}
		return y
	})
}

// Or returns the mask that keeps what a or b keeps: the mask to save by when either
// of two iterations, or either of two results, may be asked for. An element that is
// not kept gets the class in which it is needed more (DerivativeZero before Dead).
// Name, Type and Shares are those of a. The shapes must be equal.
func Or(a, b *Mask) (*Mask, error) {
	return merge("Or", a, b, func(x, y Class) Class {
		if x.need() > y.need() {
			return x
		}
		return y
	})
}

// Not returns the mask that keeps exactly what m does not keep: critical elements
// become dead, all others critical.
func Not(m *Mask) *Mask {
	out := &Mask{Name: m.Name, Type: m.Type, Shape: slices.Clone(m.Shape), Shares: slices.Clone(m.Shares)}
	for r := range m.Runs() {
		c := Critical
		if r.Class == Critical {
			c = Dead
		}
		out.push(r.Len, c)
	}
	return out
}

// Equal reports whether a and b have the same shape and give every element the same
// class. Name, Type and Shares are not compared.
func Equal(a, b *Mask) bool {
	return slices.Equal(a.Shape, b.Shape) && slices.Equal(a.runs, b.runs)
}

// merge combines two masks element by element, one step per run.
func merge(op string, a, b *Mask, f func(x, y Class) Class) (*Mask, error) {
	if !slices.Equal(a.Shape, b.Shape) {
		return nil, fmt.Errorf("scrutiny: %s of %q with shape %v and %q with shape %v: the shapes must be equal", op, a.Name, a.Shape, b.Name, b.Shape)
	}
	out := &Mask{Name: a.Name, Type: a.Type, Shape: slices.Clone(a.Shape), Shares: slices.Clone(a.Shares)}
	for i, j, at := 0, 0, 0; i < len(a.runs); {
		end := min(a.runs[i].end, b.runs[j].end)
		out.push(end-at, f(a.runs[i].class, b.runs[j].class))
		at = end
		if a.runs[i].end == end {
			i++
		}
		if b.runs[j].end == end {
			j++
		}
	}
	return out, nil
}

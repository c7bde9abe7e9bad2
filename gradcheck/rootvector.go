package gradcheck

import (
	"fmt"
	"math"

	"github.com/cairn-ad/cairn/ad"
)

// RootVector holds derivatives in several directions at once, with a shadow of the
// arguments and one of the results for each direction.
type RootVector[A, R any] struct {
	Directions int
	Tangent    func(a *A, d []A) (r R, rd []R)
	Adjoint    func(a *A, b []A, rb []R) R
	Forward    func(a *A, b []A, st *ad.Stack) (r R, rb []R) // rb holds the shadows that it returns
	Reverse    func(a *A, b []A, rb []R, st *ad.Stack)
}

// checkVector wants each direction of a derivative in several of them to give what the
// derivative for one direction gives, bit for bit.
func (p *sample[A, R]) checkVector(add func(what string, err error)) {
	if v := p.c.TangentVector; v.Tangent != nil && p.c.Tangent != nil {
		add("tangent in several directions", p.checkTangents(v))
	}
	v := p.c.AdjointVector
	if v.Adjoint != nil && p.c.Adjoint != nil {
		add("adjoint in several directions", p.checkAdjoints(v.Directions, p.joint, func(seeds [][]float64) ([]A, error) { return p.jointVector(v, seeds) }))
	}
	if v.Forward != nil && v.Reverse != nil && p.c.Forward != nil && p.c.Reverse != nil {
		add("split adjoint in several directions", p.checkAdjoints(v.Directions, p.split, func(seeds [][]float64) ([]A, error) { return p.splitVector(v, seeds) }))
	}
}

func (p *sample[A, R]) checkTangents(v RootVector[A, R]) error {
	a := p.at(p.x)
	ds := make([]A, v.Directions)
	for k := range ds {
		ds[k] = ad.ZeroLike(*a)
		if err := Unflatten(p.opt.direction(nil, len(p.x), 10+uint64(k)), p.c.Wrt(&ds[k])...); err != nil {
			return err
		}
	}
	r, rds := v.Tangent(a, ds)
	if err := p.same("it", a, &r); err != nil {
		return err
	}
	for k := range ds {
		want, err := p.tangent(p.x, p.opt.direction(nil, len(p.x), 10+uint64(k)))
		if err != nil {
			return err
		}
		got, err := Flatten(p.c.Of(&ds[k], &rds[k])...)
		if err != nil {
			return err
		}
		if err := alike(k, got, want, p.opt.output); err != nil {
			return err
		}
	}
	return nil
}

func (p *sample[A, R]) checkAdjoints(n int, single sweeps, several func(seeds [][]float64) ([]A, error)) error {
	seeds := make([][]float64, n)
	for k := range seeds {
		seeds[k] = p.opt.direction(nil, p.m, 10+uint64(k))
	}
	bs, err := several(seeds)
	if err != nil {
		return err
	}
	for k := range bs {
		want, err := single(p.x, seeds[k], nil)
		if err != nil {
			return err
		}
		got, err := Flatten(p.c.Wrt(&bs[k])...)
		if err != nil {
			return err
		}
		if err := alike(k, got, want, p.opt.component); err != nil {
			return err
		}
	}
	return nil
}

func (p *sample[A, R]) jointVector(v RootVector[A, R], seeds [][]float64) ([]A, error) {
	a, bs, rbs := p.at(p.x), make([]A, v.Directions), make([]R, v.Directions)
	for k := range bs {
		bs[k], rbs[k] = ad.ZeroLike(p.args), ad.ZeroLike(p.result)
		if err := p.seeds(&bs[k], &rbs[k], seeds[k]); err != nil {
			return nil, err
		}
	}
	r := v.Adjoint(a, bs, rbs)
	return bs, p.same("it", a, &r)
}

func (p *sample[A, R]) splitVector(v RootVector[A, R], seeds [][]float64) ([]A, error) {
	a, bs := p.at(p.x), make([]A, v.Directions)
	for k := range bs {
		bs[k] = ad.ZeroLike(p.args)
	}
	st := ad.NewStack()
	r, rbs := v.Forward(a, bs, st)
	if err := p.same("its forward sweep", a, &r); err != nil {
		return nil, err
	}
	for k := range bs {
		if err := p.seeds(&bs[k], &rbs[k], seeds[k]); err != nil {
			return nil, err
		}
	}
	v.Reverse(a, bs, rbs, st)
	st.Release()
	return bs, nil
}

// alike compares what a derivative gives for direction k with what it gives alone.
func alike(k int, got, want []float64, name func(int) string) error {
	if len(got) != len(want) {
		return fmt.Errorf("gradcheck: direction %d has %d floats, alone it has %d: %w", k, len(got), len(want), ErrMismatch)
	}
	for i := range got {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
			return fmt.Errorf("gradcheck: direction %d gives %v for %s, alone it gives %v: %w", k, got[i], name(i), want[i], ErrMismatch)
		}
	}
	return nil
}

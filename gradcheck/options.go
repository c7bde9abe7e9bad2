package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Options tunes a test. The zero value is right for smooth functions of order-one
// quantities computed in float64.
type Options struct {
	// Tolerance is the largest relative error that passes. 0 means 1e-12 for
	// DotProduct, ComplexStep and exact Jacobians, and 1e-7 for FiniteDifference and
	// Jacobians by differences. In Taylor it is by how much the order may stay below 2,
	// and 0 means 0.2.
	Tolerance float64
	// Step is the largest step of Taylor and of divided differences, in units of x. 0 means
	// 0.01 times the larger of 1 and the largest component of x, for Taylor divided by
	// the largest component of the direction.
	Step float64
	// Noise is the relative rounding error of one evaluation of f. 0 means 2e-14.
	// Taylor leaves out the remainders that it can explain.
	Noise float64
	// Seed chooses the random directions that stand in for nil ones.
	Seed uint64
	// Indices are the components, or columns of a Jacobian, that FiniteDifference,
	// ComplexStep and Compare look at; nil means all.
	Indices []int
	// Names and Outputs are what messages call the components of x and the outputs of
	// a Jacobian; what has no name here is called by its number.
	Names, Outputs []string
}

// component names component i of x.
func (o Options) component(i int) string { return called("component", o.Names, i) }

// output names output i.
func (o Options) output(i int) string { return called("output", o.Outputs, i) }

func called(what string, names []string, i int) string {
	if i < 0 || i >= len(names) || names[i] == "" {
		return fmt.Sprintf("%s %d", what, i)
	}
	return fmt.Sprintf("%s %d (%s)", what, i, names[i])
}

// difference returns the largest step of divided differences at a component.
func (o Options) difference(x float64) float64 {
	if o.Step != 0 {
		return o.Step
	}
	return 0.01 * max(1, math.Abs(x))
}

func (o Options) tolerance(or float64) float64 {
	if o.Tolerance == 0 {
		return or
	}
	return o.Tolerance
}

func (o Options) noise() float64 {
	if o.Noise == 0 {
		return 2e-14
	}
	return o.Noise
}

func (o Options) check() error {
	for _, v := range []struct {
		name  string
		value float64
	}{{"Tolerance", o.Tolerance}, {"Step", o.Step}, {"Noise", o.Noise}} {
		if !(v.value >= 0) || math.IsInf(v.value, 1) {
			return fmt.Errorf("gradcheck: Options.%s is %v: give a positive number, or 0 for the default", v.name, v.value)
		}
	}
	return nil
}

// indices returns the components to look at in a vector of n.
func (o Options) indices(n int) ([]int, error) {
	if o.Indices == nil {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	for _, i := range o.Indices {
		if i < 0 || i >= n {
			return nil, fmt.Errorf("gradcheck: Options.Indices holds %d, but x has %d components counted from 0", i, n)
		}
	}
	return o.Indices, nil
}

// direction returns d, or a random vector of n components in [-1, 1] if d is nil.
func (o Options) direction(d []float64, n int, stream uint64) []float64 {
	if d != nil {
		return d
	}
	r := rand.New(rand.NewPCG(o.Seed, stream))
	d = make([]float64, n)
	for i := range d {
		d[i] = 2*r.Float64() - 1
	}
	return d
}

// evaluate runs grad on a copy of x and checks what it returns.
func (o Options) evaluate(grad func([]float64) []float64, x []float64) ([]float64, error) {
	g := grad(slices.Clone(x))
	if len(g) != len(x) {
		return nil, fmt.Errorf("gradcheck: the gradient has %d components, x has %d: they must agree", len(g), len(x))
	}
	return g, o.finite("gradient", g)
}

// finite is [finite] for a vector with the components of x.
func (o Options) finite(what string, v []float64) error { return finite(what, v, o.component) }

// finite reports the first component of v that is not a finite number.
func finite(what string, v []float64, name func(i int) string) error {
	for i, a := range v {
		if math.IsNaN(a) || math.IsInf(a, 0) {
			return fmt.Errorf("gradcheck: %s of the %s is %v: no comparison is possible; test at another point", name(i), what, a)
		}
	}
	return nil
}

// dot returns the inner product of a and b and the sum of its terms' sizes.
func dot(a, b []float64) (sum, size float64) {
	for i, x := range a {
		sum += x * b[i]
		size += math.Abs(x * b[i])
	}
	return sum, size
}

func largest(v []float64) float64 {
	m := 0.0
	for _, a := range v {
		m = max(m, math.Abs(a))
	}
	return m
}

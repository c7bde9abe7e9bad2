package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/ad"
)

// A Root ties a function to its generated derivatives, for [Root.Check]. Its arguments,
// the receiver first, are the fields of a struct A, its results those of a struct R. In
// the derivatives the shadows are a second pair of them, of the same shape; fields that
// have no shadow in the call are left alone. cairngen -tests writes one for each function
// with derivatives.
type Root[A, R any] struct {
	Name     string                          // of the function, for messages
	Draw     func(rng *rand.Rand) (A, error) // draws arguments, for each of the points
	DrawName string                          // of the variable that holds Draw, for messages
	Wrt      func(a *A) []any                // pointers to the independents
	Of       func(a *A, r *R) []any          // pointers to the dependents, among arguments and results
	Call     func(a *A) R                    // calls the function
	// The derivatives; those that do not exist stay nil.
	Tangent func(a, ad *A) (r, rd R)
	Adjoint func(a, ab *A, rb *R) R
	Forward func(a, ab *A, st *ad.Stack) (r, rb R) // rb holds the shadows that it returns
	Reverse func(a, ab *A, rb *R, st *ad.Stack)
	// Hessian is the tangent of Adjoint: ad and rbd hold the directions, ab and abd are added
	// to.
	Hessian func(a, ad, ab, abd *A, rb, rbd *R) (r, rd R)
	// The forms in several directions of the same, each with a number of directions of its
	// own; the first has Tangent only, the second the others.
	TangentVector, AdjointVector RootVector[A, R]
}

// Sizes of a check.
const (
	rootPoints  = 3  // draws of arguments
	rootIndices = 40 // components that divided differences look at, at most
)

// Check tests the derivatives at three points that Draw gives, from a random number
// generator that opt.Seed fixes:
//
//   - every derivative leaves results and memory as the function does, bit for bit;
//   - the adjoint, joint and split, passes [Taylor] and [FiniteDifference] for a random
//     weighting of the dependents, and adds to what its shadows hold;
//   - the tangent agrees with divided differences, column by column;
//   - tangent and adjoint pass [DotProduct];
//   - the tangent of the adjoint passes [Hessian], and adds what a change of the seeds adds;
//   - the forms in several directions give for each direction what those for one give, bit
//     for bit.
//
// Where there are more than 40 independents, divided differences are taken for 40 of
// them. Where arguments or results are float32, the tests allow for its rounding. Errors
// are joined; they name the function, the test and the components.
func (c Root[A, R]) Check(opt Options) error {
	if c.Wrt == nil || c.Of == nil || c.Call == nil {
		return fmt.Errorf("gradcheck: %s: Root.Wrt, Of and Call are needed", c.Name)
	}
	if c.Draw == nil {
		return fmt.Errorf("gradcheck: %s: there are no arguments to test it with, since some cannot be invented: %s", c.Name, c.advice("assign a function that draws them"))
	}
	if c.Tangent == nil && c.Adjoint == nil && c.Hessian == nil && (c.Forward == nil || c.Reverse == nil) {
		return fmt.Errorf("gradcheck: %s: there is no derivative to test: give Tangent, Adjoint, Hessian, or Forward and Reverse", c.Name)
	}
	if err := opt.check(); err != nil {
		return err
	}
	var errs []error
	for i := range rootPoints {
		p, err := c.sample(uint64(i), opt)
		if err == nil {
			err = p.check()
		}
		if err != nil && !errors.Is(err, ErrMismatch) {
			err = fmt.Errorf("%w: %s", err, c.advice("draw other arguments"))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s, point %d of %d: %w", c.Name, i+1, rootPoints, err))
		}
	}
	return errors.Join(errs...)
}

// sample is one draw of arguments.
type sample[A, R any] struct {
	c      Root[A, R]
	args   A
	after  A // a call's arguments and results
	result R
	x      []float64 // the independents
	m      int       // number of dependents
	first  []int     // for each way to a float of the dependents, which one it is; -1 if not the first
	seed   []float64 // their weights
	state  []string  // of after and result
	opt    Options
	single bool // float32 takes part
}

// advice says where other arguments are to be given.
func (c Root[A, R]) advice(what string) string {
	if c.DrawName == "" {
		return what + " in Root.Draw"
	}
	return what + " in " + c.DrawName + ", in the init function of a test file of the package"
}

func (c Root[A, R]) sample(i uint64, opt Options) (p *sample[A, R], err error) {
	p = &sample[A, R]{c: c, opt: opt}
	p.opt.Seed += i << 32
	if p.args, err = c.Draw(rand.New(rand.NewPCG(opt.Seed, i))); err != nil {
		return nil, err
	}
	wrt, err := p.leaves(c.Wrt(&p.args), &p.args, nil)
	if err != nil {
		return nil, err
	}
	if p.x = values(wrt); len(p.x) == 0 {
		return nil, fmt.Errorf("gradcheck: the independents hold no floats with these arguments")
	}
	if p.after, err = clone(p.args); err != nil {
		return nil, err
	}
	if p.result, err = p.run(&p.after); err != nil {
		return nil, err
	}
	of, err := p.leaves(c.Of(&p.after, &p.result), &p.after, &p.result)
	if err != nil {
		return nil, err
	}
	if p.m = len(of); p.m == 0 {
		return nil, fmt.Errorf("gradcheck: the dependents hold no floats with these arguments")
	}
	if p.first, err = p.ways(of); err != nil {
		return nil, err
	}
	p.opt.Names, p.opt.Outputs = names(wrt), names(of)
	p.seed = p.opt.direction(nil, p.m, 2)
	if p.state, err = p.states(&p.after, &p.result); err != nil {
		return nil, err
	}
	if err := finite("function's values", values(of), p.opt.output); err != nil {
		return nil, err
	}
	for _, l := range append(wrt, of...) {
		p.single = p.single || l.single != nil
	}
	return p, p.repeats()
}

// run calls the function and turns a panic into an error.
func (p *sample[A, R]) run(a *A) (r R, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("gradcheck: the function panics with these arguments, which may not fit together (%v)", e)
		}
	}()
	return p.c.Call(a), nil
}

// repeats wants a second run to give the same.
func (p *sample[A, R]) repeats() error {
	a, err := clone(p.args)
	if err != nil {
		return err
	}
	r, err := p.run(&a)
	if err != nil {
		return err
	}
	if err := p.same("a second run of the function", &a, &r); err != nil {
		return fmt.Errorf("%w: a function with memory or chance has no derivative to test", err)
	}
	return nil
}

// leaves lists the floats behind pointers, under the names by which a and r lead to them.
func (p *sample[A, R]) leaves(pointers []any, a *A, r *R) ([]leaf, error) {
	list, err := collect(pointers)
	if err != nil {
		return nil, err
	}
	known := map[place]string{}
	roots := []any{a}
	if r != nil {
		roots = append(roots, r)
	}
	all, err := collect(roots)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		known[l.place()] = l.name
	}
	for i := range list {
		list[i].name = known[list[i].place()]
	}
	return list, nil
}

func (p *sample[A, R]) states(a *A, r *R) ([]string, error) {
	return state(&struct {
		Args    *A
		Results *R
	}{a, r})
}

// same compares what a derivative left with what the function left.
func (p *sample[A, R]) same(what string, a *A, r *R) error {
	got, err := p.states(a, r)
	if err != nil {
		return err
	}
	for i, l := range p.state {
		if i >= len(got) || got[i] != l {
			after := "nothing of this kind"
			if i < len(got) {
				after = got[i]
			}
			return fmt.Errorf("gradcheck: %s does not leave what the function leaves: after the function %s, now %s: %w", what, l, after, ErrMismatch)
		}
	}
	return nil
}

// at returns the arguments with the independents x.
func (p *sample[A, R]) at(x []float64) *A {
	a, err := clone(p.args)
	if err == nil {
		err = Unflatten(x, p.c.Wrt(&a)...)
	}
	if err != nil {
		panic(err) // the same went well for p.args
	}
	return &a
}

// f is the function from the independents to the dependents. Where it panics, which
// happens if it checks its arguments, its value is NaN.
func (p *sample[A, R]) f(x []float64) []float64 {
	a := p.at(x)
	r, err := p.run(a)
	if err == nil {
		var y []float64
		if y, err = Flatten(p.c.Of(a, &r)...); err == nil && len(y) == p.m {
			return y
		}
	}
	y := make([]float64, p.m)
	for i := range y {
		y[i] = math.NaN()
	}
	return y
}

// weighted is the dependents weighted by the seed.
func (p *sample[A, R]) weighted(x []float64) float64 {
	sum, _ := dot(p.f(x), p.seed)
	return sum
}

// ways tells which ways to the floats of the dependents are the first: memory that is
// reached twice has one seed.
func (p *sample[A, R]) ways(of []leaf) ([]int, error) {
	index := map[place]int{}
	for i, l := range of {
		index[l.place()] = i
	}
	all, err := collectAll(p.c.Of(&p.after, &p.result))
	out := make([]int, len(all))
	for k, l := range all {
		out[k] = -1
		if i, ok := index[l.place()]; ok {
			out[k] = i
			delete(index, l.place())
		}
	}
	return out, err
}

func (p *sample[A, R]) tangent(x, d []float64) ([]float64, error) {
	a := p.at(x)
	xd := ad.ZeroLike(*a)
	if err := Unflatten(d, p.c.Wrt(&xd)...); err != nil {
		return nil, err
	}
	r, rd := p.c.Tangent(a, &xd)
	yd, err := Flatten(p.c.Of(&xd, &rd)...)
	if err != nil {
		return nil, err
	}
	if len(yd) != p.m {
		return nil, fmt.Errorf("gradcheck: the tangents of the dependents have %d floats, the dependents %d: their shapes must agree: %w", len(yd), p.m, ErrMismatch)
	}
	if slices.Equal(x, p.x) {
		return yd, p.same("the tangent", a, &r)
	}
	return yd, nil
}

// sweeps are the forms of an adjoint: start is what the shadows of the independents hold
// before, as far as they are not seeds.
type sweeps func(x, seed, start []float64) (xb []float64, err error)

func (p *sample[A, R]) joint(x, seed, start []float64) ([]float64, error) {
	a, ab, rb := p.at(x), ad.ZeroLike(p.args), ad.ZeroLike(p.result)
	if err := p.start(&ab, start); err != nil {
		return nil, err
	}
	if err := p.seeds(&ab, &rb, seed); err != nil {
		return nil, err
	}
	r := p.c.Adjoint(a, &ab, &rb)
	if slices.Equal(x, p.x) {
		if err := p.same("the adjoint", a, &r); err != nil {
			return nil, err
		}
	}
	return Flatten(p.c.Wrt(&ab)...)
}

func (p *sample[A, R]) split(x, seed, start []float64) ([]float64, error) {
	a, ab := p.at(x), ad.ZeroLike(p.args)
	if err := p.start(&ab, start); err != nil {
		return nil, err
	}
	st := ad.NewStack()
	r, rb := p.c.Forward(a, &ab, st)
	if slices.Equal(x, p.x) {
		if err := p.same("the forward sweep", a, &r); err != nil {
			return nil, err
		}
	}
	if err := p.seeds(&ab, &rb, seed); err != nil {
		return nil, err
	}
	p.c.Reverse(a, &ab, &rb, st)
	st.Release()
	return Flatten(p.c.Wrt(&ab)...)
}

// seeds adds the seeds to the shadows of the dependents.
func (p *sample[A, R]) seeds(ab *A, rb *R, seed []float64) error {
	to, err := collectAll(p.c.Of(ab, rb))
	if err != nil {
		return err
	}
	if len(to) != len(p.first) {
		return fmt.Errorf("gradcheck: the shadows of the dependents have %d floats, the dependents %d: their shapes must agree: %w", len(to), len(p.first), ErrMismatch)
	}
	for k, i := range p.first {
		if i >= 0 {
			to[k].set(to[k].get() + seed[i])
		}
	}
	return nil
}

// start puts values into the shadows of the independents that are not outputs, too: the
// shadows of outputs hold seeds.
func (p *sample[A, R]) start(ab *A, start []float64) error {
	if start == nil {
		return nil
	}
	apart, err := p.apart()
	if err != nil {
		return err
	}
	to, err := collect(p.c.Wrt(ab))
	if err != nil {
		return err
	}
	for i, l := range to {
		if apart[i] {
			l.set(start[i])
		}
	}
	return nil
}

// apart reports for each independent whether it belongs to an argument without outputs.
func (p *sample[A, R]) apart() ([]bool, error) {
	var none R
	of, err := p.leaves(p.c.Of(&p.args, &none), &p.args, nil)
	if err != nil {
		return nil, err
	}
	outputs := map[string]bool{}
	for _, l := range of {
		outputs[argument(l.name)] = true
	}
	apart := make([]bool, len(p.x))
	for i := range apart {
		apart[i] = !outputs[argument(p.opt.Names[i])]
	}
	return apart, nil
}

// argument returns the first part of the way to a float: the name of the argument.
func argument(way string) string {
	if i := strings.IndexAny(way, ".["); i >= 0 {
		return way[:i]
	}
	return way
}

// Package difftest examines generated derivatives from inside the program that
// calls them: the tests of the compiler write such a program, with the source
// under test, its generated derivatives and one [Case] for each function, and
// read its report.
//
// In: functions as values, and how to make their arguments. Out: one JSON
// [Report] per case with what is wrong and the gradient, for the tests to
// compare with the interpreter and with other variants of the same function.
package difftest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// An Input describes one parameter of the function, the receiver first.
type Input struct {
	Name    string
	Wrt, Of bool // named in wrt=, in of=
}

// A Case is one function with its derivatives and arguments.
type Case struct {
	Name   string
	Primal any // the function; of a method the method expression
	// Adjoint, Tangent and Pattern have the calling conventions of generated code;
	// nil leaves out what needs it.
	Adjoint, Tangent, Pattern any
	// Forward and Reverse are the two sweeps; what they are compared with is Adjoint.
	Forward, Reverse any
	// Hessian is the tangent of the adjoint; what it is compared with is Adjoint.
	Hessian any
	// AdjointVector and TangentVector are the forms for several directions, or nil.
	AdjointVector, TangentVector any
	Inputs                       []Input
	// Args makes new arguments, of which memory may be shared.
	Args func() []any
	// Reset gives the package-level variables that the function changes the values that
	// they have before each call; Vars returns pointers to them. Both may be nil.
	Reset func()
	Vars  func() []any

	before []leaf // floats that the package-level variables led to before the last call

	// WrtFields and OfFields are for inputs, and results with [ResultIndex] added, of which wrt=
	// and of= name fields, as ".Flow.U".
	WrtFields, OfFields map[int][]string

	named map[bool]map[int][]bool // of the leaves of inputs, whether they are in of=, or in wrt=

	// Of says which results are in of=; a nil list means all that hold floats.
	Of []bool
	// Single allows for float32 rounding.
	Single bool
	// Kinks is set where the function may not be smooth at the arguments, so
	// that divided differences prove nothing.
	Kinks bool
	// Iterated is set where a derivative is iterated until it has converged, which may
	// take more iterations for several directions than for one.
	Iterated bool
}

// A Report is what was found out about a case.
type Report struct {
	Name     string
	Failures []string // none if all is well
	Gradient []string // of each input a list of floats, "" if it is not in wrt=
	// The leaves of inputs and results with WrtFields and OfFields that are meant; the gradient is
	// that of these.
	Wrt, Of map[int][]int
	Pattern []string // of each output leaf the columns "input.leaf", results first
	FDSkips int      // divided differences that were no evidence
}

// Direction is the tangent of leaf j of input i.
func Direction(i, j int) float64 { return math.Sin(float64(3*i + j + 1)) }

// ResultIndex is the index of the first result in Seed, after those of inputs.
const ResultIndex = 100

// Stray is what the caller has in leaf j of the shadow of input i where no field is named.
func Stray(i, j int) float64 { return 1.5 + 0.125*float64((7*i+3*j)%16) }

// Seed is the weight of leaf j of output i.
func Seed(i, j int) float64 { return 0.3 + math.Cos(float64(5*i+2*j)) }

// FormatFloats writes floats exactly, separated by blanks.
func FormatFloats(xs []float64) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strings.Join(parts, " ")
}

// ParseFloats reads what FormatFloats wrote.
func ParseFloats(s string) ([]float64, error) {
	out := []float64{}
	for _, f := range strings.Fields(s) {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return nil, fmt.Errorf("difftest: %w", err)
		}
		out = append(out, x)
	}
	return out, nil
}

// Limit is the time after which a case counts as endless.
const Limit = 20 * time.Second

// Main examines the cases whose names are not in skip and writes their reports,
// one line each, to standard output. Before each case it writes a line that
// names the case, so that a crash can be told whose it is.
func Main(cases []Case, skip []string) {
	out := bufio.NewWriter(os.Stdout)
	skipped := map[string]bool{}
	for _, s := range skip {
		skipped[s] = true
	}
	for i := range cases {
		if skipped[cases[i].Name] {
			continue
		}
		fmt.Fprintf(out, "begin %s\n", cases[i].Name)
		out.Flush()
		watch := time.AfterFunc(Limit, func() {
			fmt.Printf("endless %s\n", cases[i].Name)
			os.Exit(3)
		})
		r := cases[i].Examine()
		watch.Stop()
		writeReport(out, r)
	}
	fmt.Fprintln(out, "end")
	out.Flush()
}

func writeReport(w io.Writer, r Report) {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // a struct of strings
	}
	fmt.Fprintf(w, "%s\n", text)
}

// A run is one call: the arguments with the float leaves they had on entry.
type run struct {
	args   []reflect.Value
	places [][]leaf
}

// found returns the float leaves that the caller finds after a call: other than
// places, where headers in memory have changed.
func (r run) found() [][]leaf {
	var out [][]leaf
	for _, a := range r.args {
		out = append(out, leaves(a))
	}
	return out
}

// foundAs is found for shadows: their maps have the keys of the primal's, since no entry is
// made, or taken out, where nothing active is.
func (r run) foundAs(primal run) [][]leaf {
	var out [][]leaf
	for i, a := range r.args {
		out = append(out, leavesAs(a, primal.args[i]))
	}
	return out
}

func (c *Case) newRun() run {
	t := reflect.TypeOf(c.Primal)
	var r run
	for i, a := range c.Args() {
		v := reflect.New(t.In(i)).Elem()
		if a != nil {
			v.Set(reflect.ValueOf(a).Convert(t.In(i)))
		}
		r.args = append(r.args, v)
		r.places = append(r.places, leaves(v))
	}
	return r
}

// shadows are new arguments in which every float is zero, but for the fields that are neither
// in wrt= nor in of=: what stands there must not matter.
func (c *Case) shadows() run {
	r := c.newRun()
	for _, ps := range r.places {
		for _, p := range ps {
			p.SetFloat(0)
		}
	}
	once(r.places, c.unnamed, func(i, j int, p leaf) { p.SetFloat(Stray(i, j)) })
	once(r.places, c.taking, func(_, _ int, p leaf) { p.SetFloat(0) })
	return r
}

// shadowed reports whether input i has a shadow among the parameters of the
// derivatives. That of an output brings a direction, or
// takes an adjoint, of the value on entry, whether or not the input is in wrt=.
func (c *Case) shadowed(i int) bool { return c.Inputs[i].Wrt || c.Inputs[i].Of }

func isReference(t reflect.Type) bool {
	return refers(t)
}

// call calls f with args, each followed by its shadow where it has one.
func (c *Case) call(f any, args, shadows run, adjoint bool, seeds []reflect.Value) []reflect.Value {
	var in []reflect.Value
	for i, a := range args.args {
		in = append(in, a)
		switch {
		case !c.shadowed(i):
		case adjoint && !isReference(a.Type()):
			in = append(in, shadows.args[i].Addr())
		default:
			in = append(in, shadows.args[i])
		}
	}
	return c.invoke(f, append(in, seeds...))
}

// invoke calls f, a derivative, with the package-level variables as they were at first.
func (c *Case) invoke(f any, in []reflect.Value) []reflect.Value {
	c.reset()
	return settable(reflect.ValueOf(f).Call(in))
}

func (c *Case) reset() {
	if c.Reset != nil {
		c.Reset()
	}
	c.before = nil
	if c.Vars != nil {
		for _, p := range c.Vars() {
			c.before = append(c.before, leaves(reflect.ValueOf(p).Elem())...)
		}
	}
}

func (c *Case) primal(r run) []reflect.Value {
	c.reset()
	f := reflect.ValueOf(c.Primal)
	if f.Type().IsVariadic() {
		return settable(f.CallSlice(r.args))
	}
	return settable(f.Call(r.args))
}

// settable puts results where their leaves can be found.
func settable(vs []reflect.Value) []reflect.Value {
	var out []reflect.Value
	for _, v := range vs {
		p := reflect.New(v.Type()).Elem()
		p.Set(v)
		out = append(out, p)
	}
	return out
}

// ofLeaf reports whether leaf j of result k, which has the value v, is an output.
func (c *Case) ofLeaf(k, j int, v reflect.Value) bool {
	fields := c.OfFields[ResultIndex+k]
	return c.ofResult(k) && (fields == nil || meant(v, fields)[j])
}

// ofResult reports whether result k is an output.
func (c *Case) ofResult(k int) bool {
	t := reflect.TypeOf(c.Primal).Out(k)
	if c.Of == nil {
		return holdsFloats(t)
	}
	return c.Of[k]
}

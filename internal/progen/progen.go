// Package progen makes random Go programs for differential tests of the
// compiler.
//
// In: a seed. Out: the source text of one entry function with its helpers and
// types, inside the language that the compiler differentiates, and arguments to
// call it with. The programs are well typed and end; every index is in range
// and every value moderate by construction, so that finite differences make
// sense. The same seed always gives the same program.
package progen

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"strings"
)

// Options shape the programs; the zero value asks for everything.
type Options struct {
	// Statements is the number of statements that the entry function is
	// filled with, nested ones included; 0 means 24.
	Statements int
	// These leave out what they name.
	NoFloat32, NoComplex, NoCheckpoint, NoStructs, NoCallModes, NoMaps, NoVars, NoRules, NoOthers bool
	// NoReturns leaves out early returns.
	NoReturns bool
	// Smooth leaves out kinks and control that depends on active values; some
	// programs are so without it.
	Smooth bool
}

// An Arg is one argument of the entry function.
type Arg struct {
	Name string
	Type string // as the source writes it
	Lit  string // a Go literal of that type
	Wrt  bool   // named in wrt=
	Of   bool   // named in of=
}

// A Var is a package-level variable that the program may change, with the expression for
// its first value.
type Var struct{ Name, Lit string }

// A Case is a generated program.
type Case struct {
	Seed     uint64
	Name     string // of the entry function
	Src      string // declarations; for the imports that File writes
	Recv     *Arg   // of an entry method, which is called on Recv.Lit
	Args     []Arg
	Vars     []Var
	Results  int  // all of them float64 and all of them in of=
	Float32  bool // some values are rounded to float32
	Kinks    bool // some values come from max, min, abs or rounding
	Loops    int  // loops under a checkpoint schedule
	Blocks   int  // checkpointed blocks
	Branches bool // control depends on active values
}

// Inputs returns the receiver, if any, followed by the arguments.
func (c Case) Inputs() []Arg {
	if c.Recv == nil {
		return c.Args
	}
	return append([]Arg{*c.Recv}, c.Args...)
}

// Generate makes the program of a seed. All its names begin with name, an
// exported identifier, so that many programs fit into one package.
func Generate(seed uint64, name string, opts Options) (Case, error) {
	if opts.Statements <= 0 {
		opts.Statements = 24
	}
	g := &gen{
		r:    rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)),
		opts: opts,
		c:    Case{Seed: seed, Name: name},
	}
	g.smooth = g.chance(15) || opts.Smooth
	if !opts.NoComplex && g.chance(30) {
		g.complexShare = g.in(5, 30)
	}
	if !g.opts.NoMaps && g.chance(25) {
		g.mapShare = g.in(5, 30)
	}
	g.global = !g.opts.NoVars && g.chance(25)
	g.rules = !g.opts.NoRules && g.chance(15)
	if g.chance(25) {
		g.rareShare = g.in(5, 25)
	}
	if g.chance(20) && !opts.NoOthers {
		g.otherShare = g.in(5, 25)
	}
	g.program()
	src, err := format.Source([]byte(strings.Join(g.out, "\n") + "\n"))
	if err != nil {
		return Case{}, fmt.Errorf("progen: seed %d gives text that is no Go: %w", seed, err)
	}
	g.c.Src = string(src)
	return g.c, nil
}

// File joins programs into the source file of a package.
func File(pkg string, cases ...Case) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\t\"cmp\"\n\t\"math\"\n\t\"math/cmplx\"\n\t\"slices\"\n\t\"sort\"\n\t\"sync\"\n)\n\nvar (\n\t_ = cmp.Compare[int]\n\t_ = math.Pi\n\t_ = cmplx.Abs\n\t_ = slices.Sort[[]int]\n\t_ = sort.Ints\n\t_ sync.Mutex\n)\n", pkg)
	for _, c := range cases {
		b.WriteString("\n")
		b.WriteString(c.Src)
	}
	return b.String()
}

// CallExpr is the text of a call of the entry function with the given argument
// texts, the receiver's first if it has one.
func (c Case) CallExpr(args ...string) string {
	fn := c.Name
	if c.Recv != nil {
		fn = "(" + args[0] + ")." + fn
		args = args[1:]
	}
	return fn + "(" + strings.Join(args, ", ") + ")"
}

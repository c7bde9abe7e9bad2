package irinterp

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Interp holds the settings of a run; its zero value works for programs that
// read no package variables and call nothing outside themselves.
type Interp struct {
	// MaxSteps bounds the statements and iterations of a run; 0 means 50 million.
	MaxSteps int64
	// Ext runs a function outside the program (Call.Ext); derivatives do not
	// pass through it. Nil makes such a call an error. Functions of the standard
	// library that sort a slice without floats are known.
	Ext func(fn *types.Func, args []Value) ([]Value, error)
	// Global gives the value of a package-level variable, which is passive.
	Global func(v *types.Var) (Value, error)
	// Named runs a call of run-time support (Call.Name). invoke runs a closure
	// of the program; its result is the zero Value if it has none.
	Named func(name string, args []Value, invoke Invoke) ([]Value, error)
}

// Invoke runs a Closure value.
type Invoke func(closure Value, args ...Value) Value

// Run runs fn of prog with default settings; see Interp.Run.
func Run(prog *ir.Program, fn *ir.Func, args []Value) ([]Value, error) {
	return (&Interp{}).Run(prog, fn, args)
}

// Run calls fn with args (the receiver, if any, first) and returns its results.
// Memory that args refer to is changed as the program changes it. The error is
// a *Panic if the program panics, ErrSteps if it runs too long.
func (in *Interp) Run(prog *ir.Program, fn *ir.Func, args []Value) ([]Value, error) {
	return in.newMachine(prog, plain).start(fn, args)
}

// tracking says what accompanies each float.
type tracking uint8

const (
	plain tracking = iota
	taping
	dualNumbers
)

// machine is the state of one run.
type machine struct {
	*Interp
	prog  *ir.Program
	track tracking
	tape  tape
	left  int64 // steps
	depth int   // of calls
	at    token.Pos
	fn    *ir.Func
}

const (
	defaultSteps = 50_000_000
	maxDepth     = 10_000
)

func (in *Interp) newMachine(prog *ir.Program, track tracking) *machine {
	m := &machine{Interp: in, prog: prog, track: track, left: in.MaxSteps}
	if m.left <= 0 {
		m.left = defaultSteps
	}
	return m
}

// start runs fn on args, turning everything thrown into an error.
func (m *machine) start(fn *ir.Func, args []Value) (results []Value, err error) {
	defer m.locate(&err)
	defer trap(&err)
	if fn == nil || fn.Body == nil {
		return nil, fault("no function with a body to run").err
	}
	if want := len(fn.Inputs()); len(args) != want {
		return nil, fault("%s takes %d arguments (receiver included), not %d", fn.Name, want, len(args)).err
	}
	return m.call(fn, args), nil
}

// locate adds function and position to a Panic.
func (m *machine) locate(err *error) {
	p, ok := (*err).(*Panic)
	if !ok {
		return
	}
	if m.fn != nil {
		p.Func = m.fn.Name
	}
	if m.prog != nil && m.prog.Fset != nil && m.at.IsValid() {
		p.Pos = m.prog.Fset.Position(m.at)
	}
}

// frame holds the variables of one activation. A variable that is declared
// again is a new one.
type frame struct {
	vars map[*ir.Var]*Value
}

func (f *frame) place(v *ir.Var) *Value {
	p := f.vars[v]
	if p == nil {
		panic(fault("variable %s is used before its declaration", v.Name))
	}
	return p
}

func (f *frame) declare(v *ir.Var, x Value) { f.vars[v] = &x }

func (m *machine) call(fn *ir.Func, args []Value) []Value {
	caller := m.fn
	if m.depth++; m.depth > maxDepth {
		panic(fault("calls of %s nest deeper than %d", fn.Name, maxDepth))
	}
	m.fn = fn
	f := &frame{vars: make(map[*ir.Var]*Value, len(args)+len(fn.Results)+len(fn.Locals))}
	for i, v := range fn.Inputs() {
		f.declare(v, args[i].Clone())
	}
	for _, v := range fn.Results {
		f.declare(v, zero(v.Type))
	}
	m.block(f, fn.Body)
	out := make([]Value, len(fn.Results))
	for i, v := range fn.Results {
		out[i] = f.place(v).Clone()
	}
	m.depth--
	m.fn = caller
	return out
}

// callPassive runs fn without following derivatives.
func (m *machine) callPassive(fn *ir.Func, args []Value) []Value {
	saved := m.track
	m.track = plain
	out := m.call(fn, args)
	m.track = saved
	for i := range out {
		forget(&out[i])
	}
	return out
}

// closure is a function value with the frame that it was made in.
type closure struct {
	def *ir.Closure
	env *frame
}

func (m *machine) invoke(c Value, args ...Value) Value {
	cl, ok := c.ref.(*closure)
	if !ok {
		panic(fault("call of a %s, which is no closure", c.kind))
	}
	if len(args) != len(cl.def.Params) {
		panic(fault("closure %s takes %d arguments, not %d", cl.def.V.Name, len(cl.def.Params), len(args)))
	}
	for i, p := range cl.def.Params {
		cl.env.declare(p, args[i].Clone())
	}
	out := m.block(cl.env, cl.def.Body)
	return out.yield
}

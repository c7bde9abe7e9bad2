package ir

import (
	"go/constant"
	"go/token"
	"go/types"
)

// A Program is a set of functions closed under calls, callees before callers. Of
// functions that call each other in a cycle, some stand after a caller.
type Program struct {
	Fset  *token.FileSet
	Pkg   *types.Package // the package that generated code will stand in
	Funcs []*Func

	// Tables are the package-level variables of other packages that generated code
	// cannot name, and has copies of, with their values; nil is zero.
	Tables map[*types.Var]Expr

	// Revealed are the fields of other packages that the program looks at although
	// generated code cannot name them: it does so through mirrors of their structs.
	Revealed map[FieldID]bool

	// Made are the types that were made for the program, by their names.
	Made []*MadeType
}

// A MadeType is a named type that no source declares.
type MadeType struct {
	Type *types.Named
	Doc  string // behind the name
}

// A FieldID is a field of a struct, and of what generic structs become.
type FieldID struct {
	Pos  token.Pos
	Name string
}

// IDOf returns the identity of the field f.
func IDOf(f *types.Var) FieldID { return FieldID{f.Origin().Pos(), f.Name()} }

// A PackageVar is a made package-level variable.
type PackageVar struct {
	Obj  *types.Var
	Init Expr // nil for zero
	Doc  string
}

// Func returns the function with the given name, or nil.
func (p *Program) Func(name string) *Func {
	for _, f := range p.Funcs {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// A Func is one function or method.
type Func struct {
	// Name is unique in the program: "Step", "Solver.Step" for a method of
	// Solver or *Solver, "cg.Step" for a function of an imported package,
	// "DotFloat64" for an instance of a generic function.
	Name    string
	Pkg     *types.Package
	Obj     *types.Func // the source function; nil for parsed or made functions
	Recv    *Var        // nil for a plain function
	Params  []*Var      // without the receiver
	Results []*Var      // always named: "ret", or "ret0", "ret1" … when the source has no names
	Locals  []*Var      // every other Var of the body
	Body    *Block
	Pos     token.Pos
	Doc     string // of a made function

	// TArgs are the type arguments of an instance of a generic function, or of the
	// receiver of a method of a generic type, which then is the first parameter.
	// Obj has the signature for them.
	TArgs []types.Type

	Origin     *Func       // as it was made, of a function that a transform has given another form
	Tangent    *Func       // of which function it is the tangent, of one that is to be differentiated again
	Derivative *Derivative // of which function it is one; nil for most

	Variadic bool     // the last parameter is written ...T; its variable is a slice
	Made     bool     // no source has it for these types: generated code holds it if it is called as it is
	Passive  bool     // marked //cairn:passive: not differentiated
	Mode     CallMode // how calls of it are reversed unless the call says otherwise

	// Rule, if not nil, is how calls of it are differentiated. Body then is no
	// translation of the source: it reads, writes and makes what the function may,
	// so that the analyses need not know of rules.
	Rule *Rule

	// Dual is the tangent that Rule names, as a function of the program, where second
	// derivatives of calls are wanted: it is differentiated like any. NoDual says of a tangent
	// why it is none.
	Dual   *Func
	NoDual string
}

// Inputs returns the receiver, if any, followed by the parameters.
func (f *Func) Inputs() []*Var {
	if f.Recv == nil {
		return f.Params
	}
	return append([]*Var{f.Recv}, f.Params...)
}

// VarKind tells where a Var comes from.
type VarKind uint8

// The kinds of variables.
const (
	Local VarKind = iota
	Param         // also the receiver
	Result
	Temp // made by the compiler
)

// A Var is a parameter, result or local variable.
type Var struct {
	Name string // unique in its Func
	Type types.Type
	Kind VarKind
	Pos  token.Pos
	Made bool // by a transform: a shadow or a temporary of derivative code

	// Global is the package-level variable that a parameter stands for. The function of the
	// user has no such parameter: it uses the variable itself.
	Global *types.Var

	Shadow ShadowKind // of a made variable

	// Bar is the name of its adjoint, where that is not Name with a b behind it.
	Bar string
}

// ShadowKind tells which made variables hold derivatives. Temporaries that are only
// computed from such variables need not be marked.
type ShadowKind uint8

// The kinds of shadows: of the primal's type, or a pointer to a value of that type.
const (
	NoShadow ShadowKind = iota
	ShadowValue
	ShadowPointer
)

// CallMode says how a call is reversed.
type CallMode uint8

// The call modes. Joint: the callee is run again, recording, when its turn to
// be reversed comes. Split: the callee records when it is first run.
const (
	DefaultMode CallMode = iota
	Joint
	Split
)

func (m CallMode) String() string {
	switch m {
	case Joint:
		return "joint"
	case Split:
		return "split"
	}
	return "default"
}

// ---- Expressions ----

// An Expr is a pure expression with a type. Untyped constants have been given
// the type that the context gives them.
type Expr interface {
	Type() types.Type
	expr()
}

type (
	// Const is a constant; Val is nil for the nil of a slice, pointer …
	Const struct {
		Val  constant.Value
		Typ  types.Type
		Text string // how the source names it ("dt", "math.Pi"), else ""
	}
	// Ref is the value, or as an assignment's left side the place, of a Var.
	Ref struct{ V *Var }
	// Global reads a package-level variable, which is passive and never written; in made
	// code it is the variable, as a value or a place.
	Global struct {
		Obj *types.Var
	}
	// Unary is -x, +x, !x or ^x.
	Unary struct {
		Op token.Token
		X  Expr
	}
	// Binary is x op y; comparisons and the short-circuit && and || included.
	Binary struct {
		Op   token.Token
		X, Y Expr
		Typ  types.Type
	}
	// Index is X[I] for a slice, array, map or (passive) string X. An element of a
	// map is a place that is assigned and read as a whole.
	Index struct{ X, I Expr }
	// Has reports whether the map X has the key I.
	Has struct{ X, I Expr }
	// Keys is a new slice, of type Typ, with the keys of the map X in ascending order, or
	// with the positions at which the characters of the string X begin.
	Keys struct {
		X   Expr
		Typ types.Type
	}
	// Absent is what, assigned to an element of a map, of type Typ, takes it away: delete.
	Absent struct{ Typ types.Type }
	// Field is X.F for a struct X; I is the field's index.
	Field struct {
		X Expr
		I int
	}
	// Deref is *X.
	Deref struct{ X Expr }
	// SliceOf is X[Lo:Hi:Max] for a slice X, or for an addressable array X;
	// absent bounds are nil.
	SliceOf struct {
		X           Expr
		Lo, Hi, Max Expr
	}
	// Addr is &X; X is a place (Ref, Index, Field, Deref) or a Composite.
	Addr struct{ X Expr }
	// Convert is Typ(X).
	Convert struct {
		X   Expr
		Typ types.Type
	}
	// Len is len(X), of a slice, array, string or map; Cap is cap(X); of type int.
	Len struct{ X Expr }
	// Cap is cap(X).
	Cap struct{ X Expr }
	// Math is a function of package math ("math.Sin") or math/cmplx
	// ("cmplx.Exp"), one of package ad that gives one of the results of such a
	// function ("ad.ModfInt"), or a builtin: "min" or "max" (always of two
	// arguments: lower nests longer ones), "real", "imag" or "complex".
	Math struct {
		Fn   string
		Args []Expr
		Typ  types.Type
	}
	// Composite is a struct, array or slice literal. Elems has one entry for
	// each field or element; nil entries are zero. For slices and arrays it
	// may be shorter than the value: the rest is zero.
	Composite struct {
		Typ   types.Type
		Elems []Expr
	}
	// Make is make([]T, Len, Cap), or make(map[K]T, Len); Cap may be nil, and of a map
	// Len. In made code the memory may be that of the run-time stack In.
	Make struct {
		Typ      types.Type
		Len, Cap Expr
		In       Expr
	}
	// New is new(T); Typ is the pointer type.
	New struct{ Typ types.Type }
	// Append is append(X, Elems...) or, with Spread, append(X, Elems[0]...).
	Append struct {
		X      Expr
		Elems  []Expr
		Spread bool
	}
)

// ---- Statements ----

// A Stmt changes variables or memory, or control.
type Stmt interface {
	Pos() token.Pos
	stmt()
}

// At is the position of a statement; it is embedded in each.
type At struct{ P token.Pos }

// Pos returns the position.
func (a At) Pos() token.Pos { return a.P }

type (
	// Block is a list of statements with its own scope. It may be the target
	// of a Break (a switch became one).
	Block struct {
		At
		Stmts      []Stmt
		Checkpoint *Checkpoint // of a //cairn:checkpoint line, with scheme "block"; else nil
	}
	// Decl is var V T: V becomes zero.
	Decl struct {
		At
		V *Var
	}
	// Assign is L[0], L[1] … = R[0], R[1] …, all of R and all operands of L
	// evaluated first. A nil in L is the blank identifier. With Define every
	// L is a Ref of a variable declared here.
	Assign struct {
		At
		L      []Expr
		R      []Expr
		Define bool

		// Guard says that factors in R may be infinite although the values that they
		// are a derivative of are not used: an adjoint of 0 comes to nothing.
		Guard bool
	}
	// Call is L = F(Args); Args has the receiver first. Exactly one of Fn,
	// Ext and Name is set: Fn a function of the program, Ext a function
	// outside it that is passive, Name a made or run-time function: a method
	// of On if that is set, else "ad.Push". A nil in L is blank; L may be
	// empty. A variadic Fn gets one slice for its last parameter; an Ext only
	// with Spread.
	Call struct {
		At
		L      []Expr
		Define bool
		Fn     *Func
		Ext    *types.Func
		Name   string
		On     *Var
		TArgs  []types.Type // explicit type arguments, with Ext and Name only
		Conv   types.Type   // the only result is converted to this type, with Name only
		Args   []Expr
		Spread bool // with Ext: the last argument is the slice x of f(x...)
		Fresh  bool // with Ext: it writes only memory that was made for it, and a new piece at each place
		Shadow bool // with Name: a shadow is taken from the stack, even if L is blank
		Mode   CallMode

		// Again says that Fn only computes, and has been called with these arguments before: where
		// nothing uses what it gives, the call can be left out.
		Again bool

		// Impure says, of an Ext, why a second call may give something else; it is empty
		// if it does not, and where nothing is run again.
		Impure string

		// Rule, of a derivative that was written by hand, is the one that it is from.
		Rule *Rule
	}
	// Copy is copy(Dst, Src) with its result in N if that is not nil.
	Copy struct {
		At
		N        Expr
		Dst, Src Expr
	}
	// If is if Cond { Then } else { Else }; Else may be nil.
	If struct {
		At
		Cond Expr
		Then *Block
		Else *Block
	}
	// For is for Init; Cond; Post { Body }. Init and Post are nil or one
	// Assign; a nil Cond is true. The variables that Init defines are in scope
	// in the loop only and, as in Go, one set of them serves Init, Cond and Post;
	// as there are no closures this equals Go's per-iteration variables.
	For struct {
		At
		Init       *Assign
		Cond       Expr
		Post       *Assign
		Body       *Block
		Checkpoint *Checkpoint // of a //cairn:checkpoint line, else nil

		// Stop, set only in single-exit form, is a variable that ends the loop
		// when it is true at the end of Body; Post is not run then.
		Stop *Var

		// Go says that the source runs each iteration in a goroutine of its own, and waits for
		// all of them. Only definitions of variables of the iteration come before, and the
		// arguments of the goroutine's function. GoReads says that they read memory, and
		// GoFloats that they read floats there, which goroutines started later may change.
		Go, GoReads, GoFloats bool

		// Spawn, of a made loop, says that its iterations may run in goroutines.
		Spawn *Spawn

		// Additive, of a made loop, are shadows to whose memory its body only adds: nothing in
		// it reads or sets what lies there, under any name.
		Additive []*Var

		// Selects names variables to which the loop gave values of single iterations: what computes
		// these once more, for the derivative, stands behind the loop.
		Selects []string

		// Gathered, of a made loop, receives what its iterations add to in variables; may be nil.
		Gathered *Gathered
	}
	// Break leaves Target, a *For or *Block that encloses it.
	Break struct {
		At
		Target Stmt
	}
	// Continue goes on with the next iteration of Target.
	Continue struct {
		At
		Target *For
	}
	// Return leaves the function; the Results have been assigned before.
	Return struct{ At }
	// Panic is panic(X).
	Panic struct {
		At
		X Expr
	}

	// ---- only in made code ----

	// Comment is a line of commentary.
	Comment struct {
		At
		Text string
	}
	// Closure is Name := func(Param) Result { Body }.
	Closure struct {
		At
		V      *Var
		Params []*Var
		Result types.Type // nil for none
		Body   *Block
	}
	// Yield is return X inside a Closure.
	Yield struct {
		At
		X Expr
	}
)

// Gathered lists the places of shadows to which a loop adds what several of its iterations, or several
// of its statements, have added up in variables, and whether a sum is there by parts.
type Gathered struct {
	Places []string
	Parts  bool
}

// A Spawn says how the iterations of a made loop can run at the same time.
type Spawn struct {
	Of    *For // the loop of the primal that it was made from
	Sweep Sweep
	Why   *string // receives why it stays sequential; may be nil

	// Direct receives those of Private of which no goroutine has a copy.
	Direct map[string]bool

	// Private are shadows declared outside the loop that more than one iteration adds to; they
	// do nothing else with what these lead to.
	Private []*Var
}

// A Sweep says which of both a made loop belongs to, if either leaves anything to the other.
type Sweep uint8

// The sweeps. NoSweep: the loop records nothing, and takes nothing back.
const (
	NoSweep Sweep = iota
	ForwardSweep
	ReverseSweep
)

// BlockScheme is the scheme of a checkpointed block, and in single-exit form of the loop of
// one iteration that it becomes.
const BlockScheme = "block"

// Checkpoint is what a //cairn:checkpoint line asks of a loop or block.
type Checkpoint struct {
	Pos    token.Pos
	Scheme string // of Schemes, BlockScheme or FixedScheme
	Args   []SchemeArg
	// Storage names the place of snapshots that are not in memory; "" is the default.
	Storage string
	Levels  string // storage levels slots:write:read,…; "" is none
	Resume  string // names a run that another process can go on with; "" is none
	Open    bool   // the number of iterations is not known before they have been run
	Fixed   *Fixed // of FixedScheme only
}

// FixedScheme is the scheme of a loop to a fixed point, of a //cairn:fixedpoint line. It
// has no condition and no clauses, and is left by break statements only.
const FixedScheme = "fixedpoint"

// Fixed describes a loop to a fixed point.
type Fixed struct {
	// Again is a variable that the program never sets. The derivative runs an iteration
	// once more where the loop has ended, with the variable true; no break is reached then.
	Again *Var
	Tol   float64
	Max   int
}

// Scheduled reports whether the loop is reversed by running its iterations again.
func (s *For) Scheduled() bool { return s.Checkpoint != nil && s.Checkpoint.Scheme != "store" }

// IsBlock reports whether the loop is what became of a checkpointed block.
func (s *For) IsBlock() bool { return s.Checkpoint != nil && s.Checkpoint.Scheme == BlockScheme }

// IsFixed reports whether the loop is one to a fixed point.
func (s *For) IsFixed() bool { return s.Checkpoint != nil && s.Checkpoint.Scheme == FixedScheme }

// IsRoot reports whether the loop is the checkpointed one of its function: under a schedule,
// or recorded as a whole.
func (s *For) IsRoot() bool { return s.Checkpoint != nil && !s.IsBlock() && !s.IsFixed() }

// RunAgain reports whether even the last iteration of the scheduled loop may have been
// run without recording, and is run again before it is reversed.
func (s *For) RunAgain() bool { return s.Stop != nil || s.IsBlock() || s.IsFixed() }

func (*Const) expr()     {}
func (*Ref) expr()       {}
func (*Global) expr()    {}
func (*Unary) expr()     {}
func (*Binary) expr()    {}
func (*Index) expr()     {}
func (*Field) expr()     {}
func (*Deref) expr()     {}
func (*SliceOf) expr()   {}
func (*Addr) expr()      {}
func (*Convert) expr()   {}
func (*Len) expr()       {}
func (*Cap) expr()       {}
func (*Math) expr()      {}
func (*Composite) expr() {}
func (*Make) expr()      {}
func (*New) expr()       {}
func (*Append) expr()    {}
func (*Has) expr()       {}
func (*Keys) expr()      {}
func (*Absent) expr()    {}

func (*Block) stmt()    {}
func (*Decl) stmt()     {}
func (*Assign) stmt()   {}
func (*Call) stmt()     {}
func (*Copy) stmt()     {}
func (*If) stmt()       {}
func (*For) stmt()      {}
func (*Break) stmt()    {}
func (*Continue) stmt() {}
func (*Return) stmt()   {}
func (*Panic) stmt()    {}
func (*Comment) stmt()  {}
func (*Closure) stmt()  {}
func (*Yield) stmt()    {}

package ir

import (
	"go/types"
	"strconv"
)

// Names hands out names for the variables of a made function, each once.
type Names struct {
	taken map[string]bool
	next  map[string]int   // by what was wanted, the first number behind it that may be free
	pkgs  []*types.Package // what they declare or import has its name
}

// NewNames returns Names that have handed out nothing. Names of package-level declarations
// and imports of the packages are not handed out, nor are predeclared ones if there are any
// packages.
func NewNames(pkgs ...*types.Package) *Names {
	return &Names{map[string]bool{}, map[string]int{}, pkgs}
}

// NamesIn returns Names that hand out no name that means something in f, a function whose
// code comes to stand in the packages.
func NamesIn(f *Func, pkgs ...*types.Package) *Names {
	n := NewNames(pkgs...)
	for _, name := range [...]string{"st", "ad", "schedule", "math", "cmplx"} { // of generated code
		n.Reserve(name)
	}
	note := func(vs ...*Var) {
		for _, v := range vs {
			n.Reserve(v.Name)
		}
	}
	note(f.Inputs()...)
	note(f.Results...)
	note(f.Locals...)
	for v := range Vars(f.Body.Stmts) {
		note(v)
	}
	WalkStmts(f.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Closure:
			note(append(s.Params, s.V)...)
		case *Call:
			n.Reserve(s.Name)
			if s.Fn != nil {
				n.Reserve(s.Fn.Name)
			}
		}
	})
	return n
}

// Reserve keeps a name from being handed out.
func (n *Names) Reserve(name string) { n.taken[name] = true }

// Taken reports whether a name means something already.
func (n *Names) Taken(name string) bool {
	if n.taken[name] || name == "_" {
		return true
	}
	for _, p := range n.pkgs {
		if p.Scope().Lookup(name) != nil || types.Universe.Lookup(name) != nil {
			return true
		}
		for _, other := range p.Imports() {
			if other.Name() == name {
				return true
			}
		}
	}
	return false
}

// Take returns want, or want with a number behind it if that is taken.
func (n *Names) Take(want string) string {
	got := want
	for i := max(n.next[want], 1); n.Taken(got); i++ {
		got = want + strconv.Itoa(i)
		n.next[want] = i + 1
	}
	n.taken[got] = true
	return got
}

// Maker makes variables of a function, whose names mean nothing else in it.
type Maker struct {
	F     *Func
	Pkgs  []*types.Package // in which its code comes to stand
	Made  bool             // its variables are those of a transform
	names *Names           // once a name was asked for
}

// Var makes a temporary variable of F with a name that begins with base.
func (m *Maker) Var(base string, t types.Type) *Var {
	if m.names == nil {
		m.names = NamesIn(m.F, m.Pkgs...)
	}
	v := &Var{Name: m.names.Take(base), Type: t, Kind: Temp, Made: m.Made}
	m.F.Locals = append(m.F.Locals, v)
	return v
}

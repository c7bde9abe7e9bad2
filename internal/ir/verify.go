package ir

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
)

// Verify checks every rule of the package comment on a lowered program, the
// types of every node, and that callees stand before callers unless they lead back
// to them. The error joins all faults found, each with function, line (if known)
// and reason.
func Verify(prog *Program) error { return verifyAll(prog, false) }

// VerifyMade is Verify for programs that a transform has made: there parameters
// may be assigned and their addresses taken.
func VerifyMade(prog *Program) error { return verifyAll(prog, true) }

func verifyAll(prog *Program, made bool) error {
	var errs []error
	done, here := map[*Func]bool{}, map[*Func]bool{}
	for _, f := range prog.Funcs {
		here[f] = true
	}
	names := map[string]bool{}
	for _, f := range prog.Funcs {
		v := &verifier{prog: prog, made: made, fn: f, callable: done, inProg: here}
		if names[f.Name] {
			v.fault(f.Pos, "two functions have this name")
		}
		names[f.Name] = true
		done[f] = true
		v.function()
		errs = append(errs, v.errs...)
	}
	return errors.Join(errs...)
}

// VerifyFunc checks one function; the functions that it calls are taken to be
// in the program.
func VerifyFunc(f *Func) error {
	v := &verifier{fn: f}
	v.function()
	return errors.Join(v.errs...)
}

// verifier checks one function.
type verifier struct {
	prog     *Program // nil: none known
	made     bool
	fn       *Func
	callable map[*Func]bool // the function itself and those that stand before; nil: any
	inProg   map[*Func]bool // functions of the program
	errs     []error

	known   map[*Var]bool // variables of the function
	scopes  []map[*Var]bool
	enclose []Stmt
	closure *Closure // being checked
	pos     token.Pos
}

func (v *verifier) fault(pos token.Pos, format string, args ...any) {
	at := v.fn.Name
	if v.prog != nil && v.prog.Fset != nil && pos.IsValid() {
		at = v.prog.Fset.Position(pos).String() + ": " + at
	}
	v.errs = append(v.errs, fmt.Errorf("ir: %s: %s", at, fmt.Sprintf(format, args...)))
}

func (v *verifier) faultf(format string, args ...any) { v.fault(v.pos, format, args...) }

func (v *verifier) function() {
	f := v.fn
	v.pos = f.Pos
	v.known = map[*Var]bool{}
	names := map[string]*Var{}
	v.scopes = []map[*Var]bool{{}}
	add := func(x *Var, want ...VarKind) {
		switch {
		case x == nil || x.Type == nil:
			v.faultf("a variable is nil or has no type")
			return
		case v.known[x]:
			v.faultf("variable %s is listed twice", x.Name)
		case x.Name == "" || x.Name == "_":
			v.faultf("a variable has no name")
		case names[x.Name] != nil:
			v.faultf("two variables have the name %s", x.Name)
		}
		ok := false
		for _, k := range want {
			ok = ok || x.Kind == k
		}
		if !ok {
			v.faultf("variable %s has the wrong kind", x.Name)
		}
		v.known[x], names[x.Name] = true, x
	}
	if len(f.TArgs) > 0 && (f.Obj == nil || f.Recv != nil) {
		v.faultf("an instance has a receiver or no source")
	}
	for _, x := range f.Inputs() {
		add(x, Param)
		v.scopes[0][x] = true
	}
	for _, x := range f.Results {
		add(x, Result)
		v.scopes[0][x] = true
	}
	for _, x := range f.Locals {
		add(x, Local, Temp)
	}
	if f.Variadic {
		ok := false
		if n := len(f.Params) - 1; n >= 0 {
			_, ok = f.Params[n].Type.Underlying().(*types.Slice)
		}
		if !ok {
			v.faultf("the last parameter of a variadic function is no slice")
		}
	}
	if f.Body == nil {
		if !f.Passive {
			v.faultf("the function has no body")
		}
		return
	}
	v.block(f.Body)
}

// mayCall reports whether f has its place in the program as a callee of the
// function: before it, or in a cycle of calls with it.
func (v *verifier) mayCall(f *Func) bool {
	if v.callable == nil || v.callable[f] {
		return true
	}
	return v.inProg[f] && leadsTo(f, v.fn, map[*Func]bool{})
}

// leadsTo reports whether calls lead from f to the function to.
func leadsTo(f, to *Func, seen map[*Func]bool) bool {
	if f == to {
		return true
	}
	if seen[f] {
		return false
	}
	seen[f] = true
	for _, c := range Callees(f) {
		if leadsTo(c, to, seen) {
			return true
		}
	}
	return false
}

// open enters a scope and returns what leaves it.
func (v *verifier) open() (leave func()) {
	v.scopes = append(v.scopes, map[*Var]bool{})
	return func() { v.scopes = v.scopes[:len(v.scopes)-1] }
}

func (v *verifier) declare(x *Var) {
	switch {
	case x == nil:
		v.faultf("a declaration of no variable")
	case !v.known[x]:
		v.faultf("variable %s is declared but is no local of the function", x.Name)
	case x.Kind == Param || x.Kind == Result:
		v.faultf("%s is declared again", x.Name)
	case v.inScope(x):
		v.faultf("variable %s is declared twice in one scope", x.Name)
	default:
		v.scopes[len(v.scopes)-1][x] = true
	}
}

func (v *verifier) inScope(x *Var) bool {
	for _, s := range v.scopes {
		if s[x] {
			return true
		}
	}
	return false
}

func (v *verifier) block(b *Block) {
	if b == nil {
		v.faultf("a block is missing")
		return
	}
	leave := v.open()
	defer leave()
	for _, s := range b.Stmts {
		v.stmt(s)
	}
}

// enclosed checks the body of a statement that a break may leave.
func (v *verifier) enclosed(s Stmt, body *Block) {
	v.enclose = append(v.enclose, s)
	v.block(body)
	v.enclose = v.enclose[:len(v.enclose)-1]
}

func (v *verifier) encloses(s Stmt) bool {
	for _, e := range v.enclose {
		if e == s {
			return true
		}
	}
	return false
}

// assignable reports whether a value of type from can be assigned to a place of
// type to; an interface takes anything.
func assignable(from, to types.Type) bool {
	if from == nil || to == nil {
		return false
	}
	return types.Identical(from, to) || types.AssignableTo(from, to)
}

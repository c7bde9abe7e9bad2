// Package flatten makes small functions of numbers part of their callers, and small
// structs and arrays of numbers variables of their own, before a program is
// differentiated: what is computed in one scope needs no stack between the sweeps and is
// not computed twice, and what stands in a variable needs no copy.
//
// In: a program in single-exit form and its root. Out: a new program with the same
// meaning, in which every expression has the same shape and the same operands as before:
// primal values are the same bit for bit. Adjoints may be summed in another order, since
// a variable that is passed twice was two parameters before.
package flatten

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
)

// Options say what to do.
type Options struct {
	Without optim.Set // of Inline, Scalars, Values and Lift
	Once    bool      // both sweeps of the root stand in one function
	Values  bool      // the derivative takes numbers, not truth values
}

// Transform returns the program that root needs, and root in it.
func Transform(prog *ir.Program, root *ir.Func, o Options) (*ir.Program, *ir.Func) {
	copies := map[*ir.Func]*ir.Func{}
	for _, f := range prog.Funcs { // all at first: a callee may stand behind
		c := *f
		c.Locals = slices.Clone(f.Locals)
		if c.Origin == nil {
			c.Origin = f
		}
		copies[f] = &c
	}
	for _, f := range prog.Funcs {
		c := copies[f]
		c.Body = ir.CopyBlock(f.Body, nil)
		ir.WalkStmts(c.Body, func(s ir.Stmt) {
			if call, ok := s.(*ir.Call); ok && copies[call.Fn] != nil {
				call.Fn = copies[call.Fn]
			}
		})
	}
	top := copies[root]
	if !o.Without.Has(optim.Inline) {
		inline(prog.Pkg, ir.CalleesFirst(top))
	}
	out := *prog
	out.Funcs = ir.CalleesFirst(top)
	for _, f := range out.Funcs {
		if f.Rule != nil {
			continue
		}
		if !o.Without.Has(optim.Scalars) {
			scalars(prog.Pkg, f)
		}
		if o.Values && !o.Without.Has(optim.Values) {
			values(prog.Pkg, f)
		}
	}
	if o.Once && !o.Without.Has(optim.Lift) && !slices.Contains(ir.Callees(top), top) {
		lift(top)
	}
	return &out, top
}

// plain reports whether values of type t are made of numbers and truth values only, no
// more than limit of them, whose names code in pkg may use.
func plain(pkg *types.Package, t types.Type, limit int) bool {
	n := count(pkg, t, limit)
	return n > 0 && n <= limit
}

// count returns how many numbers a value of type t is made of; more than limit for other
// types.
func count(pkg *types.Package, t types.Type, limit int) int {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&(types.IsNumeric|types.IsBoolean) != 0 && u.Kind() != types.UnsafePointer {
			return 1
		}
	case *types.Array:
		if u.Len() > int64(limit) {
			return limit + 1
		}
		return int(u.Len()) * count(pkg, u.Elem(), limit)
	case *types.Struct:
		n := 0
		for f := range u.Fields() {
			if f.Name() == "_" || !ir.Nameable(pkg, f) {
				return limit + 1
			}
			n += count(pkg, f.Type(), limit)
		}
		return n
	}
	return limit + 1
}

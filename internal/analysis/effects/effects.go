// Package effects tells which memory a statement, expression or function may
// read and write.
//
// In: a program and its alias analysis. Out: sets of locations, callees
// included. The sets are an upper bound; no location is ever missing.
package effects

import (
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Info answers questions about one program.
type Info struct {
	mem    *alias.Info
	reads  map[ir.Stmt]alias.Set
	writes map[ir.Stmt]alias.Set
	funcs  map[*ir.Func]*summary
}

// Analyze prepares the answers.
func Analyze(mem *alias.Info) *Info {
	return &Info{
		mem: mem, reads: map[ir.Stmt]alias.Set{}, writes: map[ir.Stmt]alias.Set{}, funcs: map[*ir.Func]*summary{},
	}
}

// Reads returns what s, the statements in it and the functions it calls may read.
func (in *Info) Reads(s ir.Stmt) alias.Set {
	if got, ok := in.reads[s]; ok {
		return got
	}
	out := alias.Set{}
	in.ownReads(s, out)
	in.calleeEffects(s, in.SharedReads, out)
	in.nested(s, in.Reads, out)
	in.reads[s] = out
	return out
}

// ownReads adds what s reads itself, nested statements and callees apart.
func (in *Info) ownReads(s ir.Stmt, out alias.Set) {
	reads, places := ir.Exprs(s)
	for _, e := range reads {
		in.Expr(e, out)
	}
	for _, e := range places {
		in.Address(e, out)
	}
	switch s := s.(type) {
	case *ir.Call:
		if s.Fn == nil {
			in.reachable(s.Args, out)
		}
	case *ir.Copy:
		out.Add(in.mem.PointsTo(s.Src))
	case *ir.For:
		if s.Stop != nil {
			out[alias.Loc{Obj: in.mem.VarObject(s.Stop)}] = true
		}
	}
}

// nested adds what of finds for the statements directly inside s.
func (in *Info) nested(s ir.Stmt, of func(ir.Stmt) alias.Set, out alias.Set) {
	if l, ok := s.(*ir.For); ok {
		if l.Init != nil {
			out.Add(of(l.Init))
		}
		if l.Post != nil {
			out.Add(of(l.Post))
		}
	}
	for _, b := range ir.Blocks(s) {
		for _, c := range b.Stmts {
			out.Add(of(c))
		}
	}
}

// Writes returns what s, the statements in it and the functions it calls may
// write.
func (in *Info) Writes(s ir.Stmt) alias.Set {
	if got, ok := in.writes[s]; ok {
		return got
	}
	out := alias.Set{}
	in.ownWrites(s, out)
	in.calleeEffects(s, in.SharedWrites, out)
	in.nested(s, in.Writes, out)
	in.writes[s] = out
	return out
}

// ownWrites adds what s writes itself, nested statements and callees apart.
func (in *Info) ownWrites(s ir.Stmt, out alias.Set) {
	_, places := ir.Exprs(s)
	for _, e := range places {
		out.Add(in.mem.Places(e))
	}
	switch s := s.(type) {
	case *ir.Decl:
		out[alias.Loc{Obj: in.mem.VarObject(s.V)}] = true
	case *ir.Assign:
		for _, r := range s.R {
			in.allocWrites(r, out)
		}
	case *ir.Call:
		if s.Ext != nil && !readsOnly(s.Ext) {
			in.reachable(s.Args, out)
			if takesBoxes(s) {
				out.Add(in.Reach(in.mem.Boxed()))
			}
		}
		for _, a := range s.Args {
			in.allocWrites(a, out)
		}
	case *ir.Copy:
		out.Add(in.mem.PointsTo(s.Dst))
	}
}

// takesBoxes reports whether a foreign function gets a value in an interface, the receiver
// included. Which one it is, is not followed: it may be any that the program puts there.
func takesBoxes(s *ir.Call) bool {
	return slices.ContainsFunc(s.Args, func(a ir.Expr) bool { return types.IsInterface(a.Type()) })
}

// readsOnly reports whether a foreign function is known to leave alone what its
// arguments lead to.
func readsOnly(f *types.Func) bool {
	if f.Pkg() == nil {
		return false
	}
	name, method := f.Name(), f.Signature().Recv() != nil
	if strings.HasPrefix(name, "Append") {
		return false
	}
	switch f.Pkg().Path() {
	case "math", "math/cmplx", "math/bits", "unicode":
		return true
	case "github.com/cairn-ad/cairn/ad":
		return name == "Ascending"
	case "strconv", "strings":
		return !method
	case "log":
		return !method && strings.HasPrefix(name, "Print")
	case "errors":
		return name == "New"
	case "time":
		return !strings.HasPrefix(name, "Unmarshal") && !strings.HasPrefix(name, "Gob")
	case "fmt":
		switch name {
		case "Print", "Printf", "Println", "Sprint", "Sprintf", "Sprintln", "Fprint", "Fprintf", "Fprintln", "Errorf":
			return true
		}
	}
	return false
}

// allocWrites adds the memory that an allocating expression initialises, and
// what an append may overwrite.
func (in *Info) allocWrites(e ir.Expr, out alias.Set) {
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Append:
			out.Add(in.mem.PointsTo(e))
		case *ir.Make, *ir.New, *ir.Keys, *ir.Convert:
			if _, convert := e.(*ir.Convert); convert && !ir.Makes(e) {
				return true
			}
			out.Add(in.mem.PointsTo(e))
		case *ir.Addr:
			if _, ok := e.X.(*ir.Composite); ok {
				out.Add(in.mem.PointsTo(e))
			}
		case *ir.Composite:
			if _, ok := e.Typ.Underlying().(*types.Slice); ok {
				out.Add(in.mem.PointsTo(e))
			}
		}
		return true
	})
}

// Expr adds what evaluating e reads.
func (in *Info) Expr(e ir.Expr, out alias.Set) {
	switch e := e.(type) {
	case nil:
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		out.Add(in.mem.Places(e))
		in.Address(e, out)
		if f, ok := e.(*ir.Field); ok && len(in.mem.Places(e)) == 0 {
			in.Expr(f.X, out)
		}
	case *ir.Addr:
		if _, ok := e.X.(*ir.Composite); ok {
			in.Expr(e.X, out)
			return
		}
		in.Address(e.X, out)
	case *ir.SliceOf:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			in.Address(e.X, out)
		} else {
			in.Expr(e.X, out)
		}
		in.Expr(e.Lo, out)
		in.Expr(e.Hi, out)
		in.Expr(e.Max, out)
	case *ir.Append:
		in.Expr(e.X, out)
		out.Add(in.mem.PointsTo(e.X))
		for i, x := range e.Elems {
			in.Expr(x, out)
			if e.Spread && i == 0 {
				out.Add(in.mem.PointsTo(x))
			}
		}
	default:
		if m := ir.Whole(e); m != nil {
			out.Add(in.mem.PointsTo(m))
		}
		for _, c := range ir.Children(e) {
			in.Expr(c, out)
		}
	}
}

// Address adds what finding the place e reads, its value apart.
func (in *Info) Address(e ir.Expr, out alias.Set) {
	switch e := e.(type) {
	case *ir.Field:
		in.Address(e.X, out)
	case *ir.Index:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			in.Address(e.X, out)
		} else {
			in.Expr(e.X, out)
		}
		in.Expr(e.I, out)
	case *ir.Deref:
		in.Expr(e.X, out)
	}
}

// reachable adds everything that the references in args lead to.
func (in *Info) reachable(args []ir.Expr, out alias.Set) {
	for _, a := range args {
		for _, s := range in.mem.Refs(a) {
			out.Add(in.Reach(s))
		}
	}
}

// Reach returns start and all memory that references in it lead to, at leaves.
func (in *Info) Reach(start alias.Set) alias.Set {
	out := alias.Set{}
	var visit func(l alias.Loc, t types.Type)
	visit = func(l alias.Loc, t types.Type) {
		for _, leaf := range alias.Leaves(t) {
			at := alias.Loc{Obj: l.Obj, Path: l.Path + leaf.Path}
			if out[at] {
				continue
			}
			out[at] = true
			if ir.IsRef(leaf.Type) {
				for target := range in.mem.Targets(at) {
					visit(target, in.mem.TypeAt(target))
				}
			}
		}
	}
	for l := range start {
		visit(l, in.mem.TypeAt(l))
	}
	return out
}

package flatten

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// lift declares the numbers that the branches of ifs declare before the ifs instead. A
// function that runs once, forward and in reverse, then still has them in the reverse
// sweep; from a branch they would have to be recorded. Loops stay as they are.
func lift(f *ir.Func) {
	var out []ir.Stmt
	for _, s := range f.Body.Stmts {
		if s, ok := s.(*ir.If); ok {
			var vars []*ir.Var
			liftFrom(s, &vars)
			for _, v := range vars {
				out = append(out, &ir.Decl{At: s.At, V: v})
			}
		}
		out = append(out, s)
	}
	f.Body.Stmts = out
}

// liftFrom turns the definitions in the branches into assignments, and adds the variables
// to the list.
func liftFrom(s *ir.If, vars *[]*ir.Var) {
	for _, b := range ir.Blocks(s) {
		var out []ir.Stmt
		for _, s := range b.Stmts {
			switch s := s.(type) {
			case *ir.If:
				liftFrom(s, vars)
			case *ir.Decl:
				if liftable(s.V) {
					*vars = append(*vars, s.V)
					continue // it is zero
				}
			case *ir.Assign:
				if s.Define && !slices.ContainsFunc(ir.Defined(s), func(v *ir.Var) bool { return !liftable(v) }) {
					*vars = append(*vars, ir.Defined(s)...)
					s.Define = false
				}
			}
			out = append(out, s)
		}
		b.Stmts = out
	}
}

// liftable reports whether v holds one number or truth value.
func liftable(v *ir.Var) bool {
	return ir.IsFloat(v.Type) || ir.IsInteger(v.Type) || ir.IsBool(v.Type)
}

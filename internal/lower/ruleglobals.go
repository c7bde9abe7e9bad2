package lower

import (
	"go/ast"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// byHand reports calls of functions with rules that use a package-level variable which
// changes, or of which a derivative is wanted: a derivative by hand does not know of it, and
// runs when it has another value.
func (c *globals) byHand(prog *ir.Program) {
	uses := map[*types.Func][]*types.Var{}
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			call, ok := s.(*ir.Call)
			if !ok || call.Fn == nil || call.Fn.Rule == nil || call.Fn.Rule.Passive {
				return
			}
			rule := call.Fn.Rule
			if _, done := uses[rule.Of]; !done {
				uses[rule.Of] = c.usedBy(handwritten(rule))
			}
			for _, g := range uses[rule.Of] {
				if c.hidden[g] {
					c.fail(s, "call of "+rule.Of.Name(), "there is a rule for it, and it or its derivative by hand uses the package-level variable "+g.Name()+", whose changes the rule does not tell",
						"pass the variable to the function as a parameter")
				}
			}
		})
	}
}

// handwritten returns the function that a rule is for, and those that the rule names.
func handwritten(r *ir.Rule) (list []*types.Func) {
	for _, f := range []*types.Func{r.Of, r.Tangent, r.Adjoint, r.Forward, r.Reverse} {
		if f != nil {
			list = append(list, f.Origin())
		}
	}
	return list
}

// usedBy returns the package-level variables that functions, and those that they call,
// mention.
func (c *globals) usedBy(list []*types.Func) []*types.Var {
	used, seen := map[*types.Var]bool{}, map[*types.Func]bool{}
	for len(list) > 0 {
		f := list[0]
		list = list[1:]
		src := c.l.sources[f]
		if src == nil || seen[f] || src.decl.Body == nil {
			continue
		}
		seen[f] = true
		ast.Inspect(src.decl.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				switch obj := src.pkg.Info.Uses[id].(type) {
				case *types.Func:
					list = append(list, obj.Origin())
				case *types.Var:
					if packageVar(obj) != nil {
						used[obj] = true
					}
				}
			}
			return true
		})
	}
	return sortedVars(used)
}

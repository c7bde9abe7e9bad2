package lower

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// named reports a use, in a function of another package, of something that
// generated code in the root package cannot name.
func (b *builder) named(pos token.Pos, obj types.Object, what string) {
	b.l.named(&b.diags, pos, obj, what)
}

func (l *lowerer) named(diags *diag.List, pos token.Pos, obj types.Object, what string) {
	root := l.in.Root.Types
	if l.nameable(obj) {
		return
	}
	if !l.own[obj.Pkg()] {
		diags.Add(l.in.Fset, pos, what+" "+obj.Name()+" of package "+obj.Pkg().Name(),
			"generated code stands in package "+root.Name()+" and cannot name it", "write what uses it in this module")
		return
	}
	diags.Add(l.in.Fset, pos, what+" "+obj.Name()+" of package "+obj.Pkg().Name(),
		"generated code stands in package "+root.Name()+" and cannot name it",
		"export it, or put the directive on a function of package "+obj.Pkg().Name())
}

// namedFields is named for each field on the way of a selector.
func (b *builder) namedFields(pos token.Pos, x ir.Expr) {
	for {
		switch e := x.(type) {
		case *ir.Field:
			b.named(pos, e.Var(), "field")
			x = e.X
		case *ir.Deref:
			x = e.X
		default:
			return
		}
	}
}

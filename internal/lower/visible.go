package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// What generated code in the root package cannot name it reaches through mirrors: see
// package ir. Here is refused what has none.

// named reports a use, in a function of another package, of something that
// generated code in the root package cannot name.
func (b *builder) named(pos token.Pos, obj types.Object, what string) {
	b.l.named(&b.diags, pos, obj, what)
}

func (l *lowerer) named(diags *diag.List, pos token.Pos, obj types.Object, what string) {
	root := l.in.Root.Types
	switch {
	case l.nameable(obj):
	case ir.IsLocal(obj):
		diags.Add(l.in.Fset, pos, "local type "+obj.Name(), localTypeWhy, localTypeDo)
	case !l.own[obj.Pkg()]:
		diags.Add(l.in.Fset, pos, what+" "+obj.Name()+" of package "+obj.Pkg().Name(),
			"generated code stands in package "+root.Name()+" and cannot name it", "write what uses it in this module")
	default:
		diags.Add(l.in.Fset, pos, what+" "+obj.Name()+" of package "+obj.Pkg().Name(),
			"generated code stands in package "+root.Name()+" and cannot name it",
			"export it, or put the directive on a function of package "+obj.Pkg().Name())
	}
}

const (
	localTypeWhy = "generated code stands outside the function and cannot name it"
	localTypeDo  = "declare the type at package level"
)

// namedType refuses t if generated code cannot name it where it has to: in an interface, or
// in the signature of a function that it calls as it is.
func (b *builder) namedType(pos token.Pos, t types.Type) {
	b.l.namedType(&b.diags, pos, t)
}

func (l *lowerer) namedType(diags *diag.List, pos token.Pos, t types.Type) {
	if !ir.Mirrored(l.in.Root.Types, t) {
		return
	}
	before := len(*diags)
	mentioned(t, map[types.Type]bool{}, func(obj types.Object) { l.named(diags, pos, obj, "type") })
	if len(*diags) == before { // a struct without a name
		diags.Add(l.in.Fset, pos, "type "+types.TypeString(t, types.RelativeTo(l.in.Root.Types)),
			"generated code stands in package "+l.in.Root.Types.Name()+" and cannot name its fields", "write what uses it in this module")
	}
}

// mirrored refuses t if generated code cannot name it, and can have no mirror of it either.
func (b *builder) mirrored(pos token.Pos, t types.Type) {
	if !ir.HasMirror(b.l.in.Root.Types, t) {
		b.namedType(pos, t)
	}
}

// field notes that generated code looks at the i-th field of a struct of type t, and refuses
// it if there is no way to the field.
func (b *builder) field(pos token.Pos, t types.Type, i int) {
	root := b.l.in.Root.Types
	if !ir.NeedsMirror(root, t, i) {
		return
	}
	f := t.Underlying().(*types.Struct).Field(i)
	n, _ := types.Unalias(t).(*types.Named)
	switch {
	case n != nil && b.l.in.Ruled != nil && b.l.in.Ruled(n.Obj()):
		b.diags.Add(b.l.in.Fset, pos, "field "+f.Name()+" of package "+f.Pkg().Name(),
			"there are rules for functions that take a "+n.Obj().Name()+", and they need shadows that are theirs", "write a rule for the function that uses it")
	case ir.CanReach(root, t, i):
		b.l.revealed[ir.IDOf(f)] = true
	case b.l.nameable(f):
		b.namedType(pos, f.Type())
	default:
		b.named(pos, f, "field")
	}
}

// reaches is field for each field on the way of a selector.
func (b *builder) reaches(pos token.Pos, x ir.Expr) {
	for {
		switch e := x.(type) {
		case *ir.Field:
			b.field(pos, e.X.Type(), e.I)
			x = e.X
		case *ir.Deref:
			x = e.X
		default:
			return
		}
	}
}

// callable refuses the function of a call that is made as it is, by a rule or outside the
// program, if generated code cannot pass its arguments on.
func (b *builder) callable(e ast.Node, f *types.Func) {
	sig := f.Signature()
	if in := b.l.instances[f]; in != nil {
		for _, t := range in.targs {
			b.argument(e, f, t)
		}
		sig = in.origin.Signature() // which has type parameters
	}
	if r := sig.Recv(); r != nil {
		b.namedType(e.Pos(), r.Type())
	}
	b.namedType(e.Pos(), types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
}

// passable refuses arguments that a function outside the program would get in an interface,
// where it could tell a type from its mirror.
func (b *builder) passable(e *ast.CallExpr, sig *types.Signature, args []ir.Expr) {
	if sig.Recv() != nil {
		args = args[1:]
	}
	for i, x := range args {
		t := paramType(sig, i, e.Ellipsis.IsValid())
		if !isInterface(t) || isNil(x) {
			continue
		}
		b.boxed(e.Pos(), x)
		if g, ok := x.(*ir.Global); ok && ir.Mirrored(b.l.in.Root.Types, g.Type()) {
			args[i] = &ir.Convert{X: g, Typ: t}
		}
	}
}

// boxed refuses a value that would be put into an interface as one of another type. A
// variable or constant that can be named is put there as what it is.
func (b *builder) boxed(pos token.Pos, x ir.Expr) {
	switch x := x.(type) {
	case *ir.Global:
		if b.l.nameable(x.Obj) {
			return
		}
	case *ir.Const:
		if x.Text != "" {
			return
		}
	}
	b.namedType(pos, x.Type())
}

// argument refuses the type argument t of the generic function f if code of its package can
// tell it from its mirror.
func (b *builder) argument(e ast.Node, f *types.Func, t types.Type) {
	b.mirrored(e.Pos(), t)
	mentioned(t, map[types.Type]bool{}, func(obj types.Object) {
		if obj.Pkg() == f.Pkg() && !ir.IsLocal(obj) {
			b.named(e.Pos(), obj, "type")
		}
	})
}

// oneMirrored reports whether of two struct types, or types that lead to them, one has a
// mirror and the other has none, between which Go then converts no values.
func (b *builder) oneMirrored(from, to types.Type) bool {
	root := b.l.in.Root.Types
	return ir.Mirrored(root, from.Underlying()) && ir.Mirrored(root, from) != ir.Mirrored(root, to)
}

package ir

import (
	"go/token"
	"go/types"
)

// Opaque reports whether t is a struct with fields that code in the package cannot name and
// that the program does not look into either. Its values are copied as a whole, and touched
// by functions of their own package only.
func (p *Program) Opaque(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok || !Opaque(p.Pkg, t) {
		return false
	}
	for f := range st.Fields() {
		if p.Revealed[IDOf(f)] {
			return false
		}
	}
	return true
}

// Opaque reports whether t is a struct with fields that code in pkg cannot name.
func Opaque(pkg *types.Package, t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if !f.Exported() && f.Pkg() != pkg {
			return true
		}
	}
	return false
}

// A box is the type of a value in an interface that only functions with rules touch: in
// generated code the variable has the interface type; to the analyses it is a pointer
// to memory of any float type.

var boxPackage = types.NewPackage("·box", "·box")

// NewBox returns a new box for the interface type of that name.
func NewBox(of *types.TypeName) *types.Named {
	var fields []*types.Var
	for _, k := range []types.BasicKind{types.Float64, types.Float32, types.Complex128, types.Complex64, types.Int} {
		t := types.Typ[k]
		fields = append(fields, types.NewField(token.NoPos, boxPackage, t.Name()+"s", types.NewSlice(t), false))
	}
	return types.NewNamed(types.NewTypeName(token.NoPos, of.Pkg(), of.Name(), nil),
		types.NewPointer(types.NewStruct(fields, nil)), nil)
}

// IsBox reports whether t was made by NewBox.
func IsBox(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	st, ok := p.Elem().(*types.Struct)
	return ok && st.NumFields() > 0 && st.Field(0).Pkg() == boxPackage
}

package compile

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
)

// takenNames reports declarations of the user that have the name of a function to
// be made.
func (u *unit) takenNames() diag.List {
	var diags diag.List
	for _, d := range u.pkg.Directives.Sorted() {
		fn, ok := u.pkg.Info.Defs[d.Decl.Name].(*types.Func)
		if !ok {
			continue
		}
		for _, name := range d.Generated() {
			obj := u.pkg.Types.Scope().Lookup(name)
			if recv := fn.Signature().Recv(); recv != nil {
				obj, _, _ = types.LookupFieldOrMethod(recv.Type(), true, u.pkg.Types, name)
			}
			if obj != nil && !u.pkg.Promised(obj) {
				diags.Add(u.pkg.Fset, obj.Pos(), name, "a function made from "+d.Decl.Name.Name+" gets this name", "rename it")
			}
		}
	}
	return diags
}

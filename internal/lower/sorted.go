package lower

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// sorters are functions of the standard library that put the elements of their first
// argument, a slice, into another order.
var sorters = map[string]bool{"sort.Ints": true, "sort.Strings": true, "slices.Sort": true, "slices.Reverse": true}

// sortsCopy lowers such a call, for a slice without floats, to one that sorts a copy,
// and reports whether it has. What a foreign function writes cannot be recorded; what
// copy overwrites can.
func (b *builder) sortsCopy(call *ir.Call) bool {
	if call.Ext == nil || len(call.L) > 0 || !sorters[call.Ext.Origin().FullName()] {
		return false
	}
	x := call.Args[0]
	if t, ok := x.Type().Underlying().(*types.Slice); !ok || ir.HasFloat(t) || ir.HasRef(t.Elem()) || isNil(x) {
		return false
	}
	if _, variable := x.(*ir.Ref); !variable {
		x = b.save(call.Pos(), x)
	}
	order := b.save(call.Pos(), &ir.Make{Typ: x.Type(), Len: &ir.Len{X: x}})
	b.emit(&ir.Copy{At: call.At, Dst: order, Src: clone(x)})
	call.Args[0] = clone(order)
	call.Fresh = true
	b.emit(call)
	b.emit(&ir.Copy{At: call.At, Dst: clone(x), Src: clone(order)})
	return true
}

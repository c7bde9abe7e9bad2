package tidy

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// maker makes variables of a function.
type maker struct {
	f     *ir.Func
	names *ir.Names // once a name was asked for
}

// made makes a variable with a name that begins with base.
func (m *maker) made(base string, t types.Type) *ir.Var {
	if m.names == nil {
		m.names = freeNames(m.f)
	}
	v := &ir.Var{Name: m.names.Take(base), Type: t, Kind: ir.Temp, Made: true}
	m.f.Locals = append(m.f.Locals, v)
	return v
}

// freeNames hands out names for further variables of f.
func freeNames(f *ir.Func) *ir.Names {
	if f.Pkg == nil {
		return ir.NamesIn(f)
	}
	return ir.NamesIn(f, f.Pkg)
}

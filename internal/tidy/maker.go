package tidy

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// maker makes variables of f.
func maker(f *ir.Func) ir.Maker {
	m := ir.Maker{F: f, Made: true}
	if f.Pkg != nil {
		m.Pkgs = []*types.Package{f.Pkg}
	}
	return m
}

// freeNames hands out names for further variables of f.
func freeNames(f *ir.Func) *ir.Names { return ir.NamesIn(f, maker(f).Pkgs...) }

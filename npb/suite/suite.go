// Package suite is the list of the NAS Parallel Benchmarks of this module, for what treats them
// all alike: a command, a table, a benchmark.
//
// In: nothing, or the name of a kernel. Out: [Kernel] values, each of which runs one benchmark for
// a class and gives its report.
package suite

import (
	"github.com/cairn-ad/cairn/npb/bt"
	"github.com/cairn-ad/cairn/npb/cg"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/ep"
	"github.com/cairn-ad/cairn/npb/ft"
	"github.com/cairn-ad/cairn/npb/is"
	"github.com/cairn-ad/cairn/npb/lu"
	"github.com/cairn-ad/cairn/npb/mg"
	"github.com/cairn-ad/cairn/npb/sp"
)

// A Kernel is one benchmark of the suite.
type Kernel struct {
	Name    string                             // in lower case, as in reports
	Title   string                             // what it computes, in a few words
	Classes func() []common.Class              // from small to large
	Run     func(c common.Class) common.Result // c is one of Classes
}

// Kernels are the benchmarks by name.
func Kernels() []Kernel {
	return []Kernel{{
		Name: "bt", Title: "Navier-Stokes equations by block tridiagonal systems",
		Classes: bt.Classes,
		Run:     func(c common.Class) common.Result { return bt.Run(c).Report() },
	}, {
		Name: "cg", Title: "smallest eigenvalue of a sparse matrix by conjugate gradients",
		Classes: cg.Classes,
		Run:     func(c common.Class) common.Result { return cg.Run(c).Report() },
	}, {
		Name: "ep", Title: "Gaussian pairs by the polar method",
		Classes: ep.Classes,
		Run:     func(c common.Class) common.Result { return ep.Run(c).Report() },
	}, {
		Name: "ft", Title: "heat equation in three dimensions by Fourier transforms",
		Classes: ft.Classes,
		Run:     func(c common.Class) common.Result { return ft.Run(c).Report() },
	}, {
		Name: "is", Title: "ranks of random integer keys",
		Classes: is.Classes,
		Run:     func(c common.Class) common.Result { return is.Run(c).Report() },
	}, {
		Name: "lu", Title: "Navier-Stokes equations by symmetric successive over-relaxation",
		Classes: lu.Classes,
		Run:     func(c common.Class) common.Result { return lu.Run(c).Report() },
	}, {
		Name: "mg", Title: "V-cycles of a multigrid method for the Poisson equation",
		Classes: mg.Classes,
		Run:     func(c common.Class) common.Result { return mg.Run(c).Report() },
	}, {
		Name: "sp", Title: "Navier-Stokes equations by scalar pentadiagonal systems",
		Classes: sp.Classes,
		Run:     func(c common.Class) common.Result { return sp.Run(c).Report() },
	}}
}

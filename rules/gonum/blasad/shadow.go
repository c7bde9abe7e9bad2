package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/cairn-ad/cairn/rules/gonum/internal/memory"
)

// data functions return the Data of a shadow, nil if there is none.

func vectorData(x *blas64.Vector) []float64 {
	if x == nil {
		return nil
	}
	return x.Data
}

func generalData(a *blas64.General) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

func bandData(a *blas64.Band) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

func symmetricData(a *blas64.Symmetric) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

func symmetricBandData(a *blas64.SymmetricBand) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

func symmetricPackedData(a *blas64.SymmetricPacked) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

func triangularData(a *blas64.Triangular) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

func triangularBandData(a *blas64.TriangularBand) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

func triangularPackedData(a *blas64.TriangularPacked) []float64 {
	if a == nil {
		return nil
	}
	return a.Data
}

// with functions put other Data into the form of a vector or matrix.

func withVector(x blas64.Vector, data []float64) blas64.Vector {
	x.Data = data
	return x
}

func withGeneral(a blas64.General, data []float64) blas64.General {
	a.Data = data
	return a
}

func withBand(a blas64.Band, data []float64) blas64.Band {
	a.Data = data
	return a
}

func withSymmetric(a blas64.Symmetric, data []float64) blas64.Symmetric {
	a.Data = data
	return a
}

func withSymmetricBand(a blas64.SymmetricBand, data []float64) blas64.SymmetricBand {
	a.Data = data
	return a
}

func withSymmetricPacked(a blas64.SymmetricPacked, data []float64) blas64.SymmetricPacked {
	a.Data = data
	return a
}

// area functions tell where the elements lie.

func vectorArea(x blas64.Vector) memory.Area { return memory.Strided(x.N, x.Inc, x.Data) }

func generalArea(a blas64.General) memory.Area {
	return memory.Rows(a.Rows, a.Cols, a.Stride, a.Data, memory.All)
}

func symmetricArea(a blas64.Symmetric) memory.Area {
	return memory.Rows(a.N, a.N, a.Stride, a.Data, part(a.Uplo))
}

func triangularArea(a blas64.Triangular) memory.Area {
	return memory.Rows(a.N, a.N, a.Stride, a.Data, part(a.Uplo))
}

// bandArea counts a row of storage for each row of a matrix, corners included.
func bandArea(rows, width, stride int, data []float64) memory.Area {
	return memory.Rows(rows, width, stride, data, memory.All)
}

func part(uplo blas.Uplo) memory.Part {
	if uplo == blas.Upper {
		return memory.Upper
	}
	return memory.Lower
}

// flip is the transpose of an operation.
func flip(t blas.Transpose) blas.Transpose {
	if t == blas.NoTrans {
		return blas.Trans
	}
	return blas.NoTrans
}

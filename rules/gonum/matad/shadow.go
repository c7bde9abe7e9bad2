package matad

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// A storage is a matrix that owns its elements.
type storage interface {
	mat.Matrix
	IsEmpty() bool
	Reset()
	Zero()
}

// active reports whether x is the shadow of an argument with derivatives.
func active(x mat.Matrix) bool {
	switch x := x.(type) {
	case nil:
		return false
	case *mat.Dense:
		return x != nil
	case *mat.VecDense:
		return x != nil
	case *mat.SymDense:
		return x != nil
	case *mat.TriDense:
		return x != nil
	case *mat.DiagDense:
		return x != nil
	case *mat.BandDense:
		return x != nil
	case *mat.SymBandDense:
		return x != nil
	case *mat.TriBandDense:
		return x != nil
	case *mat.Tridiag:
		return x != nil
	case *mat.Cholesky:
		return x != nil
	case *mat.LU:
		return x != nil
	case *mat.QR:
		return x != nil
	case mat.Untransposer:
		return active(x.Untranspose())
	}
	panic(fmt.Sprintf("matad: a %T has no shadow", x))
}

// seedOf takes the seed out of the shadow of the receiver m of a method that overwrites all
// of it. It is nil if there is none. Of a symmetric matrix it has the upper triangle.
func seedOf(m, mb storage) *mat.Dense { return takeSeed(m.IsEmpty(), mb) }

// takeSeed takes the seed out of the shadow of a receiver that was empty before the call, or
// was not.
func takeSeed(empty bool, mb storage) *mat.Dense {
	if !active(mb) || mb.IsEmpty() {
		return nil
	}
	s := stored(mb)
	mb.Zero()
	if empty {
		mb.Reset()
	}
	return s
}

// stored is a copy of the elements that a matrix stores: of a symmetric one the upper
// triangle, with zeros below.
func stored(x mat.Matrix) *mat.Dense {
	s := mat.DenseCopyOf(x)
	if _, ok := x.(mat.Symmetric); ok {
		n, _ := s.Dims()
		for i := range n {
			for j := range i {
				s.Set(i, j, 0)
			}
		}
	}
	return s
}

// shape gives the empty shadow xb of x the shape of x.
func shape(x, xb mat.Matrix) {
	s, ok := xb.(storage)
	if !ok || !s.IsEmpty() {
		return
	}
	r, c := x.Dims()
	if r == 0 || c == 0 {
		return
	}
	switch xb := xb.(type) {
	case *mat.Dense:
		xb.ReuseAs(r, c)
	case *mat.VecDense:
		xb.ReuseAsVec(r)
	case *mat.SymDense:
		xb.ReuseAsSym(r)
	case *mat.TriDense:
		_, kind := x.(mat.Triangular).Triangle()
		xb.ReuseAsTri(r, kind)
	default:
		panic(fmt.Sprintf("matad: the shadow of a %T with %d rows is empty", x, r))
	}
}

// add adds alpha*g to the shadow xb of x, where g has the derivatives with respect to all
// elements of x, those that x does not store included.
func add(x, xb mat.Matrix, alpha float64, g mat.Matrix) {
	if !active(xb) {
		return
	}
	shape(x, xb)
	r, _ := g.Dims()
	switch xb := xb.(type) {
	case *mat.Dense:
		addDense(xb, alpha, g)
	case *mat.VecDense:
		for i := range r {
			xb.SetVec(i, xb.AtVec(i)+alpha*g.At(i, 0))
		}
	case *mat.SymDense:
		addSym(xb, alpha, g, r)
	case *mat.SymBandDense:
		addSym(xb, alpha, g, xb.RawSymBand().K)
	case *mat.TriDense:
		_, kind := xb.Triangle()
		addInside(xb, alpha, g, func(i, j int) bool { return (i <= j) == bool(kind) || i == j }, xb.SetTri)
	case *mat.TriBandDense:
		_, k, kind := xb.TriBand()
		lo, up := 0, k
		if kind == mat.Lower {
			lo, up = k, 0
		}
		addInside(xb, alpha, g, within(lo, up), xb.SetTriBand)
	case *mat.DiagDense:
		for i := range r {
			xb.SetDiag(i, xb.At(i, i)+alpha*g.At(i, i))
		}
	case *mat.BandDense:
		addInside(xb, alpha, g, within(xb.Bandwidth()), xb.SetBand)
	case *mat.Tridiag:
		addInside(xb, alpha, g, within(1, 1), xb.SetBand)
	case *mat.Cholesky:
		choleskyAdd(x.(*mat.Cholesky), xb, alpha, g)
	case *mat.LU:
		addDense(luShadow(x.(*mat.LU), xb), alpha, g)
	case *mat.QR:
		addDense(qrShadow(x.(*mat.QR), xb), alpha, g)
	case mat.Untransposer:
		if x, ok := x.(mat.Untransposer); ok {
			add(x.Untranspose(), xb.Untranspose(), alpha, g.T())
			return
		}
		panic(fmt.Sprintf("matad: the shadow of a %T is a %T", x, xb))
	}
}

func addDense(xb *mat.Dense, alpha float64, g mat.Matrix) {
	r, c := xb.Dims()
	if gr, gc := g.Dims(); gr != r || gc != c {
		panic(fmt.Sprintf("matad: the shadow of a %d×%d matrix is %d×%d", gr, gc, r, c))
	}
	raw := xb.RawMatrix()
	if g, ok := g.(*mat.Dense); ok {
		from := g.RawMatrix()
		for i := range r {
			row, add := raw.Data[i*raw.Stride:], from.Data[i*from.Stride:i*from.Stride+c]
			for j, v := range add {
				row[j] += alpha * v
			}
		}
		return
	}
	for i := range r {
		for j := range c {
			raw.Data[i*raw.Stride+j] += alpha * g.At(i, j)
		}
	}
}

// addSym adds to each stored number what falls on its two places, up to k off the diagonal.
func addSym(xb mat.Matrix, alpha float64, g mat.Matrix, k int) {
	set := func(i, j int, v float64) {
		switch xb := xb.(type) {
		case *mat.SymDense:
			xb.SetSym(i, j, v)
		case *mat.SymBandDense:
			xb.SetSymBand(i, j, v)
		}
	}
	n, _ := xb.Dims()
	for i := range n {
		set(i, i, xb.At(i, i)+alpha*g.At(i, i))
		for j := i + 1; j < n && j <= i+k; j++ {
			set(i, j, xb.At(i, j)+alpha*(g.At(i, j)+g.At(j, i)))
		}
	}
}

func addInside(xb mat.Matrix, alpha float64, g mat.Matrix, inside func(i, j int) bool, set func(i, j int, v float64)) {
	r, c := xb.Dims()
	for i := range r {
		for j := range c {
			if inside(i, j) {
				set(i, j, xb.At(i, j)+alpha*g.At(i, j))
			}
		}
	}
}

// within is what lies within kl places below and ku above the diagonal.
func within(kl, ku int) func(i, j int) bool {
	return func(i, j int) bool { return i-j <= kl && j-i <= ku }
}

// addNumber adds v to the shadow of a number.
func addNumber(xb *float64, v float64) {
	if xb != nil {
		*xb += v
	}
}

// tangentOf is the tangent of x, nil if it is zero.
func tangentOf(xd mat.Matrix) mat.Matrix {
	if !active(xd) {
		return nil
	}
	if r, c := xd.Dims(); r == 0 || c == 0 {
		return nil
	}
	return xd
}

// A sum is a matrix that is added up; a nil *mat.Dense in it is zero.
type sum struct{ *mat.Dense }

// add adds alpha*x; a nil x is zero. It copies.
func (s *sum) add(alpha float64, x mat.Matrix) {
	switch {
	case x == nil || alpha == 0:
	case s.Dense == nil:
		s.Dense = mat.DenseCopyOf(x)
		if alpha != 1 {
			s.Scale(alpha, s.Dense)
		}
	default:
		addDense(s.Dense, alpha, x)
	}
}

// addMul adds alpha*a*b; a nil factor is zero.
func (s *sum) addMul(alpha float64, a, b mat.Matrix) {
	if a == nil || b == nil {
		return
	}
	s.add(alpha, mul(a, b))
}

func mul(a, b mat.Matrix) *mat.Dense {
	var p mat.Dense
	p.Mul(a, b)
	return &p
}

// byElement is a matrix of the shape of x with the elements f(i, j, x[i, j]).
func byElement(x mat.Matrix, f func(i, j int, v float64) float64) *mat.Dense {
	var m mat.Dense
	m.Apply(f, x)
	return &m
}

// setTangent makes t the tangent of m, which the call has overwritten.
func setTangent(m, md storage, t *mat.Dense) {
	if !active(md) {
		return
	}
	if r, c := m.Dims(); !md.IsEmpty() {
		if dr, dc := md.Dims(); dr != r || dc != c {
			md.Reset()
		}
	}
	shape(m, md)
	md.Zero()
	if t == nil {
		return
	}
	switch md := md.(type) {
	case *mat.Dense:
		md.Copy(t)
	case *mat.VecDense:
		md.CopyVec(t.ColView(0))
	case *mat.SymDense:
		for i := range md.SymmetricDim() {
			for j := i; j < md.SymmetricDim(); j++ {
				md.SetSym(i, j, t.At(i, j))
			}
		}
	case *mat.TriDense:
		md.Copy(t)
	case *mat.DiagDense:
		for i := range md.Diag() {
			md.SetDiag(i, t.At(i, i))
		}
	}
}

// inner is the sum of the products of the elements.
func inner(a, b mat.Matrix) float64 {
	r, c := a.Dims()
	sum := 0.0
	for i := range r {
		for j := range c {
			sum += a.At(i, j) * b.At(i, j)
		}
	}
	return sum
}

// both is g + gᵀ.
func both(g mat.Matrix) *mat.Dense {
	var s mat.Dense
	s.Add(g, g.T())
	return &s
}

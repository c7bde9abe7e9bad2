package blasad

// A bilinear is a routine C = alpha * A∘B + beta*C with a product ∘ that is linear in both.
// The functions get the Data of the arguments, or of shadows of them.
type bilinear struct {
	mul func(alpha float64, a, b []float64, beta float64, c []float64) // the routine
	toA func(alpha float64, c, b, a []float64)                         // adds to a what the seed c of alpha*A∘B does
	toB func(alpha float64, c, a, b []float64)
	c   layout
}

// adjoint is the adjoint of the routine, which has not run.
func (r bilinear) adjoint(alpha float64, alphab *float64, a, ab, b, bb []float64, beta float64, betab *float64, c, cb []float64) {
	if len(cb) == 0 {
		return
	}
	if alphab != nil {
		product := make([]float64, len(c))
		r.mul(1, a, b, 0, product)
		*alphab += r.c.inner(cb, product)
	}
	if betab != nil {
		*betab += r.c.inner(cb, c)
	}
	if len(ab) > 0 {
		r.toA(alpha, cb, b, ab)
	}
	if len(bb) > 0 {
		r.toB(alpha, cb, a, bb)
	}
	r.c.scale(beta, cb)
}

// A square is a routine C = alpha * A∘A/2 + beta*C, of which ∘ is mul.
type square struct {
	half func(alpha float64, a []float64, beta float64, c []float64) // the routine
	mul  func(alpha float64, a, b []float64, beta float64, c []float64)
	to   func(alpha float64, c, a, x []float64) // adds to x what the seed c of alpha*A∘X does
	c    layout
}

// adjoint is the adjoint of the routine, which has not run.
func (r square) adjoint(alpha float64, alphab *float64, a, ab []float64, beta float64, betab *float64, c, cb []float64) {
	if len(cb) == 0 {
		return
	}
	if alphab != nil {
		product := make([]float64, len(c))
		r.half(1, a, 0, product)
		*alphab += r.c.inner(cb, product)
	}
	if betab != nil {
		*betab += r.c.inner(cb, c)
	}
	if len(ab) > 0 {
		r.to(alpha, cb, a, ab)
	}
	r.c.scale(beta, cb)
}

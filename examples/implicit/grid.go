package implicit

// A Grid is a square of cells with a conductivity on each wall between two of them.
type Grid struct {
	N    int       // cells in a row
	X, Y []float64 // walls to the right of a cell, and above it; those of the last are to the outside
	Leak float64   // of every cell
}

// Apply computes b = A u: what flows out of the cells at the potential u.
func (g *Grid) Apply(u, b []float64) {
	n := g.N
	for i := range u {
		b[i] = (g.Leak + g.X[i] + g.Y[i]) * u[i]
		if i%n > 0 {
			b[i] += g.X[i-1] * (u[i] - u[i-1])
		}
		if i%n < n-1 {
			b[i] -= g.X[i] * u[i+1]
		}
		if i >= n {
			b[i] += g.Y[i-n] * (u[i] - u[i-n])
		}
		if i < len(u)-n {
			b[i] -= g.Y[i] * u[i+n]
		}
	}
}

// Potential solves A u = b by conjugate gradients and returns the number of steps.
//
//cairn:solver apply=Apply rhs=b solution=u
func (g *Grid) Potential(b, u []float64, tol float64) (steps int) {
	return conjugate(g.Apply, b, u, tol)
}

// Power is the heat that the sources b make.
//
//cairn:adjoint wrt=g,b of=return mode=both
//cairn:tangent wrt=g,b of=return
func (g *Grid) Power(b []float64, tol float64) float64 {
	u := make([]float64, len(b))
	g.Potential(b, u, tol)
	return weigh(u)
}

// A Sparse is a symmetric matrix of which the entries on and above the diagonal are kept,
// row by row.
type Sparse struct {
	Start, Col []int // of a row in Col and Val; of an entry
	Val        []float64
}

// Apply computes b = A x.
func (a *Sparse) Apply(x, b []float64) {
	clear(b)
	for i := range x {
		for k := a.Start[i]; k < a.Start[i+1]; k++ {
			j := a.Col[k]
			b[i] += a.Val[k] * x[j]
			if j != i {
				b[j] += a.Val[k] * x[i]
			}
		}
	}
}

// Solve returns the solution of A x = b by conjugate gradients.
//
//cairn:solver apply=Apply rhs=b solution=return
func (a *Sparse) Solve(b []float64, tol float64) []float64 {
	x := make([]float64, len(b))
	conjugate(a.Apply, b, x, tol)
	return x
}

// Response is a number made of the solution.
//
//cairn:adjoint wrt=a,b of=return
//cairn:tangent wrt=a,b of=return
func (a *Sparse) Response(b []float64, tol float64) float64 { return weigh(a.Solve(b, tol)) }

// weigh makes one number of a solution.
func weigh(x []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * v / float64(1+i)
	}
	return sum
}

// conjugate solves A x = b from the guess x by the method of conjugate gradients, until
// the residual is below tol times the right-hand side.
func conjugate(apply func(x, b []float64), b, x []float64, tol float64) (steps int) {
	r, p, q := make([]float64, len(b)), make([]float64, len(b)), make([]float64, len(b))
	apply(x, q)
	rr, bb := 0.0, 0.0
	for i := range r {
		r[i] = b[i] - q[i]
		p[i] = r[i]
		rr += r[i] * r[i]
		bb += b[i] * b[i]
	}
	for rr > tol*tol*bb {
		apply(p, q)
		pq := 0.0
		for i := range p {
			pq += p[i] * q[i]
		}
		alpha, old := rr/pq, rr
		rr = 0
		for i := range x {
			x[i] += alpha * p[i]
			r[i] -= alpha * q[i]
			rr += r[i] * r[i]
		}
		for i := range p {
			p[i] = r[i] + rr/old*p[i]
		}
		steps++
	}
	return steps
}

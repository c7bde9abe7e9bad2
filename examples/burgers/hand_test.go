package burgers

import (
	"math"
	"testing"
)

// stepByHand is the adjoint of step as a person writes it who has the time: rows as slices of
// their own, each cell of a row of qb written once, equal factors taken out.
func stepByHand(p Params, nextb, q, qb []Velocity) {
	nx := p.Nx
	cx, cy := p.Dt/(2*p.Dx), p.Dt/(2*p.Dy)
	dx, dy := p.Dt*p.Mu/(p.Dx*p.Dx), p.Dt*p.Mu/(p.Dy*p.Dy)
	c := 1 - (2*dx + 2*dy)
	if nx < 3 {
		return
	}
	for j := p.Ny - 2; j >= 1; j-- {
		here, north, south := q[j*nx:][:nx], q[(j+1)*nx:][:nx], q[(j-1)*nx:][:nx]
		hereb, northb, southb := qb[j*nx:][:nx], qb[(j+1)*nx:][:nx], qb[(j-1)*nx:][:nx]
		seeds := nextb[j*nx:][:nx]
		next, cell := hereb[nx-1], hereb[nx-2]
		for i := nx - 2; i >= 1; i-- {
			m, e, w, n, s := here[i], here[i+1], here[i-1], north[i], south[i]
			a, b := cx*m.U, cy*m.V
			ub, vb := seeds[i].U, seeds[i].V
			seeds[i] = Velocity{}
			next.U += (dx - a) * ub
			next.V += (dx - a) * vb
			hereb[i+1] = next
			next.U = cell.U + c*ub + cx*((w.U-e.U)*ub+(w.V-e.V)*vb)
			next.V = cell.V + c*vb + cy*((s.U-n.U)*ub+(s.V-n.V)*vb)
			cell.U = hereb[i-1].U + (dx+a)*ub
			cell.V = hereb[i-1].V + (dx+a)*vb
			northb[i].U += (dy - b) * ub
			northb[i].V += (dy - b) * vb
			southb[i].U += (dy + b) * ub
			southb[i].V += (dy + b) * vb
		}
		hereb[1], hereb[0] = next, cell
	}
}

// fields returns the parameters of an nx by ny grid and four fields on it.
func fields(nx, ny int) (p Params, next, nextb, q, qb []Velocity) {
	p = CI()
	p.Nx, p.Ny = nx, ny
	field := func(seed int) []Velocity {
		f := make([]Velocity, nx*ny)
		for i := range f {
			f[i] = Velocity{math.Sin(float64(i * seed)), math.Cos(float64(i * seed))}
		}
		return f
	}
	return p, field(1), field(2), field(3), field(4)
}

// TestStepByHand compares the reverse sweep of a step with the one by hand.
func TestStepByHand(t *testing.T) {
	for _, n := range [][2]int{{3, 3}, {5, 4}, {4, 7}, {2, 5}, {17, 16}} {
		p, next, nextb, q, qb := fields(n[0], n[1])
		_, _, seeds, _, want := fields(n[0], n[1])
		stepReverse(p, next, nextb, q, qb)
		stepByHand(p, seeds, q, want)
		for i := range qb {
			if math.Abs(qb[i].U-want[i].U) > 1e-14 || math.Abs(qb[i].V-want[i].V) > 1e-14 {
				t.Errorf("%v: cell %d is %v, by hand %v", n, i, qb[i], want[i])
			}
			if nextb[i] != seeds[i] {
				t.Errorf("%v: the seed %d is %v, by hand %v", n, i, nextb[i], seeds[i])
			}
		}
	}
}

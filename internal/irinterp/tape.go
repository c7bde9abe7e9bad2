package irinterp

// node is one recorded operation: up to two operands and the partial
// derivatives with respect to them. Node 0 stands for everything passive.
type node struct {
	x, y   int32
	dx, dy float64
}

// tape is the flat record of the operations on active floats.
type tape []node

func (t *tape) add(n node) int32 {
	if len(*t) == 0 {
		*t = append(*t, node{})
	}
	*t = append(*t, n)
	return int32(len(*t) - 1)
}

// reverse turns the adjoints of outputs into adjoints of all nodes. A node that
// no output depends on is passed over, so that an infinite partial derivative
// there does no harm.
func (t tape) reverse(adjoint []float64) {
	for i := len(t) - 1; i > 0; i-- {
		a, n := adjoint[i], t[i]
		if a == 0 {
			continue
		}
		if n.x != 0 {
			adjoint[n.x] += a * n.dx
		}
		if n.y != 0 {
			adjoint[n.y] += a * n.dy
		}
	}
}

// active reports whether a derivative accompanies v.
func (m *machine) active(v Value) bool {
	switch m.track {
	case taping:
		return v.node != 0
	case dualNumbers:
		return v.dot != 0
	}
	return false
}

// record1 returns the float r, a function of x with derivative dx.
func (m *machine) record1(r float64, x Value, dx float64) Value {
	out := Float64(r)
	if !m.active(x) {
		return out
	}
	if m.track == taping {
		out.node = m.tape.add(node{x: x.node, dx: dx})
	} else {
		out.dot = dx * x.dot
	}
	return out
}

// record2 returns the float r, a function of x and y with the given partial
// derivatives.
func (m *machine) record2(r float64, x, y Value, dx, dy float64) Value {
	out := Float64(r)
	ax, ay := m.active(x), m.active(y)
	if !ax && !ay {
		return out
	}
	if m.track == taping {
		out.node = m.tape.add(node{x: x.node, y: y.node, dx: dx, dy: dy})
		return out
	}
	if ax {
		out.dot += dx * x.dot
	}
	if ay {
		out.dot += dy * y.dot
	}
	return out
}

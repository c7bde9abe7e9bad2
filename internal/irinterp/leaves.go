package irinterp

// Floats returns the float leaves of v, two of a complex number: depth first, fields
// and elements in order, through slices (up to their length) and pointers. Memory that is
// reached twice is listed twice; a pointer back to what encloses it is not
// followed.
func Floats(v Value) []float64 {
	var out []float64
	for _, p := range leaves(&v) {
		out = append(out, p.Float())
	}
	return out
}

// leaves returns the places of the float leaves of *v in the order of Floats.
func leaves(v *Value) []*Value {
	var out []*Value
	var path []*Value // pointees being visited
	var walk func(v *Value)
	walk = func(v *Value) {
		switch v.kind {
		case Float:
			out = append(out, v)
		case Slice, Struct, Array, Complex:
			for i := range v.elems {
				walk(&v.elems[i])
			}
		case Map:
			for _, e := range v.table().sorted() {
				walk(&e.value)
			}
		case Pointer:
			p := v.Deref()
			if p == nil {
				return
			}
			for _, q := range path {
				if q == p {
					return
				}
			}
			path = append(path, p)
			walk(p)
			path = path[:len(path)-1]
		}
	}
	walk(v)
	return out
}

// forget removes tape nodes and tangents of an earlier run from all memory that
// v reaches, spare capacity included.
func forget(v *Value) {
	seen := map[*Value]bool{}
	var walk func(v *Value)
	walk = func(v *Value) {
		v.node, v.dot = 0, 0
		switch v.kind {
		case Slice:
			e := v.elems[:cap(v.elems)]
			for i := range e {
				if isAtom(e[i].kind) {
					e[i].node, e[i].dot = 0, 0
				} else if !seen[&e[i]] {
					seen[&e[i]] = true
					walk(&e[i])
				}
			}
		case Struct, Array, Complex:
			for i := range v.elems {
				walk(&v.elems[i])
			}
		case Map:
			for _, e := range v.table() {
				if !seen[&e.value] {
					seen[&e.value] = true
					walk(&e.value)
				}
			}
		case Pointer:
			if p := v.Deref(); p != nil && !seen[p] {
				seen[p] = true
				walk(p)
			}
		}
	}
	walk(v)
}

func isAtom(k Kind) bool { return k < Slice }

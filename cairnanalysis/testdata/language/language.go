package language

//cairn:adjoint
func F(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += g(v)
	}
	select {} // want `select: the reverse sweep cannot follow communication; pass the values as parameters`
}

func g(x float64) float64 {
	ch := make(chan float64, 1) // want `channel: the reverse sweep cannot follow communication`
	ch <- x                     // want `send on a channel: the reverse sweep cannot follow communication; return the value instead`
	return x
}

// No root reaches it, so it may be any Go.
func free() { select {} }

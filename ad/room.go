package ad

// Room returns the capacity of the memory to which append moves x when it makes it n
// elements long, more than there is room for. It is for made code, which makes that
// memory itself, and as much for the shadow: it asks append, so that the memory is as
// large as that of the function that is differentiated.
func Room[S ~[]E, E any](x S, n int) int {
	return cap(append(x[:0], make(S, n)...))
}

// Package flow is the small monotone framework that the analyses share.
//
// In: facts that only grow, and the steps that make them grow. Out: the least
// fixed point. Facts are finite sets ordered by inclusion, so every chain is
// finite and every iteration ends (Kam & Ullman 1977).
package flow

// A State is a set-like fact about a program point. Join adds the other's
// elements and reports whether the receiver grew; it must be commutative,
// associative and idempotent. Clone must not share storage.
type State[S any] interface {
	Join(S) bool
	Clone() S
}

// Loop returns the least state at a loop's head: what enters, joined with what
// the body makes of it, until nothing is added. The body may be called several
// times and must not keep its argument.
func Loop[S State[S]](enter S, body func(S) S) S {
	head := enter.Clone()
	for head.Join(body(head.Clone())) {
	}
	return head
}

// Branch returns the join of what each branch makes of the state.
func Branch[S State[S]](in S, branches ...func(S) S) S {
	out := branches[0](in.Clone())
	for _, b := range branches[1:] {
		out.Join(b(in.Clone()))
	}
	return out
}

// Stable repeats step until it reports that nothing changed.
func Stable(step func() (changed bool)) {
	for step() {
	}
}

// Reach returns what can be reached from the given nodes along the edges, the
// nodes included.
func Reach[K comparable](from []K, edges func(K) []K) map[K]bool {
	out := map[K]bool{}
	work := append([]K{}, from...)
	for len(work) > 0 {
		k := work[len(work)-1]
		work = work[:len(work)-1]
		if !out[k] {
			out[k] = true
			work = append(work, edges(k)...)
		}
	}
	return out
}

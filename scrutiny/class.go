package scrutiny

import "fmt"

// Class says how one element of a variable bears on the result.
type Class uint8

const (
	// Critical elements can influence the result. It is the zero value: an element
	// about which nothing is known must be kept.
	Critical Class = iota
	// Dead elements are not read before they are overwritten or the program ends.
	Dead
	// DerivativeZero elements are read, but the derivative of the result by them
	// is zero.
	DerivativeZero

	classes = 3
)

// String returns "critical", "dead" or "derivative_zero", the names used in JSON.
func (c Class) String() string {
	switch c {
	case Critical:
		return "critical"
	case Dead:
		return "dead"
	case DerivativeZero:
		return "derivative_zero"
	}
	return fmt.Sprintf("Class(%d)", uint8(c))
}

// Letter returns the letter of the class in run-length text: C, D or Z.
func (c Class) Letter() byte {
	if c < classes {
		return "CDZ"[c]
	}
	return '?'
}

func classOf(letter byte) (Class, bool) {
	switch letter {
	case 'C':
		return Critical, true
	case 'D':
		return Dead, true
	case 'Z':
		return DerivativeZero, true
	}
	return 0, false
}

// need orders the classes by how much an element is needed:
// Dead < DerivativeZero < Critical.
func (c Class) need() int {
	switch c {
	case Critical:
		return 2
	case DerivativeZero:
		return 1
	}
	return 0
}

package common

// Multiplier is a = 5^13, the multiplier of the NPB generator.
const Multiplier = 1220703125

// The official seeds: EP has its own, all other kernels share one.
const (
	Seed   = 314159265
	SeedEP = 271828183
)

const (
	modulusBits = 46
	modulusMask = 1<<modulusBits - 1
	toUnit      = 1.0 / (1 << modulusBits)
)

// Random is the linear congruential generator of NPB,
//
//	x(k+1) = a·x(k) mod 2^46,   value = x(k+1)·2^-46,
//
// with a = [Multiplier]. The official text does this arithmetic on pairs of halves held in
// doubles. Here a product of two uint64, which Go reduces mod 2^64, is reduced once more to
// its low 46 bits: the same integers, exactly, and an integer below 2^46 times a power of two
// is exact in a float64.
//
// Make one with [NewRandom]: the zero value has state 0 and would draw zeros for ever.
type Random struct {
	state uint64
}

// NewRandom returns a generator whose first draw follows seed. Only the low 46 bits of the
// seed count; the seed has to be odd for the full period of 2^44 draws.
func NewRandom(seed uint64) *Random {
	return &Random{state: seed & modulusMask}
}

// State is the integer x(k) of the last draw, or the seed before the first.
func (g *Random) State() uint64 { return g.state }

// Next advances by one draw and returns it, uniform in (0,1).
func (g *Random) Next() float64 {
	g.state = g.state * Multiplier & modulusMask
	return float64(int64(g.state)) * toUnit
}

// Jump advances by n draws at once, in about log2(n) multiplications: the state becomes
// a^n·x mod 2^46 (RNR-94-007, on the random-number generator).
func (g *Random) Jump(n uint64) {
	power := uint64(Multiplier)
	for n > 0 {
		if n&1 == 1 {
			g.state = g.state * power & modulusMask
		}
		power = power * power & modulusMask
		n >>= 1
	}
}

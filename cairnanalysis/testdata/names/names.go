package names

// cairn:adjoint wrt=x // want `comment // cairn:adjoint: it looks like a directive but is not read as one; write //cairn:adjoint without spaces, in lower case`
func A(x float64) float64 { return x }

// Cairn: tagnent wrt=time // want `comment // Cairn: tagnent: it looks like a directive`
func B(time float64) float64 { return time }

/*cairn:passive*/         // want `comment /\*cairn:passive: it looks like a directive`
func C(x float64) float64 { return x }

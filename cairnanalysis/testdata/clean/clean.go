package clean

//cairn:adjoint
//cairn:tangent
func F(x float64) float64 { return x * x }

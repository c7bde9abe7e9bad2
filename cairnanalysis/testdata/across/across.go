package across // want `inner.go:5:2: select: the reverse sweep cannot follow communication; pass the values as parameters`

import "example.com/user/across/inner"

//cairn:adjoint
func F(x float64) float64 { return inner.G(x) }

package trial

// Scalar returns the [Function] of one result that instances of type I stand for: with
// makes the instance whose parameters are x, vector lists the parameters of an instance,
// tangent takes a direction and gradient adds to an instance, both in the form of one.
func Scalar[I any](
	with func(x []float64) I, vector func(I) []float64,
	value func(I) float64, tangent func(c, d I) (value, slope float64), gradient func(c, g I, seed float64) float64,
) Function {
	return Function{
		Value: func(x []float64) []float64 { return []float64{value(with(x))} },
		Tangent: func(x, d []float64) []float64 {
			_, slope := tangent(with(x), with(d))
			return []float64{slope}
		},
		Adjoint: func(x, seed []float64) []float64 {
			g := with(make([]float64, len(x)))
			gradient(with(x), g, seed[0])
			return vector(g)
		},
	}
}

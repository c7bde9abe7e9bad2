package floatsad

import "gonum.org/v1/gonum/floats"

// In all loops below the seed of an element is taken out of its shadow before anything is
// added, so that arguments may be the same slice.

// AddTangent is the tangent of floats.Add, dst += s.
//
//cairn:rule of=floats.Add tangent=AddTangent adjoint=AddAdjoint reads=none writes=dst
func AddTangent(dst, dstd, s, sd []float64) {
	sameOrApart("Add", dst, s)
	for i := range dstd {
		dstd[i] += at(sd, i)
	}
	floats.Add(dst, s)
}

// AddAdjoint is the adjoint of floats.Add.
func AddAdjoint(dst, dstb, s, sb []float64) {
	sameOrApart("Add", dst, s)
	for i := range sb {
		sb[i] += at(dstb, i)
	}
	floats.Add(dst, s)
}

// AddToTangent is the tangent of floats.AddTo, dst = s + t.
//
//cairn:rule of=floats.AddTo tangent=AddToTangent adjoint=AddToAdjoint reads=none writes=dst returns=dst
func AddToTangent(dst, dstd, s, sd, t, td []float64) (ret, retd []float64) {
	sameOrApart("AddTo", dst, s, t)
	for i := range dstd {
		dstd[i] = at(sd, i) + at(td, i)
	}
	return floats.AddTo(dst, s, t), dstd
}

// AddToAdjoint is the adjoint of floats.AddTo.
func AddToAdjoint(dst, dstb, s, sb, t, tb []float64) []float64 {
	sameOrApart("AddTo", dst, s, t)
	for i, seed := range dstb {
		dstb[i] = 0
		if sb != nil {
			sb[i] += seed
		}
		if tb != nil {
			tb[i] += seed
		}
	}
	return floats.AddTo(dst, s, t)
}

// AddConstTangent is the tangent of floats.AddConst, dst += c.
//
//cairn:rule of=floats.AddConst tangent=AddConstTangent adjoint=AddConstAdjoint reads=none writes=dst
func AddConstTangent(c, cd float64, dst, dstd []float64) {
	for i := range dstd {
		dstd[i] += cd
	}
	floats.AddConst(c, dst)
}

// AddConstAdjoint is the adjoint of floats.AddConst.
func AddConstAdjoint(c float64, cb *float64, dst, dstb []float64) {
	if cb != nil {
		for _, seed := range dstb {
			*cb += seed
		}
	}
	floats.AddConst(c, dst)
}

// AddScaledTangent is the tangent of floats.AddScaled, dst += alpha*s.
//
//cairn:rule of=floats.AddScaled tangent=AddScaledTangent adjoint=AddScaledAdjoint reads=s writes=dst
func AddScaledTangent(dst, dstd []float64, alpha, alphad float64, s, sd []float64) {
	sameOrApart("AddScaled", dst, s)
	for i := range dstd {
		dstd[i] += alpha*at(sd, i) + alphad*s[i]
	}
	floats.AddScaled(dst, alpha, s)
}

// AddScaledAdjoint is the adjoint of floats.AddScaled.
func AddScaledAdjoint(dst, dstb []float64, alpha float64, alphab *float64, s, sb []float64) {
	sameOrApart("AddScaled", dst, s)
	if alphab != nil {
		*alphab += dot(dstb, s)
	}
	if sb != nil {
		for i, seed := range dstb {
			sb[i] += alpha * seed
		}
	}
	floats.AddScaled(dst, alpha, s)
}

// AddScaledToTangent is the tangent of floats.AddScaledTo, dst = y + alpha*s.
//
//cairn:rule of=floats.AddScaledTo tangent=AddScaledToTangent adjoint=AddScaledToAdjoint reads=s writes=dst returns=dst
func AddScaledToTangent(dst, dstd, y, yd []float64, alpha, alphad float64, s, sd []float64) (ret, retd []float64) {
	sameOrApart("AddScaledTo", dst, y, s)
	for i := range dstd {
		dstd[i] = at(yd, i) + alpha*at(sd, i) + alphad*s[i]
	}
	return floats.AddScaledTo(dst, y, alpha, s), dstd
}

// AddScaledToAdjoint is the adjoint of floats.AddScaledTo.
func AddScaledToAdjoint(dst, dstb, y, yb []float64, alpha float64, alphab *float64, s, sb []float64) []float64 {
	sameOrApart("AddScaledTo", dst, y, s)
	if alphab != nil {
		*alphab += dot(dstb, s)
	}
	for i, seed := range dstb {
		dstb[i] = 0
		if yb != nil {
			yb[i] += seed
		}
		if sb != nil {
			sb[i] += alpha * seed
		}
	}
	return floats.AddScaledTo(dst, y, alpha, s)
}

// ScaleTangent is the tangent of floats.Scale, dst *= c.
//
//cairn:rule of=floats.Scale tangent=ScaleTangent adjoint=ScaleAdjoint writes=dst
func ScaleTangent(c, cd float64, dst, dstd []float64) {
	for i := range dstd {
		dstd[i] = c*dstd[i] + cd*dst[i]
	}
	floats.Scale(c, dst)
}

// ScaleAdjoint is the adjoint of floats.Scale.
func ScaleAdjoint(c float64, cb *float64, dst, dstb []float64) {
	if cb != nil {
		*cb += dot(dstb, dst)
	}
	for i := range dstb {
		dstb[i] *= c
	}
	floats.Scale(c, dst)
}

// ScaleToTangent is the tangent of floats.ScaleTo, dst = c*s.
//
//cairn:rule of=floats.ScaleTo tangent=ScaleToTangent adjoint=ScaleToAdjoint reads=s writes=dst returns=dst
func ScaleToTangent(dst, dstd []float64, c, cd float64, s, sd []float64) (ret, retd []float64) {
	sameOrApart("ScaleTo", dst, s)
	for i := range dstd {
		dstd[i] = c*at(sd, i) + cd*s[i]
	}
	return floats.ScaleTo(dst, c, s), dstd
}

// ScaleToAdjoint is the adjoint of floats.ScaleTo.
func ScaleToAdjoint(dst, dstb []float64, c float64, cb *float64, s, sb []float64) []float64 {
	sameOrApart("ScaleTo", dst, s)
	if cb != nil {
		*cb += dot(dstb, s)
	}
	for i, seed := range dstb {
		dstb[i] = 0
		if sb != nil {
			sb[i] += c * seed
		}
	}
	return floats.ScaleTo(dst, c, s)
}

// SubTangent is the tangent of floats.Sub, dst -= s.
//
//cairn:rule of=floats.Sub tangent=SubTangent adjoint=SubAdjoint reads=none writes=dst
func SubTangent(dst, dstd, s, sd []float64) {
	sameOrApart("Sub", dst, s)
	for i := range dstd {
		dstd[i] -= at(sd, i)
	}
	floats.Sub(dst, s)
}

// SubAdjoint is the adjoint of floats.Sub.
func SubAdjoint(dst, dstb, s, sb []float64) {
	sameOrApart("Sub", dst, s)
	for i := range sb {
		sb[i] -= at(dstb, i)
	}
	floats.Sub(dst, s)
}

// SubToTangent is the tangent of floats.SubTo, dst = s - t.
//
//cairn:rule of=floats.SubTo tangent=SubToTangent adjoint=SubToAdjoint reads=none writes=dst returns=dst
func SubToTangent(dst, dstd, s, sd, t, td []float64) (ret, retd []float64) {
	sameOrApart("SubTo", dst, s, t)
	for i := range dstd {
		dstd[i] = at(sd, i) - at(td, i)
	}
	return floats.SubTo(dst, s, t), dstd
}

// SubToAdjoint is the adjoint of floats.SubTo.
func SubToAdjoint(dst, dstb, s, sb, t, tb []float64) []float64 {
	sameOrApart("SubTo", dst, s, t)
	for i, seed := range dstb {
		dstb[i] = 0
		if sb != nil {
			sb[i] += seed
		}
		if tb != nil {
			tb[i] -= seed
		}
	}
	return floats.SubTo(dst, s, t)
}

// MulTangent is the tangent of floats.Mul, dst *= s.
//
//cairn:rule of=floats.Mul tangent=MulTangent adjoint=MulAdjoint writes=dst
func MulTangent(dst, dstd, s, sd []float64) {
	sameOrApart("Mul", dst, s)
	for i := range dstd {
		dstd[i] = dstd[i]*s[i] + dst[i]*at(sd, i)
	}
	floats.Mul(dst, s)
}

// MulAdjoint is the adjoint of floats.Mul.
func MulAdjoint(dst, dstb, s, sb []float64) {
	sameOrApart("Mul", dst, s)
	for i, seed := range dstb {
		dstb[i] = seed * s[i]
		if sb != nil {
			sb[i] += seed * dst[i]
		}
	}
	floats.Mul(dst, s)
}

// MulToTangent is the tangent of floats.MulTo, dst = s*t by elements.
//
//cairn:rule of=floats.MulTo tangent=MulToTangent adjoint=MulToAdjoint reads=s,t writes=dst returns=dst
func MulToTangent(dst, dstd, s, sd, t, td []float64) (ret, retd []float64) {
	sameOrApart("MulTo", dst, s, t)
	for i := range dstd {
		dstd[i] = at(sd, i)*t[i] + s[i]*at(td, i)
	}
	return floats.MulTo(dst, s, t), dstd
}

// MulToAdjoint is the adjoint of floats.MulTo.
func MulToAdjoint(dst, dstb, s, sb, t, tb []float64) []float64 {
	sameOrApart("MulTo", dst, s, t)
	for i, seed := range dstb {
		dstb[i] = 0
		if sb != nil {
			sb[i] += seed * t[i]
		}
		if tb != nil {
			tb[i] += seed * s[i]
		}
	}
	return floats.MulTo(dst, s, t)
}

// DivTangent is the tangent of floats.Div, dst /= s.
//
//cairn:rule of=floats.Div tangent=DivTangent adjoint=DivAdjoint writes=dst
func DivTangent(dst, dstd, s, sd []float64) {
	sameOrApart("Div", dst, s)
	for i := range dstd {
		dstd[i] = (dstd[i] - dst[i]/s[i]*at(sd, i)) / s[i]
	}
	floats.Div(dst, s)
}

// DivAdjoint is the adjoint of floats.Div.
func DivAdjoint(dst, dstb, s, sb []float64) {
	sameOrApart("Div", dst, s)
	for i, seed := range dstb {
		dstb[i] = seed / s[i]
		if sb != nil {
			sb[i] -= seed / s[i] * (dst[i] / s[i])
		}
	}
	floats.Div(dst, s)
}

// DivToTangent is the tangent of floats.DivTo, dst = s/t by elements.
//
//cairn:rule of=floats.DivTo tangent=DivToTangent adjoint=DivToAdjoint reads=s,t writes=dst returns=dst
func DivToTangent(dst, dstd, s, sd, t, td []float64) (ret, retd []float64) {
	sameOrApart("DivTo", dst, s, t)
	for i := range dstd {
		dstd[i] = (at(sd, i) - s[i]/t[i]*at(td, i)) / t[i]
	}
	return floats.DivTo(dst, s, t), dstd
}

// DivToAdjoint is the adjoint of floats.DivTo.
func DivToAdjoint(dst, dstb, s, sb, t, tb []float64) []float64 {
	sameOrApart("DivTo", dst, s, t)
	for i, seed := range dstb {
		dstb[i] = 0
		if sb != nil {
			sb[i] += seed / t[i]
		}
		if tb != nil {
			tb[i] -= seed / t[i] * (s[i] / t[i])
		}
	}
	return floats.DivTo(dst, s, t)
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

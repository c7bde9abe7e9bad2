package ad

import (
	"math/cmplx"
	"reflect"
	"unsafe"
)

// Complex is the constraint of the helpers for complex numbers.
type Complex interface{ ~complex64 | ~complex128 }

// Conj returns the complex conjugate of z. The adjoint of a function of a complex
// number has the conjugate of its derivative as a factor: real(zb) and imag(zb) are
// the derivatives with respect to the two parts of z.
func Conj[C Complex](z C) C {
	c := complex128(z)
	return C(complex(real(c), -imag(c)))
}

// Unit returns z/r for r = |z|, the gradient of |z|; 0 at 0, as [Sign] is.
func Unit(z complex128, r float64) complex128 {
	if r == 0 {
		return 0
	}
	return complex(real(z)/r, imag(z)/r)
}

// CPowX returns the derivative y x^(y-1) of the complex x^y with respect to x; it is
// 0 for y = 0 whatever x is.
func CPowX(x, y complex128) complex128 {
	if y == 0 {
		return 0
	}
	return y * cmplx.Pow(x, y-1)
}

// CPowY returns the derivative log(x) x^y of r = x^y with respect to y; it is 0 at
// x = 0.
func CPowY(x, r complex128) complex128 {
	if x == 0 {
		return 0
	}
	return cmplx.Log(x) * r
}

// CPowNonzero returns the complex x^y, and 0 at x = 0.
func CPowNonzero(x, y complex128) complex128 {
	if x == 0 {
		return 0
	}
	return cmplx.Pow(x, y)
}

// CLogNonzero returns log(x), and 0 at x = 0.
func CLogNonzero(x complex128) complex128 {
	if x == 0 {
		return 0
	}
	return cmplx.Log(x)
}

// CInvNonzero returns 1/x, and 0 at x = 0: the derivative of CLogNonzero.
func CInvNonzero(x complex128) complex128 {
	if x == 0 {
		return 0
	}
	return 1 / x
}

// CTimes returns x*y, and 0 for x = 0 whatever y is.
func CTimes(x, y complex128) complex128 {
	if x == 0 {
		return 0
	}
	return x * y
}

// Root returns the square root of s that points more in the direction of like than
// against it. The derivatives of the inverse functions have such roots: that of
// arcsin z = r is 1/cos r, which is exact in its sign, while 1/sqrt(1-z*z) is exact in
// its size.
func Root(s, like complex128) complex128 {
	w := cmplx.Sqrt(s)
	if real(w)*real(like)+imag(w)*imag(like) < 0 {
		return -w
	}
	return w
}

// parts returns the two parts of the complex number v as places.
func parts(v reflect.Value) (re, im reflect.Value) {
	t := reflect.TypeFor[float64]()
	if v.Kind() == reflect.Complex64 {
		t = reflect.TypeFor[float32]()
	}
	p := v.Addr().UnsafePointer()
	return reflect.NewAt(t, p).Elem(), reflect.NewAt(t, unsafe.Add(p, t.Size())).Elem()
}

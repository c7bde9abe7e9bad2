package ad

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"
)

// wave has complex numbers of both kinds among other fields.
type wave struct {
	id   int
	amp  complex128
	side [2]complex64
	own  []complex128
}

func TestComplexHelpers(t *testing.T) {
	type named complex64
	if got := Conj(named(1 + 2i)); got != 1-2i {
		t.Errorf("the conjugate of 1+2i is %v", got)
	}
	if got := Unit(3-4i, 5); got != 0.6-0.8i {
		t.Errorf("the unit of 3-4i is %v", got)
	}
	if got := Unit(0, 0); got != 0 {
		t.Errorf("the unit of 0 is %v", got)
	}
	for _, like := range []complex128{1, -1, 1i, -1i, 2 + 3i, -0.5 + 1i} {
		for _, s := range []complex128{2, -3, 1 + 1i, -1 - 4i} {
			w := Root(s, like)
			if cmplx.Abs(w*w-s) > 1e-15*cmplx.Abs(s) || real(w*cmplx.Conj(like)) < 0 {
				t.Errorf("the root of %v like %v is %v", s, like, w)
			}
		}
	}
	if got := CPowX(0, 0); got != 0 {
		t.Errorf("the derivative of x^0 at 0 is %v", got)
	}
	if got := CPowY(0, 0); got != 0 {
		t.Errorf("the derivative of 0^y is %v", got)
	}
}

func TestComplexStack(t *testing.T) {
	s := NewStack()
	nan := complex(math.Copysign(0, -1), math.NaN())
	s.PushComplex(1 + 2i)
	s.PushFloat(3)
	s.PushComplex(nan)
	Push(s, complex64(4+5i))
	Push(s, 6+7i)
	if got := Pop[complex128](s); got != 6+7i {
		t.Errorf("6+7i comes back as %v", got)
	}
	if got := Pop[complex64](s); got != 4+5i {
		t.Errorf("4+5i comes back as %v", got)
	}
	got := s.PopComplex()
	if math.Float64bits(real(got)) != math.Float64bits(real(nan)) || math.Float64bits(imag(got)) != math.Float64bits(imag(nan)) {
		t.Errorf("%v comes back as %v", nan, got)
	}
	if x, z := s.PopFloat(), s.PopComplex(); x != 3 || z != 1+2i {
		t.Errorf("3 and 1+2i come back as %v and %v", x, z)
	}
	s.Release()
}

func TestComplexRanges(t *testing.T) {
	s := NewStack()
	x := []complex128{1i, 2, 3 - 1i, 4}
	y := []complex64{1i, 2, 3 - 1i, 4}
	wantX, wantY := slices.Clone(x), slices.Clone(y)
	PushSlice(s, x)
	PushRange(s, y, 1, 3)
	PushRows(s, x, 0, 1, 2, 2)
	PushRows(s, y, 0, 1, 2, 2)
	clear(x)
	clear(y[1:3])
	PopRows(s, y, 0, 1, 2, 2)
	PopRows(s, x, 0, 1, 2, 2)
	if !slices.Equal(x, []complex128{1i, 0, 3 - 1i, 0}) || !slices.Equal(y, []complex64{1i, 0, 3 - 1i, 4}) {
		t.Errorf("the rows come back as %v and %v", x, y)
	}
	PopRange(s, y, 1, 3)
	PopSlice(s, x)
	if !slices.Equal(x, wantX) || !slices.Equal(y, wantY) {
		t.Errorf("the slices come back as %v and %v", x, y)
	}
	s.Release()
}

func TestComplexStackAllocatesNothing(t *testing.T) {
	s := NewStack()
	z, w := 1+2i, complex64(3)
	noAllocs(t, func() {
		for range 100 {
			s.PushComplex(z)
			Push(s, z)
			Push(s, w)
		}
		for range 100 {
			w = Pop[complex64](s)
			z = Pop[complex128](s)
			z = s.PopComplex()
		}
	})
	s.Release()
}

func TestComplexCopies(t *testing.T) {
	dst, src := []complex128{1 + 1i, 2}, []complex128{10, 20i}
	CopyAdjoint(dst, src)
	if !slices.Equal(dst, []complex128{0, 0}) || !slices.Equal(src, []complex128{11 + 1i, 2 + 20i}) {
		t.Errorf("dst %v, src %v", dst, src)
	}
	x := []wave{{1, 1 + 2i, [2]complex64{3i, 4}, nil}, {2, 10, [2]complex64{20, 30i}, nil}}
	CopyStructsAdjoint(x[1:], x[:1])
	if x[0].amp != 11+2i || x[0].side != [2]complex64{20 + 3i, 4 + 30i} || x[1].amp != 0 || x[1].side != [2]complex64{} || x[1].id != 2 {
		t.Errorf("the structs are %v", x)
	}
	ZeroStructs(x)
	if x[0].amp != 0 || x[0].side != [2]complex64{} || x[0].id != 1 {
		t.Errorf("cleared, the first struct is %v", x[0])
	}
}

func TestComplexShadows(t *testing.T) {
	memory := []complex128{1, 2i, 3}
	w := wave{7, 1 + 2i, [2]complex64{3i, 4}, memory[1:]}
	b := ZeroLike(&w)
	if b.id != 7 || b.amp != 0 || b.side != [2]complex64{} || !slices.Equal(b.own, []complex128{0, 0}) {
		t.Errorf("the shadow is %v", *b)
	}
	AddLike(b, &w)
	AddLike(b, &w)
	if b.amp != 2+4i || b.side != [2]complex64{6i, 8} || !slices.Equal(b.own, []complex128{4i, 6}) {
		t.Errorf("twice the value is %v", *b)
	}
	ClearLike(&b)
	if b.amp != 0 || b.side != [2]complex64{} || !slices.Equal(b.own, []complex128{0, 0}) {
		t.Errorf("cleared it is %v", *b)
	}
	now := []wave{{own: make([]complex128, 2)}}
	held := []wave{{amp: 1i, side: [2]complex64{1, 2}, own: []complex128{5, 6i}}}
	Carry(&held, &now)
	if now[0].amp != 1i || now[0].side != held[0].side || !slices.Equal(now[0].own, held[0].own) {
		t.Errorf("carried over: %v", now)
	}
	to := make([]complex128, 2)
	Carry(&held[0].own, &to)
	if !slices.Equal(to, held[0].own) {
		t.Errorf("carried over: %v", to)
	}
}

func TestComplexSnapshot(t *testing.T) {
	z, x, w := 1+2i, []complex128{1i, 2}, wave{amp: 3i, own: []complex128{4}}
	s := NewSnapshot()
	s.Save(&z)
	s.Save(&x)
	s.Save(&w)
	z, x[1], w.amp, w.own[0] = 0, 0, 0, 0
	s.Restore(&z)
	s.Restore(&x)
	s.Restore(&w)
	if z != 1+2i || x[1] != 2 || w.amp != 3i || w.own[0] != 4 {
		t.Errorf("restored: %v, %v, %v", z, x, w)
	}
	s.Release()

	h := NewSnapshot() // of shadows: the sums stay
	h.SaveHeaders(&x)
	y := x
	x[0], x = 9, nil
	h.RestoreHeaders(&x)
	if len(x) != 2 || &x[0] != &y[0] || x[0] != 9 {
		t.Errorf("with restored headers x is %v", x)
	}
	h.Release()
}

// TestComplexScrutiny: a complex number is one element, as in a checkpoint.
func TestComplexScrutiny(t *testing.T) {
	x := []complex128{1, 2, 3}
	s := NewScrutiny()
	s.Probe().Watch("x", &x)
	Read(s.Probe(), &x[0])
	Read(s.Probe(), &x[2])
	xb := []complex128{1i, 5, 0}
	s.Adjoint("x", &xb)
	want := []Influence{Critical, Dead, DerivativeZero}
	if got := s.Elements("x"); !slices.Equal(got, want) {
		t.Errorf("the elements are %v, want %v", got, want)
	}
	y := struct {
		a float64
		z complex128
		b [2]float64
	}{}
	s.Probe().Watch("y", &y)
	Read(s.Probe(), &y.z)
	if got := s.Elements("y"); !slices.Equal(got, []Influence{Dead, Critical, Dead, Dead}) {
		t.Errorf("the elements of a struct are %v", got)
	}
	Seed(&xb)
	seen := map[float64]bool{}
	for _, z := range xb {
		seen[real(z)], seen[imag(z)] = true, true
	}
	if len(seen) != 6 || seen[0] {
		t.Errorf("the seeds are %v", xb)
	}
}

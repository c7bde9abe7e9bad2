package compile_test

import (
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// TestPackageVariables: what directives name among the variables of a package, and the
// state that derivatives leave in them.
func TestPackageVariables(t *testing.T) {
	dir := testutil.Module(t, map[string]string{
		"q/q.go": "package q\n\n// Rate is set by others.\nvar Rate = 2.0\n",
		"a.go": `package a

import "example.com/user/q"

var (
	gain  = 1.5
	field = []float64{1, 2, 3}
	calls int
)

type model struct{ K, L float64 }

var mod = model{2, 3}

//cairn:adjoint wrt=x,gain,field,mod of=return mode=both
//cairn:tangent wrt=x,gain,field,mod of=return
func Read(x float64) float64 {
	s := 0.0
	for _, f := range field {
		s += gain * f * f * x
	}
	return s * mod.K * gain
}

//cairn:adjoint wrt=x,gain of=field,gain
//cairn:tangent wrt=x,gain of=field,gain
func Write(x float64) {
	for i := range field {
		field[i] += gain * x * float64(i)
	}
	gain *= x
	calls++
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Both(x []float64, gain float64) float64 {
	set(x[0] * gain)
	q.Rate *= x[0]
	calls++
	return level() * q.Rate
}

func set(y float64)  { gain = y * y }
func level() float64 { return gain * field[1] }

//cairn:adjoint wrt=x of=return
func Over(x []float64) float64 {
	x[0] *= 2
	field[0] = x[0] * x[1]
	return field[0] * x[0]
}
`,
		"a_test.go": `package a

import (
	"math"
	"testing"

	"example.com/user/q"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

func TestRead(t *testing.T) {
	fb, gb, xb, mb := make([]float64, 3), 0.0, 0.0, model{}
	y := ReadAdjoint(0.5, &xb, fb, &gb, &mb, 1)
	if y != Read(0.5) || !near(xb, 63) || !near(gb, 42) || !near(mb.K, 15.75) || mb.L != 0 || !near(fb[2], 13.5) {
		t.Error(y, xb, gb, fb, mb)
	}
	fd, gd := []float64{0, 0, 1}, 1.0
	y, yd := ReadTangent(0.5, 0, fd, &gd, &model{})
	if y != Read(0.5) || !near(yd, 42+13.5) {
		t.Error(y, yd)
	}
}

func TestWrite(t *testing.T) {
	gain, field, calls = 1.5, []float64{1, 2, 3}, 0
	Write(0.5)
	g, f := gain, append([]float64(nil), field...)
	gain, field, calls = 1.5, []float64{1, 2, 3}, 0
	fb, gb, xb := []float64{1, 1, 1}, 1.0, 0.0
	WriteAdjoint(0.5, &xb, fb, &gb)
	if gain != g || field[2] != f[2] || calls != 1 {
		t.Error(gain, field, calls)
	}
	if !near(xb, 1.5*3+1.5) || !near(gb, 0.5*3+0.5) || fb[0] != 1 {
		t.Error(xb, gb, fb)
	}
	gain, field = 1.5, []float64{1, 2, 3}
	fd, gd := make([]float64, 3), 0.0
	WriteTangent(0.5, 1, fd, &gd)
	if calls != 2 || !near(gd, 1.5) || !near(fd[2], 3) {
		t.Error(calls, gd, fd)
	}
}

func TestBoth(t *testing.T) {
	field = []float64{1, 2, 3}
	q.Rate = 2
	y := Both([]float64{0.5}, 3)
	g, r := gain, q.Rate
	q.Rate, calls = 2, 0
	xb := make([]float64, 1)
	z := BothAdjoint([]float64{0.5}, xb, 3, 1)
	if y != z || gain != g || q.Rate != r || calls != 1 || !near(xb[0], 3*2*9*2*0.25) {
		t.Error(y, z, gain, q.Rate, calls, xb)
	}
}

func TestOver(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the adjoint accepts memory of a variable that the function writes")
		}
	}()
	field = []float64{1, 2, 3}
	OverAdjoint(field[:2], make([]float64, 2), 1)
}
`,
	})
	if _, err := generate(t, dir, compile.Options{}, "."); err != nil {
		t.Fatal(err)
	}
	testutil.Go(t, dir, "vet", ".")
	testutil.Go(t, dir, "test", ".")
}

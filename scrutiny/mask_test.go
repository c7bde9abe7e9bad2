package scrutiny

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// random returns the classes of n elements in a few long and short runs.
func random(rng *rand.Rand, n int) []Class {
	out := make([]Class, 0, n)
	for len(out) < n {
		c := Class(rng.IntN(classes))
		for k := 1 + rng.IntN(1+rng.IntN(9)); k > 0 && len(out) < n; k-- {
			out = append(out, c)
		}
	}
	return out
}

func mustNew(t *testing.T, shape []int, classes []Class) *Mask {
	t.Helper()
	m, err := New("x", "[]float64", shape, classes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMaskAgreesWithItsClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := rng.IntN(60)
		want := random(rng, n)
		m := mustNew(t, []int{n}, want)
		if m.Len() != n {
			t.Fatalf("Len = %d, want %d", m.Len(), n)
		}
		var s Stats
		s.Elements = n
		for i, c := range want {
			if m.At(i) != c || m.Keep(i) != (c == Critical) {
				t.Fatalf("element %d of %v: At %v, Keep %v", i, want, m.At(i), m.Keep(i))
			}
			switch c {
			case Critical:
				s.Critical++
			case Dead:
				s.Dead++
			default:
				s.DerivativeZero++
			}
		}
		if m.Stats() != s {
			t.Fatalf("Stats = %+v, want %+v", m.Stats(), s)
		}
		var walked []Class
		runs := 0
		for r := range m.Runs() {
			if r.Start != len(walked) || r.Len < 1 {
				t.Fatalf("run %+v after %d elements", r, len(walked))
			}
			runs++
			walked = append(walked, slices.Repeat([]Class{r.Class}, r.Len)...)
		}
		if !slices.Equal(walked, want) || runs != m.NumRuns() {
			t.Fatalf("Runs gave %v in %d runs, want %v in %d", walked, runs, want, m.NumRuns())
		}
		back, err := Parse("y", "", []int{n}, m.RunLength())
		if err != nil || !Equal(m, back) {
			t.Fatalf("Parse(%q) = %v, %v", m.RunLength(), back, err)
		}
	}
}

// The laws hold on the sets of kept elements, which is what the algebra is about.
func TestAlgebraLaws(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		shape := []int{1 + rng.IntN(6), 1 + rng.IntN(6)}
		n := shape[0] * shape[1]
		a, b := mustNew(t, shape, random(rng, n)), mustNew(t, shape, random(rng, n))
		and, err := And(a, b)
		if err != nil {
			t.Fatal(err)
		}
		or, err := Or(a, b)
		if err != nil {
			t.Fatal(err)
		}
		deMorgan, err := Or(Not(a), Not(b))
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			x, y := a.Keep(i), b.Keep(i)
			switch {
			case and.Keep(i) != (x && y), or.Keep(i) != (x || y), Not(a).Keep(i) == x, Not(Not(a)).Keep(i) != x:
				t.Fatalf("element %d: a %v b %v: and %v or %v not a %v", i, x, y, and.Keep(i), or.Keep(i), Not(a).Keep(i))
			case Not(and).Keep(i) != deMorgan.Keep(i):
				t.Fatalf("element %d: not(a and b) differs from not a or not b", i)
			}
		}
		and2, _ := And(b, a)
		or2, _ := Or(b, a)
		self, _ := And(a, a)
		if !Equal(and, and2) || !Equal(or, or2) || !Equal(self, a) {
			t.Fatal("And and Or must be commutative and And idempotent")
		}
	}
}

func TestAlgebraKeepsTheClassThatIsNeeded(t *testing.T) {
	dead, zero := mustNew(t, []int{1}, []Class{Dead}), mustNew(t, []int{1}, []Class{DerivativeZero})
	and, _ := And(dead, zero)
	or, _ := Or(dead, zero)
	if and.At(0) != Dead || or.At(0) != DerivativeZero {
		t.Fatalf("And gave %v, Or gave %v", and.At(0), or.At(0))
	}
}

func TestAlgebraRefusesDifferentShapes(t *testing.T) {
	a, _ := Uniform("a", "", []int{2, 3}, Critical)
	b, _ := Uniform("b", "", []int{3, 2}, Critical)
	if _, err := And(a, b); err == nil || !strings.Contains(err.Error(), `"b" with shape [3 2]`) {
		t.Fatalf("And: %v", err)
	}
	if _, err := Or(a, b); err == nil {
		t.Fatal("Or of different shapes succeeded")
	}
	if Equal(a, b) {
		t.Fatal("masks of different shape are equal")
	}
}

// most is a number of elements that this machine can count.
const most = min(MaxElements, math.MaxInt/2+1)

func TestScalarEmptyAndHuge(t *testing.T) {
	scalar, err := Uniform("t", "int", nil, Critical)
	if err != nil || scalar.Len() != 1 || scalar.RunLength() != "1C" {
		t.Fatalf("scalar: %v, %v", scalar, err)
	}
	empty, err := Parse("e", "", []int{3, 0, 7}, "")
	if err != nil || empty.Len() != 0 {
		t.Fatalf("empty: %v, %v", empty, err)
	}
	huge, err := Parse("h", "", []int{most >> 24, 1 << 24}, fmt.Sprintf("%dC1D", most-1))
	if err != nil || huge.Keep(most-1) || !huge.Keep(most-2) {
		t.Fatalf("huge: %v, %v", huge, err)
	}
}

func TestBadInputIsAnError(t *testing.T) {
	if _, err := New("x", "", []int{3}, make([]Class, 2)); err == nil {
		t.Error("New accepted too few classes")
	}
	if _, err := New("x", "", []int{1}, []Class{7}); err == nil {
		t.Error("New accepted an unknown class")
	}
	if _, err := Uniform("x", "", []int{1}, 7); err == nil {
		t.Error("Uniform accepted an unknown class")
	}
	for _, shape := range [][]int{{-1}, {1 << 30, 1 << 30}, {most, 2}, make([]int, MaxDims+1)} {
		if _, err := Uniform("x", "", shape, Critical); err == nil {
			t.Errorf("shape %v accepted", shape)
		}
	}
	if _, err := Uniform("", "", nil, Critical); err == nil {
		t.Error("a mask without a name accepted")
	}
	if _, err := Uniform(strings.Repeat("n", MaxName+1), "", nil, Critical); err == nil {
		t.Error("an endless name accepted")
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "describes 0 elements"},
		{"9C", "describes 9 elements"},
		{"11C", "exceed"},
		{"5C6D", "exceed"},
		{"99999999999999999999999C", "larger than"},
		{"C", "count is missing"},
		{"10", "letter is missing"},
		{"010C", "starts with 0"},
		{"0C10D", "starts with 0"},
		{"5C5C", "same class"},
		{"10X", "not a class"},
		{"10c", "not a class"},
		{"+10C", "count is missing"},
		{"-10C", "count is missing"},
		{" 10C", "count is missing"},
		{"10C ", "count is missing"},
	} {
		if _, err := Parse("x", "", []int{10}, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%q) = %v, want an error with %q", c.text, err, c.want)
		}
	}
}

func TestAtPanicsOutOfRange(t *testing.T) {
	m, _ := Uniform("x", "", []int{4}, Dead)
	for _, i := range []int{-1, 4} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("At(%d) did not panic", i)
				}
			}()
			m.At(i)
		}()
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1400C1Z1D", 1402, 1)
	f.Add("", 0, 5)
	f.Add("3D", 3, 1)
	f.Fuzz(func(t *testing.T, text string, rows, cols int) {
		m, err := Parse("x", "", []int{rows, cols}, text)
		if err != nil {
			return
		}
		if got := m.RunLength(); got != text {
			t.Fatalf("Parse(%q).RunLength() = %q", text, got)
		}
		if m.Len() != rows*cols {
			t.Fatalf("%q has %d elements, shape %d×%d", text, m.Len(), rows, cols)
		}
	})
}

func BenchmarkAt(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n = 1 << 20
	m, err := New("x", "", []int{n}, random(rng, n))
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i = (i + 7919) & (n - 1)
		m.Keep(i)
	}
}

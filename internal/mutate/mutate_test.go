package mutate_test

import (
	"bytes"
	"go/importer"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/internal/mutate"
)

const source = `package p

import "math"

//cairn:adjoint wrt=x of=return
func F(x []float64, n int) float64 {
	s := 0.0
	for i := range n {
		s += math.Sin(x[i])
	}
	return s
}
`

// TestMutantsDiffer: the same numbers give the same mutant, others mostly another one, and
// the source stays as it is.
func TestMutantsDiffer(t *testing.T) {
	s, err := mutate.New("a", []byte(source), importer.Default())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range uint64(200) {
		m := s.Mutant(rand.New(rand.NewPCG(1, i)))
		if again := s.Mutant(rand.New(rand.NewPCG(1, i))); !bytes.Equal(m, again) {
			t.Fatalf("mutant %d is\n%s\nand then\n%s", i, m, again)
		}
		seen[string(m)] = true
	}
	if string(s.Text) != source {
		t.Error("the source has changed")
	}
	if len(seen) < 150 {
		t.Errorf("only %d different mutants of 200", len(seen))
	}
}

func TestNewRefusesWhatIsNoGo(t *testing.T) {
	if _, err := mutate.New("a", []byte("package"), nil); err == nil {
		t.Error("no error")
	}
}

// TestTinySources have little to change.
func TestTinySources(t *testing.T) {
	for _, text := range []string{"package p", "package p\n", "package p\n\nvar X int\n"} {
		s, err := mutate.New("a", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range uint64(50) {
			s.Mutant(rand.New(rand.NewPCG(2, i)))
		}
	}
}

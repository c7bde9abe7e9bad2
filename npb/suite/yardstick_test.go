package suite

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/mg"
)

// A yardstick is a program in plain C that does the work of a kernel's timed section, built and
// timed on this machine. Without one, C's time is estimated from plainC.
type yardstick struct {
	program string
	args    []string
	input   []byte
	check   func(value float64) bool // of what it computed
}

// yardstickOf builds the yardstick of a kernel; nil if there is none, or no C compiler.
func yardstickOf(t testing.TB, kernel string, class common.Class) *yardstick {
	t.Helper()
	if kernel != "mg" {
		return nil
	}
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Logf("%s: there is no C compiler, so C's time is an estimate", kernel)
		return nil
	}
	y := mgYardstick(t, class)
	y.program = filepath.Join(t.TempDir(), kernel)
	build := exec.Command(compiler, "-O3", "-march=native", "-o", y.program, filepath.Join("testdata", kernel+".c"), "-lm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	return y
}

// mgYardstick has the charges that the Go version has placed.
func mgYardstick(t testing.TB, class common.Class) *yardstick {
	t.Helper()
	s, err := mg.NewSolver(class)
	if err != nil {
		t.Fatal(err)
	}
	par := s.Params()
	smoother := []string{"-0.375", "0.03125", "-0.015625"}
	if par.Large {
		for i, c := range []float64{-3.0 / 17, 1.0 / 33, -1.0 / 61} {
			smoother[i] = fmt.Sprint(c)
		}
	}
	var charges bytes.Buffer
	for i, v := range s.V {
		if v != 0 {
			fmt.Fprintln(&charges, i, v)
		}
	}
	return &yardstick{
		args:  append([]string{fmt.Sprint(par.Levels), fmt.Sprint(par.Nit)}, smoother...),
		input: charges.Bytes(),
		check: func(rnm2 float64) bool { return common.Verify(rnm2, par.Rnm2Ref, 1e-8) },
	}
}

// seconds runs the yardstick and returns the processor time of its timed section.
func (y *yardstick) seconds(t testing.TB) float64 {
	t.Helper()
	run := exec.Command(y.program, y.args...)
	run.Stdin = bytes.NewReader(y.input)
	out, err := run.Output()
	if err != nil {
		t.Fatalf("the program in C: %v", err)
	}
	var seconds, value float64
	if _, err := fmt.Sscan(string(out), &seconds, &value); err != nil || math.IsNaN(seconds) {
		t.Fatalf("the program in C printed %q: %v", out, err)
	}
	if !y.check(value) {
		t.Fatalf("the program in C computed %v, which is not verified", value)
	}
	return seconds
}

// The yardsticks do the work that is verified.
func TestYardsticks(t *testing.T) {
	for _, k := range Kernels() {
		if y := yardstickOf(t, k.Name, common.ClassS); y != nil {
			y.seconds(t)
		}
	}
}

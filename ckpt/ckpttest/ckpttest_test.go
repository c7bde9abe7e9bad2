package ckpttest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
)

// body is the state of a small program with a plain slice, a matrix, a random generator
// and a sum; what is protected of it differs from test to test.
type body struct {
	U    []float64
	M    [3][2]float32
	Sum  float64
	Name string
	rng  *rand.PCG
}

func (b *body) step(t int) {
	if b.U == nil {
		b.U = []float64{0.3, 0.6, 0.1, 0.9}
		b.rng = rand.NewPCG(1, 2)
	}
	for i := range b.U {
		b.U[i] = 3.7 * b.U[i] * (1 - b.U[i])
	}
	b.M[t%3][t%2] += float32(b.U[t%4])
	b.Sum += b.U[0]
	if t%5 == 0 {
		b.Name += string(rune('a' + t%26))
		b.U[1] += float64(b.rng.Uint64()>>40) * 0x1p-30
	}
}

// of makes a program that runs n steps and protects what the function says.
func of(n int, protect func(b *body, run *ckpt.Run)) Program[body] {
	return func(ctx context.Context, run *ckpt.Run) (body, error) {
		b := new(body)
		b.step(0) // work before the loop
		protect(b, run)
		for t := range run.Steps(ctx, n) {
			b.step(t)
		}
		return body{U: b.U, M: b.M, Sum: b.Sum, Name: b.Name}, run.Err()
	}
}

func all(b *body, run *ckpt.Run) {
	run.Protect("u", &b.U)
	run.Protect("m", &b.M)
	run.Protect("sum", &b.Sum)
	run.Protect("name", &b.Name)
	run.Protect("rng", b.rng)
}

func TestRightProgramsPass(t *testing.T) {
	for _, o := range []Options{
		{},
		{Kills: 4, Seed: 1},
		{Steps: []int{1, 7, 30}},
		{Run: ckpt.Options{Every: 7, Keep: 1}},
		{Run: ckpt.Options{Every: 4, Name: "other"}, Steps: []int{8, 30}, Kills: 2},
		{Run: ckpt.Options{Every: 2, Mode: ckpt.ModeTwoPhase, InFlight: 2}},
		{Run: ckpt.Options{Every: 1, Mode: ckpt.ModeSync, FullEvery: 4, Keep: 2}},
		{Run: ckpt.Options{Every: 3, Mode: ckpt.ModeTwoPhase, FullEvery: 3}, Kills: 10},
	} {
		Verify(t, o, of(30, all))
	}
	// Without a loop: Save and Restore by hand.
	Verify(t, Options{}, func(ctx context.Context, run *ckpt.Run) (map[string]int, error) {
		m, n := [2]int{}, 0
		run.Protect("m", &m)
		first, _, err := run.Restore(ctx)
		if err != nil {
			return nil, err
		}
		for n = first; n < 6; n++ {
			if err := run.Save(ctx, n); err != nil {
				return nil, err
			}
			m[n%2] += n
		}
		return map[string]int{"a": m[0], "b": m[1]}, nil
	})
}

// What is wrong with a program is found and named.
func TestWrongProgramsFail(t *testing.T) {
	for _, c := range []struct {
		name    string
		options Options
		program erased
		want    []string
	}{
		{"sum forgotten", Options{}, erase(of(30, func(b *body, run *ckpt.Run) {
			run.Protect("u", &b.U)
			run.Protect("m", &b.M)
			run.Protect("name", &b.Name)
			run.Protect("rng", b.rng)
		})), []string{"killed after change 2 of", "step 1", "result.Sum is ", "; 1 of 14 elements differ", "Every protected variable agrees", "Protect it"}},
		{"generator forgotten", Options{}, erase(of(30, func(b *body, run *ckpt.Run) {
			run.Protect("u", &b.U)
			run.Protect("m", &b.M)
			run.Protect("sum", &b.Sum)
			run.Protect("name", &b.Name)
		})), []string{"result.U[1] is ", "The runs part before step 6", "u[1] is ", "ULPs apart", "1 of 4 elements differ", "these still agree: m, sum, name.", "reads at step 5 besides"}},
		{"generator forgotten, few saves", Options{Run: ckpt.Options{Every: 4}}, erase(of(30, func(b *body, run *ckpt.Run) {
			run.Protect("u", &b.U)
			run.Protect("m", &b.M)
			run.Protect("sum", &b.Sum)
			run.Protect("name", &b.Name)
		})), []string{"step 4", "The runs part before step 6", "reads at step 5 besides"}},
		{"mask leaves out what is read", Options{Run: ckpt.Options{Every: 3}}, erase(of(30, func(b *body, run *ckpt.Run) {
			all(b, run)
			mask, err := scrutiny.Parse("w", "[]float64", []int{4}, "3C1D")
			if err != nil {
				t.Fatal(err)
			}
			w := append([]float64(nil), b.U...)
			run.Protect("w", &w, ckpt.Masked(mask))
			b.U = w
		})), []string{"shares memory"}},
		{"matrix forgotten", Options{Steps: []int{12}}, erase(of(30, func(b *body, run *ckpt.Run) {
			run.Protect("u", &b.U)
			run.Protect("sum", &b.Sum)
			run.Protect("name", &b.Name)
			run.Protect("rng", b.rng)
		})), []string{"checkpoint was that of step 12", "result.M[0][0] is"}},
		{"never resumes", Options{Kills: 60}, func(ctx context.Context, run *ckpt.Run) ([]part, error) {
			x := 0
			run.Protect("x", &x)
			for ; x < 4; x++ {
				if err := run.Save(ctx, x); err != nil {
					return nil, err
				}
			}
			return takeApart(x)
		}, []string{"does not resume"}},
		{"saves nothing", Options{}, func(context.Context, *ckpt.Run) ([]part, error) { return takeApart(1) }, []string{"saved nothing"}},
		{"fails", Options{}, func(context.Context, *ckpt.Run) ([]part, error) { return nil, errors.New("no file") }, []string{"the uninterrupted run failed: no file"}},
		{"fails resumed", Options{}, func(ctx context.Context, run *ckpt.Run) ([]part, error) {
			x := 0
			run.Protect("x", &x)
			for t := range run.Steps(ctx, 3) {
				if x != t {
					return nil, errors.New("x is wrong")
				}
				x++
			}
			if x == 3 && run.Saved().Saves == 0 {
				return nil, errors.New("nothing was left to do")
			}
			return takeApart(x)
		}, []string{"killed after change 6 of 6", "nothing was left to do"}},
		{"no such step", Options{Steps: []int{99}}, erase(of(3, all)), []string{"no checkpoint of that step"}},
		{"negative", Options{Kills: -1}, erase(of(3, all)), []string{"negative"}},
		{"not comparable", Options{}, erase(func(context.Context, *ckpt.Run) (func(), error) { return func() {}, nil }), []string{"result is a func(), which cannot be compared"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := verify(t.Context(), c.options, c.program)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is missing in:\n%v", w, err)
				}
			}
			if t.Failed() || testing.Verbose() {
				t.Log(err)
			}
		})
	}
}

// A program that is not the same twice is told so, and not that its restart is wrong.
func TestProgramThatIsNotRepeatable(t *testing.T) {
	global := 0.0
	err := verify(t.Context(), Options{}, func(ctx context.Context, run *ckpt.Run) ([]part, error) {
		x := 1.0
		run.Protect("x", &x)
		for t := range run.Steps(ctx, 10) {
			if t == 4 {
				global++
			}
			x += global
		}
		return takeApart(x)
	})
	if err == nil || !strings.Contains(err.Error(), "two uninterrupted runs give different results") ||
		!strings.Contains(err.Error(), "The runs part before step 1: ") {
		t.Fatal(err)
	}
}

// What only shows after several kills is found by the chain.
func TestChainOfKills(t *testing.T) {
	program := func(ctx context.Context, run *ckpt.Run) ([]part, error) {
		lives, x := 0, 0
		run.Protect("lives", &lives)
		run.Protect("x", &x)
		first := true
		for range run.Steps(ctx, 30) {
			if first {
				first, lives = false, lives+1
			}
			x++
		}
		if lives > 3 {
			x++
		}
		if err := run.Err(); err != nil {
			return nil, err
		}
		return takeApart(x)
	}
	err := verify(t.Context(), Options{}, program)
	if err == nil || !strings.Contains(err.Error(), "although it is right after each single kill") {
		t.Fatal(err)
	}
}

func TestTakeApart(t *testing.T) {
	type inner struct {
		f *float64
		E any
	}
	x, y := 1.5, math.NaN()
	a := map[string]any{"a": inner{&x, 3}, "b": []inner{{nil, "x"}}, "c": complex64(2i), "d": [2]bool{true}, "e": float32(0.1)}
	if got := must(t, a); compare(got, must(t, a)) != nil || len(got) == 0 {
		t.Fatal("a value differs from itself")
	}
	z := inner{&y, nil}
	if d := compare(must(t, inner{&x, nil}), must(t, z)); d == nil || d.text("one", "two") != "(*result.f) is 1.5 one, NaN(0x7ff8000000000001) two, 4603241769126068225 ULPs apart; 1 of 2 elements differ" {
		if d == nil || !strings.HasPrefix(d.text("one", "two"), "(*result.f) is 1.5 one, NaN(0x7ff8000000000001) two; 1 of 2") {
			t.Fatal(d.text("one", "two"))
		}
	}
	for _, c := range []struct {
		a, b any
		want string
	}{
		{1.0, math.Nextafter(1, 2), "result is 1 A, 1.0000000000000002 B, 1 ULP apart; 1 of 1 elements differ"},
		{0.0, math.Copysign(0, -1), "result is 0 A, -0 B, 0 ULPs apart; 1 of 1 elements differ"},
		{float32(1), float32(1.5), "result is 1 A, 1.5 B, 4194304 ULPs apart; 1 of 1 elements differ"},
		{[]int{1, 2, 3}, []int{1, 5, 4}, "result[1] is 2 A, 5 B; 2 of 4 elements differ"},
		{[]int{1, 2}, []int{1, 2, 3}, "len(result) is 2 A, 3 B; "},
		{map[int]uint8{4: 1}, map[int]uint8{4: 2}, "result[4] is 1 A, 2 B; 1 of 2 elements differ"},
		{"a\n", "b", `result is "a\n" A, "b" B; 1 of 1 elements differ`},
		{complex(1, 2), complex(1, -2), "result is (1, 2) A, (1, -2) B; 1 of 1 elements differ"},
		{[][]bool{{true}, {false}}, [][]bool{{true}, {true}}, "result[1][0] is false A, true B; 1 of 5 elements differ"},
		{any(int8(1)), any(int16(1)), "the result has another shape: result with 1 of kind int8 A, result with 1 of kind int16 B"},
	} {
		d := compare(must(t, c.a), must(t, c.b))
		if d == nil {
			t.Errorf("%v and %v do not differ", c.a, c.b)
		} else if c.want != "" && !strings.HasPrefix(d.text("A", "B"), c.want) {
			t.Errorf("%v, %v: %s", c.a, c.b, d.text("A", "B"))
		}
	}
	type ring struct{ next *ring }
	r := new(ring)
	r.next = r
	if _, err := takeApart(r); err == nil || !strings.Contains(err.Error(), "(*result).next") && !strings.Contains(err.Error(), "leads back") {
		t.Error(err)
	}
	if _, err := takeApart([]chan int{nil}); err == nil {
		t.Error("a channel was taken")
	}
}

func must(t *testing.T, v any) []part {
	t.Helper()
	p, err := takeApart(v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestVerifyKilled(t *testing.T) {
	VerifyKilled(t, Options{Kills: 6, Seed: 3, Run: ckpt.Options{Every: 2}}, of(80, all))
	VerifyKilled(t, Options{Steps: []int{1, 20, 50}}, of(60, all))
	t.Run("sub test (1)", func(t *testing.T) {
		VerifyKilled(t, Options{Kills: 1, Run: ckpt.Options{Every: 20}}, of(80, all))
	})
}

// Wrong programs are found by real kills, too. The program below is that of a test, since
// its processes run that test; it is wrong only if the environment asks for it.
func TestVerifyKilledFindsWrongPrograms(t *testing.T) {
	for _, c := range []struct {
		name string
		want []string
	}{
		{"sum", []string{"the result is another one", "result.Sum is ", "agrees"}},
		{"package", []string{"the result is another one", "result.Sum is "}},
		{"nothing", []string{"saved nothing"}},
		{"fails", []string{"the uninterrupted process failed", "on purpose"}},
		{"elsewhere", []string{"did not come to this call"}},
		{"short", []string{"ended before it could be killed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(wrongEnv, c.name)
			k := &killer{ctx: t.Context(), options: wrongOptions(c.name), life: life{Test: "TestWrongProgram", Call: 1}, base: t.TempDir()}
			err := k.verify()
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is missing in:\n%v", w, err)
				}
			}
			if testing.Verbose() {
				t.Log(err)
			}
		})
	}
}

const wrongEnv = "CKPTTEST_WRONG"

func wrongOptions(name string) Options {
	o := Options{Kills: 2}
	if name == "short" {
		o = Options{Steps: []int{math.MaxInt / 2}}
	}
	return o
}

var total float64 // survives in the process, but not a kill

func TestWrongProgram(t *testing.T) {
	wrong := os.Getenv(wrongEnv)
	if wrong == "" {
		t.Skip("it is run by TestVerifyKilledFindsWrongPrograms")
	}
	if wrong == "elsewhere" {
		return
	}
	VerifyKilled(t, wrongOptions(wrong), func(ctx context.Context, run *ckpt.Run) (body, error) {
		switch wrong {
		case "nothing":
			return body{}, nil
		case "fails":
			return body{}, errors.New("on purpose")
		}
		b := new(body)
		b.step(0)
		total = 0
		run.Protect("u", &b.U)
		run.Protect("m", &b.M)
		run.Protect("name", &b.Name)
		run.Protect("rng", b.rng)
		if wrong == "short" {
			run.Protect("sum", &b.Sum)
		}
		for t := range run.Steps(ctx, 80) {
			b.step(t)
			total += b.U[2]
		}
		if wrong == "package" {
			b.Sum = total
		}
		return body{U: b.U, M: b.M, Sum: b.Sum, Name: b.Name}, run.Err()
	})
}

func TestCountsOfPart(t *testing.T) {
	for _, p := range must(t, struct {
		a []complex64
		b [3]string
	}{make([]complex64, 2), [3]string{}}) {
		if want := map[string]int{"len(result.a)": 1, "result.a": 2, "result.b": 3}[p.Path]; p.size() != want {
			t.Errorf("%s has size %d, want %d", p.Path, p.size(), want)
		}
	}
	if reflect.TypeFor[part]().NumField() != 5 {
		t.Error("gob sends the exported fields of part only")
	}
}

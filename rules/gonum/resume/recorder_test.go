package resume

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/optimize/functions"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

const dirEnv = "RESUME_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(dirEnv); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

// problem is the extended Rosenbrock function with its gradient, with a pause in each
// evaluation.
func problem(pause time.Duration) optimize.Problem {
	f := functions.ExtendedRosenbrock{}
	return optimize.Problem{
		Func: func(x []float64) float64 { time.Sleep(pause); return f.Func(x) },
		Grad: f.Grad,
	}
}

func start() []float64 { return slices.Repeat([]float64{-1.2, 1}, 10) }

// child minimizes and prints where it began and ended.
func child(dir string) {
	run, err := ckpt.Open("file:"+dir, ckpt.Options{Every: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	rec, err := New(ctx, run, start())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("began", rec.Iterations, functions.ExtendedRosenbrock{}.Func(rec.X))
	result, err := optimize.Minimize(problem(time.Millisecond), rec.X, &optimize.Settings{Recorder: rec}, &optimize.LBFGS{})
	if err := errors.Join(err, run.Err(), run.Close()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("ended", rec.Iterations, result.F)
}

// An optimization that is killed with SIGKILL again and again comes to its end, and every
// life begins where the ones before had come to, which is never a worse place.
func TestKilledOptimization(t *testing.T) {
	dir := t.TempDir()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	kills, iterations, best := 0, 0, math.Inf(1)
	for {
		text := life(t, dir, kills < 8, time.Duration(rng.IntN(20))*time.Millisecond)
		var n, m int
		var f, g float64
		if _, err := fmt.Sscanf(text, "began %d %g", &n, &f); err != nil {
			t.Fatal(text)
		}
		if n < iterations || f > best {
			t.Fatalf("a life began after iteration %d at %g, one before it after %d at %g", n, f, iterations, best)
		}
		iterations, best = n, f
		if _, end, ok := strings.Cut(text, "\n"); ok && end != "" {
			if _, err := fmt.Sscanf(end, "ended %d %g", &m, &g); err != nil || g > 1e-12 || m <= n || kills < 8 {
				t.Fatalf("%d kills: %s", kills, text)
			}
			break
		}
		kills++
	}
	if iterations == 0 {
		t.Error("the last life began anew")
	}
	t.Logf("%d kills, the last one after iteration %d", kills, iterations)
}

// life runs the child and, if kill is set, kills it a while after it has saved.
func life(t *testing.T, dir string, kill bool, after time.Duration) string {
	t.Helper()
	before := saved(dir)
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), dirEnv+"="+dir)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if kill {
		for saved(dir) == before && len(ended) == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(after)
		_ = cmd.Process.Kill()
	}
	<-ended
	return out.String()
}

// saved is the newest file of a store.
func saved(dir string) string {
	names, _ := filepath.Glob(filepath.Join(dir, "run-*.ckpt"))
	if len(names) == 0 {
		return ""
	}
	return slices.Max(names)
}

func open(t *testing.T, s store.Store, o ckpt.Options) *ckpt.Run {
	t.Helper()
	o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	run, err := ckpt.OpenStore(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// stopper ends an optimization's context after some iterations.
type stopper struct {
	after  int
	cancel func()
	inits  int
}

func (s *stopper) Init() error { s.inits++; return nil }
func (s *stopper) Record(_ *optimize.Location, op optimize.Operation, _ *optimize.Stats) error {
	if op == optimize.MajorIteration {
		if s.after--; s.after == 0 {
			s.cancel()
		}
	}
	return nil
}

func TestContextEndsTheOptimization(t *testing.T) {
	for _, m := range []func() optimize.Method{
		func() optimize.Method { return &optimize.LBFGS{} },
		func() optimize.Method { return &optimize.CG{} },
		func() optimize.Method { return &optimize.NelderMead{} },
		func() optimize.Method { return &optimize.CmaEsChol{Src: nil} },
	} {
		s := store.NewMem()
		ctx, cancel := context.WithCancel(context.Background())
		run := open(t, s, ckpt.Options{Every: 1000})
		rec, err := New(ctx, run, []float64{-1.2, 1})
		if err != nil {
			t.Fatal(err)
		}
		stop := &stopper{after: 5, cancel: cancel}
		rec.Next = stop
		p := problem(0)
		_, err = optimize.Minimize(p, rec.X, &optimize.Settings{Recorder: rec}, m())
		if !errors.Is(err, context.Canceled) || run.Saved().Step != 5 || stop.inits != 1 {
			t.Errorf("%T: %v, saved %+v", m(), err, run.Saved())
		}
		again, err := New(context.Background(), open(t, s, ckpt.Options{}), []float64{-1.2, 1})
		if err != nil || again.Iterations != 5 || again.F != rec.F || !slices.Equal(again.X, rec.X) || again.F != p.Func(again.X) || again.Done {
			t.Errorf("%T: %+v, want %+v, %v", m(), again, rec, err)
		}
		cancel()
	}
}

func TestEndIsSaved(t *testing.T) {
	s := store.NewMem()
	rec, err := New(context.Background(), open(t, s, ckpt.Options{Every: 1000}), start())
	if err != nil {
		t.Fatal(err)
	}
	result, err := optimize.Minimize(problem(0), rec.X, &optimize.Settings{Recorder: rec}, nil)
	if err != nil || result.F > 1e-12 {
		t.Fatal(result, err)
	}
	again, err := New(context.Background(), open(t, s, ckpt.Options{}), start())
	if err != nil || !again.Done || !slices.Equal(again.X, result.X) || again.F != result.F {
		t.Errorf("%+v, want %v", again, result.Location)
	}
}

func TestAnotherDimension(t *testing.T) {
	s := store.NewMem()
	run := open(t, s, ckpt.Options{})
	if _, err := New(context.Background(), run, start()); err != nil {
		t.Fatal(err)
	}
	if err := run.Save(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := New(context.Background(), open(t, s, ckpt.Options{}), start()[:4]); !errors.Is(err, ckpt.ErrMismatch) {
		t.Error(err)
	}
}

func TestSaveThatFailsIsTold(t *testing.T) {
	fails := ckpt.Options{Every: 1, Hooks: ckpt.Hooks{BeforeSave: func(context.Context, int) error { return errors.New("no ink") }}}
	run := open(t, store.NewMem(), fails)
	rec, err := New(context.Background(), run, start())
	if err != nil {
		t.Fatal(err)
	}
	_, err = optimize.Minimize(problem(0), rec.X, &optimize.Settings{Recorder: rec}, nil)
	if err == nil || !errors.Is(run.Err(), ckpt.ErrSave) || rec.F > 1e-12 {
		t.Errorf("Minimize: %v, Err: %v, F %g", err, run.Err(), rec.F)
	}
}

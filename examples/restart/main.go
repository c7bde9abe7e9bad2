// Command restart simulates a magnet for a long time and survives being killed: started
// again, it goes on where it was, and its results are those of an uninterrupted run, the file
// that it writes included.
//
//	go run ./examples/restart -n 64 -sweeps 100000 -store file:magnet -out magnet.csv
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
)

// A job is what the command line asks for.
type job struct {
	n, sweeps   int
	temperature float64
	seed        uint64
	out         string // file of measurements, one line every ten sweeps
}

// result is what the command prints.
type result struct {
	lives     int
	energies  map[int]int // how often the lattice had an energy
	magnetism float64     // mean of the absolute magnetization
}

func main() {
	var j job
	flag.IntVar(&j.n, "n", 64, "spins on a side")
	flag.IntVar(&j.sweeps, "sweeps", 20_000, "sweeps over the lattice")
	flag.Float64Var(&j.temperature, "temperature", 2.2, "in units of the coupling")
	flag.Uint64Var(&j.seed, "seed", 1, "of the random numbers")
	flag.StringVar(&j.out, "out", "magnet.csv", "file of measurements")
	store := flag.String("store", "file:magnet", "where checkpoints are kept")
	limit := flag.Duration("limit", 0, "end before so much time has passed; none if zero")
	flag.Parse()

	// Batch systems send one of these before they kill; Ctrl-C is for people.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options := ckpt.Options{Overhead: 0.02, RPO: time.Minute}
	if *limit > 0 {
		options.Deadline = time.Now().Add(*limit)
	}
	r, err := j.resume(ctx, *store, options)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, ckpt.ErrDeadline):
		fmt.Fprintln(os.Stderr, err, "(start it again to go on)")
		os.Exit(3)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("after %d lives: mean |m| = %.6f, %d different energies\n", r.lives, r.magnetism, len(r.energies))
}

// resume opens the store and runs the job in it.
func (j job) resume(ctx context.Context, url string, o ckpt.Options) (*result, error) {
	out, err := newLog(j.out)
	if err != nil {
		return nil, err
	}
	defer out.file.Close()
	o.Hooks = out.hooks()
	run, err := ckpt.Open(url, o)
	if err != nil {
		return nil, err
	}
	return j.run(ctx, run, out)
}

// run runs the job from the newest checkpoint to its end.
func (j job) run(ctx context.Context, run *ckpt.Run, out *log) (*result, error) {
	l := newLattice(j.n, j.temperature)
	source := rand.NewPCG(j.seed, 0)
	rng := rand.New(source)
	r := &result{energies: map[int]int{}}
	total := 0.0

	run.Protect("spin", &l.spin)
	run.Protect("energy", &l.energy)
	run.Protect("random", source) // of rng, which has no state of its own
	run.Protect("energies", &r.energies)
	run.Protect("total", &total)
	run.Protect("lives", &out.lives)
	run.Protect("written", &out.written)
	for t := range run.Steps(ctx, j.sweeps) {
		if t == 0 {
			if err := out.cut(0); err != nil { // the file of another run may be there
				return nil, err
			}
		}
		l.sweep(rng)
		m := l.magnetization()
		total += max(m, -m)
		r.energies[l.energy]++
		if t%10 == 9 {
			if err := out.line("%d,%d,%.6f\n", t+1, l.energy, m); err != nil {
				return nil, err // the loop ends, and what was saved last stays
			}
		}
	}
	r.lives, r.magnetism = out.lives, total/float64(j.sweeps)
	return r, errors.Join(run.Err(), out.flush())
}

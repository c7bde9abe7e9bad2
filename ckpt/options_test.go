package ckpt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
)

// dimension is a group of options that is drawn together. None of them may change what is
// restored.
type dimension struct {
	fields []string
	draw   func(rng *rand.Rand, o *Options)
}

// dimensions are all options but those of fixedOptions. A new option gets its line in one of
// the two lists.
var dimensions = []dimension{
	{[]string{"Uncritical"}, func(rng *rand.Rand, o *Options) {
		if rng.IntN(3) == 0 {
			o.Uncritical = store.NewMem()
		}
	}},
	{[]string{"Keep"}, func(rng *rand.Rand, o *Options) { o.Keep = rng.IntN(4) }},
	{[]string{"Every", "Interval"}, func(rng *rand.Rand, o *Options) {
		o.Every = rng.IntN(6)
		if o.Every == 0 || rng.IntN(4) == 0 {
			o.Interval = time.Duration(1 + rng.IntN(1e6))
		}
	}},
	{[]string{"Overhead", "MTBF", "Recovery", "RPO", "StoragePerHour"}, func(rng *rand.Rand, o *Options) {
		some := func() bool { return rng.IntN(6) == 0 }
		if some() {
			o.Overhead = rng.Float64()
		}
		if some() {
			o.MTBF, o.Recovery = time.Duration(1+rng.IntN(1e9)), time.Duration(rng.IntN(1e6))
		}
		if some() {
			o.RPO = time.Duration(1 + rng.IntN(1e7))
		}
		if some() {
			o.StoragePerHour = 1 + rng.Int64N(1e9)
		}
	}},
	{[]string{"KeepEvery", "KeepSpacing", "StartAnew"}, func(rng *rand.Rand, o *Options) {
		o.KeepEvery = max(0, rng.IntN(8)-3)
		o.KeepSpacing = time.Duration(max(0, rng.IntN(1e7)-5e6))
		o.StartAnew = rng.IntN(2) == 0
	}},
	{[]string{"Hooks"}, func(rng *rand.Rand, o *Options) {
		if rng.IntN(3) == 0 {
			o.Hooks.BeforeSave = func(context.Context, int) error { return nil }
			o.Hooks.AfterSave = func(context.Context, Saved) error { return nil }
		}
	}},
	{[]string{"Mode", "InFlight", "SkipBusy", "Memory"}, func(rng *rand.Rand, o *Options) {
		o.Mode = Mode(rng.IntN(int(modes)))
		o.InFlight = rng.IntN(4)
		o.SkipBusy = rng.IntN(2) == 0
		if rng.IntN(3) == 0 {
			o.Memory = 1 + rng.Int64N(1<<20)
		}
	}},
	{[]string{"FullEvery", "Changes"}, func(rng *rand.Rand, o *Options) {
		o.FullEvery, o.Changes = rng.IntN(5), Changes(rng.IntN(int(changesWays)))
	}},
	{[]string{"Codec", "Exact"}, func(rng *rand.Rand, o *Options) {
		if o.Exact = rng.IntN(2) == 0; rng.IntN(3) == 0 {
			o.Codec = rle{}
		}
	}},
	{[]string{"Watchdog"}, func(rng *rand.Rand, o *Options) { o.Watchdog = time.Duration(rng.IntN(3)-1) * time.Hour }},
}

// fixedOptions are not drawn, for the reason given.
var fixedOptions = map[string]string{
	"Name":     "the lives of one run share it",
	"Deadline": "it ends the loop",
	"Slack":    "it belongs to Deadline",
	"Schema":   "it is a version number of the program",
	"Dropped":  "it belongs to a change of the variables",
	"Logger":   "it changes what is told only",
	"Tries":    "lives that end before their next save would count as killed by their checkpoint",
}

// drawOptions returns random options that save at least now and then.
func drawOptions(rng *rand.Rand) Options {
	o := Options{Logger: quiet.Logger, Tries: -1}
	for _, d := range dimensions {
		d.draw(rng, &o)
	}
	return o
}

// world is a state of many kinds of variables.
type world struct {
	n      int8
	on     bool
	x      float64
	grid   [][]float64
	cube   [2][3][2]float32
	z      []complex128
	words  []string
	parts  []struct{ A, B uint16 }
	counts map[string]int
	book   map[int8][]float64 // of slices that change in place
	far    *struct{ u []float64 }
	sum    *big.Int
	rng    *rand.PCG
	work   []float64 // the second half is rewritten before it is read, and masked out
	empty  []int32
}

func newWorld() *world {
	w := &world{x: 0.3, z: []complex128{1, 2i}, words: []string{"a", ""}, rng: rand.NewPCG(1, 2), work: make([]float64, 64)}
	w.grid = [][]float64{make([]float64, 40), make([]float64, 40), {}}
	w.parts = make([]struct{ A, B uint16 }, 3)
	w.counts, w.book = map[string]int{}, map[int8][]float64{}
	w.empty = []int32{}
	return w
}

func (w *world) protect(t *testing.T, r *Run) {
	t.Helper()
	mask, err := scrutiny.Parse("work", "[]float64", []int{64}, "32C32D")
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]any{
		"n": &w.n, "on": &w.on, "x": &w.x, "cube": &w.cube, "z": &w.z, "words": &w.words,
		"parts": &w.parts, "counts": &w.counts, "book": &w.book, "far": &w.far, "sum": &w.sum, "rng": w.rng, "grid": &w.grid, "empty": &w.empty,
	} {
		protect(t, r, name, p)
	}
	protect(t, r, "work", &w.work, Masked(mask))
}

func (w *world) step(t int) {
	for i := 32; i < 64; i++ {
		w.work[i] = w.x + float64(i)
	}
	w.n++
	w.on = !w.on
	w.x = 3.9 * w.x * (1 - w.x)
	for i, row := range w.grid {
		for j := range row {
			if (j+t)%5 == 0 {
				row[j] += w.work[32+j%32] * float64(i+1)
			}
		}
	}
	w.cube[t%2][t%3][t%2] = float32(w.x)
	w.z[t%2] *= complex(math.Cos(w.x), math.Sin(w.x))
	w.words[t%2] = fmt.Sprintf("%d:%x", t, w.rng.Uint64()%7)
	w.parts[t%3].A += uint16(t)
	w.counts[w.words[t%2]]++
	w.work[t%32] = w.x
	for _, page := range w.book {
		page[t%len(page)] += w.x
	}
	w.book[w.n%8] = make([]float64, 1+t%4)
	switch {
	case w.far == nil:
		w.far = &struct{ u []float64 }{make([]float64, 30)}
	case t%9 == 0:
		w.far, w.sum = nil, nil
	default:
		w.far.u[t%30] = w.x
		w.sum = new(big.Int).Exp(big.NewInt(int64(t)), big.NewInt(30), nil)
	}
}

// state is what must come back: all but the elements that are masked out.
func (w *world) state() string {
	far := []float64(nil)
	if w.far != nil {
		far = w.far.u
	}
	return fmt.Sprint(w.book, far, w.sum) + fmt.Sprintf("%v %v %b %b %b %b %q %v %v %v %b %v", w.n, w.on, w.x, w.grid, w.cube, w.z, w.words, w.parts, w.counts, *w.rng, w.work[:32], w.empty)
}

// Whatever the options, what is restored is the state as it was: lives with random options
// each continue the one before on the same store, and are ended by a cut of the store, a
// break, a panic, or the end of the context.
func TestAnyOptionsRestoreTheSame(t *testing.T) {
	const steps = 40
	states := make([]string, steps+1)
	w := newWorld()
	for i := range steps {
		states[i] = w.state()
		w.step(i)
	}
	states[steps] = w.state()
	base := rand.Uint64()
	t.Logf("seeds from %d", base)
	resumed := 0
	for i := range faultCount(200, 5000) {
		seed := base + uint64(i)
		rng := rand.New(rand.NewPCG(seed, 0))
		blobs := store.Store(store.NewMem())
		if i%8 == 0 {
			blobs = dirStore(t, t.TempDir(), new(faultstore.Plan))
		}
		least := 0
		for life := 1; ; life++ {
			o := drawOptions(rng)
			first, acked, err := oneLife(t, blobs, o, rng, states, life == 12)
			if err != nil {
				t.Fatalf("seed %d, life %d with %+v: %v", seed, life, o, err)
			}
			if first < least {
				t.Fatalf("seed %d, life %d with %+v: it began at step %d, although the checkpoint of step %d was acknowledged", seed, life, o, first, least)
			}
			if first > 0 {
				resumed++
			}
			if least = max(least, acked); least == steps {
				break
			}
		}
	}
	t.Logf("%d lives have resumed", resumed)
}

var errCut = errors.New("the store was cut off")

// oneLife runs the loop until it ends or is ended. It returns the first step and that of the
// last acknowledged checkpoint.
func oneLife(t *testing.T, blobs store.Store, o Options, rng *rand.Rand, states []string, calm bool) (first, acked int, err error) {
	t.Helper()
	steps := len(states) - 1
	plan := new(faultstore.Plan)
	stop, way := -1, ""
	if !calm {
		way = []string{"", "break", "panic", "cancel", "cut"}[rng.IntN(5)]
		stop = rng.IntN(steps)
	}
	if way == "cut" {
		plan.Add(faultstore.Fault{N: 3 + rng.IntN(60), Err: errCut, Forever: true})
	}
	r := open(t, faultstore.New(blobs, plan), o)
	w := newWorld()
	for i := range w.work { // what is masked out is not restored, and must not matter
		w.work[i] = rng.Float64()
	}
	copy(w.work[:32], make([]float64, 32))
	w.protect(t, r)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	first = -1
	func() {
		defer func() {
			if p := recover(); p != nil && p != way {
				panic(p)
			}
		}()
		for i := range r.Steps(ctx, steps) {
			if first < 0 {
				first = i
			}
			if got := w.state(); got != states[i] {
				err = fmt.Errorf("before step %d the state is\n%s\nand must be\n%s", i, got, states[i])
				return
			}
			w.step(i)
			if i == stop {
				switch way {
				case "break":
					return
				case "panic":
					panic(way)
				case "cancel":
					cancel()
				}
			}
		}
	}()
	end := r.Err()
	switch {
	case err != nil:
		return first, 0, err
	case first < 0 && way == "cut" && end != nil: // the restore was cut off
		return steps, 0, nil
	case first < 0:
		first = steps
	}
	if r.Finished() && w.state() != states[steps] {
		return first, 0, fmt.Errorf("the final state is\n%s\nand must be\n%s", w.state(), states[steps])
	}
	if end != nil && !(way == "cut" && errors.Is(end, errCut)) && !(way == "cancel" && errors.Is(end, context.Canceled)) {
		return first, 0, end
	}
	if s := r.Saved(); s.Saves > 0 {
		acked = s.Step
	}
	if r.Finished() && first == steps {
		acked = steps
	}
	return first, acked, nil
}

// An option that is in no list would not be tried by the test above.
func TestEveryOptionIsDrawnOrFixed(t *testing.T) {
	var known []string
	for _, d := range dimensions {
		known = append(known, d.fields...)
	}
	for name := range fixedOptions {
		known = append(known, name)
	}
	for f := range reflect.TypeFor[Options]().Fields() {
		if f.IsExported() && !slices.Contains(known, f.Name) {
			t.Errorf("Options.%s: add it to dimensions or to fixedOptions in options_test.go", f.Name)
		}
		known = slices.DeleteFunc(known, func(name string) bool { return name == f.Name })
	}
	if len(known) > 0 {
		t.Errorf("there are no options %v", known)
	}
}

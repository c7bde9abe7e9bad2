package compile_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/difftest"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/progen"
)

var (
	firstSeed = flag.Uint64("seed", 0, "first seed of TestRandomPrograms")
	programs  = flag.Int("programs", 0, "number of seeds of TestRandomPrograms; 0: 2500, with -short 300; with 1 a failure shows the code")
	batchSize = flag.Int("batch", 200, "seeds in one program of TestRandomPrograms")
	second    = flag.Int("second", 11, "one of how many programs of TestRandomPrograms gets the tangent of its adjoint; 0: none")
	// Seeds of which the share is a factor have vector forms.
	vectorShare = flag.Uint64("vector", 7, "one of how many of the programs of TestRandomPrograms has derivatives for several directions; 0 for none")
	leaveOut    = flag.String("without", "", "optimisations to leave out in all batches of TestRandomPrograms, or none; \"\": other ones in each batch")
	keepDir     = flag.String("keep", "", "directory in which TestRandomPrograms leaves its modules")
)

// TestRandomPrograms compiles random programs and compares their derivatives
// with each other, with divided differences, with the interpreter and with the
// derivatives of the same program under other schedules and call modes. A
// failure names its seed; go test -run TestRandomPrograms -seed=S -programs=1 -without=LIST
// repeats it alone and shows the source and the generated code.
func TestRandomPrograms(t *testing.T) {
	runtimeBuilds(t)
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	n := *programs
	switch {
	case n > 0:
	case testing.Short():
		n = 300
	default:
		n = 2500
	}
	var mu sync.Mutex
	var total tally
	done := 0
	t.Run("batch", func(t *testing.T) {
		for at := 0; at < n; at += *batchSize {
			t.Run(fmt.Sprint(*firstSeed+uint64(at)), func(t *testing.T) {
				t.Parallel()
				size := min(*batchSize, n-at)
				b := newBatch(t, *firstSeed+uint64(at), size)
				b.run()
				mu.Lock()
				defer mu.Unlock()
				total.add(b.tally)
				if done += size; n > 10000 && done%5000 < size {
					fmt.Printf("programs: %d of %d, %d calls examined, %d failures\n", done, n, total.calls, total.failures)
				}
			})
		}
	})
	t.Logf("%d programs, %d calls examined, %d of them without evidence from divided differences, %d programs with joint calls made split, %d without the second derivatives that were to be made, %d refused for pointers that they keep, %d failures",
		n, total.calls, total.skips, total.resplit, total.once, total.refused, total.failures)
	if total.refused > 2+n/1000 {
		t.Errorf("%d of %d programs are refused for pointers that they keep: those of the random programs should be in the language", total.refused, n)
	}
}

// tally counts what was done.
type tally struct{ calls, skips, failures, resplit, refused, once int }

func (a *tally) add(b tally) {
	a.calls += b.calls
	a.skips += b.skips
	a.failures += b.failures
	a.resplit += b.resplit
	a.refused += b.refused
	a.once += b.once
}

// batch is a module with the programs of some seeds.
type batch struct {
	tally
	t        *testing.T
	dir      string
	programs []*program
	opts     compile.Options
	failed   map[uint64][]string
}

func newBatch(t *testing.T, first uint64, n int) *batch {
	b := &batch{t: t, failed: map[uint64][]string{}}
	b.opts.Load.Bodies = []string{"cmp", "slices"} // which some of the programs use
	switch *leaveOut {
	case "":
		b.opts.Without = leftOut(first / uint64(*batchSize))
	case "none":
	default:
		var err error
		if b.opts.Without, err = optim.Parse(*leaveOut); err != nil {
			t.Fatal(err)
		}
	}
	if *keepDir != "" {
		b.dir = filepath.Join(*keepDir, fmt.Sprint(first))
	} else {
		b.dir = t.TempDir()
	}
	writeModule(t, b.dir)
	for i := range n {
		ps, err := variants(first + uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		b.programs = append(b.programs, ps...)
	}
	return b
}

// leftOut chooses the optimisations that are left out in the i-th batch: none in every
// second one, all in every eighth, else each in half of them.
func leftOut(i uint64) optim.Set {
	switch {
	case i%2 == 0:
		return 0
	case i%8 == 1:
		return optim.All
	}
	return optim.Set(rand.New(rand.NewPCG(i, 0)).Uint32()) & optim.All
}

// run examines the batch and reports its failures.
func (b *batch) run() {
	b.examine(b.programs)
	var seeds []uint64
	for s := range b.failed {
		seeds = append(seeds, s)
	}
	sort.Slice(seeds, func(i, j int) bool { return seeds[i] < seeds[j] })
	how := " -without=none"
	if b.opts.Without != 0 {
		how = " -without=" + b.opts.Without.String()
	}
	for _, s := range seeds {
		b.failures++
		b.t.Errorf("seed %d%s:\n\t%s", s, how, strings.ReplaceAll(strings.Join(b.failed[s], "\n"), "\n", "\n\t"))
		if *programs == 1 {
			b.show()
		}
	}
}

// show logs the source and the generated code.
func (b *batch) show() {
	names, _ := filepath.Glob(filepath.Join(b.dir, "f*.go"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			b.t.Fatal(err)
		}
		b.t.Logf("%s\n%s", filepath.Base(name), text)
	}
}

func (b *batch) fail(p *program, format string, args ...any) {
	b.failed[p.c.Seed] = append(b.failed[p.c.Seed], p.name()+": "+fmt.Sprintf(format, args...))
}

// examine compiles the programs together. Those that stop the compiler or do
// not build are left out of a second attempt, found by the files that the
// errors name, else by halving.
func (b *batch) examine(ps []*program) {
	if len(ps) == 0 {
		return
	}
	b.writePrograms(b.dir, ps)
	results, err := compiled(b.dir, compile.Partial(b.opts), ".")
	output, what := "", "the compiler refuses it"
	if len(results) == 1 && len(results[0].Files) > 0 {
		writeFiles(b.t, results)
		if err != nil { // what is made stands on its own without what is not
			if ps = b.made(ps, err, what); len(ps) == 0 {
				return
			}
			err = nil
		}
	}
	bin := filepath.Join(b.dir, "batch")
	if err == nil {
		b.writeMain(ps)
		output, err = goBuild(b.dir, bin)
		what = "the generated code does not build"
	}
	if err == nil {
		b.compare(ps, results, bin)
		return
	}
	once := b.once
	good, again := b.judge(ps, byFile(err, output), what)
	good = append(good, again...)
	switch {
	case len(again) > 0 || len(good) < len(ps) || b.once > once:
		b.examine(good)
	case len(bySeed(ps)) == 1:
		b.fail(ps[0], "%s:\n%s", what, head(err.Error()+"\n"+output, 40))
	default:
		seeds := bySeed(ps)
		b.examine(slices.Concat(seeds[:len(seeds)/2]...))
		b.examine(slices.Concat(seeds[len(seeds)/2:]...))
	}
}

// made returns the programs that the compiler has made what they ask for of, but for second
// derivatives that it refuses. It tries again those that are to be changed, and removes the files
// of the others.
func (b *batch) made(ps []*program, err error, what string) []*program {
	good, again := b.judge(ps, byFile(err, ""), what)
	more := b.apart(again, what)
	kept := map[string]bool{}
	for _, p := range append(good, more...) {
		kept[p.file()], kept[p.output()] = true, true
	}
	for _, p := range ps {
		for _, name := range []string{p.file(), p.output()} {
			if !kept[name] {
				os.Remove(filepath.Join(b.dir, name))
			}
		}
	}
	return append(good, more...)
}

// apart compiles programs that have been changed in a package of their own and moves the files
// to the others.
func (b *batch) apart(ps []*program, what string) []*program {
	dir := filepath.Join(b.dir, "apart")
	defer os.RemoveAll(dir)
	for len(ps) > 0 {
		b.writePrograms(dir, ps)
		write(b.t, filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() {}\n"))
		_, err := generate(b.t, dir, b.opts, ".")
		if err == nil {
			break
		}
		good, again := b.judge(ps, byFile(err, ""), what)
		if len(again) == 0 && len(good) == len(ps) {
			b.fail(ps[0], "%s:\n%s", what, head(err.Error(), 40))
			return nil
		}
		ps = append(good, again...)
	}
	for _, p := range ps {
		for _, name := range []string{p.file(), p.output()} {
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(b.dir, name)); err != nil && !os.IsNotExist(err) {
				b.t.Fatal(err)
			}
		}
	}
	return ps
}

// judge divides the programs into those that the errors do not name, those that are to be
// tried again, changed, and those that are done with.
func (b *batch) judge(ps []*program, lines map[string][]string, what string) (good, again []*program) {
	for _, of := range bySeed(ps) {
		var found []string
		for _, p := range of {
			found = append(append(found, lines[p.file()]...), lines[p.output()]...)
		}
		found = b.first(of[0], found)
		switch {
		case len(found) == 0:
			good = append(good, of...)
		case b.split(of, found):
			again = append(again, of...)
		case keepsPointers(found):
			b.refused++
		default:
			b.fail(of[0], "%s:\n%s", what, strings.Join(found, "\n"))
		}
	}
	return good, again
}

// bySeed divides the programs by their seeds, of which each has its programs side by side.
func bySeed(ps []*program) [][]*program {
	var out [][]*program
	for i, p := range ps {
		if i == 0 || ps[i-1].c.Seed != p.c.Seed {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], p)
	}
	return out
}

// split makes the joint calls of the programs of a seed split, if all that is wrong with them
// is that a function to be run again moves headers.
func (b *batch) split(of []*program, lines []string) bool {
	joint := false
	for _, l := range lines {
		if !strings.Contains(l, "joint call of a function that moves slices or pointers about") {
			return false
		}
	}
	for _, p := range of {
		joint = joint || strings.Contains(p.c.Src, "//cairn:joint")
		p.c.Src = strings.ReplaceAll(p.c.Src, "//cairn:joint", "//cairn:split")
	}
	if joint {
		b.resplit++
	}
	return joint
}

// first leaves out the second derivatives of p, if the compiler says that they are not
// made. It returns what else is wrong.
func (b *batch) first(p *program, lines []string) (others []string) {
	for _, l := range lines {
		if !refusesTwice(l) {
			others = append(others, l)
		}
	}
	if !strings.Contains(p.c.Src, "//cairn:hessian") || len(others) == len(lines) {
		return lines
	}
	p.c.Src = hessianLine.ReplaceAllString(p.c.Src, "")
	b.once++
	return others
}

// keepsPointers reports whether all that is wrong with a program is that it keeps the
// address of a local variable, which the generator can not always tell.
func keepsPointers(lines []string) bool {
	for _, l := range lines {
		if !strings.Contains(l, "in the reverse sweep it is another variable, to which a kept pointer does not lead") {
			return false
		}
	}
	return true
}

// writePrograms writes the files of a package and removes older ones.
func (b *batch) writePrograms(dir string, ps []*program) {
	old, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, name := range old {
		os.Remove(name)
	}
	for _, p := range ps {
		write(b.t, filepath.Join(dir, p.file()), []byte(progen.File("main", p.c)))
	}
}

// writeMain writes the calls, which need the generated code.
func (b *batch) writeMain(ps []*program) {
	var main strings.Builder
	main.WriteString("package main\n\nimport (\n\t\"os\"\n\n\t\"github.com/cairn-ad/cairn/internal/difftest\"\n)\n\n")
	main.WriteString("func main() { difftest.Main(cases, os.Args[1:]) }\n\nvar cases = []difftest.Case{\n")
	for _, p := range ps {
		for _, r := range p.runs {
			main.WriteString(p.caseLiteral(r))
		}
	}
	main.WriteString("}\n")
	write(b.t, filepath.Join(b.dir, "main.go"), []byte(main.String()))
}

// compare runs the program of the batch and judges the reports.
func (b *batch) compare(ps []*program, results []compile.Result, bin string) {
	reports, crashes := runReports(b.t, bin)
	for _, c := range crashes {
		for _, p := range ps {
			for _, r := range p.runs {
				if r.name == c.name {
					b.fail(p, "%s: %s", c.name, c.why)
				}
			}
		}
	}
	oracle := newOracle(b.t, results)
	base := map[uint64]difftest.Report{}
	for _, p := range ps {
		for _, run := range p.runs {
			r, ok := reports[run.name]
			if !ok {
				continue
			}
			b.calls++
			b.skips += r.FDSkips
			for _, f := range r.Failures {
				b.fail(p, "%s: %s", run.name, f)
			}
			if p.suffix == "" {
				base[p.c.Seed] = r
				if msg := oracle.compare(p.c, r); msg != "" {
					b.fail(p, "%s", msg)
				}
				continue
			}
			b.compareVariant(p, run, base, r)
		}
	}
}

// compareVariant compares the gradient of a variant with that of the program as
// it is.
func (b *batch) compareVariant(p *program, run programRun, base map[uint64]difftest.Report, r difftest.Report) {
	want, ok := base[p.c.Seed]
	if !ok || len(r.Failures) > 0 || len(want.Failures) > 0 {
		return
	}
	for i := range want.Gradient {
		x, y := mustFloats(b.t, want.Gradient[i]), mustFloats(b.t, r.Gradient[i])
		if d := maxDifference(x, y); d > max(p.tolerance, p.reordered(b.opts.Without)) {
			b.fail(p, "%s: gradient of %s is %s, as written %s", run.name, p.c.Inputs()[i].Name, r.Gradient[i], want.Gradient[i])
		}
	}
}

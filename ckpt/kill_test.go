package ckpt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
	_ "github.com/cairn-ad/cairn/store/redundant" // for its schemes
)

const (
	killEnv     = "CKPT_TEST_CHILD_DIR"
	killCaseEnv = "CKPT_TEST_CHILD_CASE"
	killCalmEnv = "CKPT_TEST_CHILD_CALM" // set for a life that nobody will kill: it saves seldom
	killSteps   = 4000
)

// programs are what the test binary runs when it is started as a child of a test, with the
// named variable set to a directory.
var programs = map[string]func(dir string){}

// killCase is a way to save that runs are killed in.
type killCase struct {
	name string
	opts Options
	url  func(dir string) string
}

func inFiles(dir string) string { return "file:" + dir }

var killCases = []killCase{
	{"every 3 steps", Options{Every: 3, Keep: 2}, inFiles},
	{"every step", Options{Every: 1, Keep: 1}, inFiles},
	{"by time", Options{Interval: 2 * time.Millisecond}, inFiles},
	{"tuned", Options{Overhead: 0.5, RPO: 5 * time.Millisecond}, inFiles},
	{"sync", Options{Every: 2, Mode: ModeSync}, inFiles},
	{"two-phase", Options{Every: 2, Mode: ModeTwoPhase, InFlight: 2}, inFiles},
	{"fork", Options{Every: 2, Mode: ModeFork}, inFiles},
	{"arena", Options{Every: 2, Mode: ModeArena, SkipBusy: true}, inFiles},
	{"incremental", Options{Every: 2, Mode: ModeSync, FullEvery: 5, Keep: 1}, inFiles},
	{"incremental, two-phase", Options{Every: 1, Mode: ModeTwoPhase, FullEvery: 3, InFlight: 3}, inFiles},
	{"incremental, fork", Options{Every: 3, Mode: ModeFork, FullEvery: 4, Keep: 2}, inFiles},
	{"incremental, by page", Options{Every: 2, Mode: ModeTwoPhase, FullEvery: 6, Changes: ChangesByPage}, inFiles},
	{"levels", Options{Every: 1}, func(dir string) string { return "tiers:mem:,file:" + dir + "/a,file:" + dir + "/b;every=5ms" }},
	{"levels, incremental", Options{Every: 2, FullEvery: 4}, func(dir string) string {
		return "tiers:file:" + dir + "/a;keep=1,file:" + dir + "/b;wait"
	}},
	{"two copies", Options{Every: 2}, func(dir string) string { return "copies:file:" + dir + "/a,file:" + dir + "/b" }},
	{"codes", Options{Every: 3, FullEvery: 3}, func(dir string) string {
		return "rs:2+1:file:" + dir + "/a,file:" + dir + "/b,file:" + dir + "/c"
	}},
}

// killCaseOf returns a case by its name. Those named by a number have the options that are
// drawn with it.
func killCaseOf(name string) (killCase, error) {
	if seed, err := strconv.ParseUint(name, 10, 64); err == nil {
		return killCase{name, drawOptions(rand.New(rand.NewPCG(seed, 0))), inFiles}, nil
	}
	for _, c := range killCases {
		if c.name == name {
			return c, nil
		}
	}
	return killCase{}, fmt.Errorf("there is no case %q", name)
}

func TestMain(m *testing.M) {
	for name, program := range programs {
		if dir := os.Getenv(name); dir != "" {
			program(dir)
			return
		}
	}
	os.Exit(m.Run())
}

func init() { programs[killEnv] = toBeKilled }

// toBeKilled is a life of a case in a directory.
func toBeKilled(dir string) {
	c, err := killCaseOf(os.Getenv(killCaseEnv))
	if err == nil {
		c.opts.Tries = -1 // it is not the checkpoints that kill this program
		if os.Getenv(killCalmEnv) != "" {
			c.opts.Every, c.opts.Interval = 1000, 0
			c.opts.Overhead, c.opts.MTBF, c.opts.Recovery, c.opts.RPO, c.opts.StoragePerHour = 0, 0, 0, 0, 0
		}
		var result string
		result, err = chaos(c.url(dir), c.opts, killSteps)
		fmt.Println(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// chaos runs a loop in which the smallest error of the state grows to the whole
// result, and returns that result. Half of the scratch vector is masked out: it is
// rewritten before it is read.
func chaos(url string, opts Options, n int) (string, error) {
	run, err := Open(url, opts)
	if err != nil {
		return "", err
	}
	grid := make([][]float64, 20)
	for i := range grid {
		grid[i] = make([]float64, 25)
		for j := range grid[i] {
			grid[i][j] = 0.1 + 0.8*float64(i*25+j)/500
		}
	}
	scratch := make([]float64, 64)
	if opts.Mode == ModeArena {
		scratch = Alloc[float64](run, 64)
	}
	source := rand.NewPCG(1, 2)
	book := newLedger(opts)
	rng := rand.New(source)
	log := "start"
	visits := map[[2]int]*big.Int{}
	mask, err := scrutiny.Parse("scratch", "[]float64", []int{64}, "32C32D")
	if err != nil {
		return "", err
	}
	run.Protect("book", &book.pages)
	run.Protect("grid", &grid)
	run.Protect("scratch", &scratch, Masked(mask))
	run.Protect("rng", source)
	run.Protect("log", &log)
	run.Protect("visits", &visits)
	for t := range run.Steps(context.Background(), n) {
		book.enter(t)
		for i := 32; i < 64; i++ {
			scratch[i] = grid[i%20][i%25]
		}
		for i, row := range grid {
			for j, x := range row {
				row[j] = 3.9*x*(1-x)*0.999 + 1e-9*scratch[(i+j)%64]
			}
		}
		scratch[t%32] += float64(rng.Uint64()>>40) * 1e-9
		at := [2]int{rng.IntN(4), rng.IntN(4)}
		if visits[at] == nil {
			visits[at] = big.NewInt(1)
		}
		visits[at].Mul(visits[at], big.NewInt(1+int64(t%3)))
		if t%500 == 0 {
			log += fmt.Sprint(" ", t)
		}
	}
	if err := run.Err(); err != nil {
		return "", err
	}
	bits := []uint64{}
	for _, row := range append(grid, scratch[:32]) {
		for _, x := range row {
			bits = append(bits, math.Float64bits(x))
		}
	}
	if err := book.check(n); err != nil {
		return "", err
	}
	text, err := json.Marshal(bits)
	return log + string(text) + fmt.Sprint(visits), err
}

// ledger is a large variable of which each step changes one place, for runs that have the
// changed pages told. It has no part in the result; its end is known.
type ledger struct{ pages []int64 }

func newLedger(opts Options) *ledger {
	l := new(ledger)
	if opts.Changes == ChangesByPage && opts.FullEvery > 1 {
		l.pages = make([]int64, pagesLeast/8)
	}
	return l
}

// enter is the part of a step.
func (l *ledger) enter(t int) {
	if len(l.pages) > 0 {
		l.pages[t*7919%len(l.pages)] += int64(t) + 1
	}
}

// check returns an error if anything is missing after n steps.
func (l *ledger) check(n int) error {
	want := ledger{make([]int64, len(l.pages))}
	for t := range n {
		want.enter(t)
	}
	if !slices.Equal(l.pages, want.pages) {
		return errors.New("the pages of the ledger are not those of the steps")
	}
	return nil
}

// Children are killed with SIGKILL at random points and started again; what they finally
// print is bit for bit what an uninterrupted run gives. Half of the kills are of the cases in
// the list, half of random options.
func TestKilledRunsResumeExactly(t *testing.T) {
	want, err := chaos("mem:", Options{Every: 3}, killSteps)
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	total, kills, finished := faultCount(300, 10_000), 0, 0
	order := rng.Perm(len(killCases)) // a short test does not come to all
	for round := 0; kills < total; round++ {
		c := strconv.FormatUint(rng.Uint64(), 10)
		if round%2 == 0 {
			c = killCases[order[round/2%len(order)]].name
		}
		killed, ends := killRound(t, c, rng, want, min(killsOfRound, total-kills))
		kills += killed
		finished += ends
	}
	t.Logf("%d kills, %d completed runs", kills, finished)
}

const killsOfRound = 25

// killRound kills a case so many times, in as many directories as it takes, and lets the
// last one come to its end.
func killRound(t *testing.T, name string, rng *rand.Rand, want string, n int) (kills, finished int) {
	t.Helper()
	for kills < n || finished == 0 {
		dir := t.TempDir()
		for before := kills; ; kills++ {
			out, done := liveAndDie(t, dir, name, randomDelay(rng), kills < n)
			if !done {
				continue
			}
			if out != want {
				t.Fatalf("case %s: after %d kills:\n%.200s\nwant\n%.200s", name, kills-before, out, want)
			}
			finished++
			break
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	return kills, finished
}

// randomDelay is up to 30 ms, and often much less: a loop that does not wait for its saves is
// soon at its end.
func randomDelay(rng *rand.Rand) time.Duration {
	return time.Duration(30 * float64(time.Millisecond) * math.Exp2(-10*rng.Float64()))
}

// liveAndDie starts a child of a case in dir and, if kill is set, kills it some time after it
// has saved something new. It returns the child's output if it came to its end.
func liveAndDie(t *testing.T, dir, name string, after time.Duration, kill bool) (string, bool) {
	t.Helper()
	before := newestFile(dir)
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killEnv+"="+dir, killCaseEnv+"="+name)
	if !kill {
		cmd.Env = append(cmd.Env, killCalmEnv+"=1")
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if kill {
		for newestFile(dir) == before && len(ended) == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(after)
		_ = cmd.Process.Kill() // it may have ended meanwhile
	}
	err := <-ended
	if err == nil {
		return string(bytes.TrimSuffix(out.Bytes(), []byte("\n"))), true
	}
	if cmd.ProcessState.ExitCode() >= 0 {
		t.Fatalf("the child failed: %v: %s", err, errs.String())
	}
	return "", false
}

// newestFile returns the name of the newest checkpoint in a directory or below it.
func newestFile(dir string) string {
	newest := ""
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(d.Name(), suffix) && d.Name()[0] != '.' {
			newest = max(newest, d.Name()) // the numbers have a fixed width
		}
		return nil // what was removed meanwhile does not matter
	})
	return newest
}

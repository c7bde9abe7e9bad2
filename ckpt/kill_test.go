package ckpt

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
)

const (
	killEnv   = "CKPT_TEST_CHILD_DIR"
	killSteps = 4000
)

// programs are what the test binary runs when it is started as a child of a test, with the
// named variable set to a directory.
var programs = map[string]func(dir string){}

func TestMain(m *testing.M) {
	if dir := os.Getenv(killEnv); dir != "" {
		result, err := chaos("file:"+dir, killSteps)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(result)
		return
	}
	for name, program := range programs {
		if dir := os.Getenv(name); dir != "" {
			program(dir)
			return
		}
	}
	os.Exit(m.Run())
}

// chaos runs a loop in which the smallest error of the state grows to the whole
// result, and returns that result. Half of the scratch vector is masked out: it is
// rewritten before it is read.
func chaos(url string, n int) (string, error) {
	run, err := Open(url, Options{Every: 3, Keep: 2})
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
	source := rand.NewPCG(1, 2)
	rng := rand.New(source)
	log := "start"
	visits := map[[2]int]*big.Int{}
	mask, err := scrutiny.Parse("scratch", "[]float64", []int{64}, "32C32D")
	if err != nil {
		return "", err
	}
	run.Protect("grid", &grid)
	run.Protect("scratch", &scratch, Masked(mask))
	run.Protect("rng", source)
	run.Protect("log", &log)
	run.Protect("visits", &visits)
	for t := range run.Steps(context.Background(), n) {
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
	text, err := json.Marshal(bits)
	return log + string(text) + fmt.Sprint(visits), err
}

// The child is killed with SIGKILL at random points, thirty times, and started
// again; what it finally prints is bit for bit what an uninterrupted run gives.
func TestKilledRunsResumeExactly(t *testing.T) {
	want, err := chaos("mem:", killSteps)
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	kills, finished := 0, 0
	for kills < 30 || finished == 0 {
		dir := t.TempDir()
		for {
			out, done := liveAndDie(t, dir, time.Duration(rng.IntN(30000))*time.Microsecond, kills < 30)
			if done {
				if out != want {
					t.Fatalf("after %d kills:\n%.200s\nwant\n%.200s", kills, out, want)
				}
				finished++
				break
			}
			kills++
		}
	}
	t.Logf("%d kills, %d completed runs", kills, finished)
}

// liveAndDie starts the child in dir and, if kill is set, kills it some time after it
// has saved something new. It returns the child's output if it came to its end.
func liveAndDie(t *testing.T, dir string, after time.Duration, kill bool) (string, bool) {
	t.Helper()
	before := newestFile(dir)
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killEnv+"="+dir)
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

func newestFile(dir string) string {
	names, _ := filepath.Glob(filepath.Join(dir, "run-*.ckpt"))
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1] // the numbers have a fixed width
}

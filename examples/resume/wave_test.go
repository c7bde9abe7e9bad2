package resume

import (
	"bytes"
	"flag"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/gradcheck"
)

var kills = flag.Int("kills", 3, "how often TestKilled kills the process")

const (
	points = 3000
	steps  = 60000
	inside = "CAIRN_EXAMPLE_WAVE" // set in the process that is killed
)

func wave() (u0, speed []float64) {
	u0, speed = make([]float64, points), make([]float64, points)
	for i := range u0 {
		x := float64(i)/points - 0.3
		u0[i] = math.Exp(-200 * x * x)
		speed[i] = 0.5 + 0.4*math.Sin(float64(i)/50)
	}
	return u0, speed
}

// TestMain makes the process that is killed of the test program.
func TestMain(m *testing.M) {
	if os.Getenv(inside) == "" {
		os.Exit(m.Run())
	}
	u0, speed := wave()
	u0b, speedb := make([]float64, points), make([]float64, points)
	if os.Getenv(inside) == "other" {
		speed[points/2] = math.Nextafter(speed[points/2], 1)
	}
	var energy float64
	if err := ad.Catch(func() { energy = EnergyAdjoint(u0, u0b, speed, speedb, steps, 1) }); err != nil {
		fmt.Println(err)
		return
	}
	h := fnv.New64()
	fmt.Fprintln(h, u0b, speedb) // shortest decimals tell all bits
	fmt.Println(energy, h.Sum64())
}

// TestKilled compares the derivatives of a process that nobody kills with those of
// processes of which all but the last are killed.
func TestKilled(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := func() string {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "wave-run"), 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	want, _ := run(t, program, dir(), "same", false)
	killed, in := 0, dir()
	for {
		got, ended := run(t, program, in, "same", killed < *kills)
		if ended {
			if got != want {
				t.Errorf("killed %d times: %s, not %s", killed, got, want)
			}
			break
		}
		if killed++; killed == 1 {
			other, _ := run(t, program, in, "other", false)
			if !strings.Contains(other, "the arguments, or the state at the start of the loop, are others") {
				t.Errorf("with another speed of sound: %s", other)
			}
		}
	}
	if killed == 0 {
		t.Error("the process ended before it had written a journal: give it more steps")
	}
	t.Logf("killed %d times", killed)
	if left, err := os.ReadDir(filepath.Join(in, "wave-run")); err != nil || len(left) > 0 {
		t.Errorf("the run has left %v, %v", left, err)
	}
}

// run runs the program in dir with the same or other arguments. If kill is set it kills it some time after it has written
// a journal.
func run(t *testing.T, program, dir, arguments string, kill bool) (out string, ended bool) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(program)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), inside+"="+arguments)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	before := newest(dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			return stdout.String(), true
		case <-time.After(10 * time.Millisecond):
		}
		if kill && newest(dir).After(before) {
			time.Sleep(rand.N(time.Second))
			cmd.Process.Kill()
			if err := <-done; err == nil { // it was quicker
				return stdout.String(), true
			}
			return "", false
		}
	}
}

// newest is when the last journal in dir was written.
func newest(dir string) (when time.Time) {
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "journal" {
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(when) {
			when = info.ModTime()
		}
		return nil
	})
	return when
}

func TestEnergy(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("wave-run", 0o700); err != nil {
		t.Fatal(err)
	}
	u0, speed := wave()
	for i := range 40 {
		u0[i] = math.Sin(float64(i) / 5)
	}
	u0, speed = u0[:40], speed[:40]
	f := func(x []float64) float64 { return Energy(x[:40], x[40:], 100) }
	grad := func(x []float64) []float64 {
		g := make([]float64, len(x))
		EnergyAdjoint(x[:40], g[:40], x[40:], g[40:], 100, 1)
		return g
	}
	x := append(append([]float64(nil), u0...), speed...)
	if _, err := gradcheck.FiniteDifference(f, grad, x, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
	if r, err := gradcheck.Taylor(f, grad, x, nil, gradcheck.Options{}); err != nil {
		t.Errorf("%v\n%v", err, r)
	}
}

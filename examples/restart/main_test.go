package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
)

var kills = flag.Int("kills", 4, "how often TestKilled kills the process")

// inside is set in a process that is the command and not its test.
const inside = "CAIRN_EXAMPLE_RESTART"

func TestMain(m *testing.M) {
	if args := os.Getenv(inside); args != "" {
		os.Args = append(os.Args[:1], strings.Fields(args)...)
		flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
		main()
		return
	}
	os.Exit(m.Run())
}

func command(dir, more string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), inside+"=-n 32 -sweeps 3000 -store file:"+dir+"/magnet -out "+dir+"/magnet.csv "+more)
	return cmd
}

// checkpoints lists what is saved.
func checkpoints(dir string) string {
	names, _ := filepath.Glob(filepath.Join(dir, "magnet", "*.ckpt"))
	return strings.Join(names, " ")
}

// ended runs the command to its end and returns what it printed, without the number of
// lives, and the file that it wrote.
func ended(t *testing.T, dir string) (string, []byte) {
	t.Helper()
	text, err := command(dir, "").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	file, err := os.ReadFile(filepath.Join(dir, "magnet.csv"))
	if err != nil {
		t.Fatal(err)
	}
	_, result, _ := strings.Cut(string(text), ":")
	return result, file
}

// A job that is killed with SIGKILL at random moments prints the results of one that nobody
// kills, and has written the same file.
func TestKilled(t *testing.T) {
	want, file := ended(t, t.TempDir())
	if len(bytes.Split(file, []byte("\n"))) != 301 {
		t.Fatalf("%d bytes of measurements", len(file))
	}
	dir := t.TempDir()
	for range *kills {
		before := checkpoints(dir)
		cmd := command(dir, "")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		over := make(chan error, 1)
		go func() { over <- cmd.Wait() }()
		// A checkpoint after which nothing was saved in three lives would count as what kills them.
		for checkpoints(dir) == before && len(over) == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		_ = cmd.Process.Kill()
		<-over
	}
	got, again := ended(t, dir)
	if got != want || !bytes.Equal(again, file) {
		t.Errorf("after %d kills %s, want %s; files alike: %v", *kills, got, want, bytes.Equal(again, file))
	}
	if third, _ := ended(t, dir); third != want {
		t.Errorf("a life after the end: %s", third)
	}
}

// A job with a limit of time ends by itself with status 3 and is done by a few lives.
func TestLimit(t *testing.T) {
	want, _ := ended(t, t.TempDir())
	dir := t.TempDir()
	text, err := command(dir, "-limit 1200ms").CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 3 || !bytes.Contains(text, []byte("deadline")) {
			t.Fatalf("%v: %s", err, text)
		}
	}
	if got, _ := ended(t, dir); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The file of measurements is part of the state: without it the job is not resumed.
func TestFileIsGone(t *testing.T) {
	dir := t.TempDir()
	j := job{n: 8, sweeps: 100, temperature: 2, out: filepath.Join(dir, "out.csv")}
	first, err := j.resume(context.Background(), "file:"+dir+"/store", ckpt.Options{Every: 50})
	if err != nil {
		t.Fatal(err)
	}
	again, err := j.resume(context.Background(), "file:"+dir+"/store", ckpt.Options{Every: 50})
	if err != nil || !reflect.DeepEqual(again.energies, first.energies) || again.lives != 2 {
		t.Errorf("%+v, %v", again, err)
	}
	if err := os.Remove(j.out); err != nil {
		t.Fatal(err)
	}
	if _, err := j.resume(context.Background(), "file:"+dir+"/store", ckpt.Options{}); !errors.Is(err, ckpt.ErrHook) {
		t.Error(err)
	}
}

// Onsager's magnetization, (1 − sinh(2/T)⁻⁴)^(1/8) below the critical temperature, within
// five times the scatter of a lattice of this size.
func TestMagnetization(t *testing.T) {
	j := job{n: 24, sweeps: 2000, temperature: 1.8, out: filepath.Join(t.TempDir(), "out.csv")}
	r, err := j.resume(context.Background(), "mem:", ckpt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := math.Pow(1-math.Pow(math.Sinh(2/1.8), -4), 0.125)
	if math.Abs(r.magnetism-want) > 0.005 {
		t.Errorf("mean |m| = %.4f, Onsager's is %.4f", r.magnetism, want)
	}
	total := 0
	for e, n := range r.energies {
		total += n
		if e < -2*24*24 || e%4 != 0 {
			t.Errorf("energy %d", e)
		}
	}
	if total != 2000 {
		t.Errorf("%d energies", total)
	}
}

//go:build unix

package ckpt

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/store"
)

const signalEnv = "CKPT_TEST_SIGNAL_DIR"

func init() { programs[signalEnv] = signalled }

// signalled is a program that batch systems can end: it prints every step and, when it
// ends early, why.
func signalled(dir string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGUSR1)
	defer stop()
	run, err := Open("file:"+dir, Options{Every: 1_000_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	var x int
	run.Protect("x", &x)
	for t := range run.Steps(ctx, 1_000_000) {
		if x != t {
			fmt.Println("step", t, "has", x)
		}
		x++
		fmt.Println("step", t)
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println("Err:", run.Err())
}

// The signals of batch systems have the state saved after the step in hand, and the next
// life goes on there.
func TestSignals(t *testing.T) {
	dir := t.TempDir()
	next := 0
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGTERM} {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), signalEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		first, last, why := -1, -1, ""
		for in := bufio.NewScanner(out); in.Scan(); {
			switch n, _ := fmt.Sscanf(in.Text(), "step %d", &last); {
			case n == 0 || strings.Contains(in.Text(), "has"):
				why = in.Text()
			case first < 0:
				first = last
			}
			if last == first+3 && why == "" {
				_ = cmd.Process.Signal(sig)
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		if first != next || !strings.Contains(why, fmt.Sprintf("stopped before step %d: context canceled: %v", last+1, sig)) {
			t.Errorf("%v: began at step %d, want %d, ended after %d: %s", sig, first, next, last, why)
		}
		next = last + 1
		s, err := store.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var x int
		r := open(t, s, quiet)
		protect(t, r, "x", &x)
		restore(t, r, next)
		closed(t, r)
	}
}

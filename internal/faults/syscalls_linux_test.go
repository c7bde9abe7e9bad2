package faults

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store/vfs"
)

// What tells a child process of the tests below what to do.
const (
	childDir = "FAULTS_CHILD_DIR"
	childN   = 4 // steps that a child saves
)

func init() {
	if os.Getenv(childDir) != "" {
		runtime.LockOSThread() // the thread that strace follows
	}
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := saveSome(os.Stdout, dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// saveSome saves childN more steps and tells of each when it is acknowledged.
func saveSome(out io.Writer, dir string) error {
	disk, err := vfs.OS(dir)
	if err != nil {
		return err
	}
	c := newCairn(disk)
	from, _, err := c.Load()
	if err != nil && from != 0 {
		return err
	}
	for step := from + 1; step <= from+childN; step++ {
		fmt.Fprintln(out, "saving", step)
		if err := c.Save(step, states(step, 1, 2)); err != nil {
			return err
		}
		fmt.Fprintln(out, "acknowledged", step)
	}
	return c.Close()
}

// traced runs the child under strace.
func traced(t *testing.T, dir string, args ...string) (out string, err error) {
	t.Helper()
	cmd := exec.Command("strace", append(args, os.Args[0], "-test.run=^$")...)
	cmd.Env = append(os.Environ(), childDir+"="+dir, "GOMAXPROCS=1")
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err = cmd.Run()
	return b.String(), err
}

// last returns the newest step of a line of the child's output.
func last(out, word string) (step int) {
	for line := range strings.Lines(out) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), word+" "); ok {
			if n, err := strconv.Atoi(text); err == nil {
				step = n
			}
		}
	}
	return step
}

// called are the system calls that change or make durable what a directory holds, and those
// around them.
const called = "openat,close,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,flock,ftruncate,getdents64,newfstatat,fstat,linkat,fallocate,read"

// A process is killed at every system call of its saves, one after the other. The newest
// acknowledged state, or the one after it, is restored, and the next process goes on.
func TestKillAtEverySystemCall(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace is missing: install it")
		}
		t.Skip("strace is missing: install it")
	}
	dir, log := t.TempDir(), filepath.Join(t.TempDir(), "log")
	if out, err := traced(t, dir, "-o", log, "-e", "trace="+called); err != nil {
		t.Skipf("strace does not work here: %v: %s", err, out)
	}
	counts, first := countCalls(t, log)
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Compare(a, b) })
	kills, after := 0, 0
	for _, name := range names {
		for n := first[name] + 1; n <= counts[name]; n++ {
			dir := t.TempDir()
			// An earlier life has saved, so that there is something to lose.
			if err := saveSome(io.Discard, dir); err != nil {
				t.Fatal(err)
			}
			out, err := traced(t, dir, "-o", os.DevNull, "-e", "trace="+name, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", name, n))
			acked, begun := max(last(out, "acknowledged"), childN), max(last(out, "saving"), childN)
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				kills++
			} else {
				after++ // the call did not come, since the directory is not new
			}
			disk, err := vfs.OS(dir)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := judge(newCairn(disk), acked, begun, 1, 2); got != kept {
				t.Fatalf("killed at %s number %d: %v: %v\n%s", name, n, got, err, out)
			}
			next := newCairn(disk)
			if err := errors.Join(next.Save(begun+1, states(begun+1, 1, 2)), next.Close()); err != nil {
				t.Fatalf("killed at %s number %d: the next save: %v", name, n, err)
			}
			if got, err := judge(newCairn(disk), begun+1, begun+1, 1, 2); got != kept {
				t.Fatalf("killed at %s number %d, after the next save: %v: %v", name, n, got, err)
			}
		}
	}
	t.Logf("%d kills at %s; %d lives came to their end", kills, strings.Join(names, ", "), after)
	if kills < 40 {
		t.Errorf("only %d processes were killed", kills)
	}
}

// countCalls counts the system calls in a log, all and those before the first save.
func countCalls(t *testing.T, log string) (all, before map[string]int) {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	all = map[string]int{}
	for line := range strings.Lines(string(text)) {
		name, _, ok := strings.Cut(line, "(")
		if !ok {
			continue
		}
		if before == nil && strings.Contains(line, `"saving 1\n"`) {
			before = maps.Clone(all)
		}
		all[name]++
	}
	if before == nil {
		t.Fatalf("the child did not save:\n%s", text)
	}
	return all, before
}

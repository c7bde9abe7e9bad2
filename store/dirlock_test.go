package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// deadPid returns the number of a process that has just ended.
func deadPid(t *testing.T) int {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

// isOf returns whether a blob is one of the tests' run of a name.
func isOf(run string) func(blob string) bool {
	return func(blob string) bool {
		rest, ok := strings.CutPrefix(blob, run+"-")
		return ok && strings.Trim(rest, "0123456789") == ""
	}
}

func TestLockSweepsWhatDeadWritersLeft(t *testing.T) {
	dir := t.TempDir()
	temp := func(host string, pid int, token, blob string) string {
		return fmt.Sprintf("%s%s-%d-%s-1%s", tempPrefix, host, pid, token, blob)
	}
	old := time.Now().Add(-2 * staleAfter)
	cases := []struct {
		name string
		mod  time.Time
		gone bool
	}{
		// Of the run that is locked, whoever wrote it.
		{tempName("run-7"), time.Time{}, true},
		{temp("0other00", 1, "dddd", "-run-7"), time.Time{}, true},
		// Of others, when the writer is certainly dead.
		{temp(hostHash(), deadPid(t), "aaaa", ""), time.Time{}, true},
		{temp(hostHash(), deadPid(t), "aaaa", "-run-b-7"), time.Time{}, true},
		{temp(hostHash(), os.Getpid(), "anearlierlife", ""), time.Time{}, true},
		{temp(hostHash(), os.Getppid(), "bbbb", "-run-b-7"), time.Time{}, false},
		{temp(hostHash(), os.Getppid(), "cccc", ""), old, true},
		{temp("0other00", 1, "dddd", ""), time.Time{}, false},
		{temp("0other00", 1, "eeee", "-run-b-7"), old, true},
		{tempName("run-b-7"), old, false}, // this process may still be writing it
		{tempPrefix + "odd", time.Time{}, false},
		{tempPrefix + "odd2", old, true},
		{"data", old, false},
		{".other", old, false},
		{"sub/" + tempName("run-7"), time.Time{}, false}, // is not beside the blobs of run
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		name := filepath.Join(dir, c.name)
		if err := os.WriteFile(name, []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
		if !c.mod.IsZero() {
			if err := os.Chtimes(name, c.mod, c.mod); err != nil {
				t.Fatal(err)
			}
		}
	}
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(files(t, dir)); got != len(cases) {
		t.Fatalf("%d files of %d are left without a lock", got, len(cases))
	}
	l, err := d.Lock(context.Background(), "run", isOf("run"))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	left := files(t, dir)
	for _, c := range cases {
		if slices.Contains(left, c.name) == c.gone {
			t.Errorf("%s: gone %v, want %v", c.name, !c.gone, c.gone)
		}
	}
	if list, err := d.List(context.Background(), ""); err != nil || len(list) != 1 || list[0].Name != "data" {
		t.Errorf("List = %v, %v", list, err)
	}
}

func TestTempNamesFit(t *testing.T) {
	for _, blob := range []string{strings.Repeat("x", maxElement), strings.Repeat("é", maxElement/2), "a/" + strings.Repeat("x", maxElement)} {
		if name := tempName(blob); len(name) > 255 || strings.Contains(name, "/") || strings.ToValidUTF8(name, "") != name {
			t.Errorf("%d bytes: %s", len(name), name)
		}
	}
}

func TestTwoWritersAreRefused(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	open := func() *Dir {
		d, err := OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, name := range []string{"run", "sub/run"} {
		first, err := Acquire(ctx, open(), name, isOf(name))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Acquire(ctx, open(), name, isOf(name))
		var locked *LockedError
		if !errors.Is(err, ErrLocked) || !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() || time.Since(locked.Holder.Since) > time.Minute {
			t.Fatalf("the second lock: %v", err)
		}
		if name == "run" { // a look at a lock that is held waits for a moment
			wantClaim(t, open(), name)
		}
		if want := fmt.Sprintf("process %d on %s, since ", os.Getpid(), locked.Holder.Host); !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %q in it", err, want)
		}
		other, err := Acquire(ctx, open(), name+"2", isOf(name+"2"))
		if err != nil {
			t.Fatalf("the lock of another run: %v", err)
		}
		if err := first.Check(ctx); err != nil {
			t.Error(err)
		}
		if err := errors.Join(first.Release(), other.Release()); err != nil {
			t.Fatal(err)
		}
		again, err := Acquire(ctx, open(), name, isOf(name))
		if err != nil {
			t.Fatalf("after the first is given back: %v", err)
		}
		if err := again.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// wantClaim looks at the lock of a name, which this process has.
func wantClaim(t *testing.T, d *Dir, name string) {
	t.Helper()
	claims, err := Claims(t.Context(), d, name, name+"2")
	if err != nil || len(claims) != 1 || claims[0].Name != name || claims[0].Holder.PID != os.Getpid() || claims[0].Lease {
		t.Fatalf("Claims = %+v, %v", claims, err)
	}
	if err := claims[0].Break(t.Context(), true); !errors.Is(err, ErrLocked) {
		t.Errorf("Break of a lock of the operating system = %v", err)
	}
}

// startHolder runs the test t again in a process of its own, with a variable set, and waits until that
// tells that it has the lock.
func startHolder(t *testing.T, env, value string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), env+"="+value)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if _, err := out.Read(make([]byte, 7)); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// The lock of a process that was killed is free again, and its file is no obstacle.
func TestLockOfAKilledProcess(t *testing.T) {
	const env = "STORE_TEST_LOCK_DIR"
	if dir := os.Getenv(env); dir != "" {
		d, err := OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		l, err := d.Lock(context.Background(), "run", isOf("run"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("locked")
		time.Sleep(time.Minute)
		t.Fatal("nobody has killed the child", l.Release())
	}
	dir := t.TempDir()
	cmd := startHolder(t, env, dir)
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := d.Lock(context.Background(), "run", isOf("run")); !errors.As(err, &locked) || locked.Holder.PID != cmd.Process.Pid {
		t.Errorf("while it lives: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	l, err := d.Lock(context.Background(), "run", isOf("run"))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
}

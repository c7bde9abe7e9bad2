package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"testing"
	"time"
)

// leaseDir is a directory whose locks are leases, as those of a bucket.
type leaseDir struct{ Store }

func (d leaseDir) Create(ctx context.Context, name string, write func(io.Writer) error) error {
	if r, _, err := d.Get(ctx, name); err == nil {
		_ = r.Close()
		return fs.ErrExist
	}
	return d.Put(ctx, name, write)
}

func openLeaseDir(t *testing.T, dir string) leaseDir {
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return leaseDir{d}
}

// The lease of a process of this host that was killed is taken over at once, by one of those who
// ask, even before its parent knows; that of a stopped one is not.
func TestLeaseOfAKilledProcess(t *testing.T) {
	const env = "STORE_TEST_LEASE_DIR"
	if dir := os.Getenv(env); dir != "" {
		if _, err := takeLease(t, openLeaseDir(t, dir)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("leased")
		time.Sleep(time.Minute)
		t.Fatal("nobody has killed the child")
	}
	dir := t.TempDir()
	s := openLeaseDir(t, dir)
	cmd := startHolder(t, env, dir)
	claims, err := Claims(t.Context(), s)
	if err != nil || len(claims) != 1 || claims[0].Name != "run" || claims[0].Holder.PID != cmd.Process.Pid || claims[0].Gone || !claims[0].Lease {
		t.Fatalf("Claims = %+v, %v", claims, err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if _, err := Lease(ctx, s, "run"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it lives: %v", err)
	}
	// It dies while another one waits, and nobody asks for its status.
	time.AfterFunc(100*time.Millisecond, func() { _ = cmd.Process.Kill() })
	start := time.Now()
	l, err := Lease(t.Context(), s, "run")
	if err != nil || time.Since(start) > leaseLook {
		t.Fatalf("after its death: %v, after %v", err, time.Since(start))
	}
	if h, ok := l.(Heir); !ok || !h.Inherited() {
		t.Error("the lease does not tell that it was taken over")
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if got := blobs(t, s); got != "[]" {
		t.Errorf("left %s", got)
	}
}

func TestGone(t *testing.T) {
	me := thisProcess()
	if !me.here() || me.gone(os.Getpid()) {
		t.Fatalf("this process: %+v", me)
	}
	other := me
	other.Start += "1"
	if !other.gone(os.Getpid()) {
		t.Error("one that had this number before lives")
	}
	if !me.gone(deadPid(t)) {
		t.Error("one that has ended lives")
	}
	for name, change := range map[string]func(p *process){
		"another boot":  func(p *process) { p.Boot = "x" },
		"another space": func(p *process) { p.Space = "x" },
		"unknown":       func(p *process) { *p = process{} },
	} {
		p := other
		change(&p)
		if p.gone(os.Getpid()) || p.gone(deadPid(t)) {
			t.Errorf("%s: it counts as dead", name)
		}
	}
	if me.gone(0) || me.gone(-1) {
		t.Error("a number that no process has counts as one of the dead")
	}
}

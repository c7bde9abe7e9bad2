package ckpt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
)

// memDir returns a directory, in memory if there is such a place: a sync costs nothing there.
func memDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "ckpt-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// openDir opens a run in a directory that saves x.
func openDir(t *testing.T, dir string, o Options, x *[]float64) *Run {
	t.Helper()
	s, err := store.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	o.Logger = quiet.Logger
	r := open(t, s, o)
	protect(t, r, "x", x)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// dirFiles lists the files of a directory, those in the quarantine with a short name.
func dirFiles(t *testing.T, dir string) string {
	t.Helper()
	s, err := store.OpenExisting("file:" + dir)
	if err != nil {
		t.Fatal(err)
	}
	return storeFiles(t, s)
}

func storeFiles(t *testing.T, s store.Store) string {
	t.Helper()
	list, err := s.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, info := range list {
		name := strings.NewReplacer("run-0000000", "", "-step-", "@", ".data", "d", ".ckpt", "").Replace(info.Name)
		if rest, ok := strings.CutPrefix(name, Quarantine+"/"); ok {
			name = "q/" + rest[strings.Index(rest, "/")+1:]
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func flip(t *testing.T, dir, name string) {
	t.Helper()
	name = dir + "/" + name
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(name, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// filled returns a directory with checkpoints of the steps 1 to n.
func filled(t *testing.T, n int) string {
	t.Helper()
	dir := memDir(t)
	x := []float64{0}
	r := openDir(t, dir, Options{Keep: 9}, &x)
	for step := 1; step <= n; step++ {
		x[0] = float64(step)
		save(t, r, step)
	}
	closed(t, r)
	return dir
}

// Of two writers one is refused, is told who the other one is, and may go on after it.
func TestTwoWritersOnOneRun(t *testing.T) {
	dir := filled(t, 2)
	x, y := []float64{0}, []float64{0}
	first, second := openDir(t, dir, quiet, &x), openDir(t, dir, quiet, &y)
	restore(t, first, 2)
	pid := fmt.Sprintf("process %d on ", os.Getpid())
	if _, _, err := second.Restore(context.Background()); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), pid) {
		t.Errorf("Restore = %v", err)
	}
	if err := second.Save(context.Background(), 3); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), pid) {
		t.Errorf("Save = %v", err)
	}
	for range second.Steps(context.Background(), 9) {
		t.Fatal("a step of the second writer")
	}
	if !errors.Is(second.Err(), store.ErrLocked) {
		t.Errorf("Err = %v", second.Err())
	}
	other := openDir(t, dir, Options{Name: "other"}, &y)
	save(t, other, 1)
	save(t, first, 3)
	closed(t, first)
	restore(t, second, 3)
	// A loop gives the lock back at its end, whatever that is.
	closed(t, second)
	for range openDir(t, dir, quiet, &x).Steps(context.Background(), 9) {
		break
	}
	restore(t, second, 3)
}

// A checkpoint from which the program never comes to its next save is passed over.
func TestACheckpointThatKillsTheProgramIsPassedOver(t *testing.T) {
	dir := filled(t, 3)
	var got []int
	for range 7 { // lives that end without a save
		x := []float64{0}
		r := openDir(t, dir, Options{Tries: 2}, &x)
		step, ok, err := r.Restore(context.Background())
		if err != nil || !ok || x[0] != float64(step) {
			if !errors.Is(err, ErrNoValid) || !strings.Contains(err.Error(), "run-tries.json") {
				t.Fatalf("Restore = %d, %v, %v", step, ok, err)
			}
			step = -1
		}
		if told := len(r.Warnings()) > 0; told != (step < 3) {
			t.Errorf("step %d: warnings %q", step, r.Warnings())
		}
		got = append(got, step)
		closed(t, r)
	}
	if want := "[3 3 2 2 1 1 -1]"; fmt.Sprint(got) != want {
		t.Fatalf("restored %v, want %v", got, want)
	}
	// They are all still there, and count again when the user says so.
	if err := os.Remove(dir + "/run-tries.json"); err != nil {
		t.Fatal(err)
	}
	x := []float64{0}
	r := openDir(t, dir, Options{Tries: 2}, &x)
	restore(t, r, 3)
	save(t, r, 4)
	closed(t, r)
	if got, want := dirFiles(t, dir), "2@2 2@2.0d 3@3 3@3.0d 4@4 4@4.0d"; got != want {
		t.Errorf("after a save there is %s, want %s", got, want)
	}
}

// What clears the count: a save, and the end of the loop. What does not: leaving the loop.
func TestTriesAreCleared(t *testing.T) {
	lives := map[string]func(r *Run){
		"save": func(r *Run) {
			for range r.Steps(context.Background(), 100) {
				if r.Saved().Saves > 0 {
					break
				}
			}
		},
		"end": func(r *Run) {
			for range r.Steps(context.Background(), 3) {
				t.Error("a step of a finished run")
			}
		},
	}
	for name, live := range lives {
		dir := filled(t, 3)
		x := []float64{0}
		live(openDir(t, dir, Options{Every: 1}, &x))
		if strings.Contains(dirFiles(t, dir), "tries") {
			t.Errorf("%s: there is %s", name, dirFiles(t, dir))
		}
	}
	dir := filled(t, 3)
	x := []float64{0}
	for range openDir(t, dir, Options{Every: 1}, &x).Steps(context.Background(), 100) {
		break
	}
	if !strings.Contains(dirFiles(t, dir), "tries") {
		t.Errorf("after a break there is %s", dirFiles(t, dir))
	}
}

// The count is durable before the program has the state. A disk that cannot take it does not
// keep the program from going on.
func TestTriesOnAFullDisk(t *testing.T) {
	mem, _, _ := twoSaved(t)
	plan := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Put, N: 1, Err: syscall.ENOSPC, Forever: true})
	o := quiet
	o.Tries = 3
	r := open(t, faultstore.New(mem, plan), o)
	x := newSmall(0)
	x.protect(t, r)
	restore(t, r, 20)
	if w := fmt.Sprint(r.Warnings()); !strings.Contains(w, "could not be counted") {
		t.Errorf("warnings %s", w)
	}
}

// What is damaged is moved aside, with all its files, and nothing is deleted.
func TestQuarantine(t *testing.T) {
	for _, c := range []struct{ damage, step, want string }{
		{"run-00000003-step-3.ckpt", "2", "1@1 1@1.0d 2@2 2@2.0d q/3@3 q/3@3.0d"},
		{"run-00000003-step-3.0.data", "2", "1@1 1@1.0d 2@2 2@2.0d q/3@3 q/3@3.0d"},
		{"run-00000001-step-1.ckpt", "3", "1@1 1@1.0d 2@2 2@2.0d 3@3 3@3.0d"}, // nobody has looked at it
	} {
		dir := filled(t, 3)
		flip(t, dir, c.damage)
		x := []float64{0}
		o := quiet
		r := openDir(t, dir, o, &x)
		step, ok, err := r.Restore(context.Background())
		if err != nil || !ok || fmt.Sprint(step) != c.step {
			t.Fatalf("%s: Restore = %d, %v, %v", c.damage, step, ok, err)
		}
		if got := dirFiles(t, dir); got != c.want {
			t.Errorf("%s: there is %s, want %s", c.damage, got, c.want)
		}
	}
	// Moving fails: passed over, and the next save goes well.
	dir := filled(t, 3)
	flip(t, dir, "run-00000003-step-3.ckpt")
	plan := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Rename, N: 1, Err: syscall.EIO})
	r := open(t, dirStore(t, dir, plan), quiet)
	x := []float64{0}
	protect(t, r, "x", &x)
	restore(t, r, 2)
	if w := fmt.Sprint(r.Warnings()); !strings.Contains(w, "was not moved to the quarantine") {
		t.Errorf("warnings %s", w)
	}
	save(t, r, 4)
	closed(t, r)
}

// If all are damaged the run does not begin anew by itself, not even when they were moved
// aside; only Options.StartAnew makes it.
func TestStartAnew(t *testing.T) {
	dir := filled(t, 2)
	flip(t, dir, "run-00000001-step-1.ckpt")
	flip(t, dir, "run-00000002-step-2.0.data")
	before := dirFiles(t, dir)
	x := []float64{0}
	for range 2 {
		r := openDir(t, dir, quiet, &x)
		if _, _, err := r.Restore(context.Background()); !errors.Is(err, ErrNoValid) || !strings.Contains(err.Error(), "Options.StartAnew") {
			t.Fatalf("Restore = %v", err)
		}
		closed(t, r)
	}
	if got := dirFiles(t, dir); got != before {
		t.Fatalf("there is %s, was %s", got, before)
	}
	o := quiet
	o.StartAnew = true
	r := openDir(t, dir, o, &x)
	if step, ok, err := r.Restore(context.Background()); ok || err != nil {
		t.Fatalf("Restore = %d, %v, %v", step, ok, err)
	}
	closed(t, r)
	if got, want := dirFiles(t, dir), "q/1@1 q/1@1.0d q/2@2 q/2@2.0d"; got != want {
		t.Fatalf("there is %s, want %s", got, want)
	}
	r = openDir(t, dir, quiet, &x)
	if _, _, err := r.Restore(context.Background()); !errors.Is(err, ErrNoValid) || !strings.Contains(err.Error(), Quarantine) {
		t.Fatalf("with all in the quarantine: Restore = %v", err)
	}
	closed(t, r)
	// A valid one is restored although the option is set.
	r = openDir(t, dir, o, &x)
	save(t, r, 7)
	restore(t, r, 7)
	closed(t, r)
}

func TestRetention(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string // steps; a save takes place every minute
	}{
		{Options{Keep: 1}, "12"},
		{Options{Keep: 3}, "10 11 12"},
		{Options{Keep: 2, KeepEvery: 5}, "5 10 11 12"},
		{Options{Keep: 2, KeepSpacing: 4 * time.Minute}, "1 5 9 11 12"},
		{Options{Keep: 1, KeepEvery: 6, KeepSpacing: 5 * time.Minute}, "1 6 11 12"},
		{Options{Keep: 1, KeepSpacing: math.MaxInt64}, "1 12"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := store.NewMem()
			x := []float64{0}
			c.o.Logger = quiet.Logger
			for step := 1; step <= 12; {
				r := open(t, s, c.o) // a new life after every fourth save
				protect(t, r, "x", &x)
				for range 4 {
					save(t, r, step)
					time.Sleep(time.Minute)
					step++
				}
			}
			var got []string
			list, err := Find(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list {
				got = append([]string{fmt.Sprint(f.Step)}, got...)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v: kept %v, want %s", c.o, got, c.want)
			}
		})
	}
	for _, o := range []Options{{Keep: -1}, {KeepEvery: -1}, {KeepSpacing: -1}} {
		if _, err := OpenStore(store.NewMem(), o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

// Data that a newer checkpoint refers to outlives its own, and goes when nobody needs it.
func TestDataOutlivesItsCheckpoint(t *testing.T) {
	s, _ := increments(t) // 2 and 3 refer to data of 1
	o := quiet
	o.Keep = 2
	r := open(t, s, o)
	var y []byte
	protect(t, r, "x", &y)
	restore(t, r, 3)
	r.prune(context.Background())
	if got, want := storeFiles(t, s), "1@1.0d 2@2 2@2.0d 3@3 3@3.0d"; got != want {
		t.Fatalf("there is %s, want %s", got, want)
	}
	restore(t, r, 3)
	save(t, r, 4)
	save(t, r, 5)
	if got, want := storeFiles(t, s), "4@4 4@4.0d 5@5 5@5.0d"; got != want {
		t.Errorf("there is %s, want %s", got, want)
	}
}

// A save that fails between its files leaves nothing that takes room for ever.
func TestDataOfFailedSavesIsRemoved(t *testing.T) {
	plan := new(faultstore.Plan)
	mem := store.NewMem()
	r := open(t, faultstore.New(mem, plan), quiet)
	x := []float64{0}
	protect(t, r, "x", &x)
	save(t, r, 1)
	plan.Add(faultstore.Fault{Op: faultstore.Put, N: 2, Err: syscall.ENOSPC}, faultstore.Fault{Op: faultstore.Put, N: 4, Err: syscall.ENOSPC})
	for step := 2; step <= 3; step++ {
		if err := r.Save(context.Background(), step); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("Save = %v", err)
		}
	}
	if got, want := storeFiles(t, mem), "1@1 1@1.0d 3@3.0d"; got != want {
		t.Errorf("there is %s, want %s", got, want)
	}
	save(t, r, 4)
	if got, want := storeFiles(t, mem), "1@1 1@1.0d 4@4 4@4.0d"; got != want {
		t.Errorf("there is %s, want %s", got, want)
	}
	// So does data whose save was told to have failed and has taken effect, before there is anything new.
	plan.Add(faultstore.Fault{Op: faultstore.Put, N: 1, Err: syscall.ENOSPC, Late: true}, faultstore.Fault{Op: faultstore.Put, N: 2, Err: syscall.ENOSPC})
	for _, want := range []string{"1@1 1@1.0d 4@4 4@4.0d 5@9.0d", "1@1 1@1.0d 4@4 4@4.0d"} {
		if err := r.Save(context.Background(), 9); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("Save = %v", err)
		}
		if got := storeFiles(t, mem); got != want {
			t.Errorf("there is %s, want %s", got, want)
		}
	}
	// What a dead writer left goes after the next save.
	put1(t, mem, "run-00000003-step-3.0.data", []byte("x"))
	save(t, r, 5)
	if got := storeFiles(t, mem); strings.Contains(got, "3@3") {
		t.Errorf("there is %s", got)
	}
}

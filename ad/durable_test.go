package ad

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// storm is a loop over two buffers that change places, with memory that the loop makes
// (kinds), numbers that it draws, a break, and a result that is written in one iteration
// only (third). tick is called in every run of the body and in every reversal. It is as
// the generator would make it; the answer holds all that it computes.
func storm(u0 []float64, n, end int, p Plan, rng *rand.Rand, tick func()) string {
	st := NewStack()
	m := len(u0)
	u, un := slices.Clone(u0), make([]float64, m)
	ub, unb := make([]float64, m), make([]float64, m)
	names := map[string]float64{"start": 1}
	var kinds []int
	third, cb := 0.0, 0.0
	loop := NewLoop(n, p)
	draw := func() float64 {
		if loop.Fresh() {
			x := rng.Float64()
			Note(loop, x)
			return x
		}
		return Recall[float64](loop)
	}
	step := func(i int) float64 {
		tick()
		c := 0.1 + 0.01*draw()
		kinds = append(kinds[:len(kinds):len(kinds)], i*i%7) // new memory each time
		names["last"] = float64(i)
		for j := range m {
			un[j] = u[j] + c*math.Sin(u[j]*u[(j+1)%m]+float64(kinds[i/2]))
		}
		u, un = un, u
		ub, unb = unb, ub
		if i == 3 {
			third = u[0]
		}
		return c
	}
	advance := func(i int) bool {
		if i == end {
			tick()
			return false
		}
		step(i)
		return true
	}
	record := func(i int) bool {
		if i == end {
			tick()
			st.PushBool(true)
			return false
		}
		PushSlice(st, un)
		Push(st, kinds)
		st.PushFloat(step(i))
		st.PushBool(false)
		return true
	}
	save := func(s *Snapshot) {
		s.Save(&u, &un, &third, &names)
		s.SaveRoom(&kinds)
		s.SaveHeaders(&ub, &unb)
	}
	restore := func(s *Snapshot) {
		s.Restore(&u, &un, &third, &names)
		s.RestoreRoom(&kinds)
		s.RestoreHeaders(&ub, &unb)
	}
	saveAdjoints := func(s *Snapshot) { s.Save(&ub, &unb, &cb) }
	restoreAdjoints := func(s *Snapshot) { s.Restore(&ub, &unb, &cb) }
	loop.Durable(save, restore, saveAdjoints, restoreAdjoints)
	loop.Forward(advance, record, save)
	answer := fmt.Sprintln(u, third, kinds, names)
	for j := range ub {
		ub[j] += float64(j + 1)
	}
	reverse := func(i int) {
		tick()
		if st.PopBool() {
			return
		}
		c := st.PopFloat()
		u, un = un, u
		ub, unb = unb, ub
		k := float64(kinds[i/2])
		kinds = Pop[[]int](st)
		PopSlice(st, un)
		for j := m - 1; j >= 0; j-- {
			next := (j + 1) % m
			g := math.Cos(u[j]*u[next]+k) * unb[j]
			cb += math.Sin(u[j]*u[next]+k) * unb[j]
			ub[j] += unb[j] + c*g*u[next]
			ub[next] += c * g * u[j]
			unb[j] = 0
		}
	}
	loop.Reverse(advance, record, reverse, save, restore)
	loop.RestoreStart(restore)
	loop.Release()
	st.Release()
	return answer + fmt.Sprintln(ub, cb, u, kinds, names)
}

var stormStart = []float64{0.3, 0.9, 0.5}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(7, 8)) }

// journalAlways makes loops write a journal whenever they can.
func journalAlways(t *testing.T) {
	every, sync := journalEvery, syncRuns
	journalEvery, syncRuns = -1, false
	t.Cleanup(func() { journalEvery, syncRuns = every, sync })
}

type killed struct{}

// lives runs a storm that dies at the tick with the number that next returns, until one
// comes to its end, and returns its answer and the number of deaths.
func lives(t *testing.T, n, end int, p Plan, rng *rand.Rand, next func() int) (answer string, deaths int) {
	t.Helper()
	for {
		left := next()
		ended := func() (ok bool) {
			defer func() {
				if r := recover(); r != nil && r != any(killed{}) {
					panic(r)
				}
			}()
			answer = storm(stormStart, n, end, p, rng, func() {
				if left--; left < 0 {
					panic(killed{})
				}
			})
			return true
		}()
		if ended {
			return answer, deaths
		}
		deaths++
	}
}

// A run may die anywhere, again and again, and the answer is the same. The numbers drawn
// are the same too if it dies after the forward sweep; before, iterations that are not in
// the journal draw anew, here from a generator that draws always the same.
func TestResumeAfterAnyDeath(t *testing.T) {
	journalAlways(t)
	dir := t.TempDir()
	for _, p := range []Plan{
		{Scheme: "binomial", Snaps: 3, Storage: "file:" + dir},
		{Scheme: "binomial", Snaps: 1, Storage: "file:" + dir},
		{Scheme: "binomial", Budget: 1000, Storage: "doubling+file:" + dir},
		{Scheme: "binomial", Budget: 700, Storage: "file:" + dir}, // some are lost, since the state grows
		{Scheme: "multistage", Snaps: 2, Disk: 2, Storage: "file:" + dir},
		{Scheme: "multistage", Disk: 3, Storage: "file:" + dir},
		{Scheme: "online", Snaps: 2, Storage: "file:" + dir},
		{Scheme: "hrevolve", Snaps: 2, Disk: -1, Storage: "file:" + dir},
		{Scheme: "online", Snaps: 1, Disk: -1, Storage: "file:" + dir},
	} {
		for _, n := range []int{1, 2, 5, 12} {
			for _, end := range []int{n, n - 1, n / 2} {
				constant := func() *rand.Rand { return rand.New(constantSource{}) }
				want := storm(stormStart, n, end, p, constant(), func() {})
				p := p
				p.Resume = "r"
				ticks := 0
				if got := storm(stormStart, n, end, p, constant(), func() { ticks++ }); got != want {
					t.Fatalf("n=%d end=%d %+v: without a death\n%s want\n%s", n, end, p, got, want)
				}
				for at := range ticks {
					first := true
					got, deaths := lives(t, n, end, p, constant(), func() int {
						if first {
							first = false
							return at
						}
						return math.MaxInt
					})
					if got != want || deaths != 1 && p.Budget == 0 { // what is lost to a budget depends on times
						t.Fatalf("n=%d end=%d %+v, death at %d of %d:\n%s want\n%s", n, end, p, at, ticks, got, want)
					}
				}
				life := 0
				got, _ := lives(t, n, end, p, constant(), func() int { life++; return life * 2 })
				if got != want {
					t.Fatalf("n=%d end=%d %+v, many deaths:\n%s want\n%s", n, end, p, got, want)
				}
				nothingIn(t, dir)
			}
		}
	}
}

type constantSource struct{}

func (constantSource) Uint64() uint64 { return 1 << 61 }

// After the forward sweep the numbers drawn are in the files, and a generator in another
// state does not matter.
func TestResumeRemembersWhatWasDrawn(t *testing.T) {
	const n = 12
	journalAlways(t)
	dir := t.TempDir()
	p := Plan{Scheme: "binomial", Snaps: 3, Storage: "file:" + dir}
	want := storm(stormStart, n, n, p, newRand(), func() {})
	p.Resume = "r"
	for at := n + 1; at < 2*n; at++ {
		left := at
		func() {
			defer func() {
				if r := recover(); r != any(killed{}) {
					t.Fatalf("no death at %d: %v", at, r)
				}
			}()
			storm(stormStart, n, n, p, newRand(), func() {
				if left--; left < 0 {
					panic(killed{})
				}
			})
		}()
		other := rand.New(rand.NewPCG(100, 200))
		if got := storm(stormStart, n, n, p, other, func() {}); got != want {
			t.Fatalf("death at %d: %s want %s", at, got, want)
		}
	}
}

// What is not the same run is refused, and can be removed.
func TestResumeOfAnotherRun(t *testing.T) {
	journalAlways(t)
	dir := t.TempDir()
	p := Plan{Scheme: "binomial", Snaps: 3, Storage: "file:" + dir, Resume: "r"}
	die := func(at int) {
		defer func() { recover() }()
		storm(stormStart, 12, 12, p, newRand(), func() {
			if at--; at < 0 {
				panic(killed{})
			}
		})
	}
	refused := func(want string, u0 []float64, n int, p Plan) {
		t.Helper()
		err := Catch(func() { storm(u0, n, n, p, newRand(), func() {}) })
		var se *StorageError
		if !errors.As(err, &se) || se.Op != "resume" || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	die(20)
	refused("or the state at the start of the loop, are others", []float64{0.3, 0.9, 0.5000001}, 12, p)
	refused("or the state at the start of the loop, are others", []float64{0.3, 0.9, 0.5, 1}, 12, p)
	refused("12 iterations", stormStart, 13, p)
	q := p
	q.Snaps = 4
	refused("Snaps:3", stormStart, 12, q)
	journalFile := filepath.Join(dir, "r.run", "journal")
	b, err := os.ReadFile(journalFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, damage := range [][]byte{b[:len(b)/2], {}, append(slices.Clone(b[:50]), b[51:]...)} {
		if err := os.WriteFile(journalFile, damage, 0o666); err != nil {
			t.Fatal(err)
		}
		refused("is damaged; remove ", stormStart, 12, p)
	}
	for name, change := range map[string]func(j *journal){
		"phase":        func(j *journal) { j.Phase = inReverse + 1 },
		"actions":      func(j *journal) { j.Actions = 1 << 40 },
		"slots":        func(j *journal) { j.Slots++ },
		"level":        func(j *journal) { j.Live[1].Level = 1 << 30 },
		"slot":         func(j *journal) { j.Live[1].Slot = 77 },
		"slot of none": func(j *journal) { j.Live[0].Slot = -1 },
		"step":         func(j *journal) { j.Live[1].Step++ },
		"key":          func(j *journal) { j.Live[1].Key = 1 << 30 },
		"negative key": func(j *journal) { j.Live[1].Key = -1 },
		"key twice":    func(j *journal) { j.Live = append(j.Live, j.Live[1]) },
	} {
		var j journal
		blob, err := decodeRun(b, &j)
		if err != nil || len(j.Live) < 2 || j.Live[0].Step != 0 {
			t.Fatalf("%v: %+v", err, j)
		}
		change(&j)
		c, err := encodeRun(&j, blob)
		if err == nil {
			err = os.WriteFile(journalFile, c, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { refused(errDamaged.Error(), stormStart, 12, p) })
	}
	if err := RemoveRun(dir, "r"); err != nil {
		t.Fatal(err)
	}
	want := storm(stormStart, 12, 12, Plan{Scheme: "store"}, newRand(), func() {})
	if got := storm(stormStart, 12, 12, p, newRand(), func() {}); got != want {
		t.Errorf("%s want %s", got, want)
	}
	// In use by another.
	inner := func() {
		once := true
		storm(stormStart, 12, 12, p, newRand(), func() {
			if once {
				once = false
				refused("in use", stormStart, 12, p)
			}
		})
	}
	inner()
	nothingIn(t, dir)
}

// Slots that are damaged when a run is resumed are computed again.
func TestResumeWithDamagedSlots(t *testing.T) {
	journalAlways(t)
	dir := t.TempDir()
	p := Plan{Scheme: "binomial", Snaps: 4, Storage: "file:" + dir}
	want := storm(stormStart, 12, 12, p, rand.New(constantSource{}), func() {})
	p.Resume = "r"
	for at := 3; at < 40; at += 4 {
		for damage := range 3 {
			func() {
				defer func() { recover() }()
				left := at
				storm(stormStart, 12, 12, p, rand.New(constantSource{}), func() {
					if left--; left < 0 {
						panic(killed{})
					}
				})
			}()
			slots, _ := filepath.Glob(filepath.Join(dir, "r.run", "slot-*"))
			for k, name := range slots {
				b, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case (k+damage)%3 == 0:
					err = os.WriteFile(name, b[:len(b)*damage/3], 0o666)
				case (k+damage)%3 == 1:
					b[len(b)-1-k*7] ^= 1
					err = os.WriteFile(name, b, 0o666)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if got := storm(stormStart, 12, 12, p, rand.New(constantSource{}), func() {}); got != want {
				t.Fatalf("death at %d: %s want %s", at, got, want)
			}
		}
	}
}

func TestResumePlansThatMakeNoSense(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		plan Plan
		want string
	}{
		{Plan{Scheme: "store", Storage: "file:" + dir}, "scheme=store records is in memory"},
		{Plan{Scheme: "binomial", Tape: 2, Snaps: 2, Storage: "file:" + dir}, "cannot be resumed"},
		{Plan{Scheme: "binomial", Snaps: 2}, "needs a directory"},
		{Plan{Scheme: "binomial", Snaps: 2, Storage: "file"}, "needs a directory"},
		{Plan{Scheme: "binomial", Snaps: 2, Storage: "tiered:ram=9,file:" + dir}, "a tiered storage cannot be resumed"},
	} {
		c.plan.Resume = "r"
		panics(t, c.want, func() { NewLoop(3, c.plan) })
	}
	panics(t, "is no name", func() { NewLoop(3, Plan{Scheme: "binomial", Snaps: 2, Storage: "file:" + dir, Resume: "../r"}) })
	panics(t, "without a call of Durable", func() {
		toy(1, 3, 3, planned(Plan{Scheme: "binomial", Snaps: 2, Storage: "file:" + dir, Resume: "r"}))
	})
}

// A journal costs time, and so it is not written at every step.
func TestJournalsAreSeldom(t *testing.T) {
	d := &durable{last: time.Now()}
	if d.due() {
		t.Error("a journal is due at once")
	}
	d.last = time.Now().Add(-2 * journalEvery)
	if !d.due() {
		t.Error("no journal is due after a long time")
	}
	d.took = journalEvery
	if d.due() {
		t.Error("a journal that takes long is due as soon as one that does not")
	}
}

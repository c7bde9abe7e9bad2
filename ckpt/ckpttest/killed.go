package ckpttest

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// childEnv tells a test binary that it is a life of the program of one call.
const childEnv = "CAIRN_CKPTTEST_LIFE"

// life is what a process is told to do.
type life struct {
	Test   string // name of the test
	Call   int    // the how many-th call of VerifyKilled in it
	Dir    string // of the checkpoints
	Result string // file for the result
}

// VerifyKilled runs a program in processes of its own, first uninterrupted, then killed with
// SIGKILL at moments that Options choose and started again until it ends. It stops the test
// if the result differs. Each process is the test binary, which runs this test only, up to
// this call; what stands before it in the test is run by each of them.
func VerifyKilled[R any](t *testing.T, o Options, program Program[R]) {
	t.Helper()
	call := count(t.Name())
	if text := os.Getenv(childEnv); text != "" {
		var l life
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		if l.Test == t.Name() && l.Call == call {
			l.live(t.Context(), o, erase(program))
		}
		return
	}
	k := &killer{ctx: t.Context(), options: o, life: life{Test: t.Name(), Call: call}, base: t.TempDir()}
	if deadline, ok := t.Deadline(); ok {
		k.args = append(k.args, "-test.timeout="+time.Until(deadline).String())
	}
	if err := k.verify(); err != nil {
		t.Fatal(err)
	}
	t.Logf("ckpttest: %d processes were killed, %d of them after a checkpoint was saved; the result is that of the uninterrupted run", k.kills, k.useful)
}

var calls = struct {
	sync.Mutex
	of map[string]int
}{of: map[string]int{}}

// count returns how many calls there were in a test, this one included.
func count(test string) int {
	calls.Lock()
	defer calls.Unlock()
	calls.of[test]++
	return calls.of[test]
}

// live runs the program in this process, writes its result and ends the process.
func (l life) live(ctx context.Context, o Options, program erased) {
	err := func() error {
		run, err := ckpt.Open("file:"+l.Dir, o.ckpt())
		if err != nil {
			return err
		}
		parts, err := program(ctx, run)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(parts); err != nil {
			return err
		}
		if err := os.WriteFile(l.Result+".new", b.Bytes(), 0o666); err != nil {
			return err
		}
		return os.Rename(l.Result+".new", l.Result)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	os.Exit(0)
}

// killer starts and kills processes.
type killer struct {
	ctx     context.Context
	options Options
	life    life
	base    string // directory for all that the processes write
	args    []string
	rng     *rand.Rand

	rounds int           // directories used
	took   time.Duration // by the uninterrupted run
	kills  int
	useful int // kills after the life had saved something
}

const defaultKills = 5

func (k *killer) verify() error {
	if err := k.options.check(); err != nil {
		return err
	}
	k.rng = rand.New(rand.NewPCG(k.options.Seed, 1))
	began := time.Now()
	whole := k.round()
	want, err := k.run(whole, nil)
	if err != nil {
		return fmt.Errorf("ckpttest: the uninterrupted process failed: %w", err)
	}
	k.took = time.Since(began)
	if mark, err := whole.newest(k.ctx); err != nil || mark.Name == "" {
		return errors.Join(errors.New("ckpttest: the program has saved nothing: let it loop over run.Steps, or call run.Save, with the run that it is given"), err)
	}
	for _, steps := range k.plans() {
		if err := k.interrupted(whole, want, steps); err != nil {
			return err
		}
	}
	return nil
}

// plans returns what kills wait for, one list for each directory that is begun: the steps of
// Options, and random moments.
func (k *killer) plans() [][]moment {
	o := k.options
	var out [][]moment
	if len(o.Steps) > 0 {
		var list []moment
		for _, s := range slices.Sorted(slices.Values(o.Steps)) {
			list = append(list, moment{step: s, exact: true})
		}
		out = append(out, list)
	}
	n := o.Kills
	if n == 0 && out == nil {
		n = defaultKills
	}
	var list []moment
	for i := range n {
		list = append(list, moment{early: i%4 == 3, share: k.rng.Float64()})
	}
	if list != nil {
		out = append(out, list)
	}
	return out
}

// moment is when a process is killed.
type moment struct {
	step  int // exact: when the newest checkpoint is of this step or a later one
	exact bool
	early bool    // at a random time, whether or not anything was saved
	share float64 // how far into the time that is random
}

// interrupted carries out kills, in as many rounds as it takes: a program that ends before
// all of them are done is begun anew.
func (k *killer) interrupted(whole round, want []part, moments []moment) error {
	missed := 0
	for len(moments) > 0 {
		r, before := k.round(), k.kills
		for {
			var m *moment
			if len(moments) > 0 {
				m = &moments[0]
			}
			killed := k.kills
			got, err := k.run(r, m)
			if err != nil {
				return fmt.Errorf("ckpttest: after %d kills a process failed when it was started again: %w", k.kills-before, err)
			}
			if k.kills > killed {
				moments = moments[1:]
				continue
			}
			if d := compare(want, got); d != nil {
				return fmt.Errorf("ckpttest: after %d kills the result is another one:\n  %s\n%s%s", k.kills-before,
					d.text("uninterrupted", "killed and resumed"), k.parting(whole, r), causes)
			}
			break
		}
		if k.kills > before {
			continue
		}
		moments[0].share /= 4
		if missed++; moments[0].exact || missed == mostMissed {
			return errors.New("ckpttest: the program has ended before it could be killed: give it more steps, or look at Options.Steps")
		}
	}
	return nil
}

// mostMissed is how many programs may end before they are killed.
const mostMissed = 5

// round is a directory in which the program is run from nothing to its end.
type round struct{ dir, result string }

func (k *killer) round() round {
	k.rounds++
	base := filepath.Join(k.base, fmt.Sprint(k.rounds))
	return round{filepath.Join(base, "checkpoints"), filepath.Join(base, "result")}
}

// newest returns the newest checkpoint of a round.
func (r round) newest(ctx context.Context) (ckpt.Found, error) {
	s, err := store.OpenExisting("file:" + r.dir)
	if errors.Is(err, store.ErrNotExist) {
		return ckpt.Found{}, nil
	} else if err != nil {
		return ckpt.Found{}, err
	}
	list, err := ckpt.Find(ctx, s)
	if err != nil || len(list) == 0 {
		return ckpt.Found{}, err
	}
	return list[0], nil
}

const pollPause = time.Millisecond

// run starts a process and kills it at a moment, if one is given. It returns the result if
// the process came to its end.
func (k *killer) run(r round, m *moment) ([]part, error) {
	if err := os.MkdirAll(r.dir, 0o777); err != nil {
		return nil, err
	}
	l := k.life
	l.Dir, l.Result = r.dir, r.result
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	var pattern []string
	for element := range strings.SplitSeq(l.Test, "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(element)+"$")
	}
	cmd := exec.CommandContext(k.ctx, os.Args[0], append(k.args, "-test.run="+strings.Join(pattern, "/"), "-test.count=1")...)
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	before, err := r.newest(k.ctx)
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	saved := false
	if m != nil {
		saved, err = k.wait(r, *m, before, ended)
		killErr := cmd.Process.Kill() // it may have ended meanwhile
		if err != nil {
			<-ended
			return nil, errors.Join(err, killErr)
		}
	}
	err = <-ended
	switch {
	case err == nil:
		return readResult(r.result)
	case m != nil && cmd.ProcessState.ExitCode() < 0:
		k.kills++
		if saved {
			k.useful++
		}
		return nil, nil
	}
	return nil, fmt.Errorf("%w:\n%s", err, bytes.TrimSpace(out.Bytes()))
}

// wait returns when the moment has come, or the process has ended; and whether the process
// has saved anything.
func (k *killer) wait(r round, m moment, before ckpt.Found, ended chan error) (saved bool, err error) {
	if m.early {
		time.Sleep(time.Duration(m.share * float64(k.took) / 2))
		return false, nil
	}
	began := time.Now()
	for len(ended) == 0 {
		f, err := r.newest(k.ctx)
		if err != nil {
			return false, err
		}
		switch {
		case m.exact && f.Name != "" && f.Step >= m.step:
			return f.Name != before.Name, nil
		case !m.exact && f.Name != before.Name:
			// A part of the time that the start and the first save have taken: it reaches
			// into later steps and saves.
			time.Sleep(time.Duration(m.share * float64(time.Since(began))))
			return true, nil
		}
		time.Sleep(pollPause)
	}
	return false, nil
}

func readResult(name string) (parts []part, err error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errors.New("the test was run again and did not come to this call of VerifyKilled: what stands before it in the test must go the same way each time")
	} else if err != nil {
		return nil, err
	}
	return parts, gob.NewDecoder(bytes.NewReader(data)).Decode(&parts)
}

// parting compares the checkpoints that two rounds have left.
func (k *killer) parting(a, b round) string {
	one, err := store.OpenExisting("file:" + a.dir)
	if err != nil {
		return ""
	}
	other, err := store.OpenExisting("file:" + b.dir)
	if err != nil {
		return ""
	}
	return parting(k.ctx, one, other, "uninterrupted", "killed and resumed")
}

package tour

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cairn-ad/cairn/store"
)

const (
	childPause = 20 * time.Millisecond // of the first child, after every step
	pollPause  = 2 * time.Millisecond
)

// interrupt starts a child, kills it on the way and starts another that resumes.
func (t *tour) interrupt(ctx context.Context, niter int) error {
	dir, err := os.MkdirTemp(t.Dir, "checkpoints-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	i := &t.record.CG.Interrupt
	i.KillAt = 4 + rand.IntN(niter-8)

	t.stage("CG class %s: run to be killed after step %d", cgClass, i.KillAt)
	if i.Killed, err = t.kill(ctx, dir, i.KillAt, niter-1); err != nil {
		return err
	}
	blobs, err := store.OpenDir(dir)
	if err != nil {
		return err
	}
	if i.Saved, err = newest(ctx, blobs); err != nil {
		return err
	}
	t.Logger.Info("child killed", "checkpoint", i.Saved)

	t.stage("CG class %s: restart from the checkpoint of step %d", cgClass, i.Saved)
	res, err := t.resume(ctx, dir)
	if err != nil {
		return err
	}
	t.Logger.Info("child resumed and finished", "step", res.First)
	i.ResumedAt, i.Zeta = res.First, number(math.Float64frombits(res.ZetaBits))
	i.Elements, i.Stored, i.LeftOut, i.Bytes = res.Elements, res.Stored, res.Elements-res.Stored, res.Bytes
	return nil
}

// command is a child with the given arguments; its errors go into the buffer.
func (t *tour) command(ctx context.Context, dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	all := append(append([]string{}, t.Child[1:]...), "--dir", dir, "--masks", t.masksFile())
	cmd := exec.CommandContext(ctx, t.Child[0], append(all, args...)...)
	stderr := &bytes.Buffer{}
	cmd.Stderr = stderr
	return cmd, stderr
}

// kill starts a child and kills it when a checkpoint of step at or later is there and a
// random part of a step has passed. The child itself never gets past step hold. It
// reports whether the signal was what ended it.
func (t *tour) kill(ctx context.Context, dir string, at, hold int) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, holdTime)
	defer cancel()
	blobs, err := store.OpenDir(dir)
	if err != nil {
		return false, err
	}
	cmd, stderr := t.command(ctx, dir, "--pause", childPause.String(), "--hold", strconv.Itoa(hold))
	if err := cmd.Start(); err != nil {
		return false, fmt.Errorf("the child cannot be started: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for step := 0; step < at; {
		select {
		case err := <-ended:
			if ctx.Err() != nil {
				err = fmt.Errorf("no checkpoint of step %d: %w", at, ctx.Err())
			}
			return false, childError("the child to be killed ended by itself", err, stderr)
		case <-time.After(pollPause):
		}
		if step, err = newest(ctx, blobs); err != nil {
			cmd.Process.Kill()
			<-ended
			return false, err
		}
	}
	time.Sleep(time.Duration(rand.Int64N(int64(2 * childPause))))
	if err := cmd.Process.Kill(); err != nil {
		return false, fmt.Errorf("the child cannot be killed: %w", err)
	}
	<-ended
	return !cmd.ProcessState.Exited() && ctx.Err() == nil, nil
}

// resume runs a child to its end.
func (t *tour) resume(ctx context.Context, dir string) (childResult, error) {
	ctx, cancel := context.WithTimeout(ctx, holdTime)
	defer cancel()
	cmd, stderr := t.command(ctx, dir)
	out, err := cmd.Output()
	var res childResult
	if err == nil {
		err = json.Unmarshal(out, &res)
	}
	if err != nil {
		return res, childError("the restarted child failed", err, stderr)
	}
	return res, nil
}

func childError(what string, err error, stderr *bytes.Buffer) error {
	return fmt.Errorf("%s: %v: %s", what, err, strings.TrimSpace(stderr.String()))
}

var stepOfName = regexp.MustCompile(`-step-(\d+)\.ckpt$`)

// newest is the highest step of which there is a checkpoint, or 0.
func newest(ctx context.Context, blobs store.Store) (int, error) {
	list, err := blobs.List(ctx, "")
	if err != nil {
		return 0, err
	}
	step := 0
	for _, b := range list {
		if m := stepOfName.FindStringSubmatch(b.Name); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				step = max(step, n)
			}
		}
	}
	return step, nil
}

package restart

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// process is one life of the program.
type process struct {
	cmd     *exec.Cmd
	began   time.Time
	timeout time.Duration
	ended   chan struct{}
	err     error // of Wait, once it has ended
	late    bool  // it was killed because its time was over
	struck  bool  // it was killed by kill
	ctx     context.Context
}

// start starts the program in the directory of a round.
func (v *verifier) start(ctx context.Context, r *round) (*process, error) {
	out, err := os.Create(r.out)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	errs, err := os.OpenFile(r.err, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	defer errs.Close()
	args := make([]string, len(v.o.Program))
	for i, a := range v.o.Program {
		args[i] = strings.ReplaceAll(a, "{dir}", r.dir)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.dir, out, errs
	cmd.Env = os.Environ()
	for _, e := range v.o.Env {
		cmd.Env = append(cmd.Env, strings.ReplaceAll(e, "{dir}", r.dir))
	}
	alone(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("the program cannot be started: %w", err)
	}
	p := &process{cmd: cmd, began: time.Now(), ended: make(chan struct{}), ctx: ctx}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// over waits for the end of the process, at most so long, and reports whether it has ended. A
// process whose time is over is killed, and so is one whose context has ended.
func (p *process) over(wait time.Duration) bool {
	if left := p.timeout - time.Since(p.began); p.timeout > 0 && left < wait {
		wait = max(0, left)
	}
	select {
	case <-p.ended:
		return true
	case <-p.ctx.Done():
		_ = p.kill() // the context's error is told instead
		return true
	case <-time.After(wait):
	}
	if p.timeout > 0 && time.Since(p.began) >= p.timeout {
		p.late = true
		_ = p.kill() // that it took too long is told instead
		return true
	}
	return false
}

// kill kills the process and all that it has started, unless it has ended, and waits.
func (p *process) kill() error {
	select {
	case <-p.ended:
		return nil
	default:
	}
	p.struck = true
	err := killAll(p.cmd.Process)
	<-p.ended
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// killed reports whether a kill at its moment has ended it.
func (p *process) killed() bool {
	return p.struck && !p.late && p.ctx.Err() == nil && wasKilled(p.cmd.ProcessState)
}

// failure is why an ended process did not end well, or nil.
func (p *process) failure(r *round) error {
	switch {
	case p.late:
		return fmt.Errorf("has not ended after %v: allow more with --timeout%s", p.timeout, tail(r.err))
	case p.err != nil:
		return fmt.Errorf("failed: %w%s", p.err, tail(r.err))
	}
	return nil
}

// tail is the end of what was printed to standard error.
func tail(name string) string {
	data, err := os.ReadFile(name)
	text := strings.TrimSpace(string(data))
	if err != nil || text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	return ":\n  " + strings.Join(lines[max(0, len(lines)-8):], "\n  ")
}

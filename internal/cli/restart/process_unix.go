//go:build unix

package restart

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

// alone gives the process a group of its own, so that what it starts is killed with it.
func alone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killAll kills the group of a process and waits shortly until it is gone: a killed child
// that still writes would disturb the next life.
func killAll(p *os.Process) error {
	if err := syscall.Kill(-p.Pid, syscall.SIGKILL); err != nil {
		return p.Kill()
	}
	for range 50 {
		if syscall.Kill(-p.Pid, 0) != nil {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

func wasKilled(s *os.ProcessState) bool {
	w, ok := s.Sys().(syscall.WaitStatus)
	return ok && w.Signaled() && w.Signal() == syscall.SIGKILL
}

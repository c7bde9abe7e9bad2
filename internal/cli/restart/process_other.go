//go:build !unix

package restart

import (
	"os"
	"os/exec"
)

func alone(*exec.Cmd) {}

func killAll(p *os.Process) error { return p.Kill() }

// wasKilled cannot tell a kill from a failure here; a process that fails by itself with
// status 1 counts as killed.
func wasKilled(s *os.ProcessState) bool { return s.ExitCode() == 1 }

package store

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// thisProcess is the identity of this process, or the zero value where it cannot be told.
var thisProcess = sync.OnceValue(func() process {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return process{}
	}
	// In a container whose /proc is that of the host, numbers there mean other processes.
	if own, err := os.Readlink("/proc/self"); err != nil || own != strconv.Itoa(os.Getpid()) {
		return process{}
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return process{}
	}
	clock, _ := os.Readlink("/proc/self/ns/time") // Start is told by it; older kernels have one for all
	stat, err := readStat("self")
	if err != nil {
		return process{}
	}
	return process{Boot: strings.TrimSpace(string(boot)), Space: space + clock, Start: stat.start}
})

// procStat is what is needed of /proc/PID/stat (proc_pid_stat(5)).
type procStat struct{ state, start string }

func readStat(pid string) (procStat, error) {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return procStat{}, err
	}
	// The second field is the program's name in parentheses, which may hold anything.
	field := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(field) < 20 {
		return procStat{}, errors.ErrUnsupported
	}
	return procStat{state: field[0], start: field[19]}, nil
}

// gone reports whether a process with p's identity and the number pid, which is one of this
// host, is certainly dead.
func (p process) gone(pid int) bool {
	if !p.here() || pid <= 0 {
		return false
	}
	if !alive(pid) {
		return true
	}
	stat, err := readStat(strconv.Itoa(pid))
	switch {
	case err != nil:
		return false // processes of other users may be hidden
	case stat.start != p.Start:
		return true // the number was given to another one
	case stat.state != "Z":
		return false
	}
	// Its parent has not asked for its status yet; no thread may be left that still writes.
	tasks, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
	return errors.Is(err, syscall.ESRCH) || errors.Is(err, os.ErrNotExist) || err == nil && len(tasks) <= 1
}

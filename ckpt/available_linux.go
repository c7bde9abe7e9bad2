package ckpt

import (
	"bytes"
	"math"
	"os"
	"strconv"
	"strings"
)

// available returns how many bytes of memory the process can have before the system, or the
// group of processes that it is in, runs short; false if that cannot be told.
func available() (int64, bool) {
	free, ok := systemMemory()
	if limit, limited := groupMemory("/sys/fs/cgroup"); limited {
		return min(free, limit), true
	}
	return free, ok
}

func systemMemory() (int64, bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return math.MaxInt64, false
	}
	_, rest, ok := bytes.Cut(text, []byte("MemAvailable:"))
	if !ok {
		return math.MaxInt64, false
	}
	field := strings.Fields(string(rest[:min(len(rest), 64)]))
	n, err := strconv.ParseInt(field[0], 10, 50)
	return n << 10, err == nil
}

// groupMemory returns what is left to the process's control group and those above it (cgroup version 2).
func groupMemory(root string) (left int64, limited bool) {
	left = math.MaxInt64
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return left, false
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		group, ok := strings.CutPrefix(line, "0::")
		if !ok {
			continue
		}
		for dir := root + group; strings.HasPrefix(dir, root); dir = dir[:strings.LastIndexByte(dir, '/')] {
			most, ok1 := readNumber(dir + "/memory.max")
			used, ok2 := readNumber(dir + "/memory.current")
			if ok1 && ok2 {
				left, limited = min(left, max(most-used, 0)), true
			}
		}
	}
	return left, limited
}

func readNumber(name string) (int64, bool) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Names of temporary files are .cairn-tmp-HOST-PID-TOKEN-SEQ: a hash of the host's
// name, the writer's process, a random token of that process, and a count. The
// leading dot keeps them apart from blobs.
const tempPrefix = ".cairn-tmp-"

// staleAfter is how long a temporary file of a writer whose death cannot be seen
// from here (another host, or a process number that was given out again) must have
// been untouched before it counts as left behind.
const staleAfter = 24 * time.Hour

// self identifies this process in the names of its temporary files.
var self = sync.OnceValue(func() string {
	return fmt.Sprintf("%s-%d-%s", hostHash(), os.Getpid(), strings.ToLower(rand.Text()[:12]))
})

func hostHash() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	h := fnv.New32a()
	h.Write([]byte(host))
	return fmt.Sprintf("%08x", h.Sum32())
}

func tempName(seq uint64) string {
	return fmt.Sprintf("%s%s-%d", tempPrefix, self(), seq)
}

// sweep removes the temporary files of dead writers below dir. One that cannot be
// removed, as on a read-only file system, does no harm and is left.
func (d *Dir) sweep(dir string) error {
	return d.walk(dir, func(name string, e fs.DirEntry) error {
		base := path.Base(name)
		if !strings.HasPrefix(base, tempPrefix) || !e.Type().IsRegular() {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if leftBehind(base, time.Since(info.ModTime())) {
			_ = d.fs.Remove(name)
		}
		return nil
	})
}

// leftBehind reports whether the writer of a temporary file is dead. Where that is
// not certain it says no until the file is old. Should it be wrong, the writer's
// rename fails and says so; no blob is harmed.
func leftBehind(base string, age time.Duration) bool {
	if strings.HasPrefix(base, tempPrefix+self()+"-") {
		return false // ours, perhaps being written now
	}
	part := strings.Split(strings.TrimPrefix(base, tempPrefix), "-")
	if len(part) == 4 && part[0] == hostHash() {
		pid, err := strconv.Atoi(part[1])
		if err == nil && pid > 0 && (pid == os.Getpid() || !alive(pid)) {
			return true // an earlier process had our number, or nobody has it now
		}
	}
	return age > staleAfter
}

// alive reports whether a process exists on this host, or may exist.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	err = p.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}

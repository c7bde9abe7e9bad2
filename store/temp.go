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
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"
)

// Names of temporary files are .cairn-tmp-HOST-PID-TOKEN-SEQ-BLOB~: a hash of the host's
// name, the writer's process, a random token and a count of that process, and the last
// element of the blob's name, cut to fit. The leading dot keeps them apart from blobs, and
// the tilde from what a pattern such as *.ckpt means.
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

// temps counts the temporary files of this process.
var temps atomic.Uint64

// tempName returns a new name for the temporary file of a blob.
func tempName(blob string) string {
	blob = path.Base(blob)
	for len(blob) > maxTempBlob {
		_, n := utf8.DecodeLastRuneInString(blob)
		blob = blob[:len(blob)-n]
	}
	return fmt.Sprintf("%s%s-%d-%s~", tempPrefix, self(), temps.Add(1), blob)
}

// maxTempBlob is how much of a blob's name a temporary name has, in bytes.
const maxTempBlob = 150

// sweep removes the temporary files beside name of the blobs that the caller owns: it holds
// their lock, so whoever wrote them is dead or has failed. Files of other blobs are removed
// when they are old. One that cannot be removed, as on a read-only file system, does no harm
// and is left.
func (d *Dir) sweep(name string, owns func(blob string) bool) error {
	dir := path.Dir(name)
	entries, err := d.fs.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		blob := tempBlob(e.Name())
		owned := blob != "" && owns(path.Join(dir, blob))
		if owned || leftBehind(e.Name(), time.Since(info.ModTime())) {
			_ = d.fs.Remove(path.Join(dir, e.Name()))
		}
	}
	return nil
}

// tempBlob returns the last element of the name of the blob that a temporary file was to
// become, as far as it was kept, or "".
func tempBlob(base string) string {
	part := strings.SplitN(strings.TrimPrefix(base, tempPrefix), "-", 5)
	if len(part) < 5 {
		return ""
	}
	return strings.TrimSuffix(part[4], "~")
}

// leftBehind reports whether the writer of a temporary file is dead. Where that is
// not certain it says no until the file is old. Should it be wrong, the writer's
// rename fails and says so; no blob is harmed.
func leftBehind(base string, age time.Duration) bool {
	if strings.HasPrefix(base, tempPrefix+self()+"-") {
		return false // perhaps being written now
	}
	part := strings.SplitN(strings.TrimPrefix(base, tempPrefix), "-", 5)
	if len(part) >= 4 && part[0] == hostHash() {
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

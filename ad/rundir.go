package ad

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

var errInUse = errors.New("the run is in use by another loop or process")

// runDir is the directory with what another process needs to go on with a loop.
type runDir struct {
	path string
	lock *os.File
}

// syncRuns is for tests that kill processes and not machines.
var syncRuns = true

func runPath(dir, name string) string { return filepath.Join(dir, name+".run") }

// checkRunName panics unless name can be the name of a run.
func checkRunName(name string) {
	other := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	if name == "" || strings.ContainsFunc(name, other) {
		refuse("resume=%s is no name: write letters, digits, - and _", name)
	}
}

// RemoveRun removes what a loop with resume=name and storage=file:dir has left for
// another process, so that the loop starts anew. It is no error if there is nothing.
func RemoveRun(dir, name string) error {
	checkRunName(name)
	return os.RemoveAll(runPath(dir, name))
}

// openRun makes or opens the directory of a run and takes its lock.
func openRun(dir, name string) (*runDir, error) {
	r := &runDir{path: runPath(dir, name)}
	if err := os.Mkdir(r.path, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	f, err := os.OpenFile(r.file("lock"), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.lock = f
	return r, nil
}

func (r *runDir) file(name string) string { return filepath.Join(r.path, name) }

// close gives up the lock.
func (r *runDir) close() error { return r.lock.Close() }

// remove removes the directory: the loop is done.
func (r *runDir) remove() error {
	return errors.Join(os.RemoveAll(r.path), r.lock.Close())
}

// put writes a value and bytes to a file that is there as a whole or not at all.
func (r *runDir) put(name string, v any, blob []byte) error {
	b, err := encodeRun(v, blob)
	if err != nil {
		return err
	}
	temp := r.file(name + ".new")
	if err := writeFile(temp, b); err != nil {
		return err
	}
	if err := os.Rename(temp, r.file(name)); err != nil {
		return err
	}
	if !syncRuns {
		return nil
	}
	d, err := os.Open(r.path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func writeFile(name string, b []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil && syncRuns {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// get reads what put has written. A file that is not there is no error, but false.
func (r *runDir) get(name string, v any) (blob []byte, ok bool, err error) {
	b, err := os.ReadFile(r.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if blob, err = decodeRun(b, v); err != nil {
		return nil, false, fmt.Errorf("%s is damaged; remove %s, or call ad.RemoveRun, to start anew", r.file(name), r.path)
	}
	return blob, true, nil
}

// encodeRun returns the content of a file: how long the value is, the value, the blob, and the
// checksum of all that.
func encodeRun(v any, blob []byte) ([]byte, error) {
	b, err := appendValue(make([]byte, 8), reflect.Indirect(reflect.ValueOf(v)))
	if err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint64(b, uint64(len(b)-8))
	b = append(b, blob...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// decodeRun sets *v to the value in b and returns the blob.
func decodeRun(b []byte, v any) (blob []byte, err error) {
	n := len(b) - 4
	if n < 8 || binary.LittleEndian.Uint32(b[n:]) != crc32.Checksum(b[:n], castagnoli) {
		return nil, errDamaged
	}
	head := binary.LittleEndian.Uint64(b)
	if head > uint64(n-8) {
		return nil, errDamaged
	}
	rest, err := readValue(b[8:8+head], reflect.ValueOf(v).Elem())
	if err != nil || len(rest) > 0 {
		return nil, errDamaged
	}
	return b[8+head : n], nil
}

// Package protocols has small doubles of how known checkpoint libraries publish a state,
// for comparison with package ckpt. They keep to what decides whether a checkpoint
// survives: names, order, syncs, checksums, and which one is taken for a restart.
//
// In: a file system and the states of all ranks of a job. Out: the states of the
// checkpoint that the library would restart from.
package protocols

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/store/vfs"
)

// Saver saves and loads the states of all ranks of a job.
type Saver interface {
	// Save publishes a checkpoint. If it returns nil the job relies on it.
	Save(step int, ranks [][]byte) error
	// Load returns what a restart takes. An error means that it has nothing to take.
	Load() (step int, ranks [][]byte, err error)
}

// Double is a way of saving.
type Double struct {
	Name string
	Like string // what does so
	New  func(disk vfs.FS, ranks int) Saver
}

// Doubles returns all of them.
func Doubles() []Double {
	return []Double{
		{"temporary name, fsync, rename", "FTI", func(d vfs.FS, n int) Saver { return &renamed{files{d, n, true}, true} }},
		{"temporary name, rename", "many scripts", func(d vfs.FS, n int) Saver { return &renamed{files{d, n, true}, false} }},
		{"final name, fsync, delete the older", "CheckFreq", func(d vfs.FS, n int) Saver { return &inPlace{files{d, n, true}, true, 1} }},
		{"final name; greatest version of any rank; no checksum", "VELOC", func(d vfs.FS, n int) Saver { return &inPlace{files{d, n, false}, false, 2} }},
		{"files, fsync; metadata last by rename; no checksum", "PyTorch DCP", func(d vfs.FS, n int) Saver { return &metadata{files{d, n, false}} }},
	}
}

// files are what all doubles are made of.
type files struct {
	disk  vfs.FS
	ranks int
	sums  bool // files carry a checksum, which is checked
}

// write makes a file: the step, the state, and its checksum.
func (f files) write(name string, step int, state []byte, sync bool) error {
	w, err := f.disk.Create(name)
	if err != nil {
		return err
	}
	b := binary.LittleEndian.AppendUint64(nil, uint64(step))
	b = append(b, state...)
	if f.sums {
		b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	}
	_, err = w.Write(b)
	if err == nil && sync {
		err = w.Sync()
	}
	return errors.Join(err, w.Close())
}

// read reads a file of a step.
func (f files) read(name string, step int) ([]byte, error) {
	r, err := f.disk.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if f.sums {
		if len(b) < 4 || binary.LittleEndian.Uint32(b[len(b)-4:]) != crc32.ChecksumIEEE(b[:len(b)-4]) {
			return nil, fmt.Errorf("%s: checksum", name)
		}
		b = b[:len(b)-4]
	}
	if len(b) < 8 {
		return nil, fmt.Errorf("%s: too short", name)
	}
	if f.sums && binary.LittleEndian.Uint64(b) != uint64(step) {
		return nil, fmt.Errorf("%s: another step", name)
	}
	return b[8:], nil
}

// steps returns the steps that the names in a directory have after prefix, newest first.
func (f files) steps(prefix string) []int {
	entries, err := f.disk.ReadDir(".")
	if err != nil {
		return nil
	}
	var out []int
	for _, e := range entries {
		if rest, ok := strings.CutPrefix(e.Name(), prefix); ok {
			rest, _, _ = strings.Cut(rest, ".")
			if n, err := strconv.Atoi(rest); err == nil && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// all reads the files of all ranks.
func (f files) all(step int, name func(step, rank int) string) ([][]byte, error) {
	var out [][]byte
	for rank := range f.ranks {
		b, err := f.read(name(step, rank), step)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// drop removes the files of steps that are beyond the newest keep.
func (f files) drop(keep int, name func(step, rank int) string) error {
	steps := f.steps("step-")
	for _, step := range steps[min(keep, len(steps)):] {
		for rank := range f.ranks {
			if err := f.disk.Remove(name(step, rank)); err != nil {
				return err
			}
		}
	}
	return nil
}

func fileName(step, rank int) string { return fmt.Sprintf("step-%d.%d", step, rank) }

// renamed writes aside and renames, and never syncs the directory.
type renamed struct {
	files
	sync bool
}

func (r *renamed) Save(step int, ranks [][]byte) error {
	for rank, state := range ranks {
		temp := "temp." + fileName(step, rank)
		if err := r.write(temp, step, state, r.sync); err != nil {
			return err
		}
		if err := r.disk.Rename(temp, fileName(step, rank)); err != nil {
			return err
		}
	}
	return r.drop(2, fileName)
}

func (r *renamed) Load() (int, [][]byte, error) {
	for _, step := range r.steps("step-") {
		if states, err := r.all(step, fileName); err == nil {
			return step, states, nil
		}
	}
	return 0, nil, errors.New("nothing can be loaded")
}

// inPlace writes files at their final names. With a checksum a restart takes the newest
// that is whole; without, the greatest version that any rank has.
type inPlace struct {
	files
	sync bool
	keep int
}

func (p *inPlace) Save(step int, ranks [][]byte) error {
	for rank, state := range ranks {
		if err := p.write(fileName(step, rank), step, state, p.sync); err != nil {
			return err
		}
	}
	return p.drop(p.keep, fileName)
}

func (p *inPlace) Load() (int, [][]byte, error) {
	for _, step := range p.steps("step-") {
		states, err := p.all(step, fileName)
		if err == nil || !p.sums {
			return step, states, err
		}
	}
	return 0, nil, errors.New("nothing can be loaded")
}

// metadata writes a directory with the files of all ranks and last the metadata that makes
// it count.
type metadata struct{ files }

func inDir(step, rank int) string { return path.Join(fmt.Sprintf("step-%d", step), fmt.Sprint(rank)) }

func (m *metadata) Save(step int, ranks [][]byte) error {
	dir := fmt.Sprintf("step-%d", step)
	if err := m.disk.Mkdir(dir); err != nil {
		return err
	}
	for rank, state := range ranks {
		if err := m.write(inDir(step, rank), step, state, true); err != nil {
			return err
		}
	}
	if err := m.write(dir+"/metadata.tmp", step, nil, true); err != nil {
		return err
	}
	if err := m.disk.Rename(dir+"/metadata.tmp", dir+"/metadata"); err != nil {
		return err
	}
	steps := m.steps("step-")
	for _, old := range steps[min(2, len(steps)):] {
		if err := m.remove(old); err != nil {
			return err
		}
	}
	return nil
}

func (m *metadata) remove(step int) error {
	dir := fmt.Sprintf("step-%d", step)
	entries, err := m.disk.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := m.disk.Remove(path.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return m.disk.Remove(dir)
}

func (m *metadata) Load() (int, [][]byte, error) {
	for _, step := range m.steps("step-") {
		if _, err := m.read(fmt.Sprintf("step-%d/metadata", step), step); err != nil {
			continue
		}
		states, err := m.all(step, inDir)
		return step, states, err
	}
	return 0, nil, errors.New("nothing can be loaded")
}

package restart

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// watch counts the checkpoints that come up in a directory.
type watch struct {
	dir     string
	pattern string // glob, or empty for those of package ckpt
	count   int    // checkpoints that have been seen, those that are gone included

	seen map[string]mark
	runs map[string][]save // by run, of package ckpt only, in the order in which they came
}

// mark tells a file from a later one of the same name.
type mark struct {
	size int64
	time time.Time
}

// save is a checkpoint of package ckpt that was seen.
type save struct{ seq, step, count int }

var nameOfSave = regexp.MustCompile(`^(.+)-(\d{8,})-step-(-?\d+)\.ckpt$`)

func newWatch(dir, pattern string) *watch {
	return &watch{dir: dir, pattern: pattern, seen: map[string]mark{}, runs: map[string][]save{}}
}

// look counts what is new.
func (w *watch) look() error {
	if w.pattern != "" {
		names, err := fs.Glob(os.DirFS(w.dir), w.pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := w.file(name); err != nil {
				return err
			}
		}
		return nil
	}
	return filepath.WalkDir(w.dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "quarantine":
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".ckpt":
			return nil
		}
		rel, err := filepath.Rel(w.dir, name)
		if err != nil {
			return err
		}
		return w.file(filepath.ToSlash(rel))
	})
}

func (w *watch) file(name string) error {
	info, err := os.Stat(filepath.Join(w.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed meanwhile
	} else if err != nil {
		return err
	}
	m := mark{info.Size(), info.ModTime()}
	if old, ok := w.seen[name]; ok && old == m {
		return nil
	}
	w.seen[name] = m
	parts := nameOfSave.FindStringSubmatch(name)
	if parts == nil {
		w.count++
		return nil
	}
	seq, err1 := strconv.Atoi(parts[2])
	step, err2 := strconv.Atoi(parts[3])
	if err1 != nil || err2 != nil {
		return nil
	}
	list := w.runs[parts[1]]
	last := 0 // the numbers of a run count its saves
	for _, s := range list {
		last = max(last, s.seq)
	}
	w.count += max(1, seq-last) // those between were removed before they could be seen
	w.runs[parts[1]] = append(list, save{seq, step, w.count})
	return nil
}

// begin looks at what is there before the program is started, and does not count it.
func (w *watch) begin() error {
	err := w.look()
	w.count = 0
	for _, list := range w.runs {
		for i := range list {
			list[i].count = 0
		}
	}
	return err
}

// steps returns the step of the newest checkpoint of each run.
func (w *watch) steps() map[string]int {
	out := map[string]int{}
	for run, list := range w.runs {
		newest := list[0]
		for _, s := range list {
			if s.seq > newest.seq {
				newest = s
			}
		}
		out[run] = newest.step
	}
	return out
}

// newest returns the step of the newest checkpoint, if there is one run.
func (w *watch) newest() (step int, ok bool) {
	all := w.steps()
	if len(all) != 1 {
		return 0, false
	}
	for step := range maps.Values(all) {
		return step, true
	}
	return 0, false
}

// firstSteps returns, of each run, the step of the first checkpoint that came after so many
// had been seen.
func (w *watch) firstSteps(had int) map[string]int {
	out := map[string]int{}
	for run, list := range w.runs {
		for _, s := range list {
			if _, ok := out[run]; s.count > had && !ok {
				out[run] = s.step
			}
		}
	}
	return out
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
	_ "github.com/cairn-ad/cairn/ckpt/codec" // checkpoints may have its codecs
	"github.com/cairn-ad/cairn/store"
	_ "github.com/cairn-ad/cairn/store/redundant" // the command opens every store
	_ "github.com/cairn-ad/cairn/store/s3"
)

// source is where a verb looks for checkpoints: a store, or one file of it.
type source struct {
	url   string
	dir   string
	store store.Store
	file  string // the only blob, or empty
	run   string // the only run, or empty
}

// openSource opens the store of a URL, or the store around the file that it names. It
// makes nothing.
func openSource(url, run string) (*source, error) {
	dir, err := store.DirOf(url)
	switch {
	case err != nil:
		hint := ""
		if _, e := os.Stat(url); e == nil {
			hint = "; write file:" + url
		}
		return nil, usageError{fmt.Errorf("%w%s", err, hint)}
	case strings.HasPrefix(url, "mem:"):
		return nil, usagef("%s: a store in memory is gone with its process; give one that is kept, such as file:DIR", url)
	}
	s := &source{url: url, dir: dir, run: run}
	if dir == "" {
		if s.store, err = store.OpenExisting(url); err != nil {
			return nil, fmt.Errorf("%s: %w", url, err)
		}
		return s, nil
	}
	return s, s.openDir()
}

// openDir opens the directory of the source, or that around the file that it names.
func (s *source) openDir() error {
	if info, err := os.Stat(s.dir); err == nil && info.Mode().IsRegular() {
		file := s.dir
		s.dir, s.file = filepath.Dir(file), filepath.Base(file)
		if store.CheckName(s.file) != nil || !strings.HasSuffix(s.file, ".ckpt") {
			return fmt.Errorf("%s is a file and not named like a checkpoint, NAME-SEQ-step-STEP.ckpt: give the directory it was saved in", file)
		}
	}
	var err error
	s.store, err = store.OpenExisting("file:" + s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such directory: look at the path; the program that saves makes it", s.url)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: it may not be read: %w: ask its owner, or run as who saved", s.url, err)
	case err != nil:
		return fmt.Errorf("%s: it is no store: %w: give the directory that the program saves in", s.url, err)
	}
	return nil
}

// The states of a checkpoint.
const (
	stateValid      = "valid"
	stateDamaged    = "damaged"
	stateRenamed    = "renamed"
	stateVersion    = "other version"
	stateTooLarge   = "too large"
	stateUnreadable = "unreadable"
)

// looked is a checkpoint that was read.
type looked struct {
	ckpt.Found
	contents *ckpt.Contents // nil unless valid
	state    string
	err      error // why it is not valid
	tries    int   // how often it was restored by a program that died before its next save
}

// look reads one checkpoint to the last bit.
func look(ctx context.Context, st store.Store, f ckpt.Found) looked {
	l := looked{Found: f, state: stateValid}
	l.contents, l.err = f.Check(ctx, st)
	switch {
	case l.err == nil:
	case f.Run == "" && errors.Is(l.err, ckpt.ErrCorrupt):
		l.state = stateRenamed
	case errors.Is(l.err, ckpt.ErrCorrupt):
		l.state = stateDamaged
	case errors.Is(l.err, ckpt.ErrVersion):
		l.state = stateVersion
	case errors.Is(l.err, ckpt.ErrTooLarge):
		l.state = stateTooLarge
	default:
		l.state = stateUnreadable
	}
	return l
}

// find lists the checkpoints that the source means.
func (s *source) find(ctx context.Context) ([]ckpt.Found, error) {
	all, err := ckpt.Find(ctx, s.store)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("%w: ask its owner, or run as who saved", err)
		}
		return nil, err
	}
	var out []ckpt.Found
	runs := map[string]bool{}
	for _, f := range all {
		runs[f.Run] = true
		if (s.file == "" || f.Name == s.file) && (s.run == "" || f.Run == s.run) {
			out = append(out, f)
		}
	}
	if s.run != "" && !runs[s.run] && len(all) > 0 {
		return nil, usagef("%s has no run %q; it has %s", s.url, s.run, runList(all))
	}
	return out, nil
}

// runList names the runs of checkpoints.
func runList(list []ckpt.Found) string {
	var names []string
	for _, f := range list {
		if f.Run != "" && !slices.Contains(names, f.Run) {
			names = append(names, f.Run)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// attempts is how often a store is listed anew when all that was listed is gone: a
// program that saves often and keeps few removes checkpoints while they are looked at.
const attempts = 5

// survey reads all checkpoints.
func (s *source) survey(ctx context.Context, errs io.Writer) (list []looked, err error) {
	for range attempts {
		var gone int
		if list, gone, err = s.surveyOnce(ctx, errs); err != nil || len(list) > 0 || gone == 0 {
			break
		}
	}
	return list, err
}

// surveyOnce tells how many were gone when they were to be read, too.
func (s *source) surveyOnce(ctx context.Context, errs io.Writer) (out []looked, gone int, err error) {
	list, err := s.find(ctx)
	if err != nil {
		return nil, 0, err
	}
	var bytes int64
	for _, f := range list {
		bytes += f.Size
	}
	st, describe, wipe := s.metered(errs, bytes, "")
	defer wipe()
	for _, f := range list {
		describe(f.Name)
		l := look(ctx, st, f)
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if errors.Is(l.err, fs.ErrNotExist) {
			gone++
			continue
		}
		out = append(out, l)
	}
	s.count(ctx, out, errs)
	return out, gone, nil
}

// count finds out how often checkpoints were restored in vain. That this cannot be told is
// written on errs.
func (s *source) count(ctx context.Context, list []looked, errs io.Writer) {
	var tries map[uint64]int
	for i := range list {
		l := &list[i]
		if l.Run != "" && (i == 0 || l.Run != list[i-1].Run) {
			var err error
			if tries, err = ckpt.Tries(ctx, s.store, l.Run); err != nil {
				fmt.Fprintf(errs, "cairn: how often the run %s was restored in vain cannot be told: %v\n", printable(l.Run), err)
			}
		}
		if l.Run != "" {
			l.tries = tries[l.Seq]
		}
	}
}

// pick returns the newest valid checkpoint, of a step if one is asked for, or the one
// file that the URL names.
//
// Those that were passed over are told on errs.
func (s *source) pick(ctx context.Context, step *int, errs io.Writer) (f ckpt.Found, c *ckpt.Contents, err error) {
	for range attempts {
		if f, c, err = s.pickOnce(ctx, step, errs); !errors.Is(err, errGone) {
			break
		}
	}
	return f, c, err
}

var errGone = errors.New("the checkpoints were removed while they were looked at: try again")

func (s *source) pickOnce(ctx context.Context, step *int, errs io.Writer) (ckpt.Found, *ckpt.Contents, error) {
	list, err := s.find(ctx)
	if err != nil {
		return ckpt.Found{}, nil, err
	}
	if s.run == "" && s.file == "" && strings.Contains(runList(list), ", ") {
		return ckpt.Found{}, nil, usagef("%s has checkpoints of several runs: choose one with --run: %s", s.url, runList(list))
	}
	var why, steps []string
	gone := false
	for _, f := range list {
		if f.Run == "" && s.file == "" {
			continue
		}
		steps = append(steps, fmt.Sprint(f.Step))
		if step != nil && s.file == "" && f.Step != *step {
			continue
		}
		st, _, wipe := s.metered(errs, f.Size, "looking for a valid one: "+f.Name)
		l := look(ctx, st, f)
		wipe()
		if err := ctx.Err(); err != nil {
			return ckpt.Found{}, nil, err
		}
		if s.file != "" && l.state == stateRenamed { // asked for by this name, and sound perhaps
			l.contents, l.err = ckpt.Scan(ctx, s.store, f.Name, nil)
		}
		if l.err == nil {
			for _, text := range why {
				fmt.Fprintf(errs, "cairn: passed over %s\n", text)
			}
			return f, l.contents, nil
		}
		if errors.Is(l.err, fs.ErrNotExist) {
			gone = true
			continue
		}
		why = append(why, fmt.Sprintf("%s: %v", f.Name, l.err))
	}
	switch {
	case gone:
		return ckpt.Found{}, nil, fmt.Errorf("%s: %w", s.url, errGone)
	case len(why) > 0:
		return ckpt.Found{}, nil, statusError{fmt.Errorf("%s: no valid checkpoint%s:\n  %s\nRestore the files from a copy, or take another step; cairn ls lists all", s.url, ofStep(step), strings.Join(why, "\n  ")), statusNone}
	case step != nil && len(steps) > 0:
		return ckpt.Found{}, nil, usagef("%s has no checkpoint of step %d; it has those of %s", s.url, *step, strings.Join(steps, ", "))
	}
	return ckpt.Found{}, nil, statusError{fmt.Errorf("%s: there is no checkpoint: a program that saves there makes files NAME-SEQ-step-STEP.ckpt; look at the path and at the store of the program", s.url), statusNone}
}

func ofStep(step *int) string {
	if step == nil {
		return ""
	}
	return fmt.Sprintf(" of step %d", *step)
}

// checkpointJSON is a checkpoint in the output of several verbs.
type checkpointJSON struct {
	File      string     `json:"file"`
	Run       string     `json:"run"`
	Seq       uint64     `json:"seq"`
	Step      int        `json:"step"`
	Time      *time.Time `json:"time"`
	Bytes     int64      `json:"bytes"`
	Variables *int       `json:"variables"`
	State     string     `json:"state"`
	Error     string     `json:"error,omitempty"`
	Tries     int        `json:"tries,omitempty"` // restores in vain
}

func (l looked) json() checkpointJSON {
	j := checkpointJSON{File: l.Name, Run: l.Run, Seq: l.Seq, Step: l.Step, Bytes: l.Size, State: l.state, Tries: l.tries}
	if l.err != nil {
		j.Error = l.err.Error()
		return j
	}
	n := len(l.contents.Variables)
	j.Time, j.Variables = &l.contents.Time, &n
	return j
}

// stepFlag is --step, which may be left out.
type stepFlag struct {
	value int
}

func (f *stepFlag) add(c *cobra.Command) {
	c.Flags().IntVar(&f.value, "step", 0, "the checkpoint of this step (default: the newest valid one)")
}

func (f *stepFlag) get(c *cobra.Command) *int {
	if !c.Flags().Changed("step") {
		return nil
	}
	return &f.value
}

func runFlag(c *cobra.Command, run *string) {
	c.Flags().StringVar(run, "run", "", "only the run of this name (Options.Name)")
}

// sizeText is a number of bytes with a unit, to four digits.
func sizeText(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	x, i := float64(n)/1024, 0
	for x >= 1023.95 && i < len(units)-1 {
		x, i = x/1024, i+1
	}
	return fmt.Sprintf("%.4g %ciB", x, units[i])
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

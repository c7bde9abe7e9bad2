package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// tidyOptions are those of prune and repair.
type tidyOptions struct {
	run    string
	keep   int
	dryRun bool
	json   bool
}

func (o *tidyOptions) flags(c *cobra.Command) {
	runFlag(c, &o.run)
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "tell what would be done, and do nothing")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
}

func newPrune(s *streams) *cobra.Command {
	var o tidyOptions
	c := &cobra.Command{
		Use:   "prune URL --keep K",
		Short: "Remove all but the newest valid checkpoints",
		Long: `Remove the valid checkpoints of a store but the newest K of each run. Only what was read
and found valid counts and is removed, so the last good one always stays; checkpoints that are
not valid are told and left to cairn repair.`,
		Example: "  cairn prune file:checkpoints --keep 3 --dry-run",
		Args:    exactArgs("URL"),
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("keep") {
				return usagef("--keep is missing: write %s; see %s --help", c.UseLine(), c.CommandPath())
			}
			if o.keep < 1 {
				return usagef("--keep %d: at least the newest valid checkpoint stays; choose 1 or more", o.keep)
			}
			return o.tidy(c, s, args[0], o.prune)
		},
	}
	c.Flags().IntVar(&o.keep, "keep", 0, "how many valid checkpoints of each run to keep")
	o.flags(c)
	return c
}

func newRepair(s *streams) *cobra.Command {
	var o tidyOptions
	c := &cobra.Command{
		Use:   "repair URL",
		Short: "Move invalid checkpoints aside",
		Long: `Move the damaged checkpoints of a store into the folder quarantine/TIME beside them. No
checkpoint is deleted, and a file is moved as it is. A store over several others (rs:, copies:)
first writes anew what some of them have lost. Of a run that has no valid checkpoint nothing is
moved: the program would take it for new and start from zero. Files that cannot be read,
that are of another version or that no run has named are told and left.

Exit status: 0 if all that remain are valid; 3 if others remain; 4 if a run has none that
is valid.`,
		Example: "  cairn repair file:checkpoints --dry-run",
		Args:    exactArgs("URL"),
		RunE: func(c *cobra.Command, args []string) error {
			return o.tidy(c, s, args[0], o.repair)
		},
	}
	o.flags(c)
	return c
}

// actionJSON is what is done with one checkpoint.
type actionJSON struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
	To    string `json:"to,omitempty"`    // where it was moved
	State string `json:"state,omitempty"` // of what was left although not valid
	Error string `json:"error,omitempty"`
	// Kept are files of it that stayed, since others hold parts of theirs there.
	Kept []string `json:"kept,omitempty"`
}

// tidied is the outcome of prune and repair.
type tidied struct {
	URL     string       `json:"url"`
	DryRun  bool         `json:"dry_run"`
	Kept    []string     `json:"kept"` // the valid ones
	Removed []actionJSON `json:"removed"`
	Moved   []actionJSON `json:"moved"`
	Left    []actionJSON `json:"left"`   // not valid
	Mended  []string     `json:"mended"` // what a redundant store has written anew
	Bytes   int64        `json:"bytes"`  // removed or moved
	Read    int64        `json:"read"`   // bytes
	Seconds float64      `json:"seconds"`

	repairs  bool
	unmended error    // what a redundant store could not write anew
	without  []string // runs without a valid checkpoint
}

func (o *tidyOptions) tidy(c *cobra.Command, s *streams, url string, do func(context.Context, *source, []looked, *tidied) error) error {
	ctx, stop := interruptible(c)
	defer stop()
	src, err := openSource(url, o.run)
	if err != nil {
		return err
	}
	if src.file != "" {
		return usagef("%s is one file: give the directory, file:%s", url, src.dir)
	}
	start := time.Now()
	unlock, err := o.lock(ctx, src)
	if err != nil {
		return err
	}
	defer unlock()
	list, err := src.survey(ctx, s.err)
	if err != nil {
		return err
	}
	r := &tidied{URL: url, DryRun: o.dryRun, Kept: []string{}, Removed: []actionJSON{}, Moved: []actionJSON{}, Left: []actionJSON{}, Mended: []string{}}
	for _, l := range list {
		r.Read += l.Size
	}
	if err := do(ctx, src, list, r); err != nil {
		if errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("%w: run as who saved", err)
		}
		return fmt.Errorf("%w; what was done before stays done, and the command can be run again", err)
	}
	r.Seconds = time.Since(start).Seconds()
	if o.json {
		err = writeJSON(s.out, r)
	} else {
		err = r.print(s.out)
	}
	if err != nil {
		return err
	}
	return r.err()
}

// lock takes the locks of all runs that may be changed, so that no program saves meanwhile.
// What it returns releases them.
func (o *tidyOptions) lock(ctx context.Context, src *source) (unlock func(), err error) {
	var locks []store.Lock
	unlock = func() {
		for _, l := range locks {
			_ = l.Release() // the process ends, and with it the lock
		}
	}
	if o.dryRun {
		return unlock, nil
	}
	list, err := src.find(ctx)
	if err != nil {
		return unlock, err
	}
	last := ""
	for _, f := range list {
		if f.Run == last || f.Run == "" {
			continue
		}
		last = f.Run
		l, err := store.Acquire(ctx, src.store, f.Run, func(string) bool { return false })
		if err != nil {
			unlock()
			if errors.Is(err, fs.ErrPermission) {
				err = fmt.Errorf("%w: run as who saved", err)
			}
			return unlock, fmt.Errorf("%s: run %s: %w", src.url, printable(f.Run), err)
		}
		locks = append(locks, l)
	}
	return unlock, nil
}

// needed are the files that valid checkpoints need, other than their own names.
func needed(list []looked) map[string]bool {
	out := map[string]bool{}
	for _, l := range list {
		if l.err != nil {
			continue
		}
		for _, name := range slices.Concat(l.Data, l.contents.Bases) {
			out[name] = true
		}
	}
	return out
}

// prune removes valid checkpoints beyond the newest K of each run, the oldest first.
func (o *tidyOptions) prune(ctx context.Context, src *source, list []looked, r *tidied) error {
	var remove []looked
	valid := map[string]int{}
	for _, l := range list {
		if l.err != nil {
			r.leave(l)
			continue
		}
		if valid[l.Run]++; valid[l.Run] <= o.keep {
			r.Kept = append(r.Kept, l.Name)
		} else {
			remove = append(remove, l)
		}
	}
	return o.remove(ctx, src, list, remove, r)
}

// remove removes checkpoints, the last of them first: of each the manifest, and then the data
// that no other one needs.
func (o *tidyOptions) remove(ctx context.Context, src *source, list, remove []looked, r *tidied) error {
	rest := slices.DeleteFunc(slices.Clone(list), func(l looked) bool {
		return slices.ContainsFunc(remove, func(o looked) bool { return o.Name == l.Name })
	})
	keep := needed(rest)
	for i := len(remove) - 1; i >= 0; i-- {
		l := remove[i]
		a := actionJSON{File: l.Name, Bytes: l.Size}
		for _, name := range slices.Concat([]string{l.Name}, l.Data) {
			if keep[name] {
				a.Kept = append(a.Kept, name)
				continue
			}
			if o.dryRun {
				continue
			}
			if err := src.store.Delete(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		r.Removed = append(r.Removed, a)
		r.Bytes += l.Size
	}
	return nil
}

// mender is a store that can write anew what some of its members have lost.
type mender interface {
	Repair(ctx context.Context, prefix string, dryRun bool, tell func(line string)) error
}

// repair has a redundant store mend itself and moves damaged checkpoints aside.
func (o *tidyOptions) repair(ctx context.Context, src *source, list []looked, r *tidied) error {
	r.repairs = true
	if m, ok := src.store.(mender); ok {
		r.unmended = m.Repair(ctx, "", o.dryRun, func(line string) { r.Mended = append(r.Mended, line) })
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	valid, told := map[string]bool{}, map[string]bool{}
	for _, l := range list {
		if l.err == nil {
			valid[l.Run] = true
			r.Kept = append(r.Kept, l.Name)
		}
	}
	keep := needed(list)
	folder := ckpt.Quarantine + "/" + time.Now().UTC().Format("20060102T150405.000Z") + "/"
	for _, l := range list {
		switch {
		case l.err == nil:
			continue
		case l.Run != "" && !valid[l.Run]:
			if !told[l.Run] {
				told[l.Run] = true
				r.without = append(r.without, l.Run)
			}
			r.leave(l)
			continue
		case l.state != stateDamaged && l.state != stateTooLarge:
			r.leave(l)
			continue
		}
		m, ok := src.store.(store.Mover)
		if !ok && !o.dryRun {
			return fmt.Errorf("%s: this store cannot move %s aside", src.url, l.Name)
		}
		a := actionJSON{File: l.Name, Bytes: l.Size, To: folder + l.Name, Error: l.err.Error()}
		// The data first: what is left if it ends in between is still told from a save that was
		// cut short.
		for _, name := range append(slices.Clone(l.Data), l.Name) {
			if keep[name] {
				a.Kept = append(a.Kept, name)
				continue
			}
			if o.dryRun {
				continue
			}
			if err := m.Move(ctx, name, folder+name); err != nil {
				return err
			}
		}
		r.Moved = append(r.Moved, a)
		r.Bytes += l.Size
	}
	return nil
}

func (r *tidied) leave(l looked) {
	r.Left = append(r.Left, actionJSON{File: l.Name, Bytes: l.Size, State: l.state, Error: l.err.Error()})
}

func (r *tidied) print(w io.Writer) error {
	would := ""
	if r.DryRun {
		would = "dry run: "
	}
	for _, a := range r.Removed {
		fmt.Fprintf(w, "%sremoved %s, %s%s\n", would, a.File, sizeText(a.Bytes), a.keptText())
	}
	for _, a := range r.Moved {
		fmt.Fprintf(w, "%smoved %s to %s: %v%s\n", would, a.File, a.To, a.Error, a.keptText())
	}
	for _, line := range r.Mended {
		fmt.Fprintf(w, "%s%s\n", would, line)
	}
	for _, a := range r.Left {
		fmt.Fprintf(w, "left %s (%s): %s\n", a.File, a.State, a.Error)
	}
	done, n := "removed", len(r.Removed)
	if r.repairs {
		done, n = "moved", len(r.Moved)
	}
	_, err := fmt.Fprintf(w, "%s%d valid kept, %d %s (%s), %d not valid left; %s\n", would, len(r.Kept), n, done, sizeText(r.Bytes), len(r.Left),
		rateText(r.Read, "read", time.Duration(r.Seconds*float64(time.Second))))
	return err
}

// keptText tells which files stayed.
func (a *actionJSON) keptText() string {
	if len(a.Kept) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s stays: newer checkpoints hold parts of theirs in it)", strings.Join(a.Kept, ", "))
}

// err gives the exit status of repair; prune leaves what is not valid by intent.
func (r *tidied) err() error {
	if len(r.without) > 0 {
		return statusError{fmt.Errorf("%s: run %s has no valid checkpoint, so nothing of it was moved: its program would start from zero; restore the files from a copy, or remove them to begin anew", r.URL, r.without[0]), statusNone}
	}
	if r.unmended != nil {
		return statusError{fmt.Errorf("%s: not all that is missing could be written anew: %w", r.URL, r.unmended), statusFound}
	}
	if r.repairs && len(r.Left) > 0 {
		return statusError{fmt.Errorf("%s: %s not valid left where they are; the reasons are with the list", r.URL, count(len(r.Left), "file")), statusFound}
	}
	return nil
}

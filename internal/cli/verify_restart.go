package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/internal/cli/restart"
)

// restartOptions are the flags as they are given.
type restartOptions struct {
	restart.Options
	at     []string
	ignore []string
	stdout string
	json   bool

	temporary bool // Work is removed at the end
}

const defaultKills = 5

func newVerifyRestart(s *streams) *cobra.Command {
	var o restartOptions
	c := &cobra.Command{
		Use:   "verify-restart [flags] -- PROGRAM [ARGUMENT]...",
		Short: "Kill a program and start it again, and compare its results",
		Long: `Run a program uninterrupted; run it again in another directory, killed with SIGKILL on the way
and started again until it ends; and compare standard output and the named files of the two, bit
for bit. The program may be in any language, and saves by package ckpt or by itself.

Each run has a new directory, which is the program's working directory and stands for {dir} in
its arguments and in --env. Programs that take relative paths of other files get them with --from.

Exit status: 0 if the results are the same, 1 if they differ, or if the program fails, does not
resume, or does not end, 2 for wrong usage.`,
		Example: `  cairn verify-restart -- ./simulate --checkpoints {dir}
  cairn verify-restart --kills 20 --seed 7 --compare 'out/*.csv' -- ./simulate
  cairn verify-restart --at 30%,60% --stdout end --ulps 4 --from input -- python3 "$PWD/run.py"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("PROGRAM is missing: write cairn %s; see %s --help", "verify-restart [flags] -- PROGRAM [ARGUMENT]...", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := interruptible(c)
			defer stop()
			if err := o.parse(c, args); err != nil {
				return err
			}
			return o.run(ctx, s)
		},
	}
	f := c.Flags()
	f.SetInterspersed(false)
	f.IntVar(&o.Random, "kills", defaultKills, "kills at random moments; 0 if other moments are given")
	f.Uint64Var(&o.Seed, "seed", 1, "of the random moments")
	f.StringSliceVar(&o.at, "at", nil, "kill at these shares of the uninterrupted run's time, such as 30%,60%")
	f.IntSliceVar(&o.After, "after-checkpoint", nil, "kill when so many checkpoints were saved, such as 1,5")
	f.BoolVar(&o.Every, "every-checkpoint", false, "kill after each new checkpoint")
	f.StringVar(&o.Checkpoints, "checkpoints", "", "files that are checkpoints, such as 'state-*.bin' (default: all named *.ckpt)")
	f.StringArrayVar(&o.Outputs, "compare", nil, "files to compare, such as 'out/*.csv'; may be repeated")
	f.StringVar(&o.stdout, "stdout", string(restart.StdoutWhole), "compare of standard output: whole, end (the last life prints the end only), none")
	f.StringArrayVar(&o.ignore, "ignore", nil, "leave out lines of text that match this regular expression; may be repeated")
	f.Uint64Var(&o.ULPs, "ulps", 0, "let numbers in text be so many units in the last place (float64) apart")
	f.StringArrayVar(&o.Env, "env", nil, "NAME=VALUE for the program's environment; may be repeated")
	f.StringVar(&o.From, "from", "", "directory whose files are copied into each new directory")
	f.StringVar(&o.Work, "work", "", "keep the directories of the runs here; it must be new or empty (default: a temporary one)")
	f.DurationVar(&o.Timeout, "timeout", 0, "time for each start of the program (default: none for the uninterrupted run, then ten times as long, at least 1m)")
	f.BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// parse completes the options.
func (o *restartOptions) parse(c *cobra.Command, args []string) error {
	switch {
	case o.Random < 0:
		return usagef("--kills %d: it must not be negative", o.Random)
	case o.Timeout < 0:
		return usagef("--timeout %v: it must not be negative", o.Timeout)
	}
	if given := len(o.at) > 0 || len(o.After) > 0 || o.Every; given && !c.Flags().Changed("kills") {
		o.Random = 0
	} else if !given && o.Random == 0 {
		return usagef("--kills 0: without a kill there is nothing to verify; choose 1 or more, or --at, --after-checkpoint, --every-checkpoint")
	}
	for _, text := range o.at {
		percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if err != nil || !strings.HasSuffix(text, "%") || !(percent > 0 && percent < 100) {
			return usagef("--at %s: write a share of the time between 0%% and 100%%, such as 30%%", text)
		}
		o.At = append(o.At, percent/100)
	}
	for _, n := range o.After {
		if n < 1 {
			return usagef("--after-checkpoint %d: the first checkpoint is 1", n)
		}
	}
	for _, text := range o.ignore {
		r, err := regexp.Compile(text)
		if err != nil {
			return usagef("--ignore: %w", err)
		}
		o.Ignore = append(o.Ignore, r)
	}
	for _, pattern := range append([]string{o.Checkpoints}, o.Outputs...) {
		if _, err := filepath.Match(pattern, ""); err != nil || filepath.IsAbs(pattern) || strings.HasPrefix(pattern, "..") {
			return usagef("%q is no pattern of files in the directory of the run: write it relative to that, such as 'out/*.csv'", pattern)
		}
	}
	for _, e := range o.Env {
		if name, _, ok := strings.Cut(e, "="); !ok || name == "" {
			return usagef("--env %s: write NAME=VALUE", e)
		}
	}
	if o.Stdout = restart.Stdout(o.stdout); o.Stdout != restart.StdoutWhole && o.Stdout != restart.StdoutEnd && o.Stdout != restart.StdoutNone {
		return usagef("--stdout %s: write whole, end or none", o.stdout)
	}
	if o.Stdout == restart.StdoutNone && len(o.Outputs) == 0 {
		return usagef("--stdout none: there is nothing to compare; name files with --compare")
	}
	if o.From != "" {
		if info, err := os.Stat(o.From); err != nil || !info.IsDir() {
			return usagef("--from %s: it is no directory", o.From)
		}
	}
	o.Program = append([]string(nil), args...)
	return o.findProgram()
}

// findProgram makes the program's path absolute: it is started in another directory.
func (o *restartOptions) findProgram() error {
	if strings.Contains(o.Program[0], "{dir}") {
		return nil
	}
	name, err := exec.LookPath(o.Program[0])
	if err != nil {
		return usagef("%s cannot be run: %w", o.Program[0], err)
	}
	o.Program[0], err = filepath.Abs(name)
	return err
}

func (o *restartOptions) run(ctx context.Context, s *streams) error {
	remove, err := o.makeWork()
	if err != nil {
		return err
	}
	defer remove()
	show, wipe := progress(s.err)
	o.Progress = func(what string) {
		s.log.Info(what)
		if show != nil {
			show(0, -1, what)
		}
	}
	r, err := restart.Verify(ctx, o.Options)
	wipe()
	if err != nil {
		return err
	}
	var hint []string
	if len(r.Differences) > 0 {
		hint = checkpointsApart(ctx, r.Whole, r.Interrupted)
	}
	if o.json {
		err = writeJSON(s.out, struct {
			*restart.Report
			Hint []string `json:"hint,omitempty"`
			Work string   `json:"work"`
		}{r, hint, o.Work})
	} else {
		err = o.print(s.out, r, hint)
	}
	switch {
	case err != nil:
		return err
	case r.Trouble != "":
		return statusError{fmt.Errorf("%s%s", r.Trouble, o.where()), statusFail}
	case !r.Same:
		return statusError{fmt.Errorf("killed and resumed, the program gives another result%s", o.where()), statusFail}
	}
	return nil
}

// makeWork makes the directory for the runs; the function that it returns removes a temporary one.
func (o *restartOptions) makeWork() (func(), error) {
	if o.Work == "" {
		dir, err := os.MkdirTemp("", "cairn-verify-restart-")
		if err != nil {
			return nil, err
		}
		o.Work, o.temporary = dir, true
		return func() {
			if err := os.RemoveAll(dir); err != nil {
				fmt.Fprintf(os.Stderr, "cairn: %v\n", err)
			}
		}, nil
	}
	dir, err := filepath.Abs(o.Work)
	if err != nil {
		return nil, err
	}
	o.Work = dir
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return nil, usagef("--work %s: it is not empty; give a new directory", dir)
	}
	return func() {}, os.MkdirAll(dir, 0o777)
}

// where tells how to look at the directories.
func (o *restartOptions) where() string {
	if o.temporary {
		return "; with --work DIR the directories of the runs are kept"
	}
	return "; look at " + o.Work
}

func (o *restartOptions) print(w io.Writer, r *restart.Report, hint []string) error {
	fmt.Fprintf(w, "uninterrupted: %s, %s\n", roundTime(r.Seconds), count(r.Checkpoints, "checkpoint"))
	rounds := map[int][]restart.Kill{}
	last := 0
	for _, k := range r.Kills {
		rounds[k.Round] = append(rounds[k.Round], k)
		last = max(last, k.Round)
	}
	for i := 1; i <= last; i++ {
		if list := rounds[i]; len(list) > 0 {
			fmt.Fprintf(w, "run %d: %s, %s\n", i, count(len(list), "kill"), when(list))
		}
	}
	for _, d := range r.Differences {
		printDifference(w, d)
	}
	for _, text := range hint {
		fmt.Fprintln(w, text)
	}
	if r.Same {
		fmt.Fprintf(w, "same after %s: %s\n", count(len(r.Kills), "kill"), strings.Join(r.Compared, ", "))
	}
	return nil
}

// when says when the newest checkpoints were saved that kills have left.
func when(list []restart.Kill) string {
	const most = 12
	var parts []string
	for i, k := range list {
		if i == most {
			parts = append(parts, "…")
			break
		}
		switch {
		case k.Step != nil:
			parts = append(parts, strconv.Itoa(*k.Step))
		case k.Checkpoints == 0:
			parts = append(parts, "none")
		default:
			parts = append(parts, fmt.Sprintf("#%d", k.Checkpoints))
		}
	}
	return "newest checkpoints " + strings.Join(parts, ", ")
}

func roundTime(seconds float64) time.Duration {
	d := time.Duration(seconds * float64(time.Second))
	return d.Round(max(1, time.Duration(math.Pow10(len(strconv.FormatInt(int64(d), 10))-3))))
}

func printDifference(w io.Writer, d restart.Difference) {
	place := printable(d.Output)
	switch {
	case d.Byte != nil:
		place += fmt.Sprintf(", byte %d", *d.Byte)
	case d.Line > 0:
		place += fmt.Sprintf(", line %d", d.Line)
	}
	fmt.Fprintf(w, "different: %s", place)
	if d.Note != "" {
		fmt.Fprintf(w, ": %s", d.Note)
	}
	fmt.Fprintln(w)
	if d.A != "" || d.B != "" {
		fmt.Fprintf(w, "  uninterrupted  %s\n  resumed        %s\n", lineText(d.A), lineText(d.B))
	}
	if d.ULPs != nil {
		fmt.Fprintf(w, "  the first numbers that differ are %s apart\n", count(int(min(*d.ULPs, math.MaxInt)), "ULP"))
	}
}

func lineText(text string) string { return shorten(printable(strings.TrimSuffix(text, "\n")), 200) }

// checkpointsApart compares the newest checkpoints of one step that two directories have, and
// says which variables differ.
func checkpointsApart(ctx context.Context, a, b string) []string {
	pairs := commonCheckpoints(ctx, a, b)
	var out []string
	for _, p := range pairs {
		var apart, same []string
		sides := [2]map[string]*loaded{}
		for i, dir := range []string{a, b} {
			src, err := openSource("file:"+dir, "")
			if err == nil {
				sides[i], err = load(ctx, src.store, p[i])
			}
			if err != nil {
				return append(out, fmt.Sprintf("the checkpoints of step %d could not be compared: %v", p[0].Step, err))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(sides[0])) {
			if d := compare(name, sides[0][name], sides[1][name]); d.same() {
				same = append(same, printable(name))
			} else {
				apart = append(apart, apartText(d))
			}
		}
		text := fmt.Sprintf("run %s, the checkpoints of step %d: ", printable(p[0].Run), p[0].Step)
		if len(apart) == 0 {
			out = append(out, text+"all variables agree, so what differs is not protected: a variable that the loop changes, or what is worked out from one")
			continue
		}
		text += strings.Join(apart, ", ") + " differ"
		if len(same) > 0 {
			text += "; " + strings.Join(same, ", ") + " agree"
		}
		out = append(out, text+"; something that is not protected goes into what differs; package ckpt/ckpttest finds the step")
	}
	return out
}

func apartText(d *difference) string {
	switch {
	case d.Note != "":
		return fmt.Sprintf("%s (%s)", printable(d.Name), d.Note)
	case d.ULPs != nil:
		return fmt.Sprintf("%s (%d of %d elements, up to %s)", printable(d.Name), d.Differ, d.Compared, count(int(min(*d.ULPs, math.MaxInt)), "ULP"))
	}
	return fmt.Sprintf("%s (%d of %d elements)", printable(d.Name), d.Differ, d.Compared)
}

// commonCheckpoints returns, of each run, the newest checkpoints of one step in both directories.
func commonCheckpoints(ctx context.Context, a, b string) [][2]ckpt.Found {
	var lists [2][]ckpt.Found
	for i, dir := range []string{a, b} {
		src, err := openSource("file:"+dir, "")
		if err != nil {
			return nil // a program that does not save with package ckpt
		}
		if lists[i], err = src.find(ctx); err != nil {
			return nil
		}
	}
	best := map[string][2]ckpt.Found{}
	for _, f := range lists[0] {
		for _, g := range lists[1] {
			if old, ok := best[f.Run]; f.Run != "" && f.Run == g.Run && f.Step == g.Step && (!ok || f.Step > old[0].Step) {
				best[f.Run] = [2]ckpt.Found{f, g}
			}
		}
	}
	var out [][2]ckpt.Found
	for _, run := range slices.Sorted(maps.Keys(best)) {
		out = append(out, best[run])
	}
	return out
}

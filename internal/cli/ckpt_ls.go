package cli

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// surveyOptions are those of ls and verify.
type surveyOptions struct {
	run  string
	json bool
}

func (o *surveyOptions) flags(c *cobra.Command) {
	runFlag(c, &o.run)
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
}

func newLs(s *streams) *cobra.Command {
	var o surveyOptions
	c := &cobra.Command{
		Use:   "ls URL",
		Short: "List the checkpoints of a store",
		Long: `List the checkpoints of a store, such as file:DIR, the newest of each run first, and
tell of each whether it is valid, and if not, why. Every byte is read. What was moved to the
quarantine, and data files of no checkpoint, are summed up. URL may also be file:FILE.ckpt.
Nothing is changed.`,
		Example: "  cairn ls file:checkpoints",
		Args:    exactArgs("URL"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := interruptible(c)
			defer stop()
			src, err := openSource(args[0], o.run)
			if err != nil {
				return err
			}
			list, err := src.survey(ctx, s.err)
			if err != nil {
				return err
			}
			beside, err := src.aside(ctx, list)
			if err != nil {
				return err
			}
			if o.json {
				return writeJSON(s.out, struct {
					URL         string           `json:"url"`
					Checkpoints []checkpointJSON `json:"checkpoints"`
					*aside
				}{args[0], toJSON(list), beside})
			}
			if len(list) == 0 {
				fmt.Fprintf(s.out, "%s has no checkpoints.\n", args[0])
			} else if err := printSurvey(s.out, list); err != nil {
				return err
			}
			return beside.print(s.out, src)
		},
	}
	o.flags(c)
	return c
}

func toJSON(list []looked) []checkpointJSON {
	out := []checkpointJSON{}
	for _, l := range list {
		out = append(out, l.json())
	}
	return out
}

// printSurvey writes a table of checkpoints, and below it why some are not valid.
func printSurvey(w io.Writer, list []looked) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "run\tseq\tstep\tsaved\tsize\tvariables\tstate")
	for _, l := range list {
		if l.Run == "" {
			fmt.Fprintf(t, "(%s)\t-\t-\t-\t%s\t-\t%s\n", printable(l.Name), sizeText(l.Size), l.state)
			continue
		}
		saved, variables := "-", "-"
		if l.contents != nil {
			saved, variables = l.contents.Time.UTC().Format("2006-01-02 15:04:05Z"), fmt.Sprint(len(l.contents.Variables))
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%s\t%s\n", l.Run, l.Seq, l.Step, saved, sizeText(l.Size), variables, l.state)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, l := range list {
		if l.err != nil {
			fmt.Fprintf(w, "\n%s: %v%s\n", printable(l.Name), l.err, advice(l))
		}
		if l.tries > 0 {
			fmt.Fprintf(w, "\n%s: restored %s, and the program died before its next save; after three times, or Options.Tries, a restore passes it over\n", printable(l.Name), times(l.tries))
		}
	}
	return nil
}

// times is a number of times.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return count(n, "time")
}

// advice is what to do about a checkpoint that is not valid.
func advice(l looked) string {
	switch {
	case l.state == stateVersion:
		return "; use the cairn of the version that wrote it"
	case l.state == stateUnreadable:
		return "; look at its permissions and at the disk"
	case l.state == stateTooLarge:
		return "; no program that saves with ckpt writes such a file, so look where it is from"
	case l.state == stateDamaged && l.Run != "":
		return "; a restore passes it over; cairn repair moves it aside"
	}
	return ""
}

func newVerify(s *streams) *cobra.Command {
	var o surveyOptions
	c := &cobra.Command{
		Use:   "verify URL",
		Short: "Verify every checkpoint of a store to the last bit",
		Long: `Read every checkpoint of a store and verify it to the last bit: checksums, lengths,
types, and that its name agrees with its content. Nothing is changed.

Exit status: 0 if all are valid; 3 if some are not, and each run has a valid one; 4 if a run
has none, or if there are no checkpoints; 1 if the store cannot be read.`,
		Example: "  cairn verify file:checkpoints",
		Args:    exactArgs("URL"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := interruptible(c)
			defer stop()
			src, err := openSource(args[0], o.run)
			if err != nil {
				return err
			}
			start := time.Now()
			list, err := src.survey(ctx, s.err)
			if err != nil {
				return err
			}
			v := newVerdict(args[0], list, time.Since(start))
			if o.json {
				err = writeJSON(s.out, v)
			} else {
				err = v.print(s.out, list)
			}
			if err != nil {
				return err
			}
			return v.err(args[0])
		},
	}
	o.flags(c)
	return c
}

// verdict is the result of a verification.
type verdict struct {
	URL         string           `json:"url"`
	Valid       int              `json:"valid"`
	Invalid     int              `json:"invalid"`
	Bytes       int64            `json:"bytes"`
	Seconds     float64          `json:"seconds"`
	Restores    []restoreJSON    `json:"restores"`
	Checkpoints []checkpointJSON `json:"checkpoints"`
}

// restoreJSON tells what a restore of a run takes.
type restoreJSON struct {
	Run   string `json:"run"`
	File  string `json:"file"` // empty if none is valid
	Step  *int   `json:"step"`
	Lost  int    `json:"lost"` // newer ones that are not valid
	Error string `json:"error,omitempty"`
}

func newVerdict(url string, list []looked, d time.Duration) *verdict {
	v := &verdict{URL: url, Seconds: d.Seconds(), Restores: []restoreJSON{}, Checkpoints: toJSON(list)}
	for _, l := range list {
		v.Bytes += l.Size
		if l.err == nil {
			v.Valid++
		} else {
			v.Invalid++
		}
		if l.Run != "" {
			v.restore(l)
		}
	}
	return v
}

// restore follows what a restore does, which takes the newest valid checkpoint and
// stops at one of another version.
func (v *verdict) restore(l looked) {
	n := len(v.Restores)
	if n == 0 || v.Restores[n-1].Run != l.Run {
		v.Restores = append(v.Restores, restoreJSON{Run: l.Run})
		n++
	}
	r := &v.Restores[n-1]
	switch {
	case r.File != "" || r.Error != "":
	case l.err == nil:
		step := l.Step
		r.File, r.Step = l.Name, &step
	case l.state == stateVersion:
		r.Error = l.Name + " is of another version, so a restore stops there"
	default:
		r.Lost++
	}
}

func (v *verdict) print(w io.Writer, list []looked) error {
	if len(list) > 0 {
		if err := printSurvey(w, list); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d valid, %d not; %s\n", v.Valid, v.Invalid, rateText(v.Bytes, "read", time.Duration(v.Seconds*float64(time.Second))))
	for _, r := range v.Restores {
		switch {
		case r.Error != "":
			fmt.Fprintf(w, "run %s: %s\n", r.Run, r.Error)
		case r.File == "":
			fmt.Fprintf(w, "run %s: no valid checkpoint\n", r.Run)
		default:
			fmt.Fprintf(w, "run %s: a restore takes step %d\n", r.Run, *r.Step)
		}
	}
	return nil
}

// err is the error that gives the exit status.
func (v *verdict) err(url string) error {
	if v.Valid+v.Invalid == 0 {
		return statusError{fmt.Errorf("%s: there is no checkpoint: look at the path and at the store of the program", url), statusNone}
	}
	for _, r := range v.Restores {
		if r.File == "" {
			why := "no checkpoint is valid"
			if r.Error != "" {
				why = r.Error
			}
			return statusError{fmt.Errorf("%s: run %s: %s: restore the files from a copy, or start with another name or an empty store", url, r.Run, why), statusNone}
		}
	}
	if v.Valid == 0 {
		return statusError{fmt.Errorf("%s: no checkpoint is valid: restore the files from a copy", url), statusNone}
	}
	if v.Invalid > 0 {
		return statusError{fmt.Errorf("%s: %d of %d checkpoints are not valid; the reasons are with the list", url, v.Invalid, v.Valid+v.Invalid), statusFound}
	}
	return nil
}

package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/internal/cli/tour"
)

// childVerb is the hidden command that the tour starts as its child.
const childVerb = "tour-child"

func newTour(s *streams) *cobra.Command {
	opts := tour.Options{}
	asJSON := false
	c := &cobra.Command{
		Use:   "tour [--dir DIR] [--quick] [--json]",
		Short: "See it all at work: a gradient, the elements that matter, a kill and a restart",
		Long: `Run the whole of Cairn once and compare every result with its reference:

  1. the 2-D Burgers equation: energies, gradient, forward steps and memory under two
     binomial schedules and with every step kept;
  2. NPB CG, class S: which elements of the loop's state can influence the result; a
     child process that saves only those, is killed with SIGKILL and resumes.

Heat maps (PNG) and the record (tour.json) are written into DIR. The exit status is 1 if
a comparison fails.`,
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			exe, err := os.Executable()
			if err != nil {
				return fmt.Errorf("the tour cannot start itself a second time: %w", err)
			}
			opts.Child = []string{exe, childVerb}
			opts.Logger = s.log
			ctx, stop := interruptible(c)
			defer stop()
			wipe := func() {}
			if !asJSON {
				opts.Progress, wipe = progress(s.err)
			}
			record, err := tour.Run(ctx, opts)
			wipe()
			if err != nil {
				return err
			}
			return printTour(s, record, asJSON)
		},
	}
	f := c.Flags()
	f.StringVar(&opts.Dir, "dir", "out", "directory for the maps and the record")
	f.BoolVar(&opts.Quick, "quick", false, "take every time once, not the least of three")
	f.BoolVar(&asJSON, "json", false, "print the record as JSON")
	return c
}

// printTour prints a record; one with a failed comparison is a failure.
func printTour(s *streams, r *tour.Record, asJSON bool) error {
	var err error
	if asJSON {
		err = writeJSON(s.out, r)
	} else {
		err = r.WriteText(s.out)
	}
	if err == nil && !r.Passed {
		return fmt.Errorf("tour: a comparison failed: see the lines marked FAILED, or the checks in %s/tour.json", r.Dir)
	}
	return err
}

func newTourChild(s *streams) *cobra.Command {
	var o tour.ChildOptions
	c := &cobra.Command{
		Use:    childVerb,
		Short:  "One life of the tour's CG run",
		Hidden: true,
		Args:   exactArgs(),
		RunE:   func(c *cobra.Command, _ []string) error { return tour.Child(c.Context(), o, s.out) },
	}
	f := c.Flags()
	f.StringVar(&o.Dir, "dir", "", "directory of the checkpoints")
	f.StringVar(&o.Masks, "masks", "", "file with the scrutiny report")
	f.DurationVar(&o.Pause, "pause", 0, "pause after every step")
	f.IntVar(&o.Hold, "hold", 0, "step before which to wait for the end")
	return c
}

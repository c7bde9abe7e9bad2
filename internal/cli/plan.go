package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/schedule"
)

// planOptions are the flags of plan.
type planOptions struct {
	scheme string
	steps  int64
	snaps  int
	json   bool
}

// schemes lists what --scheme takes.
var schemes = []string{"binomial", "store"}

func newPlan(s *streams) *cobra.Command {
	var o planOptions
	c := &cobra.Command{
		Use:   "plan --steps N [--scheme binomial --snaps S]",
		Short: "Tell what it costs to run a loop backwards under a schedule",
		Long: `Tell what it costs to run a loop of N steps backwards under a schedule, from the
formulas: nothing is run.

forward_steps counts every executed step, the N recorded ones included; advances are
those that are executed without recording; writes and reads are snapshots taken and read
back; peak is the largest number of snapshots held at one time.`,
		Example: "  cairn plan --scheme binomial --steps 1000 --snaps 20 --json",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			counts, err := o.counts(c.Flags().Changed("snaps"), c.Flags().Changed("steps"))
			if err != nil {
				return err
			}
			if o.json {
				return writeJSON(s.out, counts)
			}
			return o.print(s, counts)
		},
	}
	f := c.Flags()
	f.StringVar(&o.scheme, "scheme", "binomial", "schedule: "+strings.Join(schemes, " or "))
	f.Int64Var(&o.steps, "steps", 0, "number of steps of the loop")
	f.IntVar(&o.snaps, "snaps", 0, "number of snapshots held at one time, for binomial")
	f.BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// counts checks the options and returns what the schedule costs.
func (o *planOptions) counts(haveSnaps, haveSteps bool) (schedule.Counts, error) {
	switch {
	case !haveSteps:
		return schedule.Counts{}, usagef("--steps is missing: give the number of steps of the loop")
	case o.steps < 0:
		return schedule.Counts{}, usagef("--steps is %d: a loop cannot have fewer than 0 steps; give 0 or more", o.steps)
	}
	switch o.scheme {
	case "binomial":
		switch {
		case !haveSnaps:
			return schedule.Counts{}, usagef("--snaps is missing: scheme binomial needs the number of snapshots")
		case o.snaps < 1:
			return schedule.Counts{}, usagef("--snaps is %d: there is no room for the initial state; give 1 or more", o.snaps)
		}
		return schedule.PlanBinomial(o.steps, o.snaps)
	case "store":
		if haveSnaps {
			return schedule.Counts{}, usagef("--snaps has no meaning for scheme store: it keeps every step and takes no snapshot; leave it out")
		}
		return schedule.Counts{ForwardSteps: o.steps}, nil
	}
	return schedule.Counts{}, usagef("unknown scheme %q: choose one of %s", o.scheme, strings.Join(schemes, ", "))
}

// print writes the counts for a person.
func (o *planOptions) print(s *streams, k schedule.Counts) error {
	if o.scheme == "store" {
		fmt.Fprintf(s.out, "store: %d steps, every one kept\n", o.steps)
	} else {
		fmt.Fprintf(s.out, "binomial: %d steps, %d snapshots\n", o.steps, o.snaps)
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	perStep := ""
	if o.steps > 0 {
		perStep = fmt.Sprintf("%.3g for each step", float64(k.ForwardSteps)/float64(o.steps))
	}
	fmt.Fprintf(t, "  forward steps\t%d\t%s\n", k.ForwardSteps, perStep)
	fmt.Fprintf(t, "  advances\t%d\twithout recording\n", k.Advances)
	fmt.Fprintf(t, "  writes\t%d\tsnapshots taken\n", k.Writes)
	fmt.Fprintf(t, "  reads\t%d\tsnapshots read back\n", k.Reads)
	fmt.Fprintf(t, "  peak\t%d\tsnapshots at one time\n", k.Peak)
	return t.Flush()
}

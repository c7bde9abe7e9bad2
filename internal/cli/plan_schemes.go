package cli

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/schedule"
)

// planScheme is a scheme that plan knows.
type planScheme struct {
	name  string
	about string   // for the help
	need  []string // flags that it must have
	take  []string // flags that it may have

	counts  func(o *planOptions) (schedule.Counts, error)
	actions func(o *planOptions) (iter.Seq[schedule.Action], error)
}

// schemeFlags are the flags that only some schemes take, with what they are.
var schemeFlags = map[string]string{
	"snaps": "the number of snapshots", "ram": "the number of snapshots in memory", "disk": "the number of snapshots on disk",
	"period": "the number of steps from one snapshot to the next", "tape": "the number of steps recorded at one time", "levels": "the storage levels",
}

// planSchemes lists what --scheme takes.
var planSchemes = []planScheme{
	{
		name: "binomial", about: "the fewest forward steps for S snapshots, K steps recorded at one time",
		need: []string{"snaps"}, take: []string{"tape"},
		counts: func(o *planOptions) (schedule.Counts, error) { return schedule.PlanTaped(o.steps, o.snaps, o.tape) },
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			return all(schedule.NewTaped(o.steps, o.snaps, o.tape))
		},
	},
	{
		name: "store", about: "every step recorded, no snapshot",
		counts: func(o *planOptions) (schedule.Counts, error) {
			return schedule.Counts{ForwardSteps: o.steps, PeakTape: o.steps}, nil
		},
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) { return all(schedule.NewStoreAll(o.steps)) },
	},
	{
		name: "periodic", about: "a snapshot every P steps, P steps recorded at one time",
		need:   []string{"period"},
		counts: func(o *planOptions) (schedule.Counts, error) { return schedule.PlanPeriodic(o.steps, o.period) },
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			return all(schedule.NewPeriodic(o.steps, o.period))
		},
	},
	{
		name: "multistage", about: "binomial, with A snapshots in memory and B on disk",
		need:   []string{"ram", "disk"},
		counts: func(o *planOptions) (schedule.Counts, error) { return schedule.PlanMultistage(o.steps, o.ram, o.disk) },
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			return all(schedule.NewMultistage(o.steps, o.ram, o.disk))
		},
	},
	{
		name: "two-level", about: "a snapshot on disk every P steps, binomial with S snapshots between them",
		need: []string{"period", "snaps"}, take: []string{"tape"},
		counts: func(o *planOptions) (schedule.Counts, error) {
			return schedule.PlanTwoLevel(o.steps, o.period, o.snaps, o.tape)
		},
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			return all(schedule.NewTwoLevel(o.steps, o.period, o.snaps, o.tape))
		},
	},
	{
		name: "mixed", about: "the fewest forward steps when S slots take snapshots or records of steps",
		need: []string{"snaps"},
		counts: func(o *planOptions) (schedule.Counts, error) {
			return schedule.PlanMixed(o.steps, int64(o.snaps), 1, 1)
		},
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			return all(schedule.NewMixed(o.steps, o.snaps))
		},
	},
	{
		name: "hrevolve", about: "the least cost, with A snapshots in memory and B on disk, or with the levels L",
		need: []string{"ram", "disk"}, take: []string{"levels"},
		counts: func(o *planOptions) (schedule.Counts, error) {
			c, _, err := schedule.PlanHRevolve(o.steps, o.levelSlots(), o.price.costs)
			return c, err
		},
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			return all(schedule.NewHRevolve(o.steps, o.levelSlots(), o.price.costs))
		},
	},
	{
		name: "disk-periodic", about: "a snapshot on disk every so many steps as the costs say, binomial with A snapshots between them",
		need: []string{"ram"},
		counts: func(o *planOptions) (schedule.Counts, error) {
			h, err := schedule.NewDiskRevolvePeriodic(o.steps, o.ram, o.price.costs)
			if err != nil {
				return schedule.Counts{}, err
			}
			c, _, err := h.Plan()
			return c, err
		},
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			return all(schedule.NewDiskRevolvePeriodic(o.steps, o.ram, o.price.costs))
		},
	},
	{
		name: "online", about: "S snapshots, for a loop whose number of steps is not known beforehand",
		need:   []string{"snaps"},
		counts: func(o *planOptions) (schedule.Counts, error) { return schedule.PlanOnline(o.steps, o.snaps, true) },
		actions: func(o *planOptions) (iter.Seq[schedule.Action], error) {
			s, err := schedule.NewOnline(o.snaps)
			if err != nil {
				return nil, err
			}
			return schedule.Ending(s, o.steps, true), nil
		},
	},
	{
		name: "online-two-level", about: "online, with A snapshots in memory and B on disk",
		need: []string{"ram", "disk"},
		counts: func(o *planOptions) (schedule.Counts, error) {
			if o.steps > maxRun {
				return schedule.Counts{}, fmt.Errorf("%d steps: this schedule is run to be counted, up to %d steps", o.steps, maxRun)
			}
			seq, err := onlineTwoLevel(o)
			if err != nil {
				return schedule.Counts{}, err
			}
			return schedule.Simulate(seq, o.steps, schedule.Limits{Slots: []int{o.ram, o.disk}, Online: true})
		},
		actions: onlineTwoLevel,
	},
}

// all returns the actions of a new schedule.
func all[S schedule.Schedule](s S, err error) (iter.Seq[schedule.Action], error) {
	if err != nil {
		return nil, err
	}
	return schedule.All(s), nil
}

// maxRun is the largest number of steps of a schedule that has no formulas.
const maxRun = 1_000_000

func onlineTwoLevel(o *planOptions) (iter.Seq[schedule.Action], error) {
	s, err := schedule.NewOnlineTwoLevel(o.ram, o.disk, o.price.costs)
	if err != nil {
		return nil, err
	}
	return schedule.Ending(s, o.steps, true), nil
}

// levelSlots returns the slots of the levels.
func (o *planOptions) levelSlots() []int {
	if o.slots != nil {
		return o.slots
	}
	return []int{o.ram, o.disk}
}

func schemeNames() []string {
	var names []string
	for i := range planSchemes {
		names = append(names, planSchemes[i].name)
	}
	return names
}

// letters are how the help calls the values of flags.
var letters = map[string]string{"snaps": "S", "ram": "A", "disk": "B", "period": "P", "tape": "K", "levels": "L"}

// schemeHelp is a line for every scheme.
func schemeHelp() string {
	var b strings.Builder
	for i := range planSchemes {
		p := &planSchemes[i]
		var flags strings.Builder
		for _, f := range p.need {
			fmt.Fprintf(&flags, " --%s %s", f, letters[f])
		}
		for _, f := range p.take {
			fmt.Fprintf(&flags, " [--%s %s]", f, letters[f])
		}
		fmt.Fprintf(&b, "  --scheme %s%s\n      %s\n", p.name, flags.String(), p.about)
	}
	return b.String()
}

// find returns the scheme, with its flags checked.
func (o *planOptions) find() (*planScheme, error) {
	i := slices.IndexFunc(planSchemes, func(p planScheme) bool { return p.name == o.scheme })
	if i < 0 {
		return nil, usagef("unknown scheme %q: choose one of %s", o.scheme, strings.Join(schemeNames(), ", "))
	}
	p := &planSchemes[i]
	need := p.need
	if o.given("levels") && slices.Contains(p.take, "levels") {
		need = []string{"levels"}
		for _, f := range p.need {
			if o.given(f) {
				return nil, usagef("--%s and --levels are both given: --levels tells all slots", f)
			}
		}
	}
	for _, f := range need {
		if !o.given(f) {
			return nil, usagef("--%s is missing: scheme %s needs %s", f, p.name, schemeFlags[f])
		}
	}
	for _, f := range []string{"snaps", "ram", "disk", "period", "tape", "levels"} {
		if o.given(f) && !slices.Contains(p.need, f) && !slices.Contains(p.take, f) {
			return nil, usagef("--%s has no meaning for scheme %s: %s; leave it out", f, p.name, p.reason())
		}
	}
	return p, o.ranges()
}

// reason says what the scheme does instead.
func (p *planScheme) reason() string {
	if p.name == "store" {
		return "it keeps every step and takes no snapshot"
	}
	return "it is told by --" + strings.Join(slices.Concat(p.need, p.take), ", --")
}

// ranges checks the values of the flags that are given.
func (o *planOptions) ranges() error {
	switch {
	case o.given("snaps") && o.snaps < 1:
		return usagef("--snaps is %d: there is no room for the initial state; give 1 or more", o.snaps)
	case o.ram < 0:
		return usagef("--ram is %d: give 0 or more", o.ram)
	case o.disk < -1:
		return usagef("--disk is %d: give 0 or more, or -1 for no limit", o.disk)
	case o.given("ram") && o.ram == 0 && o.disk == 0:
		return usagef("--ram and --disk are 0: there is no room for the initial state; give 1 or more of one of them")
	case o.given("period") && o.period < 1:
		return usagef("--period is %d: give 1 or more", o.period)
	case o.tape < 1:
		return usagef("--tape is %d: a step cannot be reversed without being recorded; give 1 or more", o.tape)
	}
	return nil
}

// title tells the steps and what they are reversed in.
func (p *planScheme) title(o *planOptions) string {
	text := fmt.Sprintf("%d steps", o.steps)
	if p.name == "store" {
		return text + ", every one kept"
	}
	for _, f := range slices.Concat(p.need, p.take) {
		switch {
		case f == "snaps" && p.name == "mixed":
			text += fmt.Sprintf(", %d slots", o.snaps)
		case f == "snaps":
			text += fmt.Sprintf(", %d snapshots", o.snaps)
		case f == "ram" && o.slots == nil:
			text += fmt.Sprintf(", %d snapshots in memory", o.ram)
		case f == "disk" && o.disk < 0:
			text += ", any number on disk"
		case f == "disk" && o.slots == nil:
			text += fmt.Sprintf(", %d on disk", o.disk)
		case f == "period":
			text += fmt.Sprintf(", one snapshot every %d", o.period)
		case f == "tape" && o.tape > 1:
			text += fmt.Sprintf(", %d recorded at one time", o.tape)
		case f == "levels" && o.slots != nil:
			text += ", levels " + o.levels
		}
	}
	return text
}

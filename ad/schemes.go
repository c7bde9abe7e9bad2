package ad

import (
	"maps"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/schedule"
)

// scheme is what there is to know about a word of scheme=.
type scheme struct {
	takes     string              // the words of the plan that it understands
	needs     string              // the one of them that it cannot do without; budget or disk stand in for snaps
	levels    bool                // it has more than one level
	resumes   bool                // another process can go on with it: no more than one iteration is recorded at a time
	endless   bool                // the number of iterations may be unknown
	unplanned bool                // its schedule does not know the number of iterations
	make      func(l *Loop) error // gives the loop its schedule; l.slots is the number of snapshots
}

var schemes = map[string]*scheme{
	"store":      {takes: "storage", endless: true, make: makeStore},
	"binomial":   {takes: "snaps budget tape storage", needs: "snaps", resumes: true, make: makeBinomial},
	"periodic":   {takes: "period snaps tape storage", needs: "period", make: makePeriodic},
	"online":     {takes: "snaps budget storage", needs: "snaps", resumes: true, endless: true, unplanned: true, make: makeOnline},
	"mixed":      {takes: "snaps budget storage", needs: "snaps", make: makeMixed},
	"hrevolve":   {takes: "snaps budget disk levels costs storage", needs: "snaps", levels: true, resumes: true, make: makeHRevolve},
	"multistage": {takes: "snaps budget disk storage", needs: "snaps", levels: true, resumes: true, make: makeMultistage},
}

// onlineDisk is scheme=online with disk=.
var onlineDisk = &scheme{takes: "snaps budget disk costs storage", needs: "snaps", levels: true, resumes: true, endless: true, unplanned: true, make: makeOnlineDisk}

// twoLevel is scheme=periodic with snaps=.
var twoLevel = &scheme{takes: "period snaps tape storage", needs: "period", levels: true, make: makeTwoLevel}

// scheme returns the scheme of the plan, or panics.
func (p *Plan) scheme() *scheme {
	s := schemes[p.Scheme]
	if s == nil {
		refuse("there is no scheme=%s; there are auto, %s", p.Scheme, strings.Join(slices.Sorted(maps.Keys(schemes)), ", "))
	}
	switch {
	case p.Scheme == "periodic" && p.Snaps != 0:
		return twoLevel
	case p.Scheme == "online" && p.Disk != 0:
		return onlineDisk
	case p.Scheme == "online":
		p.Costs = schedule.Costs{} // there is no disk whose costs they are
	}
	return s
}

// choose gives a plan with scheme=auto the scheme for what is known: it does not measure, so that
// each run takes the same snapshots and repeats the same iterations. Without snaps and
// budget it has as many snapshots as let each iteration run at most three times without
// being recorded: the cube root of six times the number of iterations, about.
func (p *Plan) choose(steps int) {
	switch {
	case steps < 0:
		p.Scheme = "online"
	case p.Disk != 0 && p.Costs != schedule.Costs{}:
		p.Scheme = "hrevolve"
	case p.Disk != 0:
		p.Scheme = "multistage"
	default:
		p.Scheme = "binomial"
		p.Costs = schedule.Costs{} // there is no disk whose costs they are
	}
	if p.Snaps != 0 || p.Budget != 0 {
		return
	}
	p.Snaps = 1
	if steps < 0 {
		steps = 10_000
	}
	for schedule.Repetition(int64(steps), int64(p.Snaps)) > 3 {
		p.Snaps++
	}
}

// made are the schedules that a loop has made, to be used again.
type made struct {
	cursor     schedule.Cursor
	taped      *schedule.Taped
	periodic   *schedule.Periodic
	twoLevel   *schedule.TwoLevel
	multistage *schedule.Multistage
	online     *schedule.Online
	onlineDisk *schedule.OnlineTwoLevel
	bytes      *schedule.Bytes
	hrevolve   *schedule.HRevolve
	hrevolveOf hrevolveOf // what it was made for
	mixed      *schedule.Mixed
}

// hrevolveOf is what a schedule for levels with costs is made for; its tables are large.
type hrevolveOf struct {
	steps  int64
	slots  [schedule.MaxLevels]int
	levels int
	costs  schedule.Costs
}

// fresh returns *p, which it makes if there is none.
func fresh[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

func makeStore(l *Loop) error {
	l.everything = true
	l.acts = &l.made.cursor
	return l.made.cursor.ResetStoreAll(l.steps)
}

func makeBinomial(l *Loop) error {
	if l.plan.Tape > 1 {
		t := fresh(&l.made.taped)
		l.acts = t
		return t.Reset(l.steps, l.slots, int64(l.plan.Tape))
	}
	if l.plan.Budget > 0 && l.plan.Resume == "" && l.start != nil {
		b := fresh(&l.made.bytes)
		l.acts = b
		return b.Reset(l.steps, l.plan.Budget, max(1, l.start.kept()))
	}
	l.acts = &l.made.cursor
	return l.made.cursor.Reset(l.steps, l.slots)
}

func makePeriodic(l *Loop) error {
	p := fresh(&l.made.periodic)
	l.acts = p
	return p.Reset(l.steps, int64(l.plan.Period))
}

func makeTwoLevel(l *Loop) error {
	t := fresh(&l.made.twoLevel)
	l.acts = t
	return t.Reset(l.steps, int64(l.plan.Period), l.slots, int64(max(1, l.plan.Tape)))
}

func makeMultistage(l *Loop) error {
	m := fresh(&l.made.multistage)
	l.acts = m
	return m.Reset(l.steps, l.slots, l.plan.Disk)
}

func makeOnline(l *Loop) error {
	o := fresh(&l.made.online)
	l.acts = o
	err := o.Reset(l.slots)
	if err == nil && l.steps == 0 {
		o.Stop(0, false)
	}
	return err
}

func makeOnlineDisk(l *Loop) error {
	o := fresh(&l.made.onlineDisk)
	l.acts = o
	err := o.Reset(l.slots, l.plan.Disk, l.plan.costs())
	if err == nil && l.steps == 0 {
		o.Stop(0, false)
	}
	return err
}

func makeMixed(l *Loop) error {
	m := fresh(&l.made.mixed)
	l.acts = m
	return m.Reset(l.steps, int64(l.slots), 1, 1)
}

func makeHRevolve(l *Loop) error {
	slots, costs := l.plan.hierarchy()
	if l.plan.Levels == "" {
		slots[0] = l.slots
	}
	of := hrevolveOf{steps: l.steps, levels: len(slots), costs: costs}
	copy(of.slots[:], slots)
	h, was := l.made.hrevolve, l.made.hrevolveOf
	if h != nil && was.steps >= of.steps && l.plan.Resume == "" {
		was.steps = of.steps
	}
	if h == nil || was != of {
		var err error
		if h, err = schedule.NewHRevolve(of.steps, slots, costs); err != nil {
			return err
		}
		l.made.hrevolve, l.made.hrevolveOf = h, of
	}
	l.acts = h
	return h.Reset(l.steps)
}

// costs returns the costs of the plan; without any a step costs 1, and to write or read
// a snapshot of the second level 2.
func (p *Plan) costs() schedule.Costs {
	if p.Costs == (schedule.Costs{}) {
		return DiskCosts(1, 2, 2)
	}
	return p.Costs
}

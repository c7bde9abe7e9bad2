package cli

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/schedule"
)

// memoryOptions are the flags that tell sizes, times and rates, from which plan chooses.
type memoryOptions struct {
	budget, state, record string
	space                 string
	step, reversal        time.Duration
	write, read           string
}

// memoryFlags are their names.
var memoryFlags = []string{"state", "record", "space", "step", "reversal", "write", "read"}

func (m *memoryOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&m.budget, "budget", "", "memory for snapshots and records, for example 4GiB: choose the scheme")
	f.StringVar(&m.state, "state", "", "size of a snapshot, for example 12MiB")
	f.StringVar(&m.record, "record", "", "size of the record of a step; without it records are not counted, and no more than one is kept")
	f.StringVar(&m.space, "space", "", "space on disk, for example 1TB; without it there is enough")
	f.DurationVar(&m.step, "step", 0, "time of a forward step, for example 80ms")
	f.DurationVar(&m.reversal, "reversal", 0, "time of the reversal of a recorded step; without it that of a step")
	f.StringVar(&m.write, "write", "", "rate at which a disk writes, for example 1.2GB/s; without it there is no disk")
	f.StringVar(&m.read, "read", "", "rate at which the disk reads; without it that of writing")
}

// unused reports flags that only mean something when plan chooses.
func (m *memoryOptions) unused(given func(string) bool) error {
	for _, f := range memoryFlags {
		if given(f) {
			return usagef("--%s has no meaning without --budget or --table", f)
		}
	}
	return nil
}

// sizes are memoryOptions in bytes and nanoseconds.
type sizes struct {
	steps                 int64
	budget, state, record int64
	space                 int64 // snapshots on disk; -1: no limit; 0: no disk
	timed                 bool
	costs                 schedule.Costs
}

// sizes reads the options.
func (o *planOptions) sizes() (*sizes, error) {
	m := &o.memory
	for _, f := range []string{"snaps", "ram", "disk", "period", "tape", "levels", "uf", "ub", "wd", "rd", "svg", "picture"} {
		if o.given(f) {
			return nil, usagef("--%s has no meaning with --budget or --table: what it tells is chosen, or follows from sizes, times and rates; leave it out", f)
		}
	}
	z := &sizes{steps: o.steps, timed: o.given("step")}
	var err error
	size := func(flag, text string) int64 {
		n, e := parseSize(strings.TrimSuffix(text, "/s"))
		if e == nil && n < 1 {
			e = fmt.Errorf("give 1 or more")
		}
		if rate := flag == "write" || flag == "read"; rate != strings.HasSuffix(text, "/s") {
			e = fmt.Errorf("a rate has /s behind a size, as in 1.2GB/s, and a size has not")
		}
		if e != nil && err == nil {
			err = usagef("--%s is %q: %w", flag, text, e)
		}
		return max(1, n)
	}
	if !o.given("state") {
		return nil, usagef("--state is missing: give the size of a snapshot, for example 12MiB")
	}
	z.state = size("state", m.state)
	if o.given("budget") {
		z.budget = size("budget", m.budget)
	}
	if o.given("record") {
		z.record = size("record", m.record)
	}
	if (o.given("step") && m.step <= 0) || (o.given("reversal") && m.reversal <= 0) {
		return nil, usagef("--step and --reversal are times above 0, for example 80ms")
	}
	z.costs.Forward, z.costs.Reverse = 1, 1
	if z.timed {
		z.costs.Forward, z.costs.Reverse = int64(m.step), int64(m.step)
	} else if o.given("reversal") || o.given("write") {
		return nil, usagef("--step is missing: other times mean nothing without the time of a step")
	}
	if o.given("reversal") {
		z.costs.Reverse = int64(m.reversal)
	}
	if !o.given("write") {
		if o.given("read") || o.given("space") {
			return nil, usagef("--write is missing: without the rate at which it writes there is no disk")
		}
		return z, err
	}
	z.space = -1
	if o.given("space") {
		z.space = size("space", m.space) / z.state
	}
	write := size("write", m.write)
	read := write
	if o.given("read") {
		read = size("read", m.read)
	}
	if err != nil {
		return nil, err
	}
	z.costs.Write[1], z.costs.Read[1] = nanoseconds(z.state, write), nanoseconds(z.state, read)
	return z, nil
}

// nanoseconds is the time to move bytes at a rate in bytes per second, rounded up.
func nanoseconds(bytes, rate int64) int64 {
	n := new(big.Int).Mul(big.NewInt(bytes), big.NewInt(int64(time.Second)))
	n.Add(n, big.NewInt(rate-1)).Div(n, big.NewInt(rate))
	if !n.IsInt64() {
		return 1 << 60
	}
	return n.Int64()
}

// units of sizes.
var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"TiB", 1 << 40},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"TB", 1e12},
	{"B", 1},
}

// parseSize reads a number of bytes with a unit.
func parseSize(text string) (int64, error) {
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		r, err := decimal(strings.TrimSpace(digits))
		if err != nil {
			return 0, err
		}
		r.Mul(r, new(big.Rat).SetInt64(u.bytes))
		n := new(big.Int).Quo(r.Num(), r.Denom())
		if !n.IsInt64() {
			return 0, fmt.Errorf("it does not fit into 64 bits")
		}
		return n.Int64(), nil
	}
	return 0, fmt.Errorf("write a number and a unit: B, kB, MB, GB, TB, KiB, MiB, GiB or TiB")
}

// formatSize writes bytes for people.
func formatSize(n int64) string {
	f, unit := float64(n), 0
	for f >= 1024 && unit < 4 {
		f /= 1024
		unit++
	}
	return fmt.Sprintf("%.4g %s", f, []string{"B", "KiB", "MiB", "GiB", "TiB"}[unit])
}

// candidate is a schedule that fits.
type candidate struct {
	Scheme string `json:"scheme"`
	Detail string `json:"detail"` // its parameters, as flags of plan where there are some
	planRecord
	Budget   int64       `json:"budget"`            // bytes of memory
	Slowdown json.Number `json:"slowdown"`          // cost over that of the steps run forwards once
	Seconds  json.Number `json:"seconds,omitempty"` // cost in seconds, if the times are known

	cost int64
}

// candidates returns the schedules that fit into budget bytes, the cheapest first.
func (z *sizes) candidates(budget int64, only string) []candidate {
	var all []candidate
	add := func(scheme, detail string, c schedule.Counts, err error) {
		if err != nil || only != "" && scheme != only {
			return
		}
		cost, err := z.costs.Of(c)
		if err != nil {
			return
		}
		k := candidate{Scheme: scheme, Detail: detail, Budget: budget, cost: cost}
		k.planRecord = planRecord{
			Counts: c, Cost: json.Number(fmt.Sprint(cost)), DiskWrites: c.DiskWrites(), DiskReads: c.DiskReads(),
			PeakRAM: c.Levels[0].Peak, PeakDisk: c.PeakDisk,
		}
		if z.steps > 0 {
			k.Slowdown = json.Number(fmt.Sprintf("%.4g", float64(cost)/float64(z.costs.Forward)/float64(z.steps)))
		}
		if z.timed {
			k.Cost = json.Number(big.NewRat(cost, 1e9).FloatString(9))
			k.Seconds = k.Cost
		}
		all = append(all, k)
	}
	z.inMemory(budget, add)
	z.onDisk(budget, add)
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	return all
}

// adder takes a schedule, or the reason why there is none.
type adder func(scheme, detail string, c schedule.Counts, err error)

// slots returns the number of states that fit beside the records of tape steps.
func (z *sizes) slots(budget, tape int64) int64 {
	if z.record > 0 && budget/z.record < tape {
		return 0
	}
	return (budget - tape*z.record) / z.state
}

func (z *sizes) inMemory(budget int64, add adder) {
	if s := z.slots(budget, 1); s > 0 {
		s = min(s, max(1, z.steps-1))
		c, err := schedule.PlanBinomial(z.steps, int(s))
		add("binomial", fmt.Sprintf("--snaps %d", s), c, err)
	}
	if z.record == 0 {
		return
	}
	if z.steps == 0 || budget/z.record >= z.steps {
		add("store", "", schedule.Counts{ForwardSteps: z.steps, PeakTape: z.steps}, nil)
	}
	z.taped(budget, add)
	z.mixed(budget, add)
	z.periodic(budget, add)
}

// taped adds the best binomial schedule that records several steps at one time.
func (z *sizes) taped(budget int64, add adder) {
	var best schedule.Counts
	detail := ""
	for tape := int64(2); tape <= z.steps && z.slots(budget, tape) > 0; tape += 1 + tape/64 {
		s := min(z.slots(budget, tape), z.steps)
		c, err := schedule.PlanTaped(z.steps, int(s), tape)
		if err == nil && (detail == "" || c.ForwardSteps < best.ForwardSteps) {
			best, detail = c, fmt.Sprintf("--snaps %d --tape %d", s, tape)
		}
	}
	if detail != "" {
		add("binomial", detail, best, nil)
	}
}

// periodic adds the best periodic schedule whose snapshots and records fit.
func (z *sizes) periodic(budget int64, add adder) {
	var best schedule.Counts
	detail := ""
	for p := int64(1); p <= z.steps; p += 1 + p/64 {
		c, err := schedule.PlanPeriodic(z.steps, p)
		if err == nil && z.slots(budget, p) >= c.Peak && (detail == "" || c.ForwardSteps < best.ForwardSteps) {
			best, detail = c, fmt.Sprintf("--period %d", p)
		}
	}
	if detail != "" {
		add("periodic", detail, best, nil)
	}
}

// maxHRevolvePlan bounds steps times slots on disk of the cheapest schedule that is looked
// at: its table takes a moment then.
const maxHRevolvePlan = 2_000_000

// The mixed schedule is looked at up to this number of steps, and with so many units in
// all that the table takes no more than a moment.
const (
	maxMixedPlan  = 100_000
	maxMixedUnits = 256
)

// mixed adds the mixed schedule, in units that are coarse enough for a small table.
func (z *sizes) mixed(budget int64, add adder) {
	if z.steps > maxMixedPlan || budget <= z.record {
		return
	}
	units := min(maxMixedUnits, max(16, 4_000_000/max(1, z.steps)))
	unit := max(1, (budget+units-1)/units)
	up := func(n int64) int64 { return (n + unit - 1) / unit }
	b, r, k := (budget-z.record)/unit, up(z.state), up(z.record)
	c, err := schedule.PlanMixed(z.steps, b, r, k)
	add("mixed", fmt.Sprintf("%d units of %s, a state takes %d, a record %d", b, formatSize(unit), r, k), c, err)
}

func (z *sizes) onDisk(budget int64, add adder) {
	s := z.slots(budget, 1)
	if z.space == 0 || budget < z.record {
		return
	}
	s, disk := min(s, z.steps), min(z.space, z.steps)
	c, err := schedule.PlanMultistage(z.steps, int(s), int(disk))
	add("multistage", fmt.Sprintf("--ram %d --disk %d", s, disk), c, err)
	if z.steps*max(1, disk) <= maxHRevolvePlan {
		c, _, err := schedule.PlanHRevolve(z.steps, []int{int(s), int(disk)}, z.costs)
		add("hrevolve", fmt.Sprintf("--ram %d --disk %d", s, disk), c, err)
	}
	if s < 1 {
		return
	}
	z.twoLevel(s, add)
}

// twoLevel adds the best of the schedules that are periodic on disk and binomial between.
func (z *sizes) twoLevel(s int64, add adder) {
	best, least, detail := schedule.Counts{}, int64(0), ""
	for p := int64(2); p < z.steps; p += 1 + p/32 {
		if z.space >= 0 && (z.steps-1)/p > z.space {
			continue
		}
		c, err := schedule.PlanTwoLevel(z.steps, p, int(min(s, p)), 1)
		if err != nil {
			continue
		}
		if cost, err := z.costs.Of(c); err == nil && (detail == "" || cost < least) {
			best, least, detail = c, cost, fmt.Sprintf("--period %d --snaps %d", p, min(s, p))
		}
	}
	if detail != "" {
		add("two-level", detail, best, nil)
	}
}

// choose prints the schedules that fit, or a table over budgets.
func (o *planOptions) choose(s *streams) error {
	z, err := o.sizes()
	if err != nil {
		return err
	}
	only := ""
	if o.given("scheme") {
		only = o.scheme
		if !slices.Contains(schemeNames(), only) {
			return usagef("unknown scheme %q: choose one of %s", only, strings.Join(schemeNames(), ", "))
		}
	}
	if o.table {
		return o.printTable(s, z, only)
	}
	all := z.candidates(z.budget, only)
	if len(all) == 0 {
		return fmt.Errorf("no schedule of %d steps fits into %s: a state takes %s and the record of a step %s; give more memory, or a disk", z.steps, formatSize(z.budget), formatSize(z.state), formatSize(z.record))
	}
	if o.json {
		return writeJSON(s.out, all[0])
	}
	fmt.Fprintf(s.out, "%s: the cheapest for %d steps in %s\n", all[0].Scheme, z.steps, formatSize(z.budget))
	return printCandidates(s, z, all)
}

// tableBudgets are the memory sizes of the table: that of 1, 2, 4, … states with the
// record of a step, up to a state for every step or, if it is given, the budget.
func (z *sizes) tableBudgets() []int64 {
	var list []int64
	for n := int64(1); ; n *= 2 {
		states := min(n, max(1, z.steps-1))
		b := new(big.Int).Mul(big.NewInt(states), big.NewInt(z.state))
		b.Add(b, big.NewInt(z.record))
		if !b.IsInt64() || z.budget > 0 && b.Int64() > z.budget {
			break
		}
		list = append(list, b.Int64())
		if states < n || states == max(1, z.steps-1) {
			break
		}
	}
	if z.budget > 0 {
		list = append(list, z.budget)
	}
	return slices.Compact(list)
}

func (o *planOptions) printTable(s *streams, z *sizes, only string) error {
	var rows []candidate
	for _, b := range z.tableBudgets() {
		if all := z.candidates(b, only); len(all) > 0 {
			rows = append(rows, all[0])
		}
	}
	if o.json {
		return writeJSON(s.out, struct {
			Table []candidate `json:"table"`
		}{rows})
	}
	return printCandidates(s, z, rows)
}

// printCandidates prints a line for each.
func printCandidates(s *streams, z *sizes, list []candidate) error {
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	last := ""
	if z.timed {
		last = "\ttime"
	}
	fmt.Fprintf(t, "  memory\tslowdown\tforward steps\tdisk writes\tdisk reads%s\tscheme\n", last)
	for i := range list {
		k := &list[i]
		if z.timed {
			last = "\t" + time.Duration(k.cost).Round(time.Millisecond).String()
		}
		fmt.Fprintf(t, "  %s\t%s\t%d\t%d\t%d%s\t%s %s\n", formatSize(k.Budget), k.Slowdown, k.ForwardSteps, k.DiskWrites, k.DiskReads, last, k.Scheme, k.Detail)
	}
	if err := t.Flush(); err != nil || z.record > 0 {
		return err
	}
	_, err := fmt.Fprintf(s.out, "The record of a step is not counted; with --record SIZE it is, and schedules that keep records are looked at.\n")
	return err
}

package cli

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/schedule"
)

// planOptions are the flags of plan.
type planOptions struct {
	scheme         string
	steps          int64
	snaps          int
	ram, disk      int
	period, tape   int64
	uf, ub, wd, rd string
	levels         string
	json           bool
	picture        bool
	svg            string
	table          bool
	memory         memoryOptions

	given func(flag string) bool
	price prices
	slots []int // of --levels
}

func newPlan(s *streams) *cobra.Command {
	var o planOptions
	c := &cobra.Command{
		Use:   "plan --steps N [--scheme binomial --snaps S]",
		Short: "Tell what it costs to run a loop backwards under a schedule",
		Long: `Tell what it costs to run a loop of N steps backwards under a schedule. No step is run.

` + schemeHelp() + `
forward_steps counts every executed step, the N recorded ones included; advances are
those that are executed without recording; writes and reads are snapshots taken and read
back; peak is the largest number of snapshots held at one time. disk_writes, disk_reads
and peak_disk are the part of all storage but memory, peak_ram is that of memory.

  cost = uf*forward_steps + ub*N + wd*disk_writes + rd*disk_reads

With --budget or --table the scheme is chosen: the sizes of a state and of the record of
a step and the times of a step and of a disk give the cost of every scheme that fits.`,
		Example: `  cairn plan --scheme binomial --steps 1000 --snaps 20 --json
  cairn plan --scheme hrevolve --steps 1000 --ram 10 --disk -1 --wd 5 --rd 5
  cairn plan --steps 12 --snaps 3 --picture
  cairn plan --steps 1000 --budget 4GiB --state 12MiB --step 80ms --write 1.2GB/s`,
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			o.given = c.Flags().Changed
			return o.run(s)
		},
	}
	f := c.Flags()
	f.StringVar(&o.scheme, "scheme", "binomial", "schedule: "+strings.Join(schemeNames(), ", "))
	f.Int64Var(&o.steps, "steps", 0, "number of steps of the loop")
	f.IntVar(&o.snaps, "snaps", 0, "number of snapshots held at one time")
	f.IntVar(&o.ram, "ram", 0, "number of snapshots held in memory at one time")
	f.IntVar(&o.disk, "disk", 0, "number of snapshots held on disk at one time; -1 is unlimited")
	f.Int64Var(&o.period, "period", 0, "number of steps from one snapshot to the next")
	f.Int64Var(&o.tape, "tape", 1, "number of steps that may be recorded at one time")
	f.StringVar(&o.uf, "uf", "1", "cost of a forward step")
	f.StringVar(&o.ub, "ub", "1", "cost of the reversal of a recorded step")
	f.StringVar(&o.wd, "wd", "2", "cost of writing a snapshot to disk")
	f.StringVar(&o.rd, "rd", "2", "cost of reading a snapshot from disk")
	f.StringVar(&o.levels, "levels", "", "storage levels slots:write:read,…, the fastest first, for hrevolve; -1 slots are unlimited")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.BoolVar(&o.picture, "picture", false, "draw the schedule: a line for each run forwards, a column for each step")
	f.StringVar(&o.svg, "svg", "", "draw the schedule, step over time, into `FILE`")
	o.memory.flags(c)
	f.BoolVar(&o.table, "table", false, "print what budgets of memory cost")
	return c
}

// planRecord is the JSON of plan. Its fields are a contract.
type planRecord struct {
	schedule.Counts
	Cost       json.Number `json:"cost"`
	DiskWrites int64       `json:"disk_writes"`
	DiskReads  int64       `json:"disk_reads"`
	PeakRAM    int64       `json:"peak_ram"`
	PeakDisk   int64       `json:"peak_disk"`
}

func (o *planOptions) run(s *streams) error {
	switch {
	case !o.given("steps"):
		return usagef("--steps is missing: give the number of steps of the loop")
	case o.steps < 0:
		return usagef("--steps is %d: a loop cannot have fewer than 0 steps; give 0 or more", o.steps)
	}
	if o.picture && o.json {
		return usagef("--picture and --json are both given: JSON has no picture; leave one out")
	}
	if o.table || o.given("budget") {
		return o.choose(s)
	}
	if err := o.memory.unused(o.given); err != nil {
		return err
	}
	if err := o.parseCosts(); err != nil {
		return err
	}
	p, err := o.find()
	if err != nil {
		return err
	}
	counts, err := p.counts(o)
	if err != nil {
		return err
	}
	r, err := o.record(counts)
	if err != nil {
		return err
	}
	if o.svg != "" {
		if err := o.writeSVG(p, counts); err != nil {
			return err
		}
	}
	if o.json {
		return writeJSON(s.out, r)
	}
	if err := o.print(s, p, r); err != nil || !o.picture {
		return err
	}
	return o.draw(s, p)
}

// record adds the cost, and what the fields are that schedule.Counts does not have.
func (o *planOptions) record(c schedule.Counts) (planRecord, error) {
	if o.scheme == "mixed" {
		// The slots take snapshots and records.
		c.Peak, c.Levels[0].Peak = c.PeakUnits, c.PeakUnits
	}
	cost, err := o.price.cost(c)
	return planRecord{
		Counts: c, Cost: cost,
		DiskWrites: c.DiskWrites(), DiskReads: c.DiskReads(),
		PeakRAM: c.Levels[0].Peak, PeakDisk: c.PeakDisk,
	}, err
}

// print writes the counts for a person.
func (o *planOptions) print(s *streams, p *planScheme, k planRecord) error {
	fmt.Fprintf(s.out, "%s: %s\n", p.name, p.title(o))
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	perStep := ""
	if o.steps > 0 {
		perStep = fmt.Sprintf("%.3g for each step", float64(k.ForwardSteps)/float64(o.steps))
	}
	fmt.Fprintf(t, "  forward steps\t%d\t%s\n", k.ForwardSteps, perStep)
	fmt.Fprintf(t, "  advances\t%d\twithout recording\n", k.Advances)
	fmt.Fprintf(t, "  writes\t%d\tsnapshots taken%s\n", k.Writes, onDisk(k.DiskWrites))
	fmt.Fprintf(t, "  reads\t%d\tsnapshots read back%s\n", k.Reads, onDisk(k.DiskReads))
	switch {
	case p.name == "mixed":
		fmt.Fprintf(t, "  peak\t%d\tsnapshots and records at one time\n", k.Peak)
	default:
		fmt.Fprintf(t, "  peak\t%d\tsnapshots at one time%s\n", k.Peak, onDisk(k.PeakDisk))
	}
	if k.PeakTape > 1 && p.name != "mixed" {
		fmt.Fprintf(t, "  tape\t%d\tsteps recorded at one time\n", k.PeakTape)
	}
	if o.showCost(k) {
		fmt.Fprintf(t, "  cost\t%s\t%s\n", k.Cost, o.price.String())
	}
	return t.Flush()
}

// onDisk tells the part of a count that is not memory's.
func onDisk(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them on disk", n)
}

// showCost tells whether the cost says more than the steps.
func (o *planOptions) showCost(k planRecord) bool {
	for _, f := range []string{"uf", "ub", "wd", "rd", "levels"} {
		if o.given(f) {
			return true
		}
	}
	return k.DiskWrites > 0
}

// writeSVG draws the schedule into the file.
func (o *planOptions) writeSVG(p *planScheme, c schedule.Counts) error {
	if err := drawable(c); err != nil {
		return err
	}
	f, err := os.Create(o.svg)
	if err != nil {
		return err
	}
	seq, err := p.actions(o)
	if err == nil {
		err = drawSVG(f, p.name+": "+p.title(o), seq, o.steps, c)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = os.Remove(o.svg)
	}
	return err
}

// prices are the costs as they were given, and as integers: those times unit.
type prices struct {
	forward, reverse *big.Rat
	write, read      [schedule.MaxLevels]*big.Rat
	unit             *big.Int
	costs            schedule.Costs
}

// parseCosts reads the costs, and --levels.
func (o *planOptions) parseCosts() error {
	p := &o.price
	var err error
	read := func(flag, text string) *big.Rat {
		r, e := decimal(text)
		if e != nil && err == nil {
			err = usagef("--%s is %q: %w", flag, text, e)
		}
		return r
	}
	p.forward, p.reverse = read("uf", o.uf), read("ub", o.ub)
	p.write[1], p.read[1] = read("wd", o.wd), read("rd", o.rd)
	o.slots = nil
	if o.given("levels") {
		if o.given("wd") || o.given("rd") {
			return usagef("--levels tells the costs of all levels: leave out --wd and --rd")
		}
		p.write[1], p.read[1] = nil, nil
		for i, level := range strings.Split(o.levels, ",") {
			part := strings.Split(level, ":")
			slots := 0
			if len(part) != 3 || i >= schedule.MaxLevels {
				return usagef("--levels is %q: write slots:write:read for each level, %d levels at most", o.levels, schedule.MaxLevels)
			}
			if n, e := fmt.Sscanf(part[0]+" ", "%d ", &slots); n != 1 || e != nil || fmt.Sprint(slots) != part[0] {
				return usagef("--levels is %q: %q is not a number of slots", o.levels, part[0])
			}
			o.slots = append(o.slots, slots)
			p.write[i], p.read[i] = read("levels", part[1]), read("levels", part[2])
		}
	}
	if err != nil {
		return err
	}
	return p.scale()
}

// decimal reads a cost.
func decimal(text string) (*big.Rat, error) {
	r, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "/pPxX_") || len(text) > 30 {
		return nil, fmt.Errorf("give a decimal number")
	}
	if r.Sign() < 0 {
		return nil, fmt.Errorf("a cost is not negative")
	}
	if !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return nil, fmt.Errorf("the number has too many digits")
	}
	return r, nil
}

// scale turns the prices into integers.
func (p *prices) scale() error {
	p.unit = big.NewInt(1)
	each := func(f func(r *big.Rat, to *int64)) {
		f(p.forward, &p.costs.Forward)
		f(p.reverse, &p.costs.Reverse)
		for i := range p.write {
			f(p.write[i], &p.costs.Write[i])
			f(p.read[i], &p.costs.Read[i])
		}
	}
	each(func(r *big.Rat, _ *int64) {
		if r != nil {
			gcd := new(big.Int).GCD(nil, nil, p.unit, r.Denom())
			p.unit.Mul(p.unit, new(big.Int).Div(r.Denom(), gcd))
		}
	})
	fits := true
	each(func(r *big.Rat, to *int64) {
		*to = 0
		if r != nil {
			n := new(big.Rat).Mul(r, new(big.Rat).SetInt(p.unit)).Num()
			fits = fits && n.IsInt64()
			*to = n.Int64()
		}
	})
	if !fits {
		return usagef("the costs have too many digits: round them")
	}
	return nil
}

// cost returns what counts cost, exactly.
func (p *prices) cost(c schedule.Counts) (json.Number, error) {
	n, err := p.costs.Of(c)
	if err != nil {
		return "", err
	}
	r := new(big.Rat).SetFrac(big.NewInt(n), p.unit)
	digits, _ := r.FloatPrec() // exact, since the prices are decimals
	return json.Number(r.FloatString(digits)), nil
}

// String tells the prices.
func (p *prices) String() string {
	text := fmt.Sprintf("a step %s, a reversal %s", number(p.forward), number(p.reverse))
	for i := range p.write {
		if p.write[i] != nil {
			text += fmt.Sprintf(", level %d write %s read %s", i, number(p.write[i]), number(p.read[i]))
		}
	}
	return text
}

func number(r *big.Rat) string {
	digits, _ := r.FloatPrec()
	return r.FloatString(digits)
}

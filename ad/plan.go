package ad

import (
	"fmt"
	"math"
	"strings"

	"github.com/cairn-ad/cairn/schedule"
)

// Plan says how a loop is reversed. Its words are those of the checkpoint directive, and
// so are those of the messages about a plan that makes no sense.
type Plan struct {
	Scheme  string         // the name of a schedule, as store or binomial
	Snaps   int            // snapshots in the first level, which is the memory where there are more
	Disk    int            // snapshots in the second level; -1: as many as are of use
	Period  int            // iterations from one snapshot to the next
	Tape    int            // iterations recorded at one time; 0 is 1
	Budget  int64          // bytes for the snapshots of the first level, in place of Snaps
	Levels  string         // levels as "slots:write:read,…", the fastest first, in place of Snaps, Disk and all costs but that of a step
	Storage string         // where snapshots are kept; "" is the memory
	Resume  string         // name of a run that another process can go on with; storage is file:DIR then
	Costs   schedule.Costs // for schedules that weigh steps against snapshots
}

// NewLoop returns a loop of at most steps iterations that is reversed as the plan says.
// Negative steps stand for a loop of which nobody knows how long it will be: it ends
// where advance or record returns false. NewLoop panics, with the words of the directive,
// if the plan makes no sense. Loops come from a pool and keep their memory.
func NewLoop(steps int, p Plan) *Loop {
	if p.Scheme == "auto" {
		p.choose(steps)
	}
	s := p.scheme()
	p.check(s)
	if steps < 0 && !s.endless {
		refuse("scheme=%s has to know how many iterations the loop has; take another scheme for one that ends by itself", p.Scheme)
	}
	l := newLoop(steps)
	if steps < 0 {
		l.steps = math.MaxInt64
	}
	l.plan, l.scheme, l.slots = p, s, p.Snaps
	if l.places = p.places(s); l.places != nil {
		if l.ahead == nil {
			l.ahead = new(lookahead)
		}
		*l.ahead = lookahead{}
	}
	if p.Resume != "" {
		l.dur = &durable{dir: p.resumable(s, l.places), name: p.Resume, words: fmt.Sprintf("%+v", p)}
	}
	if p.Budget == 0 {
		must(s.make(l))
	}
	return l
}

// places returns where the snapshots of each level are kept. Of a scheme with several
// levels the first is in memory, unless the word tells otherwise.
func (p *Plan) places(s *scheme) [][]tierSpec {
	word := p.Storage
	several := s.levels && p.mostLevels() > 1
	if several && word == "" {
		word = "file"
	}
	if word == "" || word == "ram" {
		return nil
	}
	own := *p // so that only plans with storages are on the heap
	levels, err := parseStorage(word, own.file)
	if err != nil {
		refuse("storage=%s: %v", p.Storage, err)
	}
	if most := p.mostLevels(); len(levels) > most {
		refuse("storage=%s: there are at most %d levels", p.Storage, most)
	}
	if several && len(levels) == 1 {
		levels = append([][]tierSpec{{{name: "ram"}}}, levels...)
	}
	return levels
}

// file opens a storage in files for a level.
func (p *Plan) file(level int, dir string) (Storage, error) {
	if p.Resume == "" {
		return openTempFile(dir)
	}
	return &slotFiles{prefix: fmt.Sprintf("%s/slot-%d-", runPath(dir, p.Resume), level)}, nil
}

// check panics unless the words of the plan are those of its scheme.
func (p *Plan) check(s *scheme) {
	if p.Levels != "" {
		if !strings.Contains(s.takes, "levels") {
			refuse("scheme=%s has no levels=; it has %s", p.Scheme, s.takes)
		}
		if p.Snaps != 0 || p.Disk != 0 || p.Budget != 0 {
			refuse("levels=%s tells the slots of all levels: leave out snaps, disk and budget", p.Levels)
		}
	}
	p.word(s, "snaps", int64(p.Snaps), p.Snaps > 0)
	p.word(s, "disk", int64(p.Disk), p.Disk >= -1)
	p.word(s, "period", int64(p.Period), p.Period > 0)
	p.word(s, "tape", int64(p.Tape), p.Tape > 0)
	p.word(s, "budget", p.Budget, p.Budget > 0)
	if p.Costs != (schedule.Costs{}) && !strings.Contains(s.takes, "costs") {
		refuse("scheme=%s has no costs; it has %s", p.Scheme, s.takes)
	}
}

// word panics if the plan has the word and its scheme has not, or if the value is not ok
// where there is one or must be.
func (p *Plan) word(s *scheme, name string, value int64, ok bool) {
	given := value != 0
	needed := s.needs == name && !(name == "snaps" && (p.Budget != 0 || p.Levels != "" || (p.Scheme == "multistage" || p.Scheme == "hrevolve") && p.Disk != 0))
	switch {
	case given && !strings.Contains(s.takes, name):
		refuse("scheme=%s has no %s=; it has %s", p.Scheme, name, s.takes)
	case (given || needed) && !ok && name == "disk":
		refuse("scheme=%s with disk=%d: set disk to 0 or more, or to -1 for as many as are of use", p.Scheme, value)
	case needed && !ok && name == "snaps" && value == 0 && strings.Contains(s.takes, "budget"):
		refuse("scheme=%s with snaps=0, or budget=0: set the one to 1 or more that the directive has", p.Scheme)
	case (given || needed) && !ok:
		refuse("scheme=%s with %s=%d: set %s to 1 or more", p.Scheme, name, value, name)
	}
}

// mostLevels is how many levels of storage there can be.
func (p *Plan) mostLevels() int {
	if p.Levels == "" {
		return schedule.MaxLevels
	}
	return strings.Count(p.Levels, ",") + 1
}

// hierarchy returns the slots of the levels of a schedule, and their costs.
func (p *Plan) hierarchy() (slots []int, costs schedule.Costs) {
	costs = p.costs()
	if p.Levels == "" {
		return []int{p.Snaps, p.Disk}, costs
	}
	costs.Write, costs.Read = [schedule.MaxLevels]int64{}, [schedule.MaxLevels]int64{}
	for k, word := range strings.Split(p.Levels, ",") {
		var n int
		var write, read int64
		count, err := fmt.Sscanf(word+" ", "%d:%d:%d ", &n, &write, &read)
		if err != nil || count != 3 || k == schedule.MaxLevels {
			refuse("levels=%s: write slots:write:read for each of at most %d levels, as 10:0:0,100:2:2,-1:20:20", p.Levels, schedule.MaxLevels)
		}
		slots = append(slots, n)
		costs.Write[k], costs.Read[k] = write, read
	}
	return slots, costs
}

func refuse(format string, args ...any) {
	panic("ad: a checkpointed loop: " + fmt.Sprintf(format, args...))
}

// measure takes a snapshot of the start and gives the loop the schedule that has as many
// as the budget has room for, one at least.
func (l *Loop) measure(save func(s *Snapshot)) {
	l.slots = 1
	if l.steps > 0 {
		l.keepStart(save)
		n := l.plan.Budget / max(1, l.start.kept())
		l.slots = int(max(1, min(n, l.steps, math.MaxInt32)))
	}
	must(l.scheme.make(l))
}

// Positive returns the value n of a word of a plan. It panics if n is less than 1: in a [Plan] 0
// would be as if the word were not there.
func Positive(word string, n int) int {
	if n < 1 {
		refuse("%s=%d: set %s to 1 or more", word, n, word)
	}
	return n
}

// DiskCosts are costs for schedules with snapshots in memory, which cost nothing, and on
// disk, by the costs of a step, of writing a snapshot and of reading it. What the reverse of
// a step costs does not influence a schedule. DiskCosts panics if a step costs less than 1, or the
// others less than 0.
func DiskCosts(step, write, read int) schedule.Costs {
	Positive("uf", step)
	if write < 0 || read < 0 {
		refuse("wd=%d and rd=%d: set both to 0 or more", write, read)
	}
	c := schedule.Costs{Forward: int64(step)}
	c.Write[1], c.Read[1] = int64(write), int64(read)
	return c
}

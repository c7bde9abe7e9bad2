package ad

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/cairn-ad/cairn/schedule"
)

// Durable gives a loop whose plan has the word resume what it needs to be resumed, before
// Forward. save and restore are used in place of those that Forward and Reverse are
// given: they are for all that the functions of the loop write and that is there before
// it, be it needed in the loop or after it. The other two are for the adjoints that
// reverse reads or adds to, with their numbers.
//
// A process that is killed leaves in the directory of the run what another process needs
// to go on. That one calls the same derivative with the same arguments: Forward and
// Reverse do what is left to do, and the adjoints are, bit for bit, those of a process
// that nobody has killed.
func (l *Loop) Durable(save, restore, saveAdjoints, restoreAdjoints func(s *Snapshot)) {
	if l.dur != nil {
		l.dur.save, l.dur.restore = save, restore
		l.dur.saveAdjoints, l.dur.restoreAdjoints = saveAdjoints, restoreAdjoints
	}
}

// Inputs gives a loop with the word resume what its run depends on besides what Durable
// names: the arguments of the derivative, and what the loop only reads. The numbers and
// strings that save keeps are compared with those of the process that has begun the run.
// It is called before Forward.
func (l *Loop) Inputs(save func(s *Snapshot)) {
	if l.dur != nil {
		l.dur.inputs = save
	}
}

// durable is what a loop has that another process can go on with.
type durable struct {
	dir, name, words string // words are the plan
	run              *runDir

	save, restore, saveAdjoints, restoreAdjoints func(s *Snapshot)

	inputs func(s *Snapshot) // nil: none

	mem             *memoryMap // at the start of the loop
	state, adjoints Snapshot   // likewise, without the numbers
	journal         journal    // the last one written or found
	found           bool       // by this process
	blob            []byte     // of the journal found
	now             Snapshot   // what is being written
	last            time.Time  // when that was
	took            time.Duration
	done            bool
}

// journal is where a run has come to.
type journal struct {
	Run      uint64 // tells runs apart
	Program  [32]byte
	Words    string // the plan
	Steps    int64
	Slots    int
	Start    uint64 // checksum of the state at the start
	Types    string
	Phase    phase
	Actions  int64 // done
	Stopped  bool  // the loop has ended early
	StopAt   int64 // after so many actions
	Done     int64 // with so many steps begun
	Recorded bool
	Live     []liveSlot
}

// phase is where in a loop a journal was written.
type phase uint8

const (
	inForward phase = iota // after a Save
	between                // the forward sweep has ended
	inReverse              // after a Reverse; with the journal are the adjoints
)

// liveSlot is a slot that holds something.
type liveSlot struct {
	Level, Slot, Key int
	Step             int64
}

// save is the action that stores the state in the slot.
func (s liveSlot) save() schedule.Action {
	return schedule.Action{
		Op:   schedule.Op{Kind: schedule.Save, Level: uint8(s.Level)},
		Slot: s.Slot, From: s.Step, To: s.Step,
	}
}

// journalEvery is the least time between two journals; a journal also waits until
// twenty times the time has passed that the last one took.
var journalEvery = time.Second

// resumable returns the directory for the run of the plan, and refuses plans that cannot be
// resumed.
func (p *Plan) resumable(s *scheme, levels [][]tierSpec) string {
	checkRunName(p.Resume)
	if !s.resumes || p.Tape > 1 {
		refuse("resume=%s: what scheme=%s records is in memory and cannot be resumed; take scheme=binomial", p.Resume, p.Scheme)
	}
	dir := ""
	for _, tiers := range levels {
		if len(tiers) > 1 {
			refuse("resume=%s: a tiered storage cannot be resumed; take storage=file:DIR", p.Resume)
		}
		for _, part := range strings.Split(tiers[0].name, "+") {
			if d, ok := strings.CutPrefix(part, "file:"); ok && dir == "" {
				dir = d
			}
		}
	}
	if dir == "" {
		refuse("resume=%s needs a directory for what is kept: write storage=file:DIR", p.Resume)
	}
	return dir
}

// fail is for errors of the files of a run.
func (d *durable) fail(err error) {
	if err != nil {
		panic(&StorageError{"resume", runPath(d.dir, d.name), -1, err})
	}
}

// begin looks at what the loop begins with, and whether there is a run to go on with.
func (d *durable) begin(l *Loop) {
	d.state.Reset()
	d.save(&d.state)
	d.adjoints.Reset()
	d.saveAdjoints(&d.adjoints)
	d.mem = mapOf(&d.state, &d.adjoints)
	sum, err := d.checksum()
	d.fail(err)
	program, err := programSum()
	d.fail(err)
	d.state.data.raw, d.adjoints.data.raw = nil, nil
	mine := journal{
		Program: program, Words: d.words, Steps: l.steps,
		Start: sum, Types: describe(&d.state) + describe(&d.adjoints),
	}
	d.last = time.Now()
	if d.blob, d.found, err = d.run.get("journal", &d.journal); d.found {
		d.fail(d.journal.same(mine))
		if d.journal.Phase > inReverse {
			d.fail(errDamaged)
		}
		return
	}
	d.fail(err)
	d.journal = mine
	var id [8]byte
	rand.Read(id[:])
	d.journal.Run = binary.LittleEndian.Uint64(id[:])
}

// same returns an error unless the run of j is that of mine.
func (j *journal) same(mine journal) error {
	why := ""
	switch {
	case j.Program != mine.Program:
		why = "another program has begun the run, and its numbers need not be those of this one"
	case j.Words != mine.Words || j.Steps != mine.Steps:
		why = fmt.Sprintf("the run was begun with %d iterations and %s, not with %d and %s", j.Steps, j.Words, mine.Steps, mine.Words)
	case j.Types != mine.Types || j.Start != mine.Start:
		why = "the arguments, or the state at the start of the loop, are others than when the run was begun: call the derivative with the same arguments"
	default:
		return nil
	}
	return errors.New(why + "; to start anew remove the directory, or call ad.RemoveRun")
}

// checksum is one of all that the loop begins with.
func (d *durable) checksum() (uint64, error) {
	var raw, shape uint32
	for _, s := range []*Snapshot{&d.state, &d.adjoints} {
		raw = crc32.Update(raw, castagnoli, s.data.raw)
		b, err := d.mem.appendRefs(nil, s)
		if err != nil {
			return 0, err
		}
		shape = crc32.Update(shape, castagnoli, b)
	}
	if d.inputs != nil {
		var s Snapshot
		d.inputs(&s)
		raw = crc32.Update(raw, castagnoli, s.data.raw)
		sum := &shapeSum{sum: shape}
		(&refs{snap: &s, visit: sum}).walk()
		shape = sum.sum
	}
	for _, o := range d.mem.objects {
		shape = crc32.Update(shape, castagnoli, binary.AppendUvarint(nil, uint64(o.size)))
	}
	return uint64(raw)<<32 | uint64(shape), nil
}

// programSum is the checksum of the program that runs.
var programSum = sync.OnceValues(func() (sum [32]byte, err error) {
	name, err := os.Executable()
	if err != nil {
		return sum, err
	}
	f, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
})

const trailer = 32

// pack appends to the numbers of s its references, and what tells where they belong.
func (d *durable) pack(s *Snapshot, step int64) []byte {
	raw := len(s.data.raw)
	b, err := d.mem.appendRefs(s.data.raw, s)
	if err != nil {
		panic(&StorageError{"write", runPath(d.dir, d.name), step, err})
	}
	refs := len(b) - raw
	b = binary.LittleEndian.AppendUint64(b, uint64(raw))
	b = binary.LittleEndian.AppendUint64(b, uint64(refs))
	b = binary.LittleEndian.AppendUint64(b, uint64(step))
	return binary.LittleEndian.AppendUint64(b, d.journal.Run)
}

// unpack gives s, which gets the items of like, what pack has made b of. The numbers are
// not copied.
func (d *durable) unpack(s, like *Snapshot, b []byte, step int64) error {
	n := len(b) - trailer
	if n < 0 {
		return errDamaged
	}
	word := func(k int) uint64 { return binary.LittleEndian.Uint64(b[n+8*k:]) }
	raw, refs := word(0), word(1)
	if raw > uint64(n) || refs != uint64(n)-raw || word(2) != uint64(step) || word(3) != d.journal.Run {
		return errors.New("this is the state before another iteration, or of another run")
	}
	s.Reset()
	s.items = append(s.items[:0], like.items...)
	s.data.raw = b[:raw:raw]
	return d.mem.readRefs(b[raw:n], s, int(raw))
}

// live lists what is held.
func (l *Loop) live() []liveSlot {
	var list []liveSlot
	for k, v := range l.levels {
		for i, s := range v.slots[:v.used] {
			if s.held {
				at := liveSlot{Level: k, Slot: i, Step: s.step}
				if s.in != nil {
					at.Key = s.key
				}
				list = append(list, at)
			}
		}
	}
	return list
}

// due reports whether a journal is to be written.
func (d *durable) due() bool {
	return time.Since(d.last) >= max(journalEvery, 20*d.took)
}

// write writes the journal, and with it what keep saves, if it is not nil.
func (d *durable) write(l *Loop, at phase, keep func(s *Snapshot)) {
	begin := time.Now()
	d.journal.Phase, d.journal.Actions, d.journal.Live = at, l.count, l.live()
	d.fail(d.run.put("journal", &d.journal, d.packed(keep)))
	d.last = time.Now()
	d.took = d.last.Sub(begin)
}

// packed returns what keep saves, in the form of pack.
func (d *durable) packed(keep func(s *Snapshot)) []byte {
	if keep == nil {
		return nil
	}
	d.now.Reset()
	keep(&d.now)
	b := d.pack(&d.now, -1)
	d.now.data.raw = b[:0]
	return b
}

// afterSave writes a journal in the forward sweep, if it is time.
func (d *durable) afterSave(l *Loop) {
	if d.due() {
		d.writeDrawn(l)
		d.write(l, inForward, nil)
	}
}

// writeDrawn writes what the iterations have drawn so far.
func (d *durable) writeDrawn(l *Loop) {
	if len(l.drawn.starts) == 0 {
		return
	}
	b, err := l.drawn.pack()
	d.fail(err)
	d.fail(d.run.put("drawn", l.drawn.starts, b))
}

func (d *durable) readDrawn(l *Loop) {
	var starts []int
	b, ok, err := d.run.get("drawn", &starts)
	d.fail(err)
	if ok {
		l.drawn.starts = starts
		d.fail(l.drawn.unpack(b))
	}
}

package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"

	"github.com/cairn-ad/cairn/schedule"
)

// The sizes of the picture.
const (
	pictureColumns = 100
	pictureLines   = 200
	pictureActions = 1_000_000
)

// draw prints the schedule: a column for each step, or for several if there are many,
// and a line for each run forwards up to the reversals that follow it.
func (o *planOptions) draw(s *streams, p *planScheme) error {
	seq, err := p.actions(o)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(s.out)
	d := picture{w: w, each: max(1, (o.steps+pictureColumns-1)/pictureColumns), held: map[[2]int]int64{}}
	d.columns = int((o.steps + d.each - 1) / d.each)
	d.legend()
	actions := 0
	for a := range seq {
		d.do(a)
		if actions++; d.lines == pictureLines || actions == pictureActions {
			d.flush()
			fmt.Fprintf(w, "  … and so on\n")
			return w.Flush()
		}
	}
	d.flush()
	return w.Flush()
}

// picture draws a schedule line by line.
type picture struct {
	w        *bufio.Writer
	each     int64 // steps to a column
	columns  int
	lines    int
	held     map[[2]int]int64 // level and slot to step
	line     []byte
	reversed bool // the line has reversals
}

func (d *picture) legend() {
	column := "a column for each step"
	if d.each > 1 {
		column = fmt.Sprintf("a column for %d steps", d.each)
	}
	fmt.Fprintf(d.w, "\n  %s, a line for each run forwards:\n", column)
	fmt.Fprintf(d.w, "  - advance  # record  < record and reverse  o save in memory  O on disk  . held in memory  : on disk\n\n")
}

// do draws one action.
func (d *picture) do(a schedule.Action) {
	switch a.Kind {
	case schedule.Reverse:
		d.begin()
		d.set(a.From, '<')
		d.reversed = true
		return
	case schedule.Restore, schedule.Save, schedule.Record, schedule.Advance:
		if d.reversed {
			d.flush()
		}
	}
	d.begin()
	switch a.Kind {
	case schedule.Save:
		d.held[[2]int{int(a.Level), a.Slot}] = a.From
		d.set(a.From, "oO"[min(1, a.Level)])
	case schedule.Restore:
		if a.Last {
			delete(d.held, [2]int{int(a.Level), a.Slot})
		}
	case schedule.Record:
		d.set(a.From, '#')
	case schedule.Advance:
		for i := a.From / d.each; i*d.each < a.To; i++ {
			if c := d.line[i]; c != 'o' && c != 'O' {
				d.line[i] = '-'
			}
		}
	}
}

// begin starts a line with what is held, if none has been started.
func (d *picture) begin() {
	if d.line != nil {
		return
	}
	d.line = bytes.Repeat([]byte{' '}, d.columns)
	for at, step := range d.held {
		if c := &d.line[step/d.each]; at[0] > 0 || *c == ' ' {
			*c = ".:"[min(1, at[0])]
		}
	}
}

func (d *picture) set(step int64, c byte) {
	if i := step / d.each; i < int64(len(d.line)) { // online, a state behind the last step may be saved
		d.line[i] = c
	}
}

// flush ends a line.
func (d *picture) flush() {
	if d.line != nil {
		fmt.Fprintf(d.w, "  %s\n", strings.TrimRight(string(d.line), " "))
		d.lines++
	}
	d.line, d.reversed = nil, false
}

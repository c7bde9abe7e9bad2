package restart

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// The kinds of moments.
const (
	random = iota // after the first checkpoint of a life and a random time more
	early         // at a random time before that
	at            // at a time, counted over all lives
	after         // when so many checkpoints were saved, counted over all lives
	every         // after each checkpoint
)

// moment is when a life is killed.
type moment struct {
	kind  int
	share float64 // random, early, at
	count int     // after
}

func (m moment) String() string {
	switch m.kind {
	case at:
		return fmt.Sprintf("at %.3g %% of its time", 100*m.share)
	case after:
		return fmt.Sprintf("after checkpoint %d", m.count)
	case every:
		return "after a checkpoint"
	}
	return "at a random moment"
}

// plans lists the kills of each kind, in the order in which they come.
func (v *verifier) plans() ([][]moment, error) {
	if v.report.Checkpoints == 0 && (v.o.Random > 0 || v.o.Every || len(v.o.After) > 0) {
		return nil, trouble("the uninterrupted run has saved no checkpoint%s", v.seen())
	}
	var out [][]moment
	add := func(list []moment) {
		if list != nil {
			out = append(out, list)
		}
	}
	var list []moment
	for _, share := range slices.Sorted(slices.Values(v.o.At)) {
		list = append(list, moment{kind: at, share: share})
	}
	add(list)
	list = nil
	for _, n := range slices.Sorted(slices.Values(v.o.After)) {
		if n > v.report.Checkpoints {
			return nil, trouble("the uninterrupted run has saved %d checkpoints, so there is no kill after checkpoint %d", v.report.Checkpoints, n)
		}
		list = append(list, moment{kind: after, count: n})
	}
	add(list)
	if v.o.Every {
		add([]moment{{kind: every}})
	}
	list = nil
	for i := range v.o.Random {
		m := moment{kind: random, share: v.rng.Float64()}
		if i%4 == 3 {
			m.kind = early
		}
		list = append(list, m)
	}
	add(list)
	if out == nil {
		return nil, errors.New("no kill is asked for")
	}
	return out, nil
}

const pollPause = time.Millisecond

// wait returns when the moment has come or the process has ended.
func (c *campaign) wait(p *process, m *moment, had int) error {
	if m == nil {
		return nil
	}
	w := c.round.watch
	switch m.kind {
	case early:
		p.over(time.Duration(m.share * float64(c.first)))
		return w.look()
	case at:
		p.over(time.Duration(m.share*float64(c.took)) - c.ran)
		return w.look()
	}
	target := had + 1
	if m.kind == after {
		target = m.count
	}
	for w.count < target {
		if p.over(pollPause) {
			return w.look()
		}
		if err := w.look(); err != nil {
			return err
		}
	}
	if m.kind == random {
		// Two of the mean times between checkpoints reach into steps, saves, and what
		// comes after the next save.
		gap := (c.took - c.first) / time.Duration(max(1, c.report.Checkpoints))
		p.over(time.Duration(2 * m.share * float64(max(gap, time.Millisecond))))
		return w.look()
	}
	return nil
}

// round3 shortens a time for a message.
func round3(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

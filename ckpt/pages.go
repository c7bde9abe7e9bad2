package ckpt

import "github.com/cairn-ad/cairn/ckpt/internal/freeze"

// pages measures which share of the state's pages a loop changes between two saves. That
// takes a fault for each of them, so it is done now and then only.
type pages struct {
	tracker *freeze.Tracker
	refused bool
	saves   int
	list    []freeze.Stretch // watched since the last save
	share   float64          // that had changed, if known
	known   bool
}

const (
	// pagesLeast is how long a stretch must be to be watched.
	pagesLeast = 1 << 20
	// pagesEvery is how many saves there are between two measurements.
	pagesEvery = 32
)

// due reports whether memory should be watched from the save in hand to the next one.
func (p *pages) due() bool {
	p.saves++
	return !p.refused && (p.saves == 2 || p.saves%pagesEvery == 0) // before the first one the loop may still fill it
}

// begin watches memory of the state.
func (p *pages) begin(list []freeze.Stretch) {
	if p.tracker == nil {
		t, err := freeze.NewTracker()
		if err != nil {
			p.refused = true
			return
		}
		p.tracker = t
	}
	for _, s := range list {
		if p.tracker.Watch(s.Addr, s.Len) == nil { // others watch memory of an arena
			p.list = append(p.list, s)
		}
	}
}

// end learns the share of changed pages.
func (p *pages) end() {
	total, clean := 0, 0
	for _, s := range p.list {
		total += s.Len
		err := p.tracker.Clean(s.Addr, s.Len, func(_ uintptr, n int) { clean += n })
		if err != nil {
			p.refused = true
		}
		// It fails if the memory is the program's no longer; then there is nothing to be done.
		_ = p.tracker.Unwatch(s.Addr, s.Len)
	}
	p.list = p.list[:0]
	if p.known = total > 0 && !p.refused; p.known {
		p.share = 1 - float64(clean)/float64(total)
	}
}

// close ends all watching.
func (p *pages) close() {
	if p.tracker != nil {
		_ = p.tracker.Close()
		p.tracker = nil
	}
	p.list = p.list[:0]
}

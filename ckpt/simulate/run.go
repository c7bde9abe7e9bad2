package simulate

import (
	"math"
	"math/rand/v2"
)

// Run simulates a job under a policy. The failures of the levels are used up.
func Run(j Job, p Policy) (Result, error) {
	if err := j.check(); err != nil {
		return Result{}, err
	}
	s := newRun(j, p)
	for s.step < j.Steps && s.now < s.limit {
		s.one()
	}
	s.Finished = s.step >= j.Steps
	s.Total = s.now
	s.Work = s.now - s.Checkpoint - s.Lost - s.Recovery
	return s.Result, nil
}

// run is a simulation on its way.
type run struct {
	Result
	job    Job
	policy Policy
	limit  float64
	rand   *rand.Rand // of steps
	costs  *rand.Rand // of checkpoints and restarts
	now    float64
	step   int     // steps that are done
	done   float64 // their time
	levels []place
	next   float64 // the earliest failure
	by     int     // its level
}

// place is the state of one level.
type place struct {
	Level
	fails  float64 // time of the next failure of this level
	point  mark    // the newest durable checkpoint
	flight []mark  // those on their way, the oldest first
}

// mark is a state of the job that was saved.
type mark struct {
	step    int
	done    float64
	begun   float64
	durable float64 // time at which it is
}

func newRun(j Job, p Policy) *run {
	s := &run{
		job: j, policy: p, limit: j.Limit,
		rand: rand.New(rand.NewPCG(j.Seed, 2)), costs: rand.New(rand.NewPCG(j.Seed, 3)),
	}
	if s.limit == 0 {
		s.limit = 1000 * float64(j.Steps) * j.Step.Mean()
	}
	for _, l := range j.Levels {
		l.InFlight = max(l.InFlight, 1)
		s.levels = append(s.levels, place{Level: l, fails: next(l.Failures, 0)})
	}
	s.upcoming()
	return s
}

func next(f Failures, now float64) float64 {
	if f == nil {
		return math.Inf(1)
	}
	return now + f.Next()
}

// upcoming finds the next failure. If several come at once the worst one counts.
func (s *run) upcoming() {
	s.next = math.Inf(1)
	for i := range s.levels {
		if f := s.levels[i].fails; f <= s.next {
			s.next, s.by = f, i
		}
	}
}

// one does a step, and saves if that is due.
func (s *run) one() {
	took := s.job.Step.Draw(s.rand)
	if s.job.Scale != nil {
		took *= s.job.Scale(s.step)
	}
	if s.now+took > s.next {
		s.fail(s.next - s.now)
		return
	}
	s.now += took
	s.step++
	s.done += took
	s.policy.Step(took)
	s.land()
	if lev := s.policy.Due(s.now); lev >= 0 && s.step < s.job.Steps {
		s.save(lev)
	}
}

// land makes durable what is by now.
func (s *run) land() {
	for i := range s.levels {
		l := &s.levels[i]
		for len(l.flight) > 0 && l.flight[0].durable <= s.now {
			m := l.flight[0]
			l.flight = l.flight[:copy(l.flight, l.flight[1:])]
			l.point = m
			s.policy.Persisted(i, m.durable-m.begun, l.Bytes)
		}
	}
}

// save takes a snapshot, after room for it was waited for.
func (s *run) save(lev int) {
	l := &s.levels[lev]
	begun := s.now
	if len(l.flight) >= l.InFlight {
		if !s.stall(l.flight[0].durable - s.now) {
			return
		}
		s.land()
	}
	start := s.now
	if !s.stall(l.Stall.Draw(s.costs)) {
		return
	}
	s.Checkpoints++
	m := mark{s.step, s.done, start, s.now}
	if l.Persist != nil {
		m.durable += l.Persist.Draw(s.costs)
		if n := len(l.flight); n > 0 { // they are written one after the other
			m.durable = max(m.durable, l.flight[n-1].durable)
		}
	}
	l.flight = append(l.flight, m)
	s.policy.Snapshot(lev, s.now-begun)
	s.land()
}

// stall lets time pass for a checkpoint; false if a failure came.
func (s *run) stall(d float64) bool {
	d = max(d, 0)
	if s.now+d > s.next {
		s.Checkpoint += s.next - s.now
		s.fail(0)
		return false
	}
	s.now += d
	s.Checkpoint += d
	return true
}

// fail lets the failure happen that is next, and restarts; partial is the time of the
// step that it interrupts.
func (s *run) fail(partial float64) {
	before := s.done
	s.Lost += partial
	for {
		s.now = s.next
		s.land()
		worst := s.by
		s.Failures++
		back, from := mark{}, worst
		for i := range s.levels {
			l := &s.levels[i]
			l.flight = l.flight[:0]
			if i < worst {
				l.point = mark{}
			} else if l.point.step > back.step {
				back, from = l.point, i
			}
		}
		s.levels[worst].fails = next(s.levels[worst].Failures, s.now)
		s.upcoming()
		s.Lost += s.done - back.done
		s.step, s.done = back.step, back.done
		took := 0.0
		if d := s.levels[from].Recovery; d != nil {
			took = d.Draw(s.costs)
		}
		if s.now+took <= s.next {
			s.now += took
			s.Recovery += took
			s.MaxLost = max(s.MaxLost, before-s.done+partial)
			s.policy.Restarted(from, took)
			return
		}
		s.Recovery += s.next - s.now
		if s.next > s.limit {
			s.now = s.next
			return
		}
	}
}

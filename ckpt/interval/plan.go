package interval

import "math"

// A plan is the number of steps that each limit asks for, as real numbers; a limit that
// was not set asks for nothing: 0 of those from below, +Inf of those from above.
type plan struct {
	bandwidth, overhead, storage float64
	daly, rpo                    float64
}

// costs are the estimates that a plan follows from, in seconds and bytes.
type costs struct {
	step, stall, persist, bytes float64
}

func (l *Level) plan(c costs) plan {
	p := plan{daly: math.Inf(1), rpo: math.Inf(1)}
	p.bandwidth = max(c.persist-c.stall, 0) / (float64(max(l.InFlight, 1)) * c.step)
	if l.Overhead > 0 {
		p.overhead = c.stall / (overheadMargin * l.Overhead * c.step)
	}
	if l.BytesPerHour > 0 {
		p.storage = c.bytes / float64(l.BytesPerHour) * 3600 / c.step
	}
	if l.MTBF > 0 {
		work := Daly(c.stall, l.MTBF.Seconds())
		if l.Recovery > 0 {
			work = WithRecovery(c.stall, l.MTBF.Seconds(), l.Recovery.Seconds()) - c.stall
		}
		p.daly = work / c.step
	}
	if l.RPO > 0 {
		p.rpo = max(l.RPO.Seconds()-c.persist, 0) / c.step
	}
	return p
}

// lower returns the largest limit from below: checkpoints must not be more frequent.
func (p plan) lower() (float64, Limit) {
	x, by := 1.0, LimitStep
	for _, l := range [...]struct {
		x  float64
		by Limit
	}{{p.bandwidth, LimitBandwidth}, {p.overhead, LimitOverhead}, {p.storage, LimitStorage}} {
		if l.x > x {
			x, by = l.x, l.by
		}
	}
	return x, by
}

// wanted returns how rare checkpoints should be if nothing forbids it.
func (p plan) wanted() (float64, Limit) {
	switch {
	case math.IsInf(p.daly, 1) && math.IsInf(p.rpo, 1):
		return 1, LimitStep
	case p.rpo < p.daly:
		return max(p.rpo, 1), LimitRPO
	}
	return max(p.daly, 1), LimitDaly
}

// steps returns the number of steps between checkpoints, the number before it was made
// whole, and the limit.
func (p plan) steps() (k int, x float64, by Limit) {
	low, lowBy := p.lower()
	want, wantBy := p.wanted()
	if low > want || low == want && wantBy == LimitStep {
		return whole(math.Ceil(low)), low, lowBy
	}
	k = whole(math.Floor(want))
	if wantBy == LimitDaly {
		k = whole(math.Round(want))
	}
	return max(k, whole(math.Ceil(low))), want, wantBy
}

// mostSteps is more steps than a run has; more are not counted.
const mostSteps = math.MaxInt / 2

func whole(x float64) int { return int(min(max(x, 1), mostSteps)) }

// How much the applied number of steps may differ from the wanted one.
const (
	hysteresisShare = 0.1
	hysteresisSteps = 0.75
)

// settled reports whether k steps may stay although the plan asks for x: if it is near
// enough, on the wrong side of the RPO half as near, and not below a limit that nothing else
// keeps. (Due keeps the overhead by debts, the bandwidth by the number in flight, and the RPO
// by the time since the last checkpoint.)
func settled(k, target int, x float64, by Limit) bool {
	share := hysteresisShare
	switch {
	case by == LimitStorage && target > k:
		return false
	case by == LimitRPO && target < k:
		share /= 2
	}
	return math.Abs(x-float64(k)) <= max(share*float64(k), hysteresisSteps)
}

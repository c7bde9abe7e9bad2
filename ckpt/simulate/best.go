package simulate

import "math"

// Best finds the fixed number of steps between checkpoints, from lo to hi, for which a
// job takes the least time: by trying numbers of equal ratio, and then those near the best
// one. The time is not convex in the number, because failures fall at random, so a slightly
// better one may be missed. job is called for every trial, since failures are used up.
func Best(job func() Job, lo, hi int) (steps int, r Result, err error) {
	lo, hi = max(lo, 1), max(lo, hi, 1)
	tried := map[int]bool{}
	try := func(x float64) {
		k := min(max(int(math.Round(x)), lo), hi)
		if tried[k] || err != nil {
			return
		}
		tried[k] = true
		j := job()
		if r.Finished {
			j.Limit = r.Total // what takes longer is not better
		}
		t, e := Run(j, Fixed(k))
		if e != nil {
			err = e
		} else if steps == 0 || better(t, r) {
			steps, r = k, t
		}
	}
	for ratio := 1.5; ratio > 1.02; ratio = math.Sqrt(ratio) {
		from, to := float64(lo), float64(hi)
		if steps > 0 {
			from, to = float64(steps)/(ratio*ratio), float64(steps)*ratio*ratio
		}
		for x := from; x < to*ratio; x *= ratio {
			try(x)
		}
	}
	return steps, r, err
}

// better prefers what finishes, then what takes less time.
func better(a, b Result) bool {
	if a.Finished != b.Finished {
		return a.Finished
	}
	return a.Finished && a.Total < b.Total || !a.Finished && a.Work > b.Work
}

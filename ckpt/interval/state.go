package interval

import "math"

// State is what a [Tuner] has measured, for the next life of a program: the last times of
// steps, stalls and writes in seconds, the oldest first.
type State struct {
	Steps  []float64    `json:"steps"`
	Levels []LevelState `json:"levels"`
}

// LevelState is what was measured of one level.
type LevelState struct {
	Stall   []float64 `json:"stall"`
	Persist []float64 `json:"persist"`
	Bytes   []float64 `json:"bytes"`
	Debt    float64   `json:"debt"` // stalls beyond the allowed overhead, to be made up
}

// State returns what was measured. It allocates.
func (t *Tuner) State() State {
	s := State{Steps: t.steps.samples()}
	for i := range t.levels {
		l := &t.levels[i]
		s.Levels = append(s.Levels, LevelState{l.stall.samples(), l.persist.samples(), l.bytes.samples(), l.debt})
	}
	return s
}

// Resume takes over what an earlier tuner has measured. Levels that this one has not, and
// numbers that are no times, are ignored.
func (t *Tuner) Resume(s State) {
	t.ignored += t.steps.addAll(s.Steps, 0)
	for i := range min(len(s.Levels), len(t.levels)) {
		l, from := &t.levels[i], s.Levels[i]
		t.ignored += l.stall.addAll(from.Stall, -1)
		t.ignored += l.persist.addAll(from.Persist, -1)
		l.tail.addAll(from.Persist, -1)
		t.ignored += l.bytes.addAll(from.Bytes, -1)
		if !math.IsNaN(from.Debt) {
			l.debt = from.Debt
			l.bound()
		}
		l.replan(t.steps.median())
	}
}

// samples returns the samples, the oldest first.
func (w *window) samples() []float64 {
	return append(append([]float64{}, w.ring[w.next:]...), w.ring[:w.next]...)
}

// addAll adds the finite samples above the limit and returns how many were not.
func (w *window) addAll(from []float64, above float64) (ignored int) {
	for _, x := range from {
		if x > above && x >= 0 && !math.IsInf(x, 1) {
			w.add(x)
		} else {
			ignored++
		}
	}
	return ignored
}

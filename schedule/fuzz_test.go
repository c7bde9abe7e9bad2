package schedule

import "testing"

// FuzzPlans: what the formulas say is what the schedules do, within the limits.
func FuzzPlans(f *testing.F) {
	f.Add(uint16(100), uint8(3), uint8(5), uint8(4))
	f.Add(uint16(1), uint8(0), uint8(1), uint8(0))
	f.Fuzz(func(t *testing.T, steps uint16, x, y, z uint8) {
		n, a, b, c := int64(steps%2000), 1+int(x%40), int(y%20), 1+int64(z%50)
		if a == 1 {
			n %= 300
		}
		run := func(l Limits, want Counts, err error, s Schedule, err2 error) {
			t.Helper()
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			executes(t, s, n, l, want)
		}
		want, err := PlanTaped(n, a, c)
		taped, err2 := NewTaped(n, a, c)
		run(Limits{Slots: []int{a}, Tape: c}, want, err, taped, err2)
		want, err = PlanTwoLevel(n, c, a, 1+int64(b))
		two, err2 := NewTwoLevel(n, c, a, 1+int64(b))
		run(Limits{Slots: []int{a, -1}, Tape: 1 + int64(b)}, want, err, two, err2)
		want, err = PlanMultistage(n, a, b)
		stages, err2 := NewMultistage(n, a, b)
		run(Limits{Slots: []int{a, b}, Tape: 1}, want, err, stages, err2)
		want, err = PlanPeriodic(n, c)
		periodic, err2 := NewPeriodic(n, c)
		run(Limits{Slots: []int{-1}, Tape: c}, want, err, periodic, err2)
		units := Shared{Budget: int64(a + b), Restart: int64(a), Adjoint: c}
		want, err = PlanMixed(n, units.Budget, units.Restart, units.Adjoint)
		mixed, err2 := NewSized(n, units.Budget, units.Restart, units.Adjoint)
		run(Limits{Slots: []int{-1}, Shared: &units}, want, err, mixed, err2)
	})
}

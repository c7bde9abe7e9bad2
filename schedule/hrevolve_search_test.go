package schedule

import (
	"math/rand/v2"
	"testing"
)

// rough draws a non-decreasing function on 1..n that is infinite from some place on now
// and then. Its shape is one of several, from straight to kinked everywhere.
func rough(r *rand.Rand, n int) []int64 {
	y := make([]int64, n+1)
	shape, scale := r.IntN(6), int64(1)<<r.IntN(45)
	rise := r.Int64N(scale)
	for x := 1; x <= n; x++ {
		switch shape {
		case 0: // convex
			rise += r.Int64N(scale)
		case 1: // concave
			rise = max(0, rise*15/16)
		case 2: // anything
			rise = r.Int64N(scale)
		case 3: // straight pieces
			if r.IntN(20) == 0 {
				rise = r.Int64N(scale)
			}
		case 4: // convex on the whole, with teeth
			rise = scale*int64(x)/int64(n) + scale*int64(x%7)/8
		case 5: // a flat one with steps
			rise = 0
			if r.IntN(9) == 0 {
				rise = r.Int64N(4)
			}
		}
		y[x] = y[x-1] + rise
	}
	if r.IntN(4) == 0 {
		for x := 1 + r.IntN(n); x <= n; x++ {
			y[x] = infinite
		}
	}
	return y
}

// The search that skips finds what the search that looks at every j finds.
func TestMinPlusSkipsNothing(t *testing.T) {
	cases := 3000
	if testing.Short() {
		cases = 500
	}
	r := rand.New(rand.NewPCG(1, 1))
	var skips, looks minplus
	looks.plain = true
	for i := range cases {
		n := 3 + r.IntN(300)
		f, h := rough(r, n), rough(r, n)
		skips.reset(f)
		looks.reset(f)
		for x := 2; x <= n; x++ {
			skips.push(h[x-1])
			looks.push(h[x-1])
			bound := infinite
			if r.IntN(2) == 0 {
				bound = f[x]
			}
			got, j := skips.min(x, bound)
			want, at := looks.min(x, bound)
			if got != want || (j == 0) != (at == 0) || j > 0 && f[x-j]+h[j] != got {
				t.Fatalf("case %d, n=%d: %d at %d, want %d at %d\nf=%v\nh=%v", i, x, got, j, want, at, f, h[:x])
			}
		}
	}
}

// The same for whole tables, up to sizes where most is skipped.
func TestTablesSkipNothing(t *testing.T) {
	cases := 1200
	if testing.Short() {
		cases = 200
	}
	r := rand.New(rand.NewPCG(2, 2))
	for i := range cases {
		n := int64(2 + r.IntN(120))
		if i%50 == 0 {
			n = 1500
		}
		slots, costs := hierarchy(r, 2+r.IntN(2), 8)
		if i%2 == 0 {
			costs.Write[0], costs.Read[0] = 0, 0
		}
		for _, order := range orders(slots, &costs) {
			for _, once := range []bool{false, true} {
				var cost [2][]int64
				for k, plain := range []bool{false, true} {
					f := filler{forward: costs.Forward, room: maxTables, search: minplus{plain: plain}}
					if err := f.base(n, freeSlots(n, slots, &costs)); err != nil {
						t.Fatal(err)
					}
					for _, level := range order {
						u := tier{write: costs.Write[level], read: costs.Read[level]}
						if err := f.fill(&u, slots[level], once && slots[level] < 0); err != nil {
							t.Fatal(err)
						}
					}
					cost[k] = f.lower
				}
				for x := range cost[0] {
					if cost[0][x] != cost[1][x] {
						t.Fatalf("slots=%v %+v order %v: %d steps cost %d, want %d", slots, costs, order, x, cost[0][x], cost[1][x])
					}
				}
			}
		}
	}
}

// The tables without a limit are those of as many slots as steps.
func TestUnlimitedIsEnough(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		n := int64(2 + r.IntN(60))
		_, costs := hierarchy(r, 2, 3)
		free := r.IntN(5)
		var cost [2][]int64
		for k := range cost {
			f := filler{forward: costs.Forward, room: maxTables}
			if err := f.base(n, free); err != nil {
				t.Fatal(err)
			}
			u := tier{write: costs.Write[1], read: costs.Read[1]}
			var err error
			if k == 0 {
				err = f.unlimited(&u, false)
			} else {
				err = f.limited(&u, int(n))
			}
			if err != nil {
				t.Fatal(err)
			}
			cost[k] = f.lower
		}
		for x := range cost[0] {
			if cost[0][x] != cost[1][x] {
				t.Fatalf("free=%d %+v: %d steps cost %d without a limit and %d with %d slots", free, costs, x, cost[0][x], cost[1][x], n)
			}
		}
	}
}

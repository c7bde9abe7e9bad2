package ad

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

// What blocks record on their stacks, they take back, run by run; copies are added up in the order
// of the blocks, whatever the number of processors.
func TestTeam(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	type cell struct {
		a float64
		b [2]float64
	}
	var want []float64
	for _, procs := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(procs)
		var all []float64
		for _, n := range []int{-1, 0, 1, 2, 3, 15, 16, 17, 100} {
			st := NewStack()
			out := make([]float64, max(n, 0))
			for range 3 {
				NewTeam(0, n).Forward(st, func(_, from, to int, st *Stack) {
					for i := from; i < to; i++ {
						st.PushFloat(out[i])
						made := Make[[]float64](st, 3)
						made[i%3] = 1
						Push(st, made)
						out[i] += 0.1 * float64(i+1)
					}
				})
			}
			if n > 1 && st.Bytes() < int64(3*8*n) {
				t.Errorf("n = %d: %d bytes are on the stack", n, st.Bytes())
			}
			x, cells, rows, sum := make([]float64, 5), make([]cell, 3), [][]float64{{0, 0}, nil, {0}}, 0.0
			for range 3 {
				team := NewTeam(0, n)
				xs, cs, rs, sums, ps := Private(team, x), Private(team, cells), Private(team, rows), Zeros[float64](team), Private(team, &sum)
				team.Reverse(st, func(k, from, to int, st *Stack) {
					for i := to - 1; i >= from; i-- {
						made := Pop[[]float64](st)
						if made[i%3] != 1 {
							t.Errorf("n = %d: iteration %d finds other memory", n, i)
						}
						old := st.PopFloat()
						d := out[i] - old
						out[i] = old
						xs[k][i%5] += d
						cs[k][i%3].a += d / 3
						cs[k][i%3].b[i%2] += d / 7
						rs[k][2*(i%2)][0] += d / 11
						sums[k] += d / 13
						*ps[k] += d / 17
					}
				})
				sum += Sum(sums)
			}
			st.Release()
			for i, v := range out {
				if v != 0 {
					t.Errorf("n = %d: element %d is %v in the end", n, i, v)
				}
			}
			all = append(append(all, x...), sum, rows[0][0], rows[2][0])
			for _, c := range cells {
				all = append(all, c.a, c.b[0], c.b[1])
			}
		}
		if want == nil {
			want = all
		}
		if !slices.Equal(all, want) {
			t.Errorf("%d processors: %v, one: %v", procs, all, want)
		}
	}
}

// What has been recorded since a mark is dropped from the stacks of blocks, too.
func TestTeamReset(t *testing.T) {
	st := NewStack()
	record := func() {
		NewTeam(3, 10).Forward(st, func(_, from, to int, st *Stack) {
			for i := from; i < to; i++ {
				st.PushInt(int64(i))
			}
		})
	}
	record()
	m := st.Mark()
	record()
	record()
	st.Reset(m)
	NewTeam(3, 10).Reverse(st, func(_, from, to int, st *Stack) {
		for i := to - 1; i >= from; i-- {
			if got := st.PopInt(); got != int64(i) {
				t.Errorf("iteration %d takes back %d", i, got)
			}
		}
	})
	st.Release()
}

func TestTeamPanics(t *testing.T) {
	defer func() {
		if got := recover(); got != "iteration 3" {
			t.Errorf("the team panics with %v", got)
		}
	}()
	NewTeam(0, 8).Run(func(_, from, to int) {
		for i := from; i < to; i++ {
			if i >= 3 {
				panic("iteration " + string(rune('0'+i)))
			}
		}
	})
	t.Error("no panic")
}

func TestTeamMismatch(t *testing.T) {
	for name, f := range map[string]func(st *Stack){
		"not been recorded": func(st *Stack) { NewTeam(0, 2).Reverse(st, func(int, int, int, *Stack) {}) },
		"not taken back": func(st *Stack) {
			NewTeam(0, 2).Forward(st, func(_, _, _ int, st *Stack) { st.PushInt(1) })
			NewTeam(0, 2).Reverse(st, func(int, int, int, *Stack) {})
		},
		"reverse sweep has not": func(st *Stack) {
			NewTeam(0, 2).Forward(st, func(int, int, int, *Stack) {})
			st.Release()
		},
	} {
		func() {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.Contains(r, name) && !strings.Contains(r, "does not match") {
					t.Errorf("%s: panic with %v", name, r)
				}
			}()
			f(new(Stack))
			t.Errorf("%s: no panic", name)
		}()
	}
}

// Copies that would take too much memory are not made: the blocks run one after the other.
func TestTeamWithoutCopies(t *testing.T) {
	x := make([]float64, mostCopied/8/15+1)
	team := NewTeam(0, 16)
	xs := Private(team, x)
	team.Run(func(k, from, to int) {
		for i := from; i < to; i++ {
			xs[k][7] += float64(i)
		}
	})
	if &xs[15][0] != &x[0] || x[7] != 120 {
		t.Errorf("the sum is %v", x[7])
	}
}

// Rows of goroutines that reach the same elements are held back; all rows run once, and blocks never
// add to one element at the same time, which the race detector sees.
func TestTeamStrips(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 3, 5, 17, 40} {
		for _, rows := range []int{0, 1, 2, 7, 30, 100} {
			for _, far := range []int{0, 1, 3, 50} {
				const width = 4
				x, y := make([]float64, (rows+2*far+1)*width), make([]float64, 2*rows)
				first := func(i int) int { return i * rows / max(workers, 1) }
				sum := make([]int, rows)
				st := NewStack()
				NewTeam(0, workers).Forward(st, func(_, from, to int, st *Stack) {
					for i := from; i < to; i++ {
						st.PushInt(int64(i))
					}
				})
				team := NewTeam(0, workers)
				team.Apart(func(i int) [2]int { return [2]int{first(i), first(i + 1)} },
					func(j int) [2]int { return [2]int{j * width, (j+2*far)*width + width - 1} },
					func(j int) [2]int { return [2]int{2*j + 1, 2*j + 1} })
				xs, ys, ns := Strips(team, x), Strips(team, y), Zeros[float64](team)
				team.Reverse(st, func(k, from, to int, st *Stack) {
					own := 0.0
					for i := to - 1; i >= from; i-- {
						for j := To(team, i, first(i+1)) - 1; j >= From(team, i, first(i)); j-- {
							sum[j]++
							own++
							for e := j * width; e < (j+2*far+1)*width; e += max(1, far*width) {
								xs[k][e]++
							}
							ys[k][2*j+1]++
						}
						if Pops(team) && st.PopInt() != int64(i) {
							t.Error("another iteration has been recorded")
						}
					}
					ns[k] += own
				})
				st.Release()
				if workers == 0 {
					continue
				}
				if Sum(ns) != float64(rows) {
					t.Errorf("%d goroutines, %d rows: %v rows are counted", workers, rows, Sum(ns))
				}
				total := 0.0
				for j := range rows {
					if sum[j] != 1 || y[2*j+1] != 1 {
						t.Errorf("%d goroutines, %d rows, row %d: it runs %d times", workers, rows, j, sum[j])
					}
				}
				for _, v := range x {
					total += v
				}
				each := 0
				for e := 0; e < (2*far+1)*width; e += max(1, far*width) {
					each++
				}
				if total != float64(rows*each) {
					t.Errorf("%d goroutines, %d rows: the sum is %v, want %d", workers, rows, total, rows*each)
				}
			}
		}
	}
}

// Rows that take back records from the stack of their block keep their order.
func TestTeamStripsRecorded(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 16, 17, 50} {
		const rows = 200
		first := func(i int) int { return i * rows / workers }
		x, st := make([]float64, rows+2), NewStack()
		NewTeam(0, workers).Forward(st, func(_, from, to int, st *Stack) {
			for i := from; i < to; i++ {
				for j := first(i); j < first(i+1); j++ {
					st.PushFloat(float64(j))
				}
			}
		})
		team := NewTeam(0, workers)
		team.ApartRecorded(func(i int) [2]int { return [2]int{first(i), first(i + 1)} }, func(j int) [2]int { return [2]int{j, j + 2} })
		xs := Strips(team, x)
		team.Reverse(st, func(k, from, to int, st *Stack) {
			for i := to - 1; i >= from; i-- {
				for j := To(team, i, first(i+1)) - 1; j >= From(team, i, first(i)); j-- {
					if got := st.PopFloat(); got != float64(j) {
						t.Errorf("%d goroutines: row %d takes back %v", workers, j, got)
					}
					xs[k][j]++
					xs[k][j+2]++
				}
			}
		})
		st.Release()
		for j, v := range x[2:rows] {
			if v != 2 {
				t.Errorf("%d goroutines: element %d is %v", workers, j+2, v)
			}
		}
	}
}

// Iterations need not begin at 0.
func TestTeamStripsOffset(t *testing.T) {
	x := make([]float64, 50)
	team := NewTeam(5, 9)
	strip := func(i int) [2]int { return [2]int{10 * (i - 5), 10*(i-5) + 10} }
	team.Apart(strip, func(j int) [2]int { return [2]int{j, j + 1} })
	xs := Strips(team, x)
	team.Run(func(k, from, to int) {
		for i := to - 1; i >= from; i-- {
			for j := To(team, i, strip(i)[1]) - 1; j >= From(team, i, strip(i)[0]); j-- {
				xs[k][j]++
				xs[k][j+1]++
			}
		}
	})
	for j, v := range x[:41] {
		want := 2.0
		if j == 0 || j == 40 {
			want = 1
		}
		if v != want {
			t.Errorf("element %d is %v, want %v", j, v, want)
		}
	}
}

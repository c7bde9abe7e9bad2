package sparse_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cairn-ad/cairn/sparse"
)

var orders = []sparse.Order{sparse.SmallestLast, sparse.LargestFirst, sparse.Natural}

// A problem is a random sparse function y_i = sum over j of a_ij x_j, with what the
// generator would make of it.
type problem struct {
	a [][]float64
	n int
}

func drawProblem(t *rapid.T, m, n int) problem {
	p := problem{make([][]float64, m), n}
	fill := rapid.IntRange(0, 12).Draw(t, "tenths")
	for i := range p.a {
		p.a[i] = make([]float64, n)
		for j := range p.a[i] {
			if rapid.IntRange(0, 9).Draw(t, "entry") < fill {
				p.a[i][j] = float64(1 + i*n + j)
			}
		}
	}
	return p
}

func drawSize(t *rapid.T, name string) int {
	return rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 14), rapid.IntRange(60, 70)).Draw(t, name)
}

func (p problem) pattern(seed, out []float64) {
	for i, row := range p.a {
		m := uint64(0)
		for j, x := range row {
			if x != 0 {
				m |= math.Float64bits(seed[j])
			}
		}
		out[i] = math.Float64frombits(m)
	}
}

func (p problem) tangent(seed, out []float64) {
	for i, row := range p.a {
		for j, x := range row {
			out[i] += x * seed[j]
		}
	}
}

func (p problem) adjoint(seed, out []float64) {
	for i, row := range p.a {
		for j, x := range row {
			out[j] += x * seed[i]
		}
	}
}

// equals compares with the dense matrix, bit for bit.
func (p problem) equals(t *rapid.T, m *sparse.Matrix) {
	t.Helper()
	nonzeros := 0
	for i, row := range p.a {
		for j, want := range row {
			if want != 0 {
				nonzeros++
			}
			if got := m.At(i, j); got != want {
				t.Fatalf("entry %d,%d is %v, not %v", i, j, got, want)
			}
		}
	}
	if m.Nonzeros() != nonzeros {
		t.Fatalf("the pattern has %d entries, the matrix %d", m.Nonzeros(), nonzeros)
	}
}

func check[T any](t *rapid.T) func(x T, err error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

// TestJacobian: pattern, coloring and recovery give the dense matrix, by columns and by
// rows, one and several products at a time.
func TestJacobian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, n := drawSize(t, "m"), drawSize(t, "n")
		p := drawProblem(t, m, n)
		width := rapid.IntRange(1, 64).Draw(t, "width")
		pattern := check[*sparse.Pattern](t)(sparse.DetectBits(m, n, width, p.pattern))
		o := rapid.SampledFrom(orders).Draw(t, "order")
		columns := check[*sparse.Coloring](t)(sparse.ColorColumns(pattern, o))
		rows := check[*sparse.Coloring](t)(sparse.ColorRows(pattern, o))
		valid(t, pattern, columns)
		valid(t, pattern.Transpose(), rows)
		byColumns := check[*sparse.Plan](t)(sparse.ByColumns(pattern, columns))
		p.equals(t, check[*sparse.Matrix](t)(byColumns.Compute(nil, p.tangent)))
		byRows := check[*sparse.Plan](t)(sparse.ByRows(pattern, rows))
		p.equals(t, check[*sparse.Matrix](t)(byRows.Compute(nil, p.adjoint)))
		p.equals(t, check[*sparse.Matrix](t)(byColumns.ComputeVector(nil, width, func(seeds, outs [][]float64) {
			for k := range seeds {
				p.tangent(seeds[k], outs[k])
			}
		})))
		kept := sparse.NewMatrix(pattern)
		for c, seeds := 0, byColumns.Seeds(); c < len(seeds); c += width {
			outs := make([][]float64, width) // the last ones may be more than there are colors
			for k := range outs {
				outs[k] = make([]float64, pattern.Rows)
				p.tangent(seeds[min(c+k, len(seeds)-1)], outs[k])
			}
			byColumns.ReadVector(c, outs, kept)
		}
		p.equals(t, kept)
		best := check[*sparse.Plan](t)(sparse.JacobianPlan(pattern, o))
		if best.Products() != min(columns.Count, rows.Count) || best.ByRows != (rows.Count < columns.Count) {
			t.Fatalf("%d products by rows %v, where columns have %d colors and rows %d", best.Products(), best.ByRows, columns.Count, rows.Count)
		}
	})
}

// valid checks a coloring of columns by the definition, and that it has no more colors
// than a column has neighbors, and one.
func valid(t *rapid.T, p *sparse.Pattern, c *sparse.Coloring) {
	t.Helper()
	used := map[int]bool{}
	for j := range p.Cols {
		empty := !slices.Contains(p.Index, j)
		if empty != (c.Color[j] == -1) {
			t.Fatalf("column %d has color %d; empty: %v", j, c.Color[j], empty)
		}
		used[c.Color[j]] = true
	}
	delete(used, -1)
	if len(used) != c.Count {
		t.Fatalf("%d colors are used, Count is %d", len(used), c.Count)
	}
	longest := 0
	for i := range p.Rows {
		longest = max(longest, len(p.Row(i)))
		seen := map[int]bool{}
		for _, j := range p.Row(i) {
			if seen[c.Color[j]] {
				t.Fatalf("row %d has two columns of color %d", i, c.Color[j])
			}
			seen[c.Color[j]] = true
		}
	}
	if c.Count < longest {
		t.Fatalf("%d colors for a row of %d", c.Count, longest)
	}
}

// TestHessian: a star coloring satisfies the definition, and gives back the symmetric matrix.
func TestHessian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(4, 12), rapid.IntRange(20, 40)).Draw(t, "n")
		p := drawProblem(t, n, n)
		sparseness := rapid.IntRange(1, 6).Draw(t, "sparseness")
		for i := range n {
			for j := range i {
				if (i*7+j*3)%sparseness != 0 {
					p.a[i][j] = 0
				}
				p.a[j][i] = p.a[i][j]
			}
		}
		pattern := check[*sparse.Pattern](t)(sparse.Detect(n, n, p.pattern))
		c := check[*sparse.Coloring](t)(sparse.ColorStar(pattern, rapid.SampledFrom(orders).Draw(t, "order")))
		isStar(t, pattern, c)
		plan := check[*sparse.Plan](t)(sparse.BySymmetry(pattern, c))
		p.equals(t, check[*sparse.Matrix](t)(plan.Compute(nil, p.tangent)))
		other := check[*sparse.Plan](t)(sparse.HessianPlan(pattern, sparse.SmallestLast))
		p.equals(t, check[*sparse.Matrix](t)(other.Compute(sparse.NewMatrix(pattern), p.tangent)))
	})
}

// isStar checks the definition: neighbors differ, and no path of four vertices has two
// colors only.
func isStar(t *rapid.T, p *sparse.Pattern, c *sparse.Coloring) {
	t.Helper()
	for a := range p.Rows {
		for _, b := range p.Row(a) {
			if a == b {
				continue
			}
			if c.Color[a] == c.Color[b] {
				t.Fatalf("neighbors %d and %d have color %d", a, b, c.Color[a])
			}
			for _, d := range p.Row(b) {
				if d == a || d == b || c.Color[d] != c.Color[a] {
					continue
				}
				for _, e := range p.Row(d) {
					if e != a && e != b && e != d && c.Color[e] == c.Color[b] {
						t.Fatalf("the path %d %d %d %d has two colors", a, b, d, e)
					}
				}
			}
		}
	}
}

// TestKnownNumbersOfColors are those of the literature: a band of width w takes w colors,
// an arrow takes n by columns, n by rows and 2 by a star coloring, a five-point stencil 5
// at best.
func TestKnownNumbersOfColors(t *testing.T) {
	band := build(t, 50, 50, func(i, j int) bool { return i-j <= 1 && j-i <= 1 })
	arrow := build(t, 50, 50, func(i, j int) bool { return i == j || i == 0 || j == 0 })
	wide := build(t, 2, 50, func(i, j int) bool { return true })
	star := build(t, 40, 40, func(i, j int) bool { return abs(i/8-j/8)+abs(i%8-j%8) <= 1 })
	for _, o := range orders {
		for _, c := range []struct {
			name    string
			p       *sparse.Pattern
			columns int
			rows    int
			star    int
		}{
			{"band", band, 3, 3, 3},
			{"arrow", arrow, 50, 50, 2},
			{"wide", wide, 50, 2, -1},
			{"stencil", star, 8, 8, 8}, // at most
		} {
			columns, err := sparse.ColorColumns(c.p, o)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := sparse.ColorRows(c.p, o)
			if err != nil {
				t.Fatal(err)
			}
			if columns.Count > c.columns || rows.Count > c.rows {
				t.Errorf("%s, %v: %d columns and %d rows, not %d and %d", c.name, o, columns.Count, rows.Count, c.columns, c.rows)
			}
			if c.star < 0 {
				continue
			}
			if s, err := sparse.ColorStar(c.p, o); err != nil || s.Count > c.star {
				t.Errorf("%s, %v: star coloring %+v, %v; not %d colors", c.name, o, s, err, c.star)
			}
		}
	}
}

func abs(x int) int { return max(x, -x) }

func build(t *testing.T, m, n int, has func(i, j int) bool) *sparse.Pattern {
	t.Helper()
	rows := make([][]int, m)
	for i := range rows {
		for j := range n {
			if has(i, j) {
				rows[i] = append(rows[i], j)
			}
		}
	}
	p, err := sparse.FromRows(n, rows)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDetectSinglePrecision(t *testing.T) {
	calls := 0
	p, err := sparse.Detect(1, 70, func(seed, out []float32) {
		calls++
		m := uint32(0)
		for _, s := range seed {
			m |= math.Float32bits(s)
		}
		out[0] = math.Float32frombits(m)
	})
	if err != nil || calls != 3 || p.Nonzeros() != 70 {
		t.Errorf("%d calls, %+v, %v", calls, p, err)
	}
}

// TestBadInput: everything that does not fit is an error that says what is wrong.
func TestBadInput(t *testing.T) {
	good := build(t, 2, 2, func(i, j int) bool { return i == j })
	colors := &sparse.Coloring{Color: []int{0, 0}, Count: 1}
	row := build(t, 1, 2, func(i, j int) bool { return true })
	path := build(t, 4, 4, func(i, j int) bool { return abs(i-j) <= 1 })
	matrix := sparse.NewMatrix(row)
	plan, err := sparse.ByColumns(good, colors)
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(seed, out []float64) {}
	for _, c := range []struct {
		want string
		f    func() error
	}{
		{"-1 rows", func() error { _, err := sparse.Detect(-1, 2, nothing); return err }},
		{"no function", func() error { _, err := sparse.Detect[float64](1, 2, nil); return err }},
		{"65 columns in one sweep", func() error { _, err := sparse.DetectBits(1, 2, 65, nothing); return err }},
		{"33 columns in one sweep", func() error { _, err := sparse.DetectBits(1, 2, 33, func(seed, out []float32) {}); return err }},
		{"computes something else", func() error {
			_, err := sparse.Detect(1, 2, func(seed, out []float64) { out[0] = 1.5 })
			return err
		}},
		{"column 2 after -1, of 2", func() error { _, err := sparse.FromRows(2, [][]int{{2}}); return err }},
		{"column -1", func() error { _, err := sparse.FromRows(2, [][]int{{-1}}); return err }},
		{"-3 columns", func() error { _, err := sparse.FromRows(-3, nil); return err }},
		{"Start has 0 entries", func() error { return (&sparse.Pattern{Rows: 1, Cols: 1}).Check() }},
		{"Start goes from 0 to 3", func() error {
			return (&sparse.Pattern{Rows: 1, Cols: 1, Start: []int{0, 3}, Index: []int{0}}).Check()
		}},
		{"row 0 goes from 0 to 9", func() error {
			return (&sparse.Pattern{Rows: 2, Cols: 1, Start: []int{0, 9, 1}, Index: []int{0}}).Check()
		}},
		{"it is nil", func() error { _, err := sparse.ColorColumns(nil, 0); return err }},
		{"it is nil", func() error { _, err := sparse.JacobianPlan(nil, 0); return err }},
		{"it is nil", func() error { _, err := sparse.HessianPlan(nil, 0); return err }},
		{"it is nil", func() error { _, err := sparse.ByColumns(nil, colors); return err }},
		{"it is nil", func() error { _, err := sparse.ByRows(nil, colors); return err }},
		{"it is nil", func() error { _, err := sparse.BySymmetry(nil, colors); return err }},
		{"no order 7", func() error { _, err := sparse.ColorRows(good, 7); return err }},
		{"no order -1", func() error { _, err := sparse.ColorStar(good, -1); return err }},
		{"not symmetric", func() error { _, err := sparse.ColorStar(row, 0); return err }},
		{"not symmetric", func() error { _, err := sparse.BySymmetry(row, colors); return err }},
		{"not one of 2 vertices", func() error { _, err := sparse.ByColumns(good, nil); return err }},
		{"vertex 1 has color 5", func() error {
			_, err := sparse.ByRows(good, &sparse.Coloring{Color: []int{0, 5}, Count: 1})
			return err
		}},
		{"has no color", func() error {
			_, err := sparse.ByRows(good, &sparse.Coloring{Color: []int{0, -1}, Count: 1})
			return err
		}},
		{"has entries and no color", func() error {
			_, err := sparse.BySymmetry(good, &sparse.Coloring{Color: []int{0, -1}, Count: 1})
			return err
		}},
		{"two entries of color 0", func() error { _, err := sparse.ByColumns(row, colors); return err }},
		{"no star coloring", func() error {
			_, err := sparse.BySymmetry(path, &sparse.Coloring{Color: []int{0, 1, 0, 1}, Count: 2})
			return err
		}},
		{"no function", func() error { _, err := plan.Compute(nil, nil); return err }},
		{"no function", func() error { _, err := plan.ComputeVector(nil, 1, nil); return err }},
		{"0 products", func() error { _, err := plan.ComputeVector(nil, 0, func(_, _ [][]float64) {}); return err }},
		{"not one of the plan's pattern", func() error { _, err := plan.Compute(matrix, nothing); return err }},
	} {
		if err := c.f(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, which lacks %q", err, c.want)
		}
	}
	if _, err := sparse.FromRows(2, [][]int{{2}}); !errors.Is(err, sparse.ErrPattern) {
		t.Error("a bad pattern is not ErrPattern")
	}
}

// TestFromRowsSorts and merges.
func TestFromRowsSorts(t *testing.T) {
	p, err := sparse.FromRows(5, [][]int{{4, 0, 4, 2}, nil})
	if err != nil || !slices.Equal(p.Index, []int{0, 2, 4}) || !slices.Equal(p.Start, []int{0, 3, 3}) {
		t.Errorf("%+v, %v", p, err)
	}
	if p.Has(0, 1) || !p.Has(0, 2) || p.Has(7, 0) || p.Has(-1, 0) {
		t.Error("Has is wrong")
	}
}

func TestGroup(t *testing.T) {
	c := &sparse.Coloring{Color: []int{1, 0, -1, 1}, Count: 2}
	if g := c.Group(1); !slices.Equal(g, []int{0, 3}) {
		t.Errorf("group 1 is %v", g)
	}
}

func TestOrderNames(t *testing.T) {
	for o, want := range map[sparse.Order]string{0: "smallest last", 1: "largest first", 2: "natural", 9: "Order(9)"} {
		if o.String() != want {
			t.Errorf("order %d is called %s", o, o)
		}
	}
}

// grid is the pattern of a nine-point stencil on n by n points.
func grid(n int) *sparse.Pattern {
	rows := make([][]int, n*n)
	for i := range rows {
		x, y := i%n, i/n
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if x+dx >= 0 && x+dx < n && y+dy >= 0 && y+dy < n {
					rows[i] = append(rows[i], i+dy*n+dx)
				}
			}
		}
	}
	p, err := sparse.FromRows(n*n, rows)
	if err != nil {
		panic(err)
	}
	return p
}

// BenchmarkColor has the time for each entry of the pattern, which must not grow with size.
func BenchmarkColor(b *testing.B) {
	for _, n := range []int{30, 100, 300} {
		p := grid(n)
		random := scattered(n * n)
		for _, c := range []struct {
			name string
			f    func() (*sparse.Coloring, error)
		}{
			{"columns", func() (*sparse.Coloring, error) { return sparse.ColorColumns(p, sparse.SmallestLast) }},
			{"columns/random", func() (*sparse.Coloring, error) { return sparse.ColorColumns(random, sparse.SmallestLast) }},
			{"star", func() (*sparse.Coloring, error) { return sparse.ColorStar(p, sparse.SmallestLast) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n*n), func(b *testing.B) {
				colors := 0
				for b.Loop() {
					k, err := c.f()
					if err != nil {
						b.Fatal(err)
					}
					colors = k.Count
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(p.Nonzeros()), "ns/entry")
				b.ReportMetric(float64(colors), "colors")
			})
		}
	}
}

// scattered has nine random entries in each row.
func scattered(n int) *sparse.Pattern {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([][]int, n)
	for i := range rows {
		for range 9 {
			rows[i] = append(rows[i], r.IntN(n))
		}
	}
	p, err := sparse.FromRows(n, rows)
	if err != nil {
		panic(err)
	}
	return p
}

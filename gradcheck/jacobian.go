package gradcheck

import (
	"fmt"
	"math"
	"slices"
)

// Jacobian holds the ways to the Jacobian of one function from n to m numbers. At least
// two of them are to be given; the others stay nil. All get copies of x.
type Jacobian struct {
	F       func(x []float64) []float64          // the function: by finite differences
	Complex func(x []complex128) []complex128    // the same for complex numbers: by complex steps
	Tangent func(x, d []float64) []float64       // J·d: by columns
	Adjoint func(x, seed []float64) []float64    // Jᵀ·seed: by rows
	Matrix  func(x []float64) (rows [][]float64) // m rows of n entries, as by hand
}

// Entry is one place at which two Jacobians were compared.
type Entry struct {
	Row, Col         int     // output and input, counted from 0; -1 if nothing was compared
	Source           string  // where Value is from: "tangent", "adjoint", "matrix", "complex step"
	Against          string  // where Reference is from, the same or "finite differences"
	Value, Reference float64 // the two entries
	Rel              float64 // their relative difference, after what the error of Reference explains
}

// JacobianReport is the outcome of the comparison of Jacobians.
type JacobianReport struct {
	Rows, Cols int
	Worst      Entry // the one with the largest Rel, compared with what it may be
	// Of each source that was given; entries in columns that Options.Indices leaves out
	// are 0.
	ByTangent, ByAdjoint, ByComplexStep, ByDifference, Given [][]float64
}

// Compare works out the whole Jacobian at x from each source and compares every pair of
// them: the exact ones with a tolerance of opt.Tolerance (1e-12), each of them with finite
// differences (as in [FiniteDifference]) with 1e-7. Differences are relative to the larger
// of the two entries and 1e-3 of the largest in their row. The error wraps [ErrMismatch]
// and names the worst entry of every pair that does not match, with row, column and values.
// Options.Indices chooses columns.
func (j Jacobian) Compare(x []float64, opt Options) (JacobianReport, error) {
	r := JacobianReport{Cols: len(x), Worst: Entry{Row: -1, Col: -1}}
	if err := opt.check(); err != nil {
		return r, err
	}
	cols, err := opt.indices(len(x))
	if err != nil {
		return r, err
	}
	m, err := j.outputs(x)
	if err != nil {
		return r, err
	}
	r.Rows = m
	w := jacobianRun{j: j, x: x, opt: opt, cols: cols, rows: m}
	list, err := w.sources()
	if err != nil {
		return r, err
	}
	for _, s := range list {
		switch s.name {
		case "tangent":
			r.ByTangent = s.j
		case "adjoint":
			r.ByAdjoint = s.j
		case "complex step":
			r.ByComplexStep = s.j
		case "matrix":
			r.Given = s.j
		default:
			r.ByDifference = s.j
		}
	}
	if len(list) < 2 {
		return r, fmt.Errorf("gradcheck: Jacobian: there is %d way to it, and two are needed: give two of F, Complex, Tangent, Adjoint and Matrix", len(list))
	}
	return r, w.compare(list, &r)
}

// outputs returns m.
func (j Jacobian) outputs(x []float64) (int, error) {
	switch {
	case j.F != nil:
		return len(j.F(slices.Clone(x))), nil
	case j.Complex != nil:
		return len(j.Complex(complexOf(x))), nil
	case j.Matrix != nil:
		return len(j.Matrix(slices.Clone(x))), nil
	case j.Tangent != nil:
		return len(j.Tangent(slices.Clone(x), make([]float64, len(x)))), nil
	}
	return 0, fmt.Errorf("gradcheck: Jacobian: the number of outputs is not known: give F, Complex, Tangent or Matrix")
}

func complexOf(x []float64) []complex128 {
	z := make([]complex128, len(x))
	for i, v := range x {
		z[i] = complex(v, 0)
	}
	return z
}

// jacobianRun works out the Jacobians of one comparison.
type jacobianRun struct {
	j    Jacobian
	x    []float64
	opt  Options
	cols []int
	rows int
}

// source is a Jacobian and where it is from.
type source struct {
	name     string
	j        [][]float64
	estimate [][]float64 // estimated errors; nil if it is exact
	least    []float64   // for each row, the smallest scale that relative errors refer to
}

func (w jacobianRun) zero() [][]float64 {
	j := make([][]float64, w.rows)
	for i := range j {
		j[i] = make([]float64, len(w.x))
	}
	return j
}

func (w jacobianRun) sources() ([]source, error) {
	var out []source
	for _, s := range []struct {
		name  string
		given bool
		make  func() (source, error)
	}{
		{"complex step", w.j.Complex != nil, w.byComplexStep},
		{"matrix", w.j.Matrix != nil, w.byMatrix},
		{"tangent", w.j.Tangent != nil, w.byTangent},
		{"adjoint", w.j.Adjoint != nil, w.byAdjoint},
		{"finite differences", w.j.F != nil, w.byDifference},
	} {
		if !s.given {
			continue
		}
		made, err := s.make()
		if err != nil {
			return nil, err
		}
		made.name = s.name
		if err := w.finite(made); err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

func (w jacobianRun) finite(s source) error {
	for i, row := range s.j {
		for _, k := range w.cols {
			if a := row[k]; math.IsNaN(a) || math.IsInf(a, 0) {
				return fmt.Errorf("gradcheck: Jacobian: the derivative of %s by %s is %v by %s: no comparison is possible; test at another point",
					w.opt.output(i), w.opt.component(k), a, s.name)
			}
		}
	}
	return nil
}

// columns fills a Jacobian column by column.
func (w jacobianRun) columns(name string, column func(k int) []float64) (source, error) {
	s := source{j: w.zero()}
	for _, k := range w.cols {
		c := column(k)
		if len(c) != w.rows {
			return s, fmt.Errorf("gradcheck: Jacobian: %s has %d outputs in column %d, but there are %d: they must agree", name, len(c), k, w.rows)
		}
		for i := range c {
			s.j[i][k] = c[i]
		}
	}
	return s, nil
}

func (w jacobianRun) byTangent() (source, error) {
	return w.columns("the tangent", func(k int) []float64 {
		return w.j.Tangent(slices.Clone(w.x), unit(len(w.x), k))
	})
}

func (w jacobianRun) byComplexStep() (source, error) {
	return w.columns("the complex function", func(k int) []float64 {
		z := complexOf(w.x)
		z[k] += complex(0, complexStep)
		y := w.j.Complex(z)
		c := make([]float64, len(y))
		for i := range y {
			c[i] = stepDerivative(y[i])
		}
		return c
	})
}

func (w jacobianRun) byAdjoint() (source, error) {
	s := source{j: make([][]float64, w.rows)}
	for i := range w.rows {
		s.j[i] = w.j.Adjoint(slices.Clone(w.x), unit(w.rows, i))
		if len(s.j[i]) != len(w.x) {
			return s, fmt.Errorf("gradcheck: Jacobian: the adjoint returns %d components in row %d, x has %d: they must agree", len(s.j[i]), i, len(w.x))
		}
	}
	return s, nil
}

func (w jacobianRun) byMatrix() (source, error) {
	s := source{j: w.j.Matrix(slices.Clone(w.x))}
	if len(s.j) != w.rows {
		return s, fmt.Errorf("gradcheck: Jacobian: the matrix has %d rows, the function %d outputs: they must agree", len(s.j), w.rows)
	}
	for i, row := range s.j {
		if len(row) != len(w.x) {
			return s, fmt.Errorf("gradcheck: Jacobian: row %d of the matrix has %d entries, x has %d: they must agree", i, len(row), len(w.x))
		}
	}
	return s, nil
}

func (w jacobianRun) byDifference() (source, error) {
	s := source{j: w.zero(), estimate: w.zero(), least: make([]float64, w.rows)}
	y := w.j.F(slices.Clone(w.x))
	if len(y) != w.rows {
		return s, fmt.Errorf("gradcheck: Jacobian: the function has %d outputs, and a second time %d: they must agree", w.rows, len(y))
	}
	for _, k := range w.cols {
		h := w.opt.difference(w.x[k])
		for i := range s.least {
			s.least[i] = max(s.least[i], w.opt.noise()*math.Abs(y[i])/h)
		}
		// The quotients of all outputs come from the same runs.
		quotients := map[float64][]float64{}
		var err error
		for i := range w.rows {
			s.j[i][k], s.estimate[i][k] = ridders(func(h float64) float64 {
				if quotients[h] == nil && err == nil {
					quotients[h], err = w.quotient(k, h)
				}
				if err != nil {
					return math.NaN()
				}
				return quotients[h][i]
			}, h)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// quotient returns the central difference quotients of all outputs by component k.
func (w jacobianRun) quotient(k int, h float64) ([]float64, error) {
	plus, minus := slices.Clone(w.x), slices.Clone(w.x)
	plus[k] += h
	minus[k] -= h
	width := plus[k] - minus[k]
	a, b := w.j.F(plus), w.j.F(minus)
	if len(a) != w.rows || len(b) != w.rows {
		return nil, fmt.Errorf("gradcheck: Jacobian: the function has %d and %d outputs when %s changes, and %d at x: they must agree", len(a), len(b), w.opt.component(k), w.rows)
	}
	q := make([]float64, w.rows)
	for i := range q {
		q[i] = (a[i] - b[i]) / width
	}
	return q, nil
}

// unit returns the unit vector of n components along i.
func unit(n, i int) []float64 {
	e := make([]float64, n)
	e[i] = 1
	return e
}

// compare holds every exact Jacobian against the others.
func (w jacobianRun) compare(list []source, r *JacobianReport) error {
	worst := 0.0
	var wrong []string
	for i, a := range list {
		for _, b := range list[i+1:] {
			c := comparison{tolerance: w.opt.tolerance(1e-12)}
			if b.estimate != nil {
				c = comparison{tolerance: w.opt.tolerance(1e-7), estimated: true}
			}
			e, count, err := w.pair(a, b, c)
			if err != nil {
				return err
			}
			if part := e.Rel / c.tolerance; r.Worst.Row < 0 || part > worst {
				r.Worst, worst = e, part
			}
			if count > 0 {
				wrong = append(wrong, fmt.Sprintf("%d of %d entries by %s and by %s differ by more than %.3g; the worst is d %s / d %s (row %d, column %d): %.10g by %s, %.10g by %s",
					count, w.rows*len(w.cols), a.name, b.name, c.tolerance, w.opt.output(e.Row), w.opt.component(e.Col), e.Row, e.Col, e.Value, a.name, e.Reference, b.name))
			}
		}
	}
	return mismatches("Jacobian", wrong)
}

// pair compares two Jacobians; count is the number of entries that do not match.
func (w jacobianRun) pair(a, b source, c comparison) (worst Entry, count int, err error) {
	worst = Entry{Row: -1, Col: -1}
	for i := range w.rows {
		c.least = 1e-3 * max(largest(a.j[i]), largest(b.j[i]))
		if b.least != nil {
			c.least = max(c.least, b.least[i])
		}
		for _, k := range w.cols {
			uncertain := 0.0
			if b.estimate != nil {
				uncertain = b.estimate[i][k]
			}
			rel, err := c.component(w.opt.output(i)+" by "+w.opt.component(k), a.j[i][k], b.j[i][k], uncertain)
			if err != nil {
				return worst, 0, err
			}
			if rel > c.tolerance {
				count++
			}
			if worst.Row < 0 || rel > worst.Rel {
				worst = Entry{i, k, a.name, b.name, a.j[i][k], b.j[i][k], rel}
			}
		}
	}
	return worst, count, nil
}

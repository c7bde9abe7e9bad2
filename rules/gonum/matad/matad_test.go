package matad

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

// operands are the arguments of a method besides its receiver, or their shadows.
type operands struct {
	a, b   mat.Matrix
	x, y   mat.Vector
	s, s2  mat.Symmetric
	t, t2  mat.Triangular
	src    []float64
	number []float64
	chol   *mat.Cholesky
	chol2  *mat.Cholesky
	lu     *mat.LU
	qr     *mat.QR
}

func value(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	return v[0]
}

func pointer(v []float64) *float64 {
	if len(v) == 0 {
		return nil
	}
	return &v[0]
}

// A take hands out numbers, nil for the shadow of what is passive.
type take func(n int) []float64

func dense(r, c int, t take) mat.Matrix {
	if d := t(r * c); d != nil {
		return mat.NewDense(r, c, d)
	}
	return nil
}

func vec(n int, t take) mat.Vector {
	if d := t(n); d != nil {
		return mat.NewVecDense(n, d)
	}
	return nil
}

func sym(n int, t take) mat.Symmetric {
	if d := t(n * n); d != nil {
		return mat.NewSymDense(n, d)
	}
	return nil
}

func tri(n int, kind mat.TriKind, t take) mat.Triangular {
	if d := t(n * n); d != nil {
		return mat.NewTriDense(n, kind, d)
	}
	return nil
}

// kinds are the ways in which a matrix with r rows and c columns can come.
func kinds(r, c int) map[string]func(t take) mat.Matrix {
	m := map[string]func(t take) mat.Matrix{
		"dense": func(t take) mat.Matrix { return dense(r, c, t) },
		"transposed": func(t take) mat.Matrix {
			if d := dense(c, r, t); d != nil {
				return d.T()
			}
			return nil
		},
		"view": func(t take) mat.Matrix {
			if d := dense(r+1, c+2, t); d != nil {
				return d.(*mat.Dense).Slice(1, r+1, 1, c+1)
			}
			return nil
		},
	}
	if c == 1 {
		m["vector"] = func(t take) mat.Matrix {
			if v := vec(r, t); v != nil {
				return v
			}
			return nil
		}
	}
	if r == 1 {
		m["row"] = func(t take) mat.Matrix {
			if v := vec(c, t); v != nil {
				return v.T()
			}
			return nil
		}
	}
	if r == c {
		m["symmetric"] = func(t take) mat.Matrix {
			if s := sym(r, t); s != nil {
				return s
			}
			return nil
		}
		for _, kind := range []mat.TriKind{mat.Upper, mat.Lower} {
			m[fmt.Sprint("triangle ", kind)] = func(t take) mat.Matrix {
				if s := tri(r, kind, t); s != nil {
					return s
				}
				return nil
			}
			m[fmt.Sprint("transposed triangle ", kind)] = func(t take) mat.Matrix {
				if s := tri(r, kind, t); s != nil {
					return s.T()
				}
				return nil
			}
		}
		m["diagonal"] = func(t take) mat.Matrix {
			if d := t(r); d != nil {
				return mat.NewDiagDense(r, d)
			}
			return nil
		}
	}
	return m
}

// A form is how a receiver of type M is made from numbers.
type form[M storage] struct {
	size int
	make func(data []float64) M
	none func() M
	list func(m M) []float64 // the numbers that it stores
	fill func(v []float64) M // a matrix that stores them
}

func denseForm(r, c int) form[*mat.Dense] {
	return form[*mat.Dense]{
		r * c,
		func(d []float64) *mat.Dense { return mat.NewDense(r, c, d) },
		func() *mat.Dense { return &mat.Dense{} },
		func(m *mat.Dense) []float64 {
			if m.IsEmpty() {
				return make([]float64, r*c)
			}
			return append([]float64(nil), mat.DenseCopyOf(m).RawMatrix().Data...)
		},
		func(v []float64) *mat.Dense { return mat.NewDense(r, c, append([]float64(nil), v...)) },
	}
}

func vecForm(n int) form[*mat.VecDense] {
	return form[*mat.VecDense]{
		n,
		func(d []float64) *mat.VecDense { return mat.NewVecDense(n, d) },
		func() *mat.VecDense { return &mat.VecDense{} },
		func(m *mat.VecDense) []float64 {
			if m.IsEmpty() {
				return make([]float64, n)
			}
			return append([]float64(nil), mat.VecDenseCopyOf(m).RawVector().Data...)
		},
		func(v []float64) *mat.VecDense { return mat.NewVecDense(n, append([]float64(nil), v...)) },
	}
}

func symForm(n int) form[*mat.SymDense] {
	return form[*mat.SymDense]{
		n * n,
		func(d []float64) *mat.SymDense { return mat.NewSymDense(n, d) },
		func() *mat.SymDense { return &mat.SymDense{} },
		func(m *mat.SymDense) []float64 {
			var v []float64
			for i := range n {
				for j := i; j < n; j++ {
					if m.IsEmpty() {
						v = append(v, 0)
					} else {
						v = append(v, m.At(i, j))
					}
				}
			}
			return v
		},
		func(v []float64) *mat.SymDense {
			m := mat.NewSymDense(n, nil)
			for i := range n {
				for j := i; j < n; j++ {
					m.SetSym(i, j, v[0])
					v = v[1:]
				}
			}
			return m
		},
	}
}

func triForm(n int, kind mat.TriKind) form[*mat.TriDense] {
	each := func(f func(i, j int)) {
		for i := range n {
			for j := range n {
				if i == j || (i < j) == bool(kind) {
					f(i, j)
				}
			}
		}
	}
	return form[*mat.TriDense]{
		n * n,
		func(d []float64) *mat.TriDense { return mat.NewTriDense(n, kind, d) },
		func() *mat.TriDense { return &mat.TriDense{} },
		func(m *mat.TriDense) (v []float64) {
			each(func(i, j int) {
				if m.IsEmpty() {
					v = append(v, 0)
				} else {
					v = append(v, m.At(i, j))
				}
			})
			return v
		},
		func(v []float64) *mat.TriDense {
			m := mat.NewTriDense(n, kind, nil)
			each(func(i, j int) {
				m.SetTri(i, j, v[0])
				v = v[1:]
			})
			return m
		},
	}
}

// A method is a method of M that writes to its receiver, with its derivatives.
type method[M storage] struct {
	name             string
	form             form[M]
	build            func(a *trial.Arena) operands
	call             func(m M, x *operands)
	tangent, adjoint func(m, md M, x, d *operands)
	point            func(x []float64)
}

// received is a receiver with the arguments.
type received[M storage] struct {
	m M
	operands
}

// test runs the method with a receiver that has memory, and with an empty one.
func (h method[M]) test(t *testing.T) {
	t.Helper()
	h.testFull(t)
	h.testEmpty(t)
}

func (h method[M]) testFull(t *testing.T) {
	t.Helper()
	full := trial.Routine[received[M]]{
		Name: h.name,
		Build: func(a *trial.Arena) received[M] {
			x := h.build(a)
			return received[M]{h.form.make(a.Take(h.form.size)), x}
		},
		Func: func(x received[M]) []float64 { h.call(x.m, &x.operands); return nil },
		Tangent: func(x, d received[M]) (y, yd []float64) {
			h.tangent(x.m, d.m, &x.operands, &d.operands)
			return nil, nil
		},
		Adjoint: func(x, b received[M], yb []float64) []float64 {
			h.adjoint(x.m, b.m, &x.operands, &b.operands)
			return nil
		},
		Point: h.point,
	}
	for _, c := range full.Cases() {
		t.Run(c.Name, c.Test)
	}
}

func (h method[M]) testEmpty(t *testing.T) {
	t.Helper()
	empty := trial.Routine[operands]{
		Name:  h.name + " empty",
		Build: h.build,
		Func: func(x operands) []float64 {
			m := h.form.none()
			h.call(m, &x)
			return h.form.list(m)
		},
		Tangent: func(x, d operands) (y, yd []float64) {
			m, md := h.form.none(), h.form.none()
			h.tangent(m, md, &x, &d)
			return h.form.list(m), h.form.list(md)
		},
		Adjoint: func(x, b operands, yb []float64) []float64 {
			m, mb := h.form.none(), h.form.fill(yb)
			h.adjoint(m, mb, &x, &b)
			for _, v := range h.form.list(mb) {
				if v != 0 {
					panic("the shadow of an empty receiver is not zero afterwards")
				}
			}
			return h.form.list(m)
		},
		Point: h.point,
	}
	for _, c := range empty.Cases() {
		t.Run(c.Name, c.Test)
	}
}

// result is a function that returns numbers.
func result(name string, build func(a *trial.Arena) operands, f func(x *operands) float64, tan func(x, d *operands) (float64, float64), adj func(x, b *operands, retb float64) float64) trial.Routine[operands] {
	return trial.Routine[operands]{
		Name: name, Build: build,
		Func: func(x operands) []float64 { return []float64{f(&x)} },
		Tangent: func(x, d operands) (y, yd []float64) {
			v, vd := tan(&x, &d)
			return []float64{v}, []float64{vd}
		},
		Adjoint: func(x, b operands, yb []float64) []float64 { return []float64{adj(&x, &b, yb[0])} },
	}
}

func runCases[T any](t *testing.T, list ...trial.Routine[T]) {
	t.Helper()
	for _, r := range list {
		for _, c := range r.Cases() {
			t.Run(c.Name, c.Test)
		}
	}
}

var sizes = [][2]int{{1, 1}, {2, 3}, {3, 1}, {1, 2}, {3, 3}}

func TestDenseElementwise(t *testing.T) {
	for _, size := range sizes {
		r, c := size[0], size[1]
		for ka, mka := range kinds(r, c) {
			for kb, mkb := range kinds(r, c) {
				name := fmt.Sprint(" ", r, "×", c, " ", ka, ", ", kb)
				two := func(a *trial.Arena) operands { return operands{a: mka(a.Read), b: mkb(a.Read)} }
				list := []method[*mat.Dense]{
					{
						name: "Add" + name, build: two,
						call:    func(m *mat.Dense, x *operands) { m.Add(x.a, x.b) },
						tangent: func(m, md *mat.Dense, x, d *operands) { DenseAddTangent(m, md, x.a, d.a, x.b, d.b) },
						adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseAddAdjoint(m, mb, x.a, b.a, x.b, b.b) },
					},
					{
						name: "Sub" + name, build: two,
						call:    func(m *mat.Dense, x *operands) { m.Sub(x.a, x.b) },
						tangent: func(m, md *mat.Dense, x, d *operands) { DenseSubTangent(m, md, x.a, d.a, x.b, d.b) },
						adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseSubAdjoint(m, mb, x.a, b.a, x.b, b.b) },
					},
					{
						name: "MulElem" + name, build: two,
						call:    func(m *mat.Dense, x *operands) { m.MulElem(x.a, x.b) },
						tangent: func(m, md *mat.Dense, x, d *operands) { DenseMulElemTangent(m, md, x.a, d.a, x.b, d.b) },
						adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseMulElemAdjoint(m, mb, x.a, b.a, x.b, b.b) },
					},
				}
				if kb == "dense" || kb == "transposed" {
					list = append(list, method[*mat.Dense]{
						name: "DivElem" + name, build: two,
						call:    func(m *mat.Dense, x *operands) { m.DivElem(x.a, x.b) },
						tangent: func(m, md *mat.Dense, x, d *operands) { DenseDivElemTangent(m, md, x.a, d.a, x.b, d.b) },
						adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseDivElemAdjoint(m, mb, x.a, b.a, x.b, b.b) },
					})
				}
				for _, h := range list {
					h.form = denseForm(r, c)
					h.test(t)
				}
			}
			name := fmt.Sprint(" ", r, "×", c, " ", ka)
			for _, h := range []method[*mat.Dense]{
				{
					name: "Scale" + name, build: func(a *trial.Arena) operands { return operands{number: a.Read(1), a: mka(a.Read)} },
					call: func(m *mat.Dense, x *operands) { m.Scale(x.number[0], x.a) },
					tangent: func(m, md *mat.Dense, x, d *operands) {
						DenseScaleTangent(m, md, x.number[0], value(d.number), x.a, d.a)
					},
					adjoint: func(m, mb *mat.Dense, x, b *operands) {
						DenseScaleAdjoint(m, mb, x.number[0], pointer(b.number), x.a, b.a)
					},
				},
				{
					name: "RankOne" + name,
					build: func(a *trial.Arena) operands {
						return operands{number: a.Read(1), a: mka(a.Read), x: vec(r, a.Read), y: vec(c, a.Read)}
					},
					call: func(m *mat.Dense, x *operands) { m.RankOne(x.a, x.number[0], x.x, x.y) },
					tangent: func(m, md *mat.Dense, x, d *operands) {
						DenseRankOneTangent(m, md, x.a, d.a, x.number[0], value(d.number), x.x, d.x, x.y, d.y)
					},
					adjoint: func(m, mb *mat.Dense, x, b *operands) {
						DenseRankOneAdjoint(m, mb, x.a, b.a, x.number[0], pointer(b.number), x.x, b.x, x.y, b.y)
					},
				},
			} {
				h.form = denseForm(r, c)
				h.test(t)
			}
			one := func(a *trial.Arena) operands { return operands{a: mka(a.Read)} }
			method[*mat.Dense]{
				name: "Copy" + name, build: one, form: denseForm(r, c),
				call:    func(m *mat.Dense, x *operands) { m.Copy(x.a) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseCopyTangent(m, md, x.a, d.a) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseCopyAdjoint(m, mb, x.a, b.a) },
			}.testFull(t)
			method[*mat.Dense]{
				name: "Copy into smaller" + name, build: func(a *trial.Arena) operands { return operands{a: dense(r+1, c+1, a.Read)} }, form: denseForm(r, c),
				call:    func(m *mat.Dense, x *operands) { m.Copy(x.a) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseCopyTangent(m, md, x.a, d.a) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseCopyAdjoint(m, mb, x.a, b.a) },
			}.testFull(t)
			method[*mat.Dense]{
				name: "Copy into larger" + name, build: one, form: denseForm(r+2, c+1),
				call:    func(m *mat.Dense, x *operands) { m.Copy(x.a) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseCopyTangent(m, md, x.a, d.a) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseCopyAdjoint(m, mb, x.a, b.a) },
			}.testFull(t)
			method[*mat.Dense]{
				name: "CloneFrom" + name, build: one, form: denseForm(r, c),
				call:    func(m *mat.Dense, x *operands) { m.CloneFrom(x.a) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseCloneFromTangent(m, md, x.a, d.a) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseCloneFromAdjoint(m, mb, x.a, b.a) },
			}.testEmpty(t)
			runCases(t, trial.Routine[operands]{
				Name: "DenseCopyOf" + name, Build: one,
				Func: func(x operands) []float64 { return denseForm(r, c).list(mat.DenseCopyOf(x.a)) },
				Tangent: func(x, d operands) (y, yd []float64) {
					m, md := DenseCopyOfTangent(x.a, d.a)
					return denseForm(r, c).list(m), denseForm(r, c).list(md)
				},
				Adjoint: func(x, b operands, yb []float64) []float64 {
					return denseForm(r, c).list(DenseCopyOfAdjoint(x.a, b.a, denseForm(r, c).fill(yb)))
				},
			})
		}
	}
}

func TestDenseProducts(t *testing.T) {
	for _, size := range [][3]int{{1, 1, 1}, {2, 3, 2}, {3, 2, 1}, {1, 3, 2}, {3, 3, 3}} {
		r, k, c := size[0], size[1], size[2]
		for ka, mka := range kinds(r, k) {
			for kb, mkb := range kinds(k, c) {
				method[*mat.Dense]{
					name: fmt.Sprint("Mul ", size, " ", ka, ", ", kb), form: denseForm(r, c),
					build:   func(a *trial.Arena) operands { return operands{a: mka(a.Read), b: mkb(a.Read)} },
					call:    func(m *mat.Dense, x *operands) { m.Mul(x.a, x.b) },
					tangent: func(m, md *mat.Dense, x, d *operands) { DenseMulTangent(m, md, x.a, d.a, x.b, d.b) },
					adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseMulAdjoint(m, mb, x.a, b.a, x.b, b.b) },
				}.test(t)
			}
			if c == 1 {
				method[*mat.VecDense]{
					name: fmt.Sprint("MulVec ", size, " ", ka), form: vecForm(r),
					build:   func(a *trial.Arena) operands { return operands{a: mka(a.Read), x: vec(k, a.Read)} },
					call:    func(m *mat.VecDense, x *operands) { m.MulVec(x.a, x.x) },
					tangent: func(m, md *mat.VecDense, x, d *operands) { VecDenseMulVecTangent(m, md, x.a, d.a, x.x, d.x) },
					adjoint: func(m, mb *mat.VecDense, x, b *operands) { VecDenseMulVecAdjoint(m, mb, x.a, b.a, x.x, b.x) },
				}.test(t)
			}
		}
		blocks := func(a *trial.Arena) operands { return operands{a: dense(r, k, a.Read), b: dense(c, k, a.Read)} }
		for _, h := range []method[*mat.Dense]{
			{
				name: "Stack", form: denseForm(r+c, k), build: blocks,
				call:    func(m *mat.Dense, x *operands) { m.Stack(x.a, x.b) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseStackTangent(m, md, x.a, d.a, x.b, d.b) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseStackAdjoint(m, mb, x.a, b.a, x.b, b.b) },
			},
			{
				name: "Augment", form: denseForm(k, r+c),
				build:   func(a *trial.Arena) operands { return operands{a: dense(k, r, a.Read), b: dense(k, c, a.Read)} },
				call:    func(m *mat.Dense, x *operands) { m.Augment(x.a, x.b) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseAugmentTangent(m, md, x.a, d.a, x.b, d.b) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseAugmentAdjoint(m, mb, x.a, b.a, x.b, b.b) },
			},
			{
				name: "Kronecker", form: denseForm(r*c, k*k), build: blocks,
				call:    func(m *mat.Dense, x *operands) { m.Kronecker(x.a, x.b) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseKroneckerTangent(m, md, x.a, d.a, x.b, d.b) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseKroneckerAdjoint(m, mb, x.a, b.a, x.b, b.b) },
			},
			{
				name: "Outer", form: denseForm(r, c),
				build: func(a *trial.Arena) operands {
					return operands{number: a.Read(1), x: vec(r, a.Read), y: vec(c, a.Read)}
				},
				call: func(m *mat.Dense, x *operands) { m.Outer(x.number[0], x.x, x.y) },
				tangent: func(m, md *mat.Dense, x, d *operands) {
					DenseOuterTangent(m, md, x.number[0], value(d.number), x.x, d.x, x.y, d.y)
				},
				adjoint: func(m, mb *mat.Dense, x, b *operands) {
					DenseOuterAdjoint(m, mb, x.number[0], pointer(b.number), x.x, b.x, x.y, b.y)
				},
			},
		} {
			h.name = fmt.Sprint(h.name, " ", size)
			h.test(t)
		}
	}
}

func TestDensePowers(t *testing.T) {
	for _, n := range []int{1, 2, 3} {
		for ka, mka := range kinds(n, n) {
			one := func(a *trial.Arena) operands { return operands{a: mka(a.Read)} }
			for p := range 5 {
				method[*mat.Dense]{
					name: fmt.Sprint("Pow ", p, " n=", n, " ", ka), form: denseForm(n, n), build: one,
					call:    func(m *mat.Dense, x *operands) { m.Pow(x.a, p) },
					tangent: func(m, md *mat.Dense, x, d *operands) { DensePowTangent(m, md, x.a, d.a, p) },
					adjoint: func(m, mb *mat.Dense, x, b *operands) { DensePowAdjoint(m, mb, x.a, b.a, p) },
				}.test(t)
			}
			method[*mat.Dense]{
				name: fmt.Sprint("Exp n=", n, " ", ka), form: denseForm(n, n), build: one,
				call:    func(m *mat.Dense, x *operands) { m.Exp(x.a) },
				tangent: func(m, md *mat.Dense, x, d *operands) { DenseExpTangent(m, md, x.a, d.a) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) { DenseExpAdjoint(m, mb, x.a, b.a) },
			}.test(t)
		}
	}
}

// TestDenseAliases has the receiver among the arguments.
func TestDenseAliases(t *testing.T) {
	build := func(a *trial.Arena) received[*mat.Dense] {
		m := mat.NewDense(3, 3, a.Take(9))
		return received[*mat.Dense]{m, operands{a: dense(3, 3, a.Read), number: a.Read(1), x: vec(3, a.Read)}}
	}
	type rec = received[*mat.Dense]
	for name, h := range map[string]struct {
		f   func(x *rec)
		tan func(x, d *rec)
		adj func(x, b *rec)
	}{
		"Add(m, a)": {
			func(x *rec) { x.m.Add(x.m, x.a) },
			func(x, d *rec) { DenseAddTangent(x.m, d.m, x.m, d.m, x.a, d.a) },
			func(x, b *rec) { DenseAddAdjoint(x.m, b.m, x.m, b.m, x.a, b.a) },
		},
		"Add(m, mT)": {
			func(x *rec) { x.m.Add(x.m, x.m.T()) },
			func(x, d *rec) { DenseAddTangent(x.m, d.m, x.m, d.m, x.m.T(), d.m.T()) },
			func(x, b *rec) { DenseAddAdjoint(x.m, b.m, x.m, b.m, x.m.T(), b.m.T()) },
		},
		"MulElem(m, m)": {
			func(x *rec) { x.m.MulElem(x.m, x.m) },
			func(x, d *rec) { DenseMulElemTangent(x.m, d.m, x.m, d.m, x.m, d.m) },
			func(x, b *rec) { DenseMulElemAdjoint(x.m, b.m, x.m, b.m, x.m, b.m) },
		},
		"DivElem(a, m)": {
			func(x *rec) { x.m.DivElem(x.a, x.m) },
			func(x, d *rec) { DenseDivElemTangent(x.m, d.m, x.a, d.a, x.m, d.m) },
			func(x, b *rec) { DenseDivElemAdjoint(x.m, b.m, x.a, b.a, x.m, b.m) },
		},
		"Mul(m, m)": {
			func(x *rec) { x.m.Mul(x.m, x.m) },
			func(x, d *rec) { DenseMulTangent(x.m, d.m, x.m, d.m, x.m, d.m) },
			func(x, b *rec) { DenseMulAdjoint(x.m, b.m, x.m, b.m, x.m, b.m) },
		},
		"Mul(a, mT)": {
			func(x *rec) { x.m.Mul(x.a, x.m.T()) },
			func(x, d *rec) { DenseMulTangent(x.m, d.m, x.a, d.a, x.m.T(), d.m.T()) },
			func(x, b *rec) { DenseMulAdjoint(x.m, b.m, x.a, b.a, x.m.T(), b.m.T()) },
		},
		"Scale(f, m)": {
			func(x *rec) { x.m.Scale(x.number[0], x.m) },
			func(x, d *rec) { DenseScaleTangent(x.m, d.m, x.number[0], value(d.number), x.m, d.m) },
			func(x, b *rec) { DenseScaleAdjoint(x.m, b.m, x.number[0], pointer(b.number), x.m, b.m) },
		},
		"RankOne(m)": {
			func(x *rec) { x.m.RankOne(x.m, x.number[0], x.x, x.x) },
			func(x, d *rec) {
				DenseRankOneTangent(x.m, d.m, x.m, d.m, x.number[0], value(d.number), x.x, d.x, x.x, d.x)
			},
			func(x, b *rec) {
				DenseRankOneAdjoint(x.m, b.m, x.m, b.m, x.number[0], pointer(b.number), x.x, b.x, x.x, b.x)
			},
		},
		"Pow(m)": {
			func(x *rec) { x.m.Pow(x.m, 3) },
			func(x, d *rec) { DensePowTangent(x.m, d.m, x.m, d.m, 3) },
			func(x, b *rec) { DensePowAdjoint(x.m, b.m, x.m, b.m, 3) },
		},
		"Copy(m)": {
			func(x *rec) { x.m.Copy(x.m) },
			func(x, d *rec) { DenseCopyTangent(x.m, d.m, x.m, d.m) },
			func(x, b *rec) { DenseCopyAdjoint(x.m, b.m, x.m, b.m) },
		},
		"Copy of an overlapping view": {
			func(x *rec) {
				x.m.Slice(0, 2, 0, 3).(*mat.Dense).Copy(x.m.Slice(1, 3, 0, 3))
			},
			func(x, d *rec) {
				DenseCopyTangent(x.m.Slice(0, 2, 0, 3).(*mat.Dense), d.m.Slice(0, 2, 0, 3).(*mat.Dense), x.m.Slice(1, 3, 0, 3), d.m.Slice(1, 3, 0, 3))
			},
			func(x, b *rec) {
				DenseCopyAdjoint(x.m.Slice(0, 2, 0, 3).(*mat.Dense), b.m.Slice(0, 2, 0, 3).(*mat.Dense), x.m.Slice(1, 3, 0, 3), b.m.Slice(1, 3, 0, 3))
			},
		},
		"Zero": {
			func(x *rec) { x.m.Zero() },
			func(x, d *rec) { DenseZeroTangent(x.m, d.m) },
			func(x, b *rec) { DenseZeroAdjoint(x.m, b.m) },
		},
		"PermuteRows": {
			func(x *rec) { x.m.PermuteRows([]int{2, 0, 1}, false) },
			func(x, d *rec) { DensePermuteRowsTangent(x.m, d.m, []int{2, 0, 1}, false) },
			func(x, b *rec) { DensePermuteRowsAdjoint(x.m, b.m, []int{2, 0, 1}, false) },
		},
		"PermuteCols": {
			func(x *rec) { x.m.PermuteCols([]int{2, 0, 1}, true) },
			func(x, d *rec) { DensePermuteColsTangent(x.m, d.m, []int{2, 0, 1}, true) },
			func(x, b *rec) { DensePermuteColsAdjoint(x.m, b.m, []int{2, 0, 1}, true) },
		},
		"Set": {
			func(x *rec) { x.m.Set(1, 2, x.number[0]) },
			func(x, d *rec) { DenseSetTangent(x.m, d.m, 1, 2, x.number[0], value(d.number)) },
			func(x, b *rec) {
				set(DenseSetForward(x.m, 1, 2, x.number[0]), func(kept float64) { DenseSetReverse(kept, x.m, b.m, 1, 2, x.number[0], pointer(b.number)) }, func() { x.m.Set(1, 2, x.number[0]) })
			},
		},
		"Solve(a, m)": {
			func(x *rec) { _ = x.m.Solve(x.a, x.m) },
			func(x, d *rec) { _ = DenseSolveTangent(x.m, d.m, x.a, d.a, x.m, d.m) },
			func(x, b *rec) {
				_, kept := DenseSolveForward(x.m, x.a, x.m)
				DenseSolveReverse(kept, x.m, b.m, x.a, b.a, x.m, b.m)
			},
		},
		"Solve(m, a)": {
			func(x *rec) { _ = x.m.Solve(x.m, x.a) },
			func(x, d *rec) { _ = DenseSolveTangent(x.m, d.m, x.m, d.m, x.a, d.a) },
			func(x, b *rec) {
				_, kept := DenseSolveForward(x.m, x.m, x.a)
				DenseSolveReverse(kept, x.m, b.m, x.m, b.m, x.a, b.a)
			},
		},
		"Inverse(m)": {
			func(x *rec) { _ = x.m.Inverse(x.m) },
			func(x, d *rec) { _ = DenseInverseTangent(x.m, d.m, x.m, d.m) },
			func(x, b *rec) {
				_, kept := DenseInverseForward(x.m, x.m)
				DenseInverseReverse(kept, x.m, b.m, x.m, b.m)
			},
		},
		"Inverse(mT)": {
			func(x *rec) { _ = x.m.Inverse(x.m.T()) },
			func(x, d *rec) { _ = DenseInverseTangent(x.m, d.m, x.m.T(), d.m.T()) },
			func(x, b *rec) {
				_, kept := DenseInverseForward(x.m, x.m.T())
				DenseInverseReverse(kept, x.m, b.m, x.m.T(), b.m.T())
			},
		},
	} {
		runCases(t, trial.Routine[rec]{
			Name: name, Build: build,
			Func:    func(x rec) []float64 { h.f(&x); return nil },
			Tangent: func(x, d rec) (y, yd []float64) { h.tan(&x, &d); return nil, nil },
			Adjoint: func(x, b rec, yb []float64) []float64 { h.adj(&x, &b); return nil },
		})
	}
}

func TestElements(t *testing.T) {
	type all struct {
		m   *mat.Dense
		v   *mat.VecDense
		s   *mat.SymDense
		u   *mat.TriDense
		d   *mat.DiagDense
		x   []float64
		row []float64
	}
	build := func(a *trial.Arena) all {
		return all{
			mat.NewDense(2, 3, a.Take(6)), mat.NewVecDense(3, a.Take(3)), mat.NewSymDense(3, a.Take(9)),
			mat.NewTriDense(3, mat.Upper, a.Take(9)), mat.NewDiagDense(3, a.Take(3)), a.Read(1), a.Read(3),
		}
	}
	gets := map[string]struct {
		f   func(x all) float64
		tan func(x, d all) (float64, float64)
		adj func(x, b all, retb float64) float64
	}{
		"Dense.At": {
			func(x all) float64 { return x.m.At(1, 2) },
			func(x, d all) (float64, float64) { return DenseAtTangent(x.m, d.m, 1, 2) },
			func(x, b all, retb float64) float64 { return DenseAtAdjoint(x.m, b.m, 1, 2, retb) },
		},
		"VecDense.AtVec": {
			func(x all) float64 { return x.v.AtVec(1) },
			func(x, d all) (float64, float64) { return VecDenseAtVecTangent(x.v, d.v, 1) },
			func(x, b all, retb float64) float64 { return VecDenseAtVecAdjoint(x.v, b.v, 1, retb) },
		},
		"VecDense.At": {
			func(x all) float64 { return x.v.At(2, 0) },
			func(x, d all) (float64, float64) { return VecDenseAtTangent(x.v, d.v, 2, 0) },
			func(x, b all, retb float64) float64 { return VecDenseAtAdjoint(x.v, b.v, 2, 0, retb) },
		},
		"SymDense.At": {
			func(x all) float64 { return x.s.At(0, 2) },
			func(x, d all) (float64, float64) { return SymDenseAtTangent(x.s, d.s, 0, 2) },
			func(x, b all, retb float64) float64 { return SymDenseAtAdjoint(x.s, b.s, 0, 2, retb) },
		},
		"SymDense.At below": {
			func(x all) float64 { return x.s.At(2, 1) },
			func(x, d all) (float64, float64) { return SymDenseAtTangent(x.s, d.s, 2, 1) },
			func(x, b all, retb float64) float64 { return SymDenseAtAdjoint(x.s, b.s, 2, 1, retb) },
		},
		"TriDense.At": {
			func(x all) float64 { return x.u.At(0, 2) },
			func(x, d all) (float64, float64) { return TriDenseAtTangent(x.u, d.u, 0, 2) },
			func(x, b all, retb float64) float64 { return TriDenseAtAdjoint(x.u, b.u, 0, 2, retb) },
		},
		"TriDense.At of a zero": {
			func(x all) float64 { return x.u.At(2, 0) },
			func(x, d all) (float64, float64) { return TriDenseAtTangent(x.u, d.u, 2, 0) },
			func(x, b all, retb float64) float64 { return TriDenseAtAdjoint(x.u, b.u, 2, 0, retb) },
		},
		"DiagDense.At": {
			func(x all) float64 { return x.d.At(1, 1) },
			func(x, d all) (float64, float64) { return DiagDenseAtTangent(x.d, d.d, 1, 1) },
			func(x, b all, retb float64) float64 { return DiagDenseAtAdjoint(x.d, b.d, 1, 1, retb) },
		},
		"DiagDense.At of a zero": {
			func(x all) float64 { return x.d.At(1, 2) },
			func(x, d all) (float64, float64) { return DiagDenseAtTangent(x.d, d.d, 1, 2) },
			func(x, b all, retb float64) float64 { return DiagDenseAtAdjoint(x.d, b.d, 1, 2, retb) },
		},
	}
	for name, h := range gets {
		runCases(t, trial.Routine[all]{
			Name: name, Build: build,
			Func: func(x all) []float64 { return []float64{h.f(x)} },
			Tangent: func(x, d all) (y, yd []float64) {
				v, vd := h.tan(x, d)
				return []float64{v}, []float64{vd}
			},
			Adjoint: func(x, b all, yb []float64) []float64 { return []float64{h.adj(x, b, yb[0])} },
		})
	}
	sets := map[string]struct {
		f        func(x all)
		tan, adj func(x, d all)
	}{
		"VecDense.SetVec": {
			func(x all) { x.v.SetVec(1, x.x[0]) },
			func(x, d all) { VecDenseSetVecTangent(x.v, d.v, 1, x.x[0], value(d.x)) },
			func(x, b all) {
				set(VecDenseSetVecForward(x.v, 1, x.x[0]), func(kept float64) { VecDenseSetVecReverse(kept, x.v, b.v, 1, x.x[0], pointer(b.x)) }, func() { x.v.SetVec(1, x.x[0]) })
			},
		},
		"SymDense.SetSym": {
			func(x all) { x.s.SetSym(2, 1, x.x[0]) },
			func(x, d all) { SymDenseSetSymTangent(x.s, d.s, 2, 1, x.x[0], value(d.x)) },
			func(x, b all) {
				set(SymDenseSetSymForward(x.s, 2, 1, x.x[0]), func(kept float64) { SymDenseSetSymReverse(kept, x.s, b.s, 2, 1, x.x[0], pointer(b.x)) }, func() { x.s.SetSym(2, 1, x.x[0]) })
			},
		},
		"TriDense.SetTri": {
			func(x all) { x.u.SetTri(0, 1, x.x[0]) },
			func(x, d all) { TriDenseSetTriTangent(x.u, d.u, 0, 1, x.x[0], value(d.x)) },
			func(x, b all) {
				set(TriDenseSetTriForward(x.u, 0, 1, x.x[0]), func(kept float64) { TriDenseSetTriReverse(kept, x.u, b.u, 0, 1, x.x[0], pointer(b.x)) }, func() { x.u.SetTri(0, 1, x.x[0]) })
			},
		},
		"DiagDense.SetDiag": {
			func(x all) { x.d.SetDiag(1, x.x[0]) },
			func(x, d all) { DiagDenseSetDiagTangent(x.d, d.d, 1, x.x[0], value(d.x)) },
			func(x, b all) {
				set(DiagDenseSetDiagForward(x.d, 1, x.x[0]), func(kept float64) { DiagDenseSetDiagReverse(kept, x.d, b.d, 1, x.x[0], pointer(b.x)) }, func() { x.d.SetDiag(1, x.x[0]) })
			},
		},
		"Dense.SetRow": {
			func(x all) { x.m.SetRow(1, x.row) },
			func(x, d all) { DenseSetRowTangent(x.m, d.m, 1, x.row, d.row) },
			func(x, b all) {
				set(DenseSetRowForward(x.m, 1, x.row), func(kept []float64) { DenseSetRowReverse(kept, x.m, b.m, 1, x.row, b.row) }, func() { x.m.SetRow(1, x.row) })
			},
		},
		"Dense.SetCol": {
			func(x all) { x.m.SetCol(1, x.row[:2]) },
			func(x, d all) { DenseSetColTangent(x.m, d.m, 1, x.row[:2], short(d.row)) },
			func(x, b all) {
				set(DenseSetColForward(x.m, 1, x.row[:2]), func(kept []float64) { DenseSetColReverse(kept, x.m, b.m, 1, x.row[:2], short(b.row)) }, func() { x.m.SetCol(1, x.row[:2]) })
			},
		},
		"Dense.SetRow to itself": {
			func(x all) { x.m.SetRow(1, x.m.RawRowView(1)) },
			func(x, d all) { DenseSetRowTangent(x.m, d.m, 1, x.m.RawRowView(1), d.m.RawRowView(1)) },
			func(x, b all) {
				set(DenseSetRowForward(x.m, 1, x.m.RawRowView(1)), func(kept []float64) { DenseSetRowReverse(kept, x.m, b.m, 1, x.m.RawRowView(1), b.m.RawRowView(1)) }, func() {})
			},
		},
		"Zero": {
			func(x all) { x.v.Zero(); x.s.Zero(); x.u.Zero() },
			func(x, d all) {
				VecDenseZeroTangent(x.v, d.v)
				SymDenseZeroTangent(x.s, d.s)
				TriDenseZeroTangent(x.u, d.u)
			},
			func(x, b all) {
				VecDenseZeroAdjoint(x.v, b.v)
				SymDenseZeroAdjoint(x.s, b.s)
				TriDenseZeroAdjoint(x.u, b.u)
			},
		},
		"VecDense.Permute": {
			func(x all) { x.v.Permute([]int{2, 0, 1}, false) },
			func(x, d all) { VecDensePermuteTangent(x.v, d.v, []int{2, 0, 1}, false) },
			func(x, b all) { VecDensePermuteAdjoint(x.v, b.v, []int{2, 0, 1}, false) },
		},
	}
	for name, h := range sets {
		runCases(t, trial.Routine[all]{
			Name: name, Build: build,
			Func:    func(x all) []float64 { h.f(x); return nil },
			Tangent: func(x, d all) (y, yd []float64) { h.tan(x, d); return nil, nil },
			Adjoint: func(x, b all, yb []float64) []float64 { h.adj(x, b); return nil },
		})
	}
	// An empty shadow is zero, and gets its shape.
	var mb mat.Dense
	DenseAtAdjoint(mat.NewDense(2, 2, []float64{1, 2, 3, 4}), &mb, 1, 0, 5)
	if r, c := mb.Dims(); r != 2 || c != 2 || mb.At(1, 0) != 5 {
		t.Errorf("the shadow is %v", mat.Formatted(&mb))
	}
	if _, d := DenseAtTangent(mat.NewDense(1, 1, nil), &mat.Dense{}, 0, 0); d != 0 {
		t.Errorf("tangent %v of an empty shadow", d)
	}
}

// set runs the reverse half of a method that sets something, and then the method, which the
// test expects to have run in the end.
func set[T any](kept T, reverse func(kept T), again func()) {
	reverse(kept)
	again()
}

func short(x []float64) []float64 {
	if x == nil {
		return nil
	}
	return x[:2]
}

func TestRefused(t *testing.T) {
	m := mat.NewDense(2, 2, nil)
	var tall mat.QR
	tall.Factorize(mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 7}))
	for name, f := range map[string]func(){
		"CloneFrom into memory":    func() { DenseCloneFromAdjoint(m, nil, m, nil) },
		"CloneFromVec into memory": func() { VecDenseCloneFromVecTangent(mat.NewVecDense(1, nil), nil, m.ColView(0), nil) },
		"Q of a tall matrix":       func() { QRQToAdjoint(&tall, nil, &mat.Dense{}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func TestKinks(t *testing.T) {
	for _, c := range []struct {
		name string
		a    []float64
		norm float64
		want []float64
	}{
		{"zero", []float64{0, 0, 0, 0}, 2, []float64{0, 0, 0, 0}},
		{"two columns", []float64{1, -1, 1, 1}, 1, []float64{1, 0, 1, 0}},
		{"two rows", []float64{1, -1, 1, 1}, math.Inf(1), []float64{1, -1, 0, 0}},
		{"zeros", []float64{0, 2, 0, 3}, 1, []float64{0, 1, 0, 1}},
	} {
		b := make([]float64, 4)
		NormAdjoint(mat.NewDense(2, 2, c.a), mat.NewDense(2, 2, b), c.norm, 1)
		if fmt.Sprint(b) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.name, b, c.want)
		}
	}
}

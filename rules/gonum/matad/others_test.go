package matad

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

func TestVecDense(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		two := func(a *trial.Arena) operands {
			return operands{number: a.Read(1), x: vec(n, a.Read), y: vec(n, a.Read)}
		}
		row := func(a *trial.Arena) operands { // columns of a matrix, whose elements lie apart
			x := operands{number: a.Read(1)}
			if m := dense(n, 3, a.Read); m != nil {
				x.x, x.y = m.(*mat.Dense).ColView(2), m.(*mat.Dense).ColView(0)
			}
			return x
		}
		for name, build := range map[string]func(a *trial.Arena) operands{"": two, " columns": row} {
			for _, h := range []method[*mat.VecDense]{
				{
					name:    "AddVec",
					call:    func(v *mat.VecDense, x *operands) { v.AddVec(x.x, x.y) },
					tangent: func(v, vd *mat.VecDense, x, d *operands) { VecDenseAddVecTangent(v, vd, x.x, d.x, x.y, d.y) },
					adjoint: func(v, vb *mat.VecDense, x, b *operands) { VecDenseAddVecAdjoint(v, vb, x.x, b.x, x.y, b.y) },
				},
				{
					name:    "SubVec",
					call:    func(v *mat.VecDense, x *operands) { v.SubVec(x.x, x.y) },
					tangent: func(v, vd *mat.VecDense, x, d *operands) { VecDenseSubVecTangent(v, vd, x.x, d.x, x.y, d.y) },
					adjoint: func(v, vb *mat.VecDense, x, b *operands) { VecDenseSubVecAdjoint(v, vb, x.x, b.x, x.y, b.y) },
				},
				{
					name:    "MulElemVec",
					call:    func(v *mat.VecDense, x *operands) { v.MulElemVec(x.x, x.y) },
					tangent: func(v, vd *mat.VecDense, x, d *operands) { VecDenseMulElemVecTangent(v, vd, x.x, d.x, x.y, d.y) },
					adjoint: func(v, vb *mat.VecDense, x, b *operands) { VecDenseMulElemVecAdjoint(v, vb, x.x, b.x, x.y, b.y) },
				},
				{
					name:    "DivElemVec",
					call:    func(v *mat.VecDense, x *operands) { v.DivElemVec(x.x, x.y) },
					tangent: func(v, vd *mat.VecDense, x, d *operands) { VecDenseDivElemVecTangent(v, vd, x.x, d.x, x.y, d.y) },
					adjoint: func(v, vb *mat.VecDense, x, b *operands) { VecDenseDivElemVecAdjoint(v, vb, x.x, b.x, x.y, b.y) },
				},
				{
					name: "ScaleVec",
					call: func(v *mat.VecDense, x *operands) { v.ScaleVec(x.number[0], x.x) },
					tangent: func(v, vd *mat.VecDense, x, d *operands) {
						VecDenseScaleVecTangent(v, vd, x.number[0], value(d.number), x.x, d.x)
					},
					adjoint: func(v, vb *mat.VecDense, x, b *operands) {
						VecDenseScaleVecAdjoint(v, vb, x.number[0], pointer(b.number), x.x, b.x)
					},
				},
				{
					name: "AddScaledVec",
					call: func(v *mat.VecDense, x *operands) { v.AddScaledVec(x.x, x.number[0], x.y) },
					tangent: func(v, vd *mat.VecDense, x, d *operands) {
						VecDenseAddScaledVecTangent(v, vd, x.x, d.x, x.number[0], value(d.number), x.y, d.y)
					},
					adjoint: func(v, vb *mat.VecDense, x, b *operands) {
						VecDenseAddScaledVecAdjoint(v, vb, x.x, b.x, x.number[0], pointer(b.number), x.y, b.y)
					},
				},
			} {
				h.name, h.form, h.build = fmt.Sprint(h.name, " n=", n, name), vecForm(n), build
				h.test(t)
			}
			copying := method[*mat.VecDense]{
				name: fmt.Sprint("CopyVec n=", n, name), form: vecForm(n + 1), build: build,
				call:    func(v *mat.VecDense, x *operands) { v.CopyVec(x.x) },
				tangent: func(v, vd *mat.VecDense, x, d *operands) { VecDenseCopyVecTangent(v, vd, x.x, d.x) },
				adjoint: func(v, vb *mat.VecDense, x, b *operands) { VecDenseCopyVecAdjoint(v, vb, x.x, b.x) },
			}
			copying.testFull(t)
			copying.name, copying.form = copying.name+" short", vecForm(max(1, n-1))
			copying.testFull(t)
			method[*mat.VecDense]{
				name: fmt.Sprint("CloneFromVec n=", n, name), form: vecForm(n), build: build,
				call:    func(v *mat.VecDense, x *operands) { v.CloneFromVec(x.x) },
				tangent: func(v, vd *mat.VecDense, x, d *operands) { VecDenseCloneFromVecTangent(v, vd, x.x, d.x) },
				adjoint: func(v, vb *mat.VecDense, x, b *operands) { VecDenseCloneFromVecAdjoint(v, vb, x.x, b.x) },
			}.testEmpty(t)
			runCases(t, trial.Routine[operands]{
				Name: fmt.Sprint("VecDenseCopyOf n=", n, name), Build: build,
				Func: func(x operands) []float64 { return vecForm(n).list(mat.VecDenseCopyOf(x.x)) },
				Tangent: func(x, d operands) (y, yd []float64) {
					v, vd := VecDenseCopyOfTangent(x.x, d.x)
					return vecForm(n).list(v), vecForm(n).list(vd)
				},
				Adjoint: func(x, b operands, yb []float64) []float64 {
					return vecForm(n).list(VecDenseCopyOfAdjoint(x.x, b.x, vecForm(n).fill(yb)))
				},
			})
		}
	}
}

func TestSymDense(t *testing.T) {
	for _, n := range []int{1, 2, 4} {
		build := func(a *trial.Arena) operands {
			return operands{
				number: a.Read(1), s: sym(n, a.Read), s2: sym(n, a.Read), x: vec(n, a.Read), y: vec(n, a.Read), a: dense(n, 2, a.Read),
			}
		}
		set := []int{0, n - 1, n / 2, 0}
		for _, h := range []method[*mat.SymDense]{
			{
				name:    "AddSym",
				call:    func(s *mat.SymDense, x *operands) { s.AddSym(x.s, x.s2) },
				tangent: func(s, sd *mat.SymDense, x, d *operands) { SymDenseAddSymTangent(s, sd, x.s, d.s, x.s2, d.s2) },
				adjoint: func(s, sb *mat.SymDense, x, b *operands) { SymDenseAddSymAdjoint(s, sb, x.s, b.s, x.s2, b.s2) },
			},
			{
				name: "ScaleSym",
				call: func(s *mat.SymDense, x *operands) { s.ScaleSym(x.number[0], x.s) },
				tangent: func(s, sd *mat.SymDense, x, d *operands) {
					SymDenseScaleSymTangent(s, sd, x.number[0], value(d.number), x.s, d.s)
				},
				adjoint: func(s, sb *mat.SymDense, x, b *operands) {
					SymDenseScaleSymAdjoint(s, sb, x.number[0], pointer(b.number), x.s, b.s)
				},
			},
			{
				name: "SymOuterK",
				call: func(s *mat.SymDense, x *operands) { s.SymOuterK(x.number[0], x.a) },
				tangent: func(s, sd *mat.SymDense, x, d *operands) {
					SymDenseSymOuterKTangent(s, sd, x.number[0], value(d.number), x.a, d.a)
				},
				adjoint: func(s, sb *mat.SymDense, x, b *operands) {
					SymDenseSymOuterKAdjoint(s, sb, x.number[0], pointer(b.number), x.a, b.a)
				},
			},
			{
				name: "SymRankK",
				call: func(s *mat.SymDense, x *operands) { s.SymRankK(x.s, x.number[0], x.a) },
				tangent: func(s, sd *mat.SymDense, x, d *operands) {
					SymDenseSymRankKTangent(s, sd, x.s, d.s, x.number[0], value(d.number), x.a, d.a)
				},
				adjoint: func(s, sb *mat.SymDense, x, b *operands) {
					SymDenseSymRankKAdjoint(s, sb, x.s, b.s, x.number[0], pointer(b.number), x.a, b.a)
				},
			},
			{
				name: "SymRankOne",
				call: func(s *mat.SymDense, x *operands) { s.SymRankOne(x.s, x.number[0], x.x) },
				tangent: func(s, sd *mat.SymDense, x, d *operands) {
					SymDenseSymRankOneTangent(s, sd, x.s, d.s, x.number[0], value(d.number), x.x, d.x)
				},
				adjoint: func(s, sb *mat.SymDense, x, b *operands) {
					SymDenseSymRankOneAdjoint(s, sb, x.s, b.s, x.number[0], pointer(b.number), x.x, b.x)
				},
			},
			{
				name: "RankTwo",
				call: func(s *mat.SymDense, x *operands) { s.RankTwo(x.s, x.number[0], x.x, x.y) },
				tangent: func(s, sd *mat.SymDense, x, d *operands) {
					SymDenseRankTwoTangent(s, sd, x.s, d.s, x.number[0], value(d.number), x.x, d.x, x.y, d.y)
				},
				adjoint: func(s, sb *mat.SymDense, x, b *operands) {
					SymDenseRankTwoAdjoint(s, sb, x.s, b.s, x.number[0], pointer(b.number), x.x, b.x, x.y, b.y)
				},
			},
			{
				name: "SubsetSym", form: symForm(len(set)),
				call:    func(s *mat.SymDense, x *operands) { s.SubsetSym(x.s, set) },
				tangent: func(s, sd *mat.SymDense, x, d *operands) { SymDenseSubsetSymTangent(s, sd, x.s, d.s, set) },
				adjoint: func(s, sb *mat.SymDense, x, b *operands) { SymDenseSubsetSymAdjoint(s, sb, x.s, b.s, set) },
			},
		} {
			if h.form.size == 0 {
				h.form = symForm(n)
			}
			h.build = build
			if h.name == "RankTwo" { // which gonum does not run with an empty receiver
				h.name = fmt.Sprint(h.name, " n=", n)
				h.testFull(t)
				continue
			}
			h.name = fmt.Sprint(h.name, " n=", n)
			h.test(t)
		}
		copying := method[*mat.SymDense]{
			name: fmt.Sprint("CopySym n=", n), form: symForm(n + 1), build: build,
			call:    func(s *mat.SymDense, x *operands) { s.CopySym(x.s) },
			tangent: func(s, sd *mat.SymDense, x, d *operands) { SymDenseCopySymTangent(s, sd, x.s, d.s) },
			adjoint: func(s, sb *mat.SymDense, x, b *operands) { SymDenseCopySymAdjoint(s, sb, x.s, b.s) },
		}
		copying.testFull(t)
		copying.name, copying.form = copying.name+" short", symForm(max(1, n-1))
		copying.testFull(t)
	}
}

func TestSymAliases(t *testing.T) {
	type rec = received[*mat.SymDense]
	build := func(a *trial.Arena) rec {
		return rec{mat.NewSymDense(3, a.Take(9)), operands{number: a.Read(1), x: vec(3, a.Read), y: vec(3, a.Read)}}
	}
	for name, h := range map[string]struct {
		f        func(x *rec)
		tan, adj func(x, d *rec)
	}{
		"AddSym": {
			func(x *rec) { x.m.AddSym(x.m, x.m) },
			func(x, d *rec) { SymDenseAddSymTangent(x.m, d.m, x.m, d.m, x.m, d.m) },
			func(x, b *rec) { SymDenseAddSymAdjoint(x.m, b.m, x.m, b.m, x.m, b.m) },
		},
		"SymRankOne": {
			func(x *rec) { x.m.SymRankOne(x.m, x.number[0], x.x) },
			func(x, d *rec) {
				SymDenseSymRankOneTangent(x.m, d.m, x.m, d.m, x.number[0], value(d.number), x.x, d.x)
			},
			func(x, b *rec) {
				SymDenseSymRankOneAdjoint(x.m, b.m, x.m, b.m, x.number[0], pointer(b.number), x.x, b.x)
			},
		},
		"RankTwo": {
			func(x *rec) { x.m.RankTwo(x.m, x.number[0], x.x, x.x) },
			func(x, d *rec) {
				SymDenseRankTwoTangent(x.m, d.m, x.m, d.m, x.number[0], value(d.number), x.x, d.x, x.x, d.x)
			},
			func(x, b *rec) {
				SymDenseRankTwoAdjoint(x.m, b.m, x.m, b.m, x.number[0], pointer(b.number), x.x, b.x, x.x, b.x)
			},
		},
		"ScaleSym": {
			func(x *rec) { x.m.ScaleSym(x.number[0], x.m) },
			func(x, d *rec) { SymDenseScaleSymTangent(x.m, d.m, x.number[0], value(d.number), x.m, d.m) },
			func(x, b *rec) { SymDenseScaleSymAdjoint(x.m, b.m, x.number[0], pointer(b.number), x.m, b.m) },
		},
		"SubsetSym": {
			func(x *rec) { x.m.SubsetSym(x.m, []int{2, 0, 2}) },
			func(x, d *rec) { SymDenseSubsetSymTangent(x.m, d.m, x.m, d.m, []int{2, 0, 2}) },
			func(x, b *rec) { SymDenseSubsetSymAdjoint(x.m, b.m, x.m, b.m, []int{2, 0, 2}) },
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

func TestTriDense(t *testing.T) {
	for _, n := range []int{1, 2, 4} {
		for _, kind := range []mat.TriKind{mat.Upper, mat.Lower} {
			for _, transposed := range []bool{false, true} {
				k := kind
				if transposed {
					k = !k
				}
				arg := func(tk take) mat.Triangular {
					x := tri(n, k, tk)
					if x != nil && transposed {
						return x.TTri()
					}
					return x
				}
				build := func(a *trial.Arena) operands {
					return operands{number: a.Read(1), t: arg(a.Read), t2: arg(a.Read), a: dense(n+1, n, a.Read)}
				}
				for _, h := range []method[*mat.TriDense]{
					{
						name: "ScaleTri",
						call: func(m *mat.TriDense, x *operands) { m.ScaleTri(x.number[0], x.t) },
						tangent: func(m, md *mat.TriDense, x, d *operands) {
							TriDenseScaleTriTangent(m, md, x.number[0], value(d.number), x.t, d.t)
						},
						adjoint: func(m, mb *mat.TriDense, x, b *operands) {
							TriDenseScaleTriAdjoint(m, mb, x.number[0], pointer(b.number), x.t, b.t)
						},
					},
					{
						name:    "MulTri",
						call:    func(m *mat.TriDense, x *operands) { m.MulTri(x.t, x.t2) },
						tangent: func(m, md *mat.TriDense, x, d *operands) { TriDenseMulTriTangent(m, md, x.t, d.t, x.t2, d.t2) },
						adjoint: func(m, mb *mat.TriDense, x, b *operands) { TriDenseMulTriAdjoint(m, mb, x.t, b.t, x.t2, b.t2) },
					},
					{
						name:    "InverseTri",
						call:    func(m *mat.TriDense, x *operands) { _ = m.InverseTri(x.t) },
						tangent: func(m, md *mat.TriDense, x, d *operands) { _ = TriDenseInverseTriTangent(m, md, x.t, d.t) },
						adjoint: func(m, mb *mat.TriDense, x, b *operands) { _ = TriDenseInverseTriAdjoint(m, mb, x.t, b.t) },
					},
				} {
					h.name = fmt.Sprint(h.name, " n=", n, " ", kind, transposed)
					h.form, h.build = triForm(n, kind), build
					h.test(t)
				}
				for name, of := range map[string]func(x *operands) mat.Matrix{
					"triangle": func(x *operands) mat.Matrix { return orNone(x.t) },
					"other":    func(x *operands) mat.Matrix { return transposeOrNone(x.t) },
					"matrix":   func(x *operands) mat.Matrix { return x.a },
				} {
					if name == "other" && transposed {
						continue // a transposed triangle of the other kind is copied as what it is by gonum
					}
					method[*mat.TriDense]{
						name: fmt.Sprint("Copy ", name, " n=", n, " ", kind, transposed), form: triForm(n, kind), build: build,
						call:    func(m *mat.TriDense, x *operands) { m.Copy(of(x)) },
						tangent: func(m, md *mat.TriDense, x, d *operands) { TriDenseCopyTangent(m, md, of(x), of(d)) },
						adjoint: func(m, mb *mat.TriDense, x, b *operands) { TriDenseCopyAdjoint(m, mb, of(x), of(b)) },
					}.testFull(t)
				}
			}
			for _, trans := range []bool{false, true} {
				method[*mat.Dense]{
					name: fmt.Sprint("SolveTo n=", n, " ", kind, trans), form: denseForm(n, 2),
					build: func(a *trial.Arena) operands { return operands{t: tri(n, kind, a.Read), a: dense(n, 2, a.Read)} },
					call:  func(m *mat.Dense, x *operands) { _ = x.t.(*mat.TriDense).SolveTo(m, trans, x.a) },
					tangent: func(m, md *mat.Dense, x, d *operands) {
						_ = TriDenseSolveToTangent(x.t.(*mat.TriDense), triOrNil(d.t), m, md, trans, x.a, d.a)
					},
					adjoint: func(m, mb *mat.Dense, x, b *operands) {
						_ = TriDenseSolveToAdjoint(x.t.(*mat.TriDense), triOrNil(b.t), m, mb, trans, x.a, b.a)
					},
				}.test(t)
			}
		}
	}
}

func orNone(t mat.Triangular) mat.Matrix {
	if t == nil {
		return nil
	}
	return t
}

func transposeOrNone(t mat.Triangular) mat.Matrix {
	if t == nil {
		return nil
	}
	return t.T()
}

func triOrNil(t mat.Triangular) *mat.TriDense {
	if t == nil {
		return nil
	}
	return t.(*mat.TriDense)
}

func TestReductions(t *testing.T) {
	for _, size := range sizes {
		r, c := size[0], size[1]
		for kind, mk := range kinds(r, c) {
			name := fmt.Sprint(" ", r, "×", c, " ", kind)
			one := func(a *trial.Arena) operands { return operands{a: mk(a.Read)} }
			list := []trial.Routine[operands]{
				result("Sum"+name, one, func(x *operands) float64 { return mat.Sum(x.a) },
					func(x, d *operands) (float64, float64) { return SumTangent(x.a, d.a) },
					func(x, b *operands, retb float64) float64 { return SumAdjoint(x.a, b.a, retb) }),
				result("Max"+name, one, func(x *operands) float64 { return mat.Max(x.a) },
					func(x, d *operands) (float64, float64) { return MaxTangent(x.a, d.a) },
					func(x, b *operands, retb float64) float64 { return MaxAdjoint(x.a, b.a, retb) }),
				result("Min"+name, one, func(x *operands) float64 { return mat.Min(x.a) },
					func(x, d *operands) (float64, float64) { return MinTangent(x.a, d.a) },
					func(x, b *operands, retb float64) float64 { return MinAdjoint(x.a, b.a, retb) }),
				result("Inner"+name, func(a *trial.Arena) operands {
					return operands{x: vec(r, a.Read), a: mk(a.Read), y: vec(c, a.Read)}
				}, func(x *operands) float64 { return mat.Inner(x.x, x.a, x.y) },
					func(x, d *operands) (float64, float64) { return InnerTangent(x.x, d.x, x.a, d.a, x.y, d.y) },
					func(x, b *operands, retb float64) float64 {
						return InnerAdjoint(x.x, b.x, x.a, b.a, x.y, b.y, retb)
					}),
			}
			for _, norm := range []float64{1, 2, math.Inf(1)} {
				list = append(list, result(fmt.Sprint("Norm ", norm, name), one, func(x *operands) float64 { return mat.Norm(x.a, norm) },
					func(x, d *operands) (float64, float64) { return NormTangent(x.a, d.a, norm) },
					func(x, b *operands, retb float64) float64 { return NormAdjoint(x.a, b.a, norm, retb) }))
			}
			if r == c {
				list = append(list,
					result("Trace"+name, one, func(x *operands) float64 { return mat.Trace(x.a) },
						func(x, d *operands) (float64, float64) { return TraceTangent(x.a, d.a) },
						func(x, b *operands, retb float64) float64 { return TraceAdjoint(x.a, b.a, retb) }),
					result("Det"+name, one, func(x *operands) float64 { return mat.Det(x.a) },
						func(x, d *operands) (float64, float64) { return DetTangent(x.a, d.a) },
						func(x, b *operands, retb float64) float64 {
							ret, kept := DetForward(x.a)
							DetReverse(kept, x.a, b.a, retb)
							return ret
						}),
					trial.Routine[operands]{
						Name: "LogDet" + name, Build: one,
						Func: func(x operands) []float64 {
							det, sign := mat.LogDet(x.a)
							return []float64{det, sign}
						},
						Tangent: func(x, d operands) (y, yd []float64) {
							det, detd, sign, signd := LogDetTangent(x.a, d.a)
							return []float64{det, sign}, []float64{detd, signd}
						},
						Adjoint: func(x, b operands, yb []float64) []float64 {
							det, sign, kept := LogDetForward(x.a)
							LogDetReverse(kept, x.a, b.a, yb[0], yb[1])
							return []float64{det, sign}
						},
					})
			}
			runCases(t, list...)
		}
	}
	runCases(t, result("Dot", func(a *trial.Arena) operands { return operands{x: vec(3, a.Read), y: vec(3, a.Read)} },
		func(x *operands) float64 { return mat.Dot(x.x, x.y) },
		func(x, d *operands) (float64, float64) { return DotTangent(x.x, d.x, x.y, d.y) },
		func(x, b *operands, retb float64) float64 { return DotAdjoint(x.x, b.x, x.y, b.y, retb) }),
		result("Dot of itself", func(a *trial.Arena) operands { return operands{x: vec(3, a.Read)} },
			func(x *operands) float64 { return mat.Dot(x.x, x.x) },
			func(x, d *operands) (float64, float64) { return DotTangent(x.x, d.x, x.x, d.x) },
			func(x, b *operands, retb float64) float64 { return DotAdjoint(x.x, b.x, x.x, b.x, retb) }))
}

// TestNormMethods tests the methods of the types; they are those of the functions.
func TestNormMethods(t *testing.T) {
	for _, norm := range []float64{1, 2, math.Inf(1)} {
		runCases(t,
			result(fmt.Sprint("Dense ", norm), func(a *trial.Arena) operands { return operands{a: dense(3, 2, a.Take)} },
				func(x *operands) float64 { return x.a.(*mat.Dense).Norm(norm) },
				func(x, d *operands) (float64, float64) {
					return DenseNormTangent(x.a.(*mat.Dense), d.a.(*mat.Dense), norm)
				},
				func(x, b *operands, retb float64) float64 {
					return DenseNormAdjoint(x.a.(*mat.Dense), b.a.(*mat.Dense), norm, retb)
				}),
			result(fmt.Sprint("VecDense ", norm), func(a *trial.Arena) operands { return operands{x: vec(3, a.Take)} },
				func(x *operands) float64 { return x.x.(*mat.VecDense).Norm(norm) },
				func(x, d *operands) (float64, float64) {
					return VecDenseNormTangent(x.x.(*mat.VecDense), d.x.(*mat.VecDense), norm)
				},
				func(x, b *operands, retb float64) float64 {
					return VecDenseNormAdjoint(x.x.(*mat.VecDense), b.x.(*mat.VecDense), norm, retb)
				}),
			result(fmt.Sprint("SymDense ", norm), func(a *trial.Arena) operands { return operands{s: sym(3, a.Take)} },
				func(x *operands) float64 { return x.s.(*mat.SymDense).Norm(norm) },
				func(x, d *operands) (float64, float64) {
					return SymDenseNormTangent(x.s.(*mat.SymDense), d.s.(*mat.SymDense), norm)
				},
				func(x, b *operands, retb float64) float64 {
					return SymDenseNormAdjoint(x.s.(*mat.SymDense), b.s.(*mat.SymDense), norm, retb)
				}),
			result(fmt.Sprint("TriDense ", norm), func(a *trial.Arena) operands { return operands{t: tri(3, mat.Lower, a.Take)} },
				func(x *operands) float64 { return x.t.(*mat.TriDense).Norm(norm) },
				func(x, d *operands) (float64, float64) {
					return TriDenseNormTangent(x.t.(*mat.TriDense), d.t.(*mat.TriDense), norm)
				},
				func(x, b *operands, retb float64) float64 {
					return TriDenseNormAdjoint(x.t.(*mat.TriDense), b.t.(*mat.TriDense), norm, retb)
				}),
			result(fmt.Sprint("DiagDense ", norm), func(a *trial.Arena) operands { return operands{src: a.Take(3)} },
				func(x *operands) float64 { return mat.NewDiagDense(3, x.src).Norm(norm) },
				func(x, d *operands) (float64, float64) {
					return DiagDenseNormTangent(mat.NewDiagDense(3, x.src), mat.NewDiagDense(3, d.src), norm)
				},
				func(x, b *operands, retb float64) float64 {
					return DiagDenseNormAdjoint(mat.NewDiagDense(3, x.src), mat.NewDiagDense(3, b.src), norm, retb)
				}))
	}
	runCases(t,
		result("Dense.Trace", func(a *trial.Arena) operands { return operands{a: dense(3, 3, a.Take)} },
			func(x *operands) float64 { return x.a.(*mat.Dense).Trace() },
			func(x, d *operands) (float64, float64) { return DenseTraceTangent(x.a.(*mat.Dense), d.a.(*mat.Dense)) },
			func(x, b *operands, retb float64) float64 {
				return DenseTraceAdjoint(x.a.(*mat.Dense), b.a.(*mat.Dense), retb)
			}),
		result("SymDense.Trace", func(a *trial.Arena) operands { return operands{s: sym(3, a.Take)} },
			func(x *operands) float64 { return x.s.(*mat.SymDense).Trace() },
			func(x, d *operands) (float64, float64) {
				return SymDenseTraceTangent(x.s.(*mat.SymDense), d.s.(*mat.SymDense))
			},
			func(x, b *operands, retb float64) float64 {
				return SymDenseTraceAdjoint(x.s.(*mat.SymDense), b.s.(*mat.SymDense), retb)
			}),
		result("TriDense.Trace", func(a *trial.Arena) operands { return operands{t: tri(3, mat.Lower, a.Take)} },
			func(x *operands) float64 { return x.t.(*mat.TriDense).Trace() },
			func(x, d *operands) (float64, float64) {
				return TriDenseTraceTangent(x.t.(*mat.TriDense), d.t.(*mat.TriDense))
			},
			func(x, b *operands, retb float64) float64 {
				return TriDenseTraceAdjoint(x.t.(*mat.TriDense), b.t.(*mat.TriDense), retb)
			}),
		result("DiagDense.Trace", func(a *trial.Arena) operands { return operands{src: a.Take(3)} },
			func(x *operands) float64 { return mat.NewDiagDense(3, x.src).Trace() },
			func(x, d *operands) (float64, float64) {
				return DiagDenseTraceTangent(mat.NewDiagDense(3, x.src), mat.NewDiagDense(3, d.src))
			},
			func(x, b *operands, retb float64) float64 {
				return DiagDenseTraceAdjoint(mat.NewDiagDense(3, x.src), mat.NewDiagDense(3, b.src), retb)
			}))
}

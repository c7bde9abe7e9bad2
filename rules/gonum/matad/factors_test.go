package matad

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

// dominant makes the n×n matrix at the beginning of x diagonally dominant.
func dominant(n int) func(x []float64) {
	return func(x []float64) {
		for i := range n {
			x[i*n+i] = 3*float64(n) + x[i*n+i]
		}
	}
}

// A chain is a program on a matrix: it factorizes it and makes something of the factors. The
// forward half of a factorization keeps k.
type chain struct {
	name     string
	call     func(x *operands) []float64
	tangent  func(x, d *operands) (y, yd []float64)
	adjoint  func(x, b *operands, yb []float64) []float64
	unwanted bool
}

func runChains(t *testing.T, name string, build func(a *trial.Arena) operands, point func(x []float64), list []chain) {
	t.Helper()
	for _, c := range list {
		runCases(t, trial.Routine[operands]{
			Name: name + " " + c.name, Build: build, Point: point,
			Func:    func(x operands) []float64 { return c.call(&x) },
			Tangent: func(x, d operands) (y, yd []float64) { return c.tangent(&x, &d) },
			Adjoint: func(x, b operands, yb []float64) []float64 { return c.adjoint(&x, &b, yb) },
		})
	}
}

// choleskyChain factorizes s and runs a call with the factors.
func choleskyChain(name string, call func(c *mat.Cholesky, x *operands) []float64, tan func(c, cd *mat.Cholesky, x, d *operands) (y, yd []float64), adj func(c, cb *mat.Cholesky, x, b *operands, yb []float64) []float64) chain {
	return chain{
		name: name,
		call: func(x *operands) []float64 {
			var c mat.Cholesky
			if !c.Factorize(x.s) {
				panic("not positive definite")
			}
			return call(&c, x)
		},
		tangent: func(x, d *operands) (y, yd []float64) {
			var c, cd mat.Cholesky
			if !CholeskyFactorizeTangent(&c, &cd, x.s, d.s) {
				panic("not positive definite")
			}
			return tan(&c, &cd, x, d)
		},
		adjoint: func(x, b *operands, yb []float64) []float64 {
			var c, cb mat.Cholesky
			_, kept := CholeskyFactorizeForward(&c, x.s)
			y := adj(&c, &cb, x, b, yb)
			CholeskyFactorizeReverse(kept, &c, &cb, x.s, b.s)
			return y
		},
	}
}

// choleskyOutput is a chain with one method that writes to a receiver of the form f.
func choleskyOutput[M storage](name string, f form[M], call func(c *mat.Cholesky, m M, x *operands), tan, adj func(c, cd *mat.Cholesky, m, md M, x, d *operands)) chain {
	return choleskyChain(name,
		func(c *mat.Cholesky, x *operands) []float64 {
			m := f.none()
			call(c, m, x)
			return f.list(m)
		},
		func(c, cd *mat.Cholesky, x, d *operands) (y, yd []float64) {
			m, md := f.none(), f.none()
			tan(c, cd, m, md, x, d)
			return f.list(m), f.list(md)
		},
		func(c, cb *mat.Cholesky, x, b *operands, yb []float64) []float64 {
			m := f.none()
			adj(c, cb, m, f.fill(yb), x, b)
			return f.list(m)
		})
}

func TestCholesky(t *testing.T) {
	for _, n := range []int{1, 2, 4} {
		build := func(a *trial.Arena) operands {
			return operands{s: sym(n, a.Take), a: dense(n, 2, a.Read), x: vec(n, a.Read), number: a.Read(1)}
		}
		f := triForm(n, mat.Upper)
		number := func(v float64) []float64 { return []float64{v} }
		list := []chain{
			choleskyChain("LogDet",
				func(c *mat.Cholesky, x *operands) []float64 { return number(c.LogDet()) },
				func(c, cd *mat.Cholesky, x, d *operands) (y, yd []float64) {
					v, vd := CholeskyLogDetTangent(c, cd)
					return number(v), number(vd)
				},
				func(c, cb *mat.Cholesky, x, b *operands, yb []float64) []float64 {
					return number(CholeskyLogDetAdjoint(c, cb, yb[0]))
				}),
			choleskyChain("Det",
				func(c *mat.Cholesky, x *operands) []float64 { return number(c.Det()) },
				func(c, cd *mat.Cholesky, x, d *operands) (y, yd []float64) {
					v, vd := CholeskyDetTangent(c, cd)
					return number(v), number(vd)
				},
				func(c, cb *mat.Cholesky, x, b *operands, yb []float64) []float64 {
					return number(CholeskyDetAdjoint(c, cb, yb[0]))
				}),
			choleskyOutput("UTo", f,
				func(c *mat.Cholesky, m *mat.TriDense, x *operands) { c.UTo(m) },
				func(c, cd *mat.Cholesky, m, md *mat.TriDense, x, d *operands) { CholeskyUToTangent(c, cd, m, md) },
				func(c, cb *mat.Cholesky, m, mb *mat.TriDense, x, b *operands) { CholeskyUToAdjoint(c, cb, m, mb) }),
			choleskyOutput("LTo", triForm(n, mat.Lower),
				func(c *mat.Cholesky, m *mat.TriDense, x *operands) { c.LTo(m) },
				func(c, cd *mat.Cholesky, m, md *mat.TriDense, x, d *operands) { CholeskyLToTangent(c, cd, m, md) },
				func(c, cb *mat.Cholesky, m, mb *mat.TriDense, x, b *operands) { CholeskyLToAdjoint(c, cb, m, mb) }),
			choleskyOutput("ToSym", symForm(n),
				func(c *mat.Cholesky, m *mat.SymDense, x *operands) { c.ToSym(m) },
				func(c, cd *mat.Cholesky, m, md *mat.SymDense, x, d *operands) { CholeskyToSymTangent(c, cd, m, md) },
				func(c, cb *mat.Cholesky, m, mb *mat.SymDense, x, b *operands) { CholeskyToSymAdjoint(c, cb, m, mb) }),
			choleskyOutput("InverseTo", symForm(n),
				func(c *mat.Cholesky, m *mat.SymDense, x *operands) { _ = c.InverseTo(m) },
				func(c, cd *mat.Cholesky, m, md *mat.SymDense, x, d *operands) {
					_ = CholeskyInverseToTangent(c, cd, m, md)
				},
				func(c, cb *mat.Cholesky, m, mb *mat.SymDense, x, b *operands) {
					_ = CholeskyInverseToAdjoint(c, cb, m, mb)
				}),
			choleskyOutput("SolveTo", denseForm(n, 2),
				func(c *mat.Cholesky, m *mat.Dense, x *operands) { _ = c.SolveTo(m, x.a) },
				func(c, cd *mat.Cholesky, m, md *mat.Dense, x, d *operands) {
					_ = CholeskySolveToTangent(c, cd, m, md, x.a, d.a)
				},
				func(c, cb *mat.Cholesky, m, mb *mat.Dense, x, b *operands) {
					_ = CholeskySolveToAdjoint(c, cb, m, mb, x.a, b.a)
				}),
			choleskyOutput("SolveVecTo", vecForm(n),
				func(c *mat.Cholesky, m *mat.VecDense, x *operands) { _ = c.SolveVecTo(m, x.x) },
				func(c, cd *mat.Cholesky, m, md *mat.VecDense, x, d *operands) {
					_ = CholeskySolveVecToTangent(c, cd, m, md, x.x, d.x)
				},
				func(c, cb *mat.Cholesky, m, mb *mat.VecDense, x, b *operands) {
					_ = CholeskySolveVecToAdjoint(c, cb, m, mb, x.x, b.x)
				}),
			choleskyOutput("SolveCholTo itself", denseForm(n, n),
				func(c *mat.Cholesky, m *mat.Dense, x *operands) { _ = c.SolveCholTo(m, c) },
				func(c, cd *mat.Cholesky, m, md *mat.Dense, x, d *operands) {
					_ = CholeskySolveCholToTangent(c, cd, m, md, c, cd)
				},
				func(c, cb *mat.Cholesky, m, mb *mat.Dense, x, b *operands) {
					_ = CholeskySolveCholToAdjoint(c, cb, m, mb, c, cb)
				}),
			// A Cholesky as the factor of a product, and as a matrix that is scaled.
			choleskyOutput("Mul", denseForm(n, 2),
				func(c *mat.Cholesky, m *mat.Dense, x *operands) { m.Mul(c, x.a) },
				func(c, cd *mat.Cholesky, m, md *mat.Dense, x, d *operands) {
					DenseMulTangent(m, md, c, choleskyTangentMatrix(c, cd), x.a, d.a)
				},
				func(c, cb *mat.Cholesky, m, mb *mat.Dense, x, b *operands) { DenseMulAdjoint(m, mb, c, cb, x.a, b.a) }),
		}
		// What makes a new factorization: its U.
		second := func(name string, call func(s, c *mat.Cholesky, x *operands), tan, adj func(s, sd, c, cd *mat.Cholesky, x, d *operands)) chain {
			return choleskyOutput(name, f,
				func(c *mat.Cholesky, m *mat.TriDense, x *operands) {
					var s mat.Cholesky
					call(&s, c, x)
					s.UTo(m)
				},
				func(c, cd *mat.Cholesky, m, md *mat.TriDense, x, d *operands) {
					var s, sd mat.Cholesky
					tan(&s, &sd, c, cd, x, d)
					CholeskyUToTangent(&s, &sd, m, md)
				},
				func(c, cb *mat.Cholesky, m, mb *mat.TriDense, x, b *operands) {
					var s, sb mat.Cholesky
					call(&s, c, x)
					CholeskyUToAdjoint(&s, &sb, m, mb)
					var fresh mat.Cholesky
					adj(&fresh, &sb, c, cb, x, b)
				})
		}
		list = append(list,
			second("Clone",
				func(s, c *mat.Cholesky, x *operands) { s.Clone(c) },
				func(s, sd, c, cd *mat.Cholesky, x, d *operands) { CholeskyCloneTangent(s, sd, c, cd) },
				func(s, sb, c, cb *mat.Cholesky, x, b *operands) { CholeskyCloneAdjoint(s, sb, c, cb) }),
			second("SetFromU",
				func(s, c *mat.Cholesky, x *operands) { s.SetFromU(c.RawU()) },
				func(s, sd, c, cd *mat.Cholesky, x, d *operands) { CholeskySetFromUTangent(s, sd, c.RawU(), cd.RawU()) },
				func(s, sb, c, cb *mat.Cholesky, x, b *operands) {
					CholeskySetFromUAdjoint(s, sb, c.RawU(), choleskyShadow(c, cb))
				}),
			second("Scale",
				func(s, c *mat.Cholesky, x *operands) { s.Scale(math.Abs(x.number[0]), c) },
				func(s, sd, c, cd *mat.Cholesky, x, d *operands) {
					CholeskyScaleTangent(s, sd, math.Abs(x.number[0]), math.Copysign(1, x.number[0])*value(d.number), c, cd)
				},
				func(s, sb, c, cb *mat.Cholesky, x, b *operands) {
					var fb float64
					CholeskyScaleAdjoint(s, sb, math.Abs(x.number[0]), &fb, c, cb)
					addNumber(pointer(b.number), math.Copysign(1, x.number[0])*fb)
				}),
			second("SymRankOne",
				func(s, c *mat.Cholesky, x *operands) { s.SymRankOne(c, x.number[0], x.x) },
				func(s, sd, c, cd *mat.Cholesky, x, d *operands) {
					CholeskySymRankOneTangent(s, sd, c, cd, x.number[0], value(d.number), x.x, d.x)
				},
				func(s, sb, c, cb *mat.Cholesky, x, b *operands) {
					CholeskySymRankOneAdjoint(s, sb, c, cb, x.number[0], pointer(b.number), x.x, b.x)
				}))
		runChains(t, fmt.Sprint("n=", n), build, dominant(n), list)
	}
}

// choleskyTangentMatrix is a tangent of the type that it has as a matrix.
func choleskyTangentMatrix(c, cd *mat.Cholesky) mat.Matrix { return choleskyTangent(c, cd) }

func TestCholeskyInPlace(t *testing.T) {
	const n = 3
	build := func(a *trial.Arena) operands {
		return operands{s: sym(n, a.Take), x: vec(n, a.Read), number: a.Read(1)}
	}
	runChains(t, "in place", build, dominant(n), []chain{
		choleskyOutput("SymRankOne", triForm(n, mat.Upper),
			func(c *mat.Cholesky, m *mat.TriDense, x *operands) {
				c.SymRankOne(c, x.number[0], x.x)
				c.UTo(m)
			},
			func(c, cd *mat.Cholesky, m, md *mat.TriDense, x, d *operands) {
				CholeskySymRankOneTangent(c, cd, c, cd, x.number[0], value(d.number), x.x, d.x)
				CholeskyUToTangent(c, cd, m, md)
			},
			func(c, cb *mat.Cholesky, m, mb *mat.TriDense, x, b *operands) {
				var before mat.Cholesky
				before.Clone(c)
				c.SymRankOne(c, x.number[0], x.x)
				CholeskyUToAdjoint(c, cb, m, mb)
				c.Clone(&before)
				CholeskySymRankOneAdjoint(c, cb, c, cb, x.number[0], pointer(b.number), x.x, b.x)
			}),
	})
	// A failed update of itself changes nothing, a failed factorization drops what it has.
	var c, cb mat.Cholesky
	c.Factorize(mat.NewSymDense(2, []float64{2, 1, 1, 2}))
	choleskyShadow(&c, &cb).SetTri(0, 1, 5)
	if CholeskySymRankOneAdjoint(&c, &cb, &c, &cb, -4, nil, mat.NewVecDense(2, []float64{1, 0}), nil) {
		t.Error("the update has not failed")
	}
	if got := cb.RawU().At(0, 1); got != 5 {
		t.Errorf("the seed is %v after an update that failed", got)
	}
	ok, kept := CholeskyFactorizeForward(&c, mat.NewSymDense(2, []float64{1, 2, 2, 1}))
	b := mat.NewSymDense(2, nil)
	CholeskyFactorizeReverse(kept, &c, &cb, mat.NewSymDense(2, []float64{1, 2, 2, 1}), b)
	if ok || mat.Norm(b, 1) != 0 {
		t.Errorf("a factorization that failed, %v, has the derivative %v", ok, mat.Formatted(b))
	}
}

// factorized is a chain that factorizes the matrix a with an LU.
func luChain(name string, call func(f *mat.LU, x *operands) []float64, tan func(f, fd *mat.LU, x, d *operands) (y, yd []float64), adj func(f, fb *mat.LU, x, b *operands, yb []float64) []float64) chain {
	return chain{
		name: name,
		call: func(x *operands) []float64 {
			var f mat.LU
			f.Factorize(x.a)
			return call(&f, x)
		},
		tangent: func(x, d *operands) (y, yd []float64) {
			var f, fd mat.LU
			LUFactorizeTangent(&f, &fd, x.a, d.a)
			return tan(&f, &fd, x, d)
		},
		adjoint: func(x, b *operands, yb []float64) []float64 {
			var f, fb mat.LU
			kept := LUFactorizeForward(&f, x.a)
			y := adj(&f, &fb, x, b, yb)
			LUFactorizeReverse(kept, &f, &fb, x.a, b.a)
			return y
		},
	}
}

func luOutput[M storage](name string, form form[M], call func(f *mat.LU, m M, x *operands), tan, adj func(f, fd *mat.LU, m, md M, x, d *operands)) chain {
	return luChain(name,
		func(f *mat.LU, x *operands) []float64 {
			m := form.none()
			call(f, m, x)
			return form.list(m)
		},
		func(f, fd *mat.LU, x, d *operands) (y, yd []float64) {
			m, md := form.none(), form.none()
			tan(f, fd, m, md, x, d)
			return form.list(m), form.list(md)
		},
		func(f, fb *mat.LU, x, b *operands, yb []float64) []float64 {
			m := form.none()
			adj(f, fb, m, form.fill(yb), x, b)
			return form.list(m)
		})
}

func TestLU(t *testing.T) {
	for _, n := range []int{1, 2, 4} {
		build := func(a *trial.Arena) operands {
			return operands{a: dense(n, n, a.Take), b: dense(n, 2, a.Read), x: vec(n, a.Read), y: vec(n, a.Read), number: a.Read(1)}
		}
		number := func(v ...float64) []float64 { return v }
		list := []chain{
			luChain("Det",
				func(f *mat.LU, x *operands) []float64 { return number(f.Det()) },
				func(f, fd *mat.LU, x, d *operands) (y, yd []float64) {
					v, vd := LUDetTangent(f, fd)
					return number(v), number(vd)
				},
				func(f, fb *mat.LU, x, b *operands, yb []float64) []float64 { return number(LUDetAdjoint(f, fb, yb[0])) }),
			luChain("LogDet",
				func(f *mat.LU, x *operands) []float64 { return number(f.LogDet()) },
				func(f, fd *mat.LU, x, d *operands) (y, yd []float64) {
					v, vd, s, sd := LULogDetTangent(f, fd)
					return number(v, s), number(vd, sd)
				},
				func(f, fb *mat.LU, x, b *operands, yb []float64) []float64 {
					return number(LULogDetAdjoint(f, fb, yb[0], yb[1]))
				}),
			luOutput("LTo", triForm(n, mat.Lower),
				func(f *mat.LU, m *mat.TriDense, x *operands) { f.LTo(m) },
				func(f, fd *mat.LU, m, md *mat.TriDense, x, d *operands) { LULToTangent(f, fd, m, md) },
				func(f, fb *mat.LU, m, mb *mat.TriDense, x, b *operands) { LULToAdjoint(f, fb, m, mb) }),
			luOutput("UTo", triForm(n, mat.Upper),
				func(f *mat.LU, m *mat.TriDense, x *operands) { f.UTo(m) },
				func(f, fd *mat.LU, m, md *mat.TriDense, x, d *operands) { LUUToTangent(f, fd, m, md) },
				func(f, fb *mat.LU, m, mb *mat.TriDense, x, b *operands) { LUUToAdjoint(f, fb, m, mb) }),
			luOutput("RankOne, SolveTo", denseForm(n, 2),
				func(f *mat.LU, m *mat.Dense, x *operands) {
					var g mat.LU
					g.RankOne(f, x.number[0], x.x, x.y)
					_ = g.SolveTo(m, false, x.b)
				},
				func(f, fd *mat.LU, m, md *mat.Dense, x, d *operands) {
					var g, gd mat.LU
					LURankOneTangent(&g, &gd, f, fd, x.number[0], value(d.number), x.x, d.x, x.y, d.y)
					_ = LUSolveToTangent(&g, &gd, m, md, false, x.b, d.b)
				},
				func(f, fb *mat.LU, m, mb *mat.Dense, x, b *operands) {
					var g, fresh, gb mat.LU
					g.RankOne(f, x.number[0], x.x, x.y)
					_ = LUSolveToAdjoint(&g, &gb, m, mb, false, x.b, b.b)
					LURankOneAdjoint(&fresh, &gb, f, fb, x.number[0], pointer(b.number), x.x, b.x, x.y, b.y)
				}),
			luOutput("Mul", denseForm(n, 2),
				func(f *mat.LU, m *mat.Dense, x *operands) { m.Mul(f.T(), x.b) },
				func(f, fd *mat.LU, m, md *mat.Dense, x, d *operands) {
					DenseMulTangent(m, md, f.T(), luTangent(fd).T(), x.b, d.b)
				},
				func(f, fb *mat.LU, m, mb *mat.Dense, x, b *operands) { DenseMulAdjoint(m, mb, f.T(), fb.T(), x.b, b.b) }),
			luOutput("Solve", denseForm(n, 2),
				func(f *mat.LU, m *mat.Dense, x *operands) { _ = m.Solve(f, x.b) },
				func(f, fd *mat.LU, m, md *mat.Dense, x, d *operands) {
					_ = DenseSolveTangent(m, md, f, luTangent(fd), x.b, d.b)
				},
				func(f, fb *mat.LU, m, mb *mat.Dense, x, b *operands) {
					_, kept := DenseSolveForward(m, f, x.b)
					DenseSolveReverse(kept, m, mb, f, fb, x.b, b.b)
				}),
		}
		for _, trans := range []bool{false, true} {
			list = append(list,
				luOutput(fmt.Sprint("SolveTo ", trans), denseForm(n, 2),
					func(f *mat.LU, m *mat.Dense, x *operands) { _ = f.SolveTo(m, trans, x.b) },
					func(f, fd *mat.LU, m, md *mat.Dense, x, d *operands) {
						_ = LUSolveToTangent(f, fd, m, md, trans, x.b, d.b)
					},
					func(f, fb *mat.LU, m, mb *mat.Dense, x, b *operands) {
						_ = LUSolveToAdjoint(f, fb, m, mb, trans, x.b, b.b)
					}),
				luOutput(fmt.Sprint("SolveVecTo ", trans), vecForm(n),
					func(f *mat.LU, m *mat.VecDense, x *operands) { _ = f.SolveVecTo(m, trans, x.x) },
					func(f, fd *mat.LU, m, md *mat.VecDense, x, d *operands) {
						_ = LUSolveVecToTangent(f, fd, m, md, trans, x.x, d.x)
					},
					func(f, fb *mat.LU, m, mb *mat.VecDense, x, b *operands) {
						_ = LUSolveVecToAdjoint(f, fb, m, mb, trans, x.x, b.x)
					}))
		}
		runChains(t, fmt.Sprint("n=", n), build, nil, list)
	}
}

// TestSingular has the derivative of a determinant that is zero, and solves that fail.
func TestSingular(t *testing.T) {
	x := []float64{1, 2, 3, 2, 4, 6, 1, 0, 1}
	runCases(t, trial.Routine[operands]{
		Name:  "Det",
		Build: func(a *trial.Arena) operands { return operands{a: dense(3, 3, a.Take)} },
		Point: func(p []float64) { copy(p, x) },
		Func:  func(x operands) []float64 { return []float64{mat.Det(x.a)} },
		Tangent: func(x, d operands) (y, yd []float64) {
			v, vd := DetTangent(x.a, d.a)
			return []float64{v}, []float64{vd}
		},
		Adjoint: func(x, b operands, yb []float64) []float64 {
			v, kept := DetForward(x.a)
			DetReverse(kept, x.a, b.a, yb[0])
			return []float64{v}
		},
	})
	a, b := mat.NewDense(2, 2, []float64{1, 2, 2, 4}), mat.NewDense(2, 1, []float64{1, 1})
	ab, bb := mat.NewDense(2, 2, nil), mat.NewDense(2, 1, nil)
	m, mb := mat.NewDense(2, 1, []float64{5, 6}), mat.NewDense(2, 1, []float64{7, 8})
	err, kept := DenseSolveForward(m, a, b)
	DenseSolveReverse(kept, m, mb, a, ab, b, bb)
	if err == nil || mb.At(0, 0) != 7 || mat.Norm(ab, 1) != 0 || mat.Norm(bb, 1) != 0 {
		t.Errorf("a solve that leaves its receiver has the error %v and the derivatives %v %v %v", err, mb.RawMatrix().Data, ab.RawMatrix().Data, bb.RawMatrix().Data)
	}
	var inv mat.Dense
	err, keptInverse := DenseInverseForward(&inv, a)
	seed := mat.NewDense(2, 2, nil)
	DenseInverseReverse(keptInverse, &inv, seed, a, ab)
	if err == nil || mat.Norm(ab, 1) != 0 {
		t.Errorf("an inverse that nobody uses, with the error %v, has the derivative %v", err, ab.RawMatrix().Data)
	}
	seed.Set(0, 0, 1)
	DenseInverseReverse(keptInverse, &inv, seed, a, ab)
	if !math.IsNaN(ab.At(0, 0)) {
		t.Errorf("an inverse that does not exist has the derivative %v", ab.RawMatrix().Data)
	}
}

func qrOutput[M storage](name string, form form[M], call func(f *mat.QR, m M, x *operands), tan, adj func(f, fd *mat.QR, m, md M, x, d *operands)) chain {
	return chain{
		name: name,
		call: func(x *operands) []float64 {
			var f mat.QR
			f.Factorize(x.a)
			m := form.none()
			call(&f, m, x)
			return form.list(m)
		},
		tangent: func(x, d *operands) (y, yd []float64) {
			var f, fd mat.QR
			QRFactorizeTangent(&f, &fd, x.a, d.a)
			m, md := form.none(), form.none()
			tan(&f, &fd, m, md, x, d)
			return form.list(m), form.list(md)
		},
		adjoint: func(x, b *operands, yb []float64) []float64 {
			var f, fb mat.QR
			kept := QRFactorizeForward(&f, x.a)
			m := form.none()
			adj(&f, &fb, m, form.fill(yb), x, b)
			QRFactorizeReverse(kept, &f, &fb, x.a, b.a)
			return form.list(m)
		},
	}
}

func TestQR(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 1}, {4, 2}, {3, 3}} {
		r, c := size[0], size[1]
		build := func(a *trial.Arena) operands {
			return operands{a: dense(r, c, a.Take), b: dense(r, 2, a.Read), s: nil, x: vec(r, a.Read), y: vec(c, a.Read)}
		}
		list := []chain{
			qrOutput("RTo", denseForm(r, c),
				func(f *mat.QR, m *mat.Dense, x *operands) { f.RTo(m) },
				func(f, fd *mat.QR, m, md *mat.Dense, x, d *operands) { QRRToTangent(f, fd, m, md) },
				func(f, fb *mat.QR, m, mb *mat.Dense, x, b *operands) { QRRToAdjoint(f, fb, m, mb) }),
			qrOutput("SolveTo", denseForm(c, 2),
				func(f *mat.QR, m *mat.Dense, x *operands) { _ = f.SolveTo(m, false, x.b) },
				func(f, fd *mat.QR, m, md *mat.Dense, x, d *operands) {
					_ = QRSolveToTangent(f, fd, m, md, false, x.b, d.b)
				},
				func(f, fb *mat.QR, m, mb *mat.Dense, x, b *operands) {
					_ = QRSolveToAdjoint(f, fb, m, mb, false, x.b, b.b)
				}),
			qrOutput("SolveTo transposed", denseForm(r, 1),
				func(f *mat.QR, m *mat.Dense, x *operands) { _ = f.SolveTo(m, true, x.y) },
				func(f, fd *mat.QR, m, md *mat.Dense, x, d *operands) {
					_ = QRSolveToTangent(f, fd, m, md, true, x.y, d.y)
				},
				func(f, fb *mat.QR, m, mb *mat.Dense, x, b *operands) {
					_ = QRSolveToAdjoint(f, fb, m, mb, true, x.y, b.y)
				}),
			qrOutput("SolveVecTo", vecForm(c),
				func(f *mat.QR, m *mat.VecDense, x *operands) { _ = f.SolveVecTo(m, false, x.x) },
				func(f, fd *mat.QR, m, md *mat.VecDense, x, d *operands) {
					_ = QRSolveVecToTangent(f, fd, m, md, false, x.x, d.x)
				},
				func(f, fb *mat.QR, m, mb *mat.VecDense, x, b *operands) {
					_ = QRSolveVecToAdjoint(f, fb, m, mb, false, x.x, b.x)
				}),
			qrOutput("SolveVecTo transposed", vecForm(r),
				func(f *mat.QR, m *mat.VecDense, x *operands) { _ = f.SolveVecTo(m, true, x.y) },
				func(f, fd *mat.QR, m, md *mat.VecDense, x, d *operands) {
					_ = QRSolveVecToTangent(f, fd, m, md, true, x.y, d.y)
				},
				func(f, fb *mat.QR, m, mb *mat.VecDense, x, b *operands) {
					_ = QRSolveVecToAdjoint(f, fb, m, mb, true, x.y, b.y)
				}),
		}
		if r == c {
			list = append(list, qrOutput("QTo", denseForm(r, r),
				func(f *mat.QR, m *mat.Dense, x *operands) { f.QTo(m) },
				func(f, fd *mat.QR, m, md *mat.Dense, x, d *operands) { QRQToTangent(f, fd, m, md) },
				func(f, fb *mat.QR, m, mb *mat.Dense, x, b *operands) { QRQToAdjoint(f, fb, m, mb) }))
		}
		runChains(t, fmt.Sprint(r, "×", c), build, nil, list)
	}
}

func TestSolve(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {3, 2}, {4, 1}, {2, 3}, {1, 4}} {
		r, c := size[0], size[1]
		for kind, mk := range kinds(r, c) {
			method[*mat.Dense]{
				name: fmt.Sprint("Solve ", r, "×", c, " ", kind), form: denseForm(c, 2),
				build: func(a *trial.Arena) operands { return operands{a: mk(a.Read), b: dense(r, 2, a.Read)} },
				call:  func(m *mat.Dense, x *operands) { _ = m.Solve(x.a, x.b) },
				tangent: func(m, md *mat.Dense, x, d *operands) {
					_ = DenseSolveTangent(m, md, x.a, d.a, x.b, d.b)
				},
				adjoint: func(m, mb *mat.Dense, x, b *operands) {
					_, kept := DenseSolveForward(m, x.a, x.b)
					DenseSolveReverse(kept, m, mb, x.a, b.a, x.b, b.b)
				},
			}.test(t)
			method[*mat.VecDense]{
				name: fmt.Sprint("SolveVec ", r, "×", c, " ", kind), form: vecForm(c),
				build: func(a *trial.Arena) operands { return operands{a: mk(a.Read), x: vec(r, a.Read)} },
				call:  func(m *mat.VecDense, x *operands) { _ = m.SolveVec(x.a, x.x) },
				tangent: func(m, md *mat.VecDense, x, d *operands) {
					_ = VecDenseSolveVecTangent(m, md, x.a, d.a, x.x, d.x)
				},
				adjoint: func(m, mb *mat.VecDense, x, b *operands) {
					_, kept := VecDenseSolveVecForward(m, x.a, x.x)
					VecDenseSolveVecReverse(kept, m, mb, x.a, b.a, x.x, b.x)
				},
			}.test(t)
			if r != c {
				continue
			}
			method[*mat.Dense]{
				name: fmt.Sprint("Inverse ", r, "×", c, " ", kind), form: denseForm(r, r),
				build:   func(a *trial.Arena) operands { return operands{a: mk(a.Read)} },
				call:    func(m *mat.Dense, x *operands) { _ = m.Inverse(x.a) },
				tangent: func(m, md *mat.Dense, x, d *operands) { _ = DenseInverseTangent(m, md, x.a, d.a) },
				adjoint: func(m, mb *mat.Dense, x, b *operands) {
					_, kept := DenseInverseForward(m, x.a)
					DenseInverseReverse(kept, m, mb, x.a, b.a)
				},
			}.test(t)
		}
	}
}

package blasad

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

// operands are the arguments of a routine, or the shadows of them.
type operands struct {
	alpha, beta []float64
	x, y        blas64.Vector
	a, b, c     blas64.General
	band        blas64.Band
	s           blas64.Symmetric
	sb          blas64.SymmetricBand
	sp          blas64.SymmetricPacked
	t           blas64.Triangular
	tb          blas64.TriangularBand
	tp          blas64.TriangularPacked
	p           blas.DrotmParams
	pdata       []float64
}

func scalar(v []float64) float64 {
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

// call is a routine that returns nothing.
func call(name string, build func(a *trial.Arena) operands, f func(x *operands), tan, adj func(x, d *operands)) trial.Routine[operands] {
	return trial.Routine[operands]{
		Name: name, Build: build,
		Func:    func(x operands) []float64 { f(&x); return nil },
		Tangent: func(x, d operands) (y, yd []float64) { tan(&x, &d); return nil, nil },
		Adjoint: func(x, b operands, yb []float64) []float64 { adj(&x, &b); return nil },
	}
}

func run(t *testing.T, routines ...trial.Routine[operands]) {
	t.Helper()
	for _, r := range routines {
		for _, c := range r.Cases() {
			t.Run(c.Name, c.Test)
		}
	}
}

// room is how many numbers a vector takes.
func room(n, inc int) int {
	if n == 0 {
		return 0
	}
	return (n-1)*max(inc, -inc) + 1
}

func vec(n, inc int, data []float64) blas64.Vector { return blas64.Vector{N: n, Inc: inc, Data: data} }

// matrix has one number more in a row of storage than in a row.
func matrix(r, c int, take func(n int) []float64) blas64.General {
	n := 0
	if r > 0 {
		n = (r-1)*(c+1) + c
	}
	return blas64.General{Rows: r, Cols: c, Stride: c + 1, Data: take(n)}
}

func square2(n int) int {
	if n == 0 {
		return 0
	}
	return (n-1)*(n+1) + n
}

var (
	transposes = []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}
	uplos      = []blas.Uplo{blas.Upper, blas.Lower}
	diags      = []blas.Diag{blas.NonUnit, blas.Unit}
	sides      = []blas.Side{blas.Left, blas.Right}
	increments = [][2]int{{1, 1}, {2, 1}, {1, 3}, {2, -1}, {-2, -3}}
)

func TestLevel1(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5} {
		for _, inc := range increments {
			name := fmt.Sprint(" n=", n, " inc=", inc)
			both := func(a *trial.Arena) operands {
				return operands{x: vec(n, inc[0], a.Read(room(n, inc[0]))), y: vec(n, inc[1], a.Read(room(n, inc[1])))}
			}
			out := func(a *trial.Arena) operands {
				return operands{alpha: a.Read(1), x: vec(n, inc[0], a.Read(room(n, inc[0]))), y: vec(n, inc[1], a.Take(room(n, inc[1])))}
			}
			written := func(a *trial.Arena) operands {
				return operands{
					alpha: a.Read(1), beta: a.Read(1),
					x: vec(n, inc[0], a.Take(room(n, inc[0]))), y: vec(n, inc[1], a.Take(room(n, inc[1]))),
				}
			}
			run(t, trial.Routine[operands]{
				Name: "Dot" + name, Build: both,
				Func: func(x operands) []float64 { return []float64{blas64.Dot(x.x, x.y)} },
				Tangent: func(x, d operands) (y, yd []float64) {
					v, vd := DotTangent(x.x, d.x, x.y, d.y)
					return []float64{v}, []float64{vd}
				},
				Adjoint: func(x, b operands, yb []float64) []float64 {
					return []float64{DotAdjoint(x.x, &b.x, x.y, &b.y, yb[0])}
				},
			},
				call("Axpy"+name, out,
					func(x *operands) { blas64.Axpy(x.alpha[0], x.x, x.y) },
					func(x, d *operands) { AxpyTangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.y, d.y) },
					func(x, b *operands) { AxpyAdjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.y, &b.y) }),
				call("Copy"+name, out,
					func(x *operands) { blas64.Copy(x.x, x.y) },
					func(x, d *operands) { CopyTangent(x.x, d.x, x.y, d.y) },
					func(x, b *operands) { CopyAdjoint(x.x, &b.x, x.y, &b.y) }),
				call("Swap"+name, written,
					func(x *operands) { blas64.Swap(x.x, x.y) },
					func(x, d *operands) { SwapTangent(x.x, d.x, x.y, d.y) },
					func(x, b *operands) { SwapAdjoint(x.x, &b.x, x.y, &b.y) }),
				call("Rot"+name, written,
					func(x *operands) { blas64.Rot(x.x, x.y, x.alpha[0], x.beta[0]) },
					func(x, d *operands) {
						RotTangent(x.x, d.x, x.y, d.y, x.alpha[0], scalar(d.alpha), x.beta[0], scalar(d.beta))
					},
					func(x, b *operands) {
						RotAdjoint(x.x, &b.x, x.y, &b.y, x.alpha[0], pointer(b.alpha), x.beta[0], pointer(b.beta))
					}))
			for _, f := range []blas.Flag{blas.Identity, blas.Rescaling, blas.OffDiagonal, blas.Diagonal} {
				params := func(h []float64) blas.DrotmParams {
					p := blas.DrotmParams{Flag: f}
					copy(p.H[:], h)
					return p
				}
				run(t, call(fmt.Sprint("Rotm ", f, name), func(a *trial.Arena) operands {
					x := written(a)
					x.pdata = a.Read(4)
					return x
				},
					func(x *operands) { blas64.Rotm(x.x, x.y, params(x.pdata)) },
					func(x, d *operands) { RotmTangent(x.x, d.x, x.y, d.y, params(x.pdata), params(d.pdata)) },
					func(x, b *operands) {
						var pb blas.DrotmParams
						RotmAdjoint(x.x, &b.x, x.y, &b.y, params(x.pdata), &pb)
						for i := range b.pdata {
							b.pdata[i] += pb.H[i]
						}
					}))
			}
		}
		for _, inc := range []int{1, 2} {
			name := fmt.Sprint(" n=", n, " inc=", inc)
			norms := func(which string, f func(x blas64.Vector) float64, tan func(x, xd blas64.Vector) (float64, float64), adj func(x blas64.Vector, xb *blas64.Vector, retb float64) float64) trial.Routine[operands] {
				return trial.Routine[operands]{
					Name: which + name, Build: func(a *trial.Arena) operands { return operands{x: vec(n, inc, a.Take(room(n, inc)))} },
					Func: func(x operands) []float64 { return []float64{f(x.x)} },
					Tangent: func(x, d operands) (y, yd []float64) {
						v, vd := tan(x.x, d.x)
						return []float64{v}, []float64{vd}
					},
					Adjoint: func(x, b operands, yb []float64) []float64 { return []float64{adj(x.x, &b.x, yb[0])} },
				}
			}
			run(t, norms("Nrm2", blas64.Nrm2, Nrm2Tangent, Nrm2Adjoint), norms("Asum", blas64.Asum, AsumTangent, AsumAdjoint),
				call("Scal"+name, func(a *trial.Arena) operands {
					return operands{alpha: a.Read(1), x: vec(n, inc, a.Take(room(n, inc)))}
				},
					func(x *operands) { blas64.Scal(x.alpha[0], x.x) },
					func(x, d *operands) { ScalTangent(x.alpha[0], scalar(d.alpha), x.x, d.x) },
					func(x, b *operands) { ScalAdjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x) }))
		}
	}
}

// TestSameVector is level 1 with one vector as both arguments.
func TestSameVector(t *testing.T) {
	build := func(a *trial.Arena) operands {
		alpha, x := a.Read(1), vec(4, 2, a.Take(7))
		return operands{alpha: alpha, x: x, y: x}
	}
	run(t,
		call("Axpy", build,
			func(x *operands) { blas64.Axpy(x.alpha[0], x.x, x.y) },
			func(x, d *operands) { AxpyTangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.y, d.y) },
			func(x, b *operands) { AxpyAdjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.y, &b.y) }),
		call("Copy", build,
			func(x *operands) { blas64.Copy(x.x, x.y) },
			func(x, d *operands) { CopyTangent(x.x, d.x, x.y, d.y) },
			func(x, b *operands) { CopyAdjoint(x.x, &b.x, x.y, &b.y) }),
		call("Swap", build,
			func(x *operands) { blas64.Swap(x.x, x.y) },
			func(x, d *operands) { SwapTangent(x.x, d.x, x.y, d.y) },
			func(x, b *operands) { SwapAdjoint(x.x, &b.x, x.y, &b.y) }),
		trial.Routine[operands]{
			Name: "Dot", Build: build,
			Func: func(x operands) []float64 { return []float64{blas64.Dot(x.x, x.y)} },
			Tangent: func(x, d operands) (y, yd []float64) {
				v, vd := DotTangent(x.x, d.x, x.y, d.y)
				return []float64{v}, []float64{vd}
			},
			Adjoint: func(x, b operands, yb []float64) []float64 {
				return []float64{DotAdjoint(x.x, &b.x, x.y, &b.y, yb[0])}
			},
		})
}

func TestRotg(t *testing.T) {
	for _, at := range [][]float64{{1.5, 0.5}, {0.5, 1.5}, {-1.5, 0.5}, {-0.5, 1.5}, {0.5, -1.5}, {-0.5, -1.5}} {
		run(t, trial.Routine[operands]{
			Name:  fmt.Sprint(at),
			Build: func(a *trial.Arena) operands { return operands{alpha: a.Take(1), beta: a.Take(1)} },
			Point: func(x []float64) { copy(x, at) },
			Func: func(x operands) []float64 {
				c, s, r, z := blas64.Rotg(x.alpha[0], x.beta[0])
				return []float64{c, s, r, z}
			},
			Tangent: func(x, d operands) (y, yd []float64) {
				c, cd, s, sd, r, rd, z, zd := RotgTangent(x.alpha[0], d.alpha[0], x.beta[0], d.beta[0])
				return []float64{c, s, r, z}, []float64{cd, sd, rd, zd}
			},
			Adjoint: func(x, b operands, yb []float64) []float64 {
				c, s, r, z := RotgAdjoint(x.alpha[0], &b.alpha[0], x.beta[0], &b.beta[0], yb[0], yb[1], yb[2], yb[3])
				return []float64{c, s, r, z}
			},
		})
	}
}

// product is a routine of level 2 with the arguments alpha, a matrix, x, beta and y.
func product(name string, nx, ny int, inc [2]int, mat func(a *trial.Arena, x *operands), f func(x *operands, alpha, beta float64), tan func(x, d *operands, alphad, betad float64), adj func(x, b *operands, alphab, betab *float64)) []trial.Routine[operands] {
	build := func(a *trial.Arena) operands {
		x := operands{alpha: a.Read(1), beta: a.Read(1), x: vec(nx, inc[0], a.Read(room(nx, inc[0]))), y: vec(ny, inc[1], a.Take(room(ny, inc[1])))}
		mat(a, &x)
		return x
	}
	r := call(name, build,
		func(x *operands) { f(x, x.alpha[0], x.beta[0]) },
		func(x, d *operands) { tan(x, d, scalar(d.alpha), scalar(d.beta)) },
		func(x, b *operands) { adj(x, b, pointer(b.alpha), pointer(b.beta)) })
	zero := r
	zero.Name += " beta=0"
	zero.Point = func(x []float64) { x[1] = 0 }
	return []trial.Routine[operands]{r, zero}
}

func TestLevel2General(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 3}, {5, 2}, {4, 4}} {
		for _, inc := range increments {
			for _, tr := range transposes {
				r, c := size[0], size[1]
				nx, ny := c, r
				if tr != blas.NoTrans {
					nx, ny = r, c
				}
				name := fmt.Sprint(" ", size, " inc=", inc, " ", string(tr))
				run(t, product("Gemv"+name, nx, ny, inc, func(a *trial.Arena, x *operands) { x.a = matrix(r, c, a.Read) },
					func(x *operands, alpha, beta float64) { blas64.Gemv(tr, alpha, x.a, x.x, beta, x.y) },
					func(x, d *operands, alphad, betad float64) {
						GemvTangent(tr, x.alpha[0], alphad, x.a, d.a, x.x, d.x, x.beta[0], betad, x.y, d.y)
					},
					func(x, b *operands, alphab, betab *float64) {
						GemvAdjoint(tr, x.alpha[0], alphab, x.a, &b.a, x.x, &b.x, x.beta[0], betab, x.y, &b.y)
					})...)
				for _, k := range [][2]int{{0, 0}, {1, 0}, {1, 2}, {3, 1}} {
					kl, ku := min(k[0], r-1), min(k[1], c-1)
					rows := min(r, c+kl)
					run(t, product(fmt.Sprint("Gbmv k=", k, name), nx, ny, inc, func(a *trial.Arena, x *operands) {
						x.band = blas64.Band{Rows: r, Cols: c, KL: kl, KU: ku, Stride: kl + ku + 2, Data: a.Read((rows-1)*(kl+ku+2) + kl + ku + 1)}
					},
						func(x *operands, alpha, beta float64) { blas64.Gbmv(tr, alpha, x.band, x.x, beta, x.y) },
						func(x, d *operands, alphad, betad float64) {
							GbmvTangent(tr, x.alpha[0], alphad, x.band, d.band, x.x, d.x, x.beta[0], betad, x.y, d.y)
						},
						func(x, b *operands, alphab, betab *float64) {
							GbmvAdjoint(tr, x.alpha[0], alphab, x.band, &b.band, x.x, &b.x, x.beta[0], betab, x.y, &b.y)
						})...)
				}
			}
			if inc[0] < 0 || inc[1] < 0 {
				continue
			}
			r, c := size[0], size[1]
			run(t, call(fmt.Sprint("Ger ", size, " inc=", inc), func(a *trial.Arena) operands {
				return operands{alpha: a.Read(1), x: vec(r, inc[0], a.Read(room(r, inc[0]))), y: vec(c, inc[1], a.Read(room(c, inc[1]))), a: matrix(r, c, a.Take)}
			},
				func(x *operands) { blas64.Ger(x.alpha[0], x.x, x.y, x.a) },
				func(x, d *operands) { GerTangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.y, d.y, x.a, d.a) },
				func(x, b *operands) { GerAdjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.y, &b.y, x.a, &b.a) }))
		}
	}
}

func TestLevel2Symmetric(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		for _, inc := range increments {
			for _, uplo := range uplos {
				name := fmt.Sprint(" n=", n, " inc=", inc, " ", string(uplo))
				full := func(take func(n int) []float64) blas64.Symmetric {
					return blas64.Symmetric{Uplo: uplo, N: n, Stride: n + 1, Data: take(square2(n))}
				}
				packed := func(take func(n int) []float64) blas64.SymmetricPacked {
					return blas64.SymmetricPacked{Uplo: uplo, N: n, Data: take(n * (n + 1) / 2)}
				}
				run(t, product("Symv"+name, n, n, inc, func(a *trial.Arena, x *operands) { x.s = full(a.Read) },
					func(x *operands, alpha, beta float64) { blas64.Symv(alpha, x.s, x.x, beta, x.y) },
					func(x, d *operands, alphad, betad float64) {
						SymvTangent(x.alpha[0], alphad, x.s, d.s, x.x, d.x, x.beta[0], betad, x.y, d.y)
					},
					func(x, b *operands, alphab, betab *float64) {
						SymvAdjoint(x.alpha[0], alphab, x.s, &b.s, x.x, &b.x, x.beta[0], betab, x.y, &b.y)
					})...)
				for _, k := range []int{0, 1, 3} {
					k := min(k, n-1)
					run(t, product(fmt.Sprint("Sbmv k=", k, name), n, n, inc, func(a *trial.Arena, x *operands) {
						x.sb = blas64.SymmetricBand{Uplo: uplo, N: n, K: k, Stride: k + 2, Data: a.Read((n-1)*(k+2) + k + 1)}
					},
						func(x *operands, alpha, beta float64) { blas64.Sbmv(alpha, x.sb, x.x, beta, x.y) },
						func(x, d *operands, alphad, betad float64) {
							SbmvTangent(x.alpha[0], alphad, x.sb, d.sb, x.x, d.x, x.beta[0], betad, x.y, d.y)
						},
						func(x, b *operands, alphab, betab *float64) {
							SbmvAdjoint(x.alpha[0], alphab, x.sb, &b.sb, x.x, &b.x, x.beta[0], betab, x.y, &b.y)
						})...)
				}
				run(t, product("Spmv"+name, n, n, inc, func(a *trial.Arena, x *operands) { x.sp = packed(a.Read) },
					func(x *operands, alpha, beta float64) { blas64.Spmv(alpha, x.sp, x.x, beta, x.y) },
					func(x, d *operands, alphad, betad float64) {
						SpmvTangent(x.alpha[0], alphad, x.sp, d.sp, x.x, d.x, x.beta[0], betad, x.y, d.y)
					},
					func(x, b *operands, alphab, betab *float64) {
						SpmvAdjoint(x.alpha[0], alphab, x.sp, &b.sp, x.x, &b.x, x.beta[0], betab, x.y, &b.y)
					})...)
				update := func(a *trial.Arena) operands {
					return operands{
						alpha: a.Read(1), x: vec(n, inc[0], a.Read(room(n, inc[0]))), y: vec(n, inc[1], a.Read(room(n, inc[1]))),
						s: full(a.Take), sp: packed(a.Take),
					}
				}
				run(t,
					call("Syr"+name, update,
						func(x *operands) { blas64.Syr(x.alpha[0], x.x, x.s) },
						func(x, d *operands) { SyrTangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.s, d.s) },
						func(x, b *operands) { SyrAdjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.s, &b.s) }),
					call("Spr"+name, update,
						func(x *operands) { blas64.Spr(x.alpha[0], x.x, x.sp) },
						func(x, d *operands) { SprTangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.sp, d.sp) },
						func(x, b *operands) { SprAdjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.sp, &b.sp) }),
					call("Syr2"+name, update,
						func(x *operands) { blas64.Syr2(x.alpha[0], x.x, x.y, x.s) },
						func(x, d *operands) { Syr2Tangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.y, d.y, x.s, d.s) },
						func(x, b *operands) { Syr2Adjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.y, &b.y, x.s, &b.s) }),
					call("Spr2"+name, update,
						func(x *operands) { blas64.Spr2(x.alpha[0], x.x, x.y, x.sp) },
						func(x, d *operands) { Spr2Tangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.y, d.y, x.sp, d.sp) },
						func(x, b *operands) { Spr2Adjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.y, &b.y, x.sp, &b.sp) }))
			}
		}
	}
}

func TestLevel2Triangular(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		for _, inc := range []int{1, 2, -1, -3} {
			for _, uplo := range uplos {
				for _, diag := range diags {
					for _, tr := range transposes {
						triangularRoutines(t, n, inc, uplo, diag, tr)
					}
				}
			}
		}
	}
}

func triangularRoutines(t *testing.T, n, inc int, uplo blas.Uplo, diag blas.Diag, tr blas.Transpose) {
	name := fmt.Sprint(" n=", n, " inc=", inc, " ", string(uplo), string(diag), string(tr))
	full := func(a *trial.Arena) operands {
		return operands{t: blas64.Triangular{Uplo: uplo, Diag: diag, N: n, Stride: n + 1, Data: a.Read(square2(n))}, x: vec(n, inc, a.Take(room(n, inc)))}
	}
	packed := func(a *trial.Arena) operands {
		return operands{tp: blas64.TriangularPacked{Uplo: uplo, Diag: diag, N: n, Data: a.Read(n * (n + 1) / 2)}, x: vec(n, inc, a.Take(room(n, inc)))}
	}
	run(t,
		call("Trmv"+name, full,
			func(x *operands) { blas64.Trmv(tr, x.t, x.x) },
			func(x, d *operands) { TrmvTangent(tr, x.t, d.t, x.x, d.x) },
			func(x, b *operands) { TrmvAdjoint(tr, x.t, &b.t, x.x, &b.x) }),
		call("Trsv"+name, full,
			func(x *operands) { blas64.Trsv(tr, x.t, x.x) },
			func(x, d *operands) { TrsvTangent(tr, x.t, d.t, x.x, d.x) },
			func(x, b *operands) { TrsvAdjoint(tr, x.t, &b.t, x.x, &b.x) }),
		call("Tpmv"+name, packed,
			func(x *operands) { blas64.Tpmv(tr, x.tp, x.x) },
			func(x, d *operands) { TpmvTangent(tr, x.tp, d.tp, x.x, d.x) },
			func(x, b *operands) { TpmvAdjoint(tr, x.tp, &b.tp, x.x, &b.x) }),
		call("Tpsv"+name, packed,
			func(x *operands) { blas64.Tpsv(tr, x.tp, x.x) },
			func(x, d *operands) { TpsvTangent(tr, x.tp, d.tp, x.x, d.x) },
			func(x, b *operands) { TpsvAdjoint(tr, x.tp, &b.tp, x.x, &b.x) }))
	for _, k := range []int{0, 1, 3} {
		k := min(k, n-1)
		band := func(a *trial.Arena) operands {
			return operands{
				tb: blas64.TriangularBand{Uplo: uplo, Diag: diag, N: n, K: k, Stride: k + 2, Data: a.Read((n-1)*(k+2) + k + 1)},
				x:  vec(n, inc, a.Take(room(n, inc))),
			}
		}
		run(t,
			call(fmt.Sprint("Tbmv k=", k, name), band,
				func(x *operands) { blas64.Tbmv(tr, x.tb, x.x) },
				func(x, d *operands) { TbmvTangent(tr, x.tb, d.tb, x.x, d.x) },
				func(x, b *operands) { TbmvAdjoint(tr, x.tb, &b.tb, x.x, &b.x) }),
			call(fmt.Sprint("Tbsv k=", k, name), band,
				func(x *operands) { blas64.Tbsv(tr, x.tb, x.x) },
				func(x, d *operands) { TbsvTangent(tr, x.tb, d.tb, x.x, d.x) },
				func(x, b *operands) { TbsvAdjoint(tr, x.tb, &b.tb, x.x, &b.x) }))
	}
}

// update is a routine of level 3 with the arguments alpha and beta.
func update(name string, build func(a *trial.Arena, x *operands), f func(x *operands, alpha, beta float64), tan func(x, d *operands, alphad, betad float64), adj func(x, b *operands, alphab, betab *float64)) []trial.Routine[operands] {
	r := call(name, func(a *trial.Arena) operands {
		x := operands{alpha: a.Read(1), beta: a.Read(1)}
		build(a, &x)
		return x
	},
		func(x *operands) { f(x, x.alpha[0], x.beta[0]) },
		func(x, d *operands) { tan(x, d, scalar(d.alpha), scalar(d.beta)) },
		func(x, b *operands) { adj(x, b, pointer(b.alpha), pointer(b.beta)) })
	zero := r
	zero.Name += " beta=0"
	zero.Point = func(x []float64) { x[1] = 0 }
	return []trial.Routine[operands]{r, zero}
}

func TestLevel3(t *testing.T) {
	for _, size := range [][3]int{{1, 1, 1}, {2, 3, 4}, {3, 1, 2}, {1, 4, 3}} {
		m, n, k := size[0], size[1], size[2]
		for _, tA := range transposes {
			for _, tB := range transposes {
				op := func(t blas.Transpose, r, c int, take func(n int) []float64) blas64.General {
					if t != blas.NoTrans {
						r, c = c, r
					}
					return matrix(r, c, take)
				}
				run(t, update(fmt.Sprint("Gemm ", size, string(tA), string(tB)), func(a *trial.Arena, x *operands) {
					x.a, x.b, x.c = op(tA, m, k, a.Read), op(tB, k, n, a.Read), matrix(m, n, a.Take)
				},
					func(x *operands, alpha, beta float64) { blas64.Gemm(tA, tB, alpha, x.a, x.b, beta, x.c) },
					func(x, d *operands, alphad, betad float64) {
						GemmTangent(tA, tB, x.alpha[0], alphad, x.a, d.a, x.b, d.b, x.beta[0], betad, x.c, d.c)
					},
					func(x, b *operands, alphab, betab *float64) {
						GemmAdjoint(tA, tB, x.alpha[0], alphab, x.a, &b.a, x.b, &b.b, x.beta[0], betab, x.c, &b.c)
					})...)
			}
		}
		for _, uplo := range uplos {
			for _, s := range sides {
				order := m
				if s == blas.Right {
					order = n
				}
				run(t, update(fmt.Sprint("Symm ", size, string(uplo), string(s)), func(a *trial.Arena, x *operands) {
					x.s = blas64.Symmetric{Uplo: uplo, N: order, Stride: order + 1, Data: a.Read(square2(order))}
					x.b, x.c = matrix(m, n, a.Read), matrix(m, n, a.Take)
				},
					func(x *operands, alpha, beta float64) { blas64.Symm(s, alpha, x.s, x.b, beta, x.c) },
					func(x, d *operands, alphad, betad float64) {
						SymmTangent(s, x.alpha[0], alphad, x.s, d.s, x.b, d.b, x.beta[0], betad, x.c, d.c)
					},
					func(x, b *operands, alphab, betab *float64) {
						SymmAdjoint(s, x.alpha[0], alphab, x.s, &b.s, x.b, &b.b, x.beta[0], betab, x.c, &b.c)
					})...)
				for _, diag := range diags {
					for _, tr := range transposes {
						name := fmt.Sprint(" ", size, string(uplo), string(s), string(diag), string(tr))
						build := func(a *trial.Arena) operands {
							return operands{
								alpha: a.Read(1),
								t:     blas64.Triangular{Uplo: uplo, Diag: diag, N: order, Stride: order + 1, Data: a.Read(square2(order))},
								b:     matrix(m, n, a.Take),
							}
						}
						run(t,
							call("Trmm"+name, build,
								func(x *operands) { blas64.Trmm(s, tr, x.alpha[0], x.t, x.b) },
								func(x, d *operands) { TrmmTangent(s, tr, x.alpha[0], scalar(d.alpha), x.t, d.t, x.b, d.b) },
								func(x, b *operands) { TrmmAdjoint(s, tr, x.alpha[0], pointer(b.alpha), x.t, &b.t, x.b, &b.b) }),
							call("Trsm"+name, build,
								func(x *operands) { blas64.Trsm(s, tr, x.alpha[0], x.t, x.b) },
								func(x, d *operands) { TrsmTangent(s, tr, x.alpha[0], scalar(d.alpha), x.t, d.t, x.b, d.b) },
								func(x, b *operands) { TrsmAdjoint(s, tr, x.alpha[0], pointer(b.alpha), x.t, &b.t, x.b, &b.b) }))
					}
				}
			}
			for _, tr := range transposes {
				rows, cols := n, k
				if tr != blas.NoTrans {
					rows, cols = k, n
				}
				name := fmt.Sprint(" ", size, string(uplo), string(tr))
				build := func(a *trial.Arena, x *operands) {
					x.a, x.b = matrix(rows, cols, a.Read), matrix(rows, cols, a.Read)
					x.s = blas64.Symmetric{Uplo: uplo, N: n, Stride: n + 1, Data: a.Take(square2(n))}
				}
				run(t, update("Syrk"+name, build,
					func(x *operands, alpha, beta float64) { blas64.Syrk(tr, alpha, x.a, beta, x.s) },
					func(x, d *operands, alphad, betad float64) {
						SyrkTangent(tr, x.alpha[0], alphad, x.a, d.a, x.beta[0], betad, x.s, d.s)
					},
					func(x, b *operands, alphab, betab *float64) {
						SyrkAdjoint(tr, x.alpha[0], alphab, x.a, &b.a, x.beta[0], betab, x.s, &b.s)
					})...)
				run(t, update("Syr2k"+name, build,
					func(x *operands, alpha, beta float64) { blas64.Syr2k(tr, alpha, x.a, x.b, beta, x.s) },
					func(x, d *operands, alphad, betad float64) {
						Syr2kTangent(tr, x.alpha[0], alphad, x.a, d.a, x.b, d.b, x.beta[0], betad, x.s, d.s)
					},
					func(x, b *operands, alphab, betab *float64) {
						Syr2kAdjoint(tr, x.alpha[0], alphab, x.a, &b.a, x.b, &b.b, x.beta[0], betab, x.s, &b.s)
					})...)
			}
		}
	}
}

// TestSameMatrix multiplies a matrix with itself: one shadow gets both parts.
func TestSameMatrix(t *testing.T) {
	run(t, update("Gemm", func(a *trial.Arena, x *operands) {
		x.a = matrix(3, 3, a.Read)
		x.b, x.c = x.a, matrix(3, 3, a.Take)
	},
		func(x *operands, alpha, beta float64) {
			blas64.Gemm(blas.NoTrans, blas.Trans, alpha, x.a, x.b, beta, x.c)
		},
		func(x, d *operands, alphad, betad float64) {
			GemmTangent(blas.NoTrans, blas.Trans, x.alpha[0], alphad, x.a, d.a, x.b, d.b, x.beta[0], betad, x.c, d.c)
		},
		func(x, b *operands, alphab, betab *float64) {
			GemmAdjoint(blas.NoTrans, blas.Trans, x.alpha[0], alphab, x.a, &b.a, x.b, &b.b, x.beta[0], betab, x.c, &b.c)
		})...)
}

// TestColumns updates one column of a matrix by another: they lie between each other.
func TestColumns(t *testing.T) {
	run(t, call("Axpy", func(a *trial.Arena) operands {
		m := matrix(3, 4, a.Take)
		return operands{alpha: a.Read(1), x: vec(3, m.Stride, m.Data[1:]), y: vec(3, m.Stride, m.Data[2:])}
	},
		func(x *operands) { blas64.Axpy(x.alpha[0], x.x, x.y) },
		func(x, d *operands) { AxpyTangent(x.alpha[0], scalar(d.alpha), x.x, d.x, x.y, d.y) },
		func(x, b *operands) { AxpyAdjoint(x.alpha[0], pointer(b.alpha), x.x, &b.x, x.y, &b.y) }))
}

func TestOverlapRefused(t *testing.T) {
	d := trial.Points(40)
	x, y := vec(4, 1, d), vec(4, 1, d[2:])
	m := blas64.General{Rows: 4, Cols: 4, Stride: 4, Data: d}
	s := blas64.Symmetric{Uplo: blas.Upper, N: 4, Stride: 4, Data: d}
	tri := blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: 4, Stride: 4, Data: d}
	var none blas64.Vector
	for name, f := range map[string]func(){
		"Axpy": func() { AxpyAdjoint(1, nil, x, nil, y, nil) },
		"Copy backwards": func() {
			x := x
			x.Inc = -1
			CopyTangent(vec(4, 1, d), none, x, none)
		},
		"Rot":    func() { RotTangent(x, none, x, none, 1, 0, 0, 0) },
		"Gemv A": func() { GemvAdjoint(blas.NoTrans, 1, nil, m, nil, vec(4, 1, d[30:]), nil, 0, nil, x, nil) },
		"Gemv x": func() {
			GemvAdjoint(blas.NoTrans, 1, nil, m, nil, vec(4, 1, d[30:]), nil, 0, nil, vec(4, 1, d[32:]), nil)
		},
		"Gemm": func() { GemmAdjoint(blas.NoTrans, blas.NoTrans, 1, nil, m, nil, m, nil, 0, nil, m, nil) },
		"Syrk": func() { SyrkAdjoint(blas.NoTrans, 1, nil, m, nil, 0, nil, s, nil) },
		"Ger": func() {
			GerAdjoint(1, nil, vec(2, -1, d), nil, vec(2, 1, d[2:]), nil, matrix(2, 2, func(n int) []float64 { return d[10 : 10+n] }), nil)
		},
		"Trsv":      func() { TrsvAdjoint(blas.NoTrans, tri, nil, vec(4, 4, d), nil) },
		"one alone": func() { SwapAdjoint(vec(4, 1, d), &x, vec(4, 1, d[4:]), nil) },
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

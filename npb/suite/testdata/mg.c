/* MG in plain C, the yardstick for the Go version: the same operators, with the sums in rows of
 * their own as the reference implementation has them, so that a compiler vectorises every loop.
 *
 *   mg LEVELS CYCLES CENTRE FACE EDGE < charges
 *
 * The coefficients are the smoother's. A charge is its offset in the finest grid and its value.
 * It prints the processor time of the timed section in seconds, and the norm of the residual. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAXLEVELS = 10, MAXROW = (1 << MAXLEVELS) + 2 };

static double centre, face, edge;

static double seconds(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void comm3(double *x, long n) {
	long m = n * n;
	for (long p = m; p < m * (n - 1); p += m) {
		for (long row = p + n; row < p + m - n; row += n) {
			x[row] = x[row + n - 2];
			x[row + n - 1] = x[row + 1];
		}
		memcpy(x + p, x + p + n * (n - 2), n * sizeof *x);
		memcpy(x + p + n * (n - 1), x + p + n, n * sizeof *x);
	}
	memcpy(x, x + m * (n - 2), m * sizeof *x);
	memcpy(x + m * (n - 1), x + m, m * sizeof *x);
}

/* The sums over the neighbours in the cross-section: faces and edges. */
static void sums(double *restrict f, double *restrict e, const double *x, long n) {
	const double *below = x - n * n, *above = x + n * n;
	for (long i = 0; i < n; i++) {
		f[i] = x[i - n] + x[i + n] + below[i] + above[i];
		e[i] = below[i - n] + below[i + n] + above[i - n] + above[i + n];
	}
}

static void resid(const double *u, const double *v, double *r, long n) {
	double f[MAXROW], e[MAXROW];
	for (long i3 = 1; i3 < n - 1; i3++)
		for (long i2 = 1; i2 < n - 1; i2++) {
			long at = (i3 * n + i2) * n;
			sums(f, e, u + at, n);
			for (long i = 1; i < n - 1; i++)
				r[at + i] = v[at + i] + 8.0 / 3 * u[at + i] - 1.0 / 6 * (e[i] + f[i - 1] + f[i + 1]) -
				            1.0 / 12 * (e[i - 1] + e[i + 1]);
		}
	comm3(r, n);
}

static void psinv(const double *r, double *u, long n) {
	double f[MAXROW], e[MAXROW];
	for (long i3 = 1; i3 < n - 1; i3++)
		for (long i2 = 1; i2 < n - 1; i2++) {
			long at = (i3 * n + i2) * n;
			sums(f, e, r + at, n);
			for (long i = 1; i < n - 1; i++)
				u[at + i] += centre * r[at + i] + face * (r[at + i - 1] + r[at + i + 1] + f[i]) +
				             edge * (e[i] + f[i - 1] + f[i + 1]);
		}
	comm3(u, n);
}

static void rprj3(const double *fine, double *coarse, long nc) {
	double f[MAXROW], e[MAXROW];
	long nf = 2 * nc - 2;
	for (long j3 = 1; j3 < nc - 1; j3++)
		for (long j2 = 1; j2 < nc - 1; j2++) {
			const double *x = fine + (2 * j3 * nf + 2 * j2) * nf;
			double *out = coarse + (j3 * nc + j2) * nc;
			sums(f, e, x, nf);
			for (long j = 1; j < nc - 1; j++) {
				long i = 2 * j;
				out[j] = 0.5 * x[i] + 0.25 * (x[i - 1] + x[i + 1] + f[i]) + 0.125 * (f[i - 1] + f[i + 1] + e[i]) +
				         0.0625 * (e[i - 1] + e[i + 1]);
			}
		}
	comm3(coarse, nc);
}

static void interp(const double *coarse, long nc, double *fine) {
	double b[MAXROW], c[MAXROW], d[MAXROW];
	long nf = 2 * nc - 2;
	for (long j3 = 0; j3 < nc - 1; j3++)
		for (long j2 = 0; j2 < nc - 1; j2++) {
			const double *a = coarse + (j3 * nc + j2) * nc;
			double *f = fine + (2 * j3 * nf + 2 * j2) * nf;
			for (long j = 0; j < nc; j++) {
				b[j] = a[j] + a[j + nc];
				c[j] = a[j] + a[j + nc * nc];
				d[j] = b[j] + a[j + nc * nc] + a[j + nc * nc + nc];
			}
			for (long j = 0; j < nc - 1; j++) {
				f[2 * j] += a[j];
				f[2 * j + 1] += 0.5 * (a[j] + a[j + 1]);
			}
			f += nf;
			for (long j = 0; j < nc - 1; j++) {
				f[2 * j] += 0.5 * b[j];
				f[2 * j + 1] += 0.25 * (b[j] + b[j + 1]);
			}
			f += nf * nf - nf;
			for (long j = 0; j < nc - 1; j++) {
				f[2 * j] += 0.5 * c[j];
				f[2 * j + 1] += 0.25 * (c[j] + c[j + 1]);
			}
			f += nf;
			for (long j = 0; j < nc - 1; j++) {
				f[2 * j] += 0.25 * d[j];
				f[2 * j + 1] += 0.125 * (d[j] + d[j + 1]);
			}
		}
}

static double *u[MAXLEVELS + 1], *r[MAXLEVELS + 1], *v;
static long n[MAXLEVELS + 1];

static void cycle(int top) {
	for (int k = top; k > 1; k--)
		rprj3(r[k], r[k - 1], n[k - 1]);
	memset(u[1], 0, n[1] * n[1] * n[1] * sizeof(double));
	psinv(r[1], u[1], n[1]);
	for (int k = 2; k < top; k++) {
		memset(u[k], 0, n[k] * n[k] * n[k] * sizeof(double));
		interp(u[k - 1], n[k - 1], u[k]);
		resid(u[k], r[k], r[k], n[k]);
		psinv(r[k], u[k], n[k]);
	}
	interp(u[top - 1], n[top - 1], u[top]);
	resid(u[top], v, r[top], n[top]);
	psinv(r[top], u[top], n[top]);
	resid(u[top], v, r[top], n[top]);
}

static double norm(const double *x, long n) {
	double sum = 0;
	for (long i3 = 1; i3 < n - 1; i3++)
		for (long i2 = 1; i2 < n - 1; i2++)
			for (long i = 1; i < n - 1; i++)
				sum += x[(i3 * n + i2) * n + i] * x[(i3 * n + i2) * n + i];
	return sqrt(sum / ((n - 2.) * (n - 2) * (n - 2)));
}

int main(int argc, char **argv) {
	int top = argc == 6 ? atoi(argv[1]) : 0;
	if (top < 2 || top > MAXLEVELS)
		return 2;
	int cycles = atoi(argv[2]);
	centre = atof(argv[3]), face = atof(argv[4]), edge = atof(argv[5]);
	size_t all = 0;
	for (int k = top; k > 0; k--) {
		n[k] = (1L << k) + 2;
		all += n[k] * n[k] * n[k];
	}
	double *us = calloc(all, sizeof *us), *rs = calloc(all, sizeof *rs);
	v = calloc(n[top] * n[top] * n[top], sizeof *v);
	if (!us || !rs || !v)
		return 1;
	size_t at = 0;
	for (int k = top; k > 0; k--) {
		u[k] = us + at;
		r[k] = rs + at;
		at += n[k] * n[k] * n[k];
	}
	long where;
	double charge;
	while (scanf("%ld %lf", &where, &charge) == 2)
		v[where] = charge;

	resid(u[top], v, r[top], n[top]);
	cycle(top);
	memset(us, 0, all * sizeof *us);
	memset(rs, 0, all * sizeof *rs);
	double start = seconds();
	resid(u[top], v, r[top], n[top]);
	for (int it = 0; it < cycles; it++)
		cycle(top);
	double rnm2 = norm(r[top], n[top]);
	printf("%.9g %.17g\n", seconds() - start, rnm2);
	return 0;
}

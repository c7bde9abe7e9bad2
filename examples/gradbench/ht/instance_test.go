package ht

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// An instance is one call of Residuals or, with u, of ResidualsOnSkin.
type instance struct {
	m        *Model
	measured []Measurement
	u, theta []float64
}

// read returns an instance of ADBench (MIT licence, microsoft/ADBench,
// data/hand/*_small): the numbers of measurements and of angles, then vertex or triangle
// and place of each measurement, then two coordinates of each if onSkin, then the pose.
func read(tb testing.TB, name string, onSkin bool) instance {
	tb.Helper()
	scan := trial.Scan(tb, name)
	var n, angles int
	scan(&n, &angles)
	c := instance{m: model(tb), measured: make([]Measurement, n), theta: make([]float64, angles)}
	for i := range c.measured {
		m := &c.measured[i]
		scan(&m.On, &m.Point[0], &m.Point[1], &m.Point[2])
	}
	if onSkin {
		c.u = make([]float64, 2*n)
	}
	for _, v := range [][]float64{c.u, c.theta} {
		for i := range v {
			scan(&v[i])
		}
	}
	return c
}

// model reads the hand of ADBench (data/hand/model). Fields are divided by colons.
//
// A bone has a name, its parent, and two matrices of four rows: to the parent, and from
// the hand. A vertex has its place, a normal and a place in a texture, of three, three and two
// numbers, then the number of bones that move it, and for each the bone and its share.
func model(tb testing.TB) *Model {
	m := &Model{}
	for _, f := range fields(tb, "bones.txt") {
		n := numbers(tb, f[1:])
		m.Parents = append(m.Parents, int(n[0]))
		m.Relative = append(m.Relative, affine(n[1:17]))
		m.Inverse = append(m.Inverse, affine(n[17:33]))
	}
	for _, f := range fields(tb, "vertices.txt") {
		n := numbers(tb, f)
		v := Vertex{Rest: Vec(n[:3])}
		for at := 9; at < 9+2*int(n[8]); at += 2 {
			v.Moved = append(v.Moved, Influence{int(n[at]), n[at+1]})
		}
		m.Skin = append(m.Skin, v)
	}
	for _, f := range fields(tb, "triangles.txt") {
		n := numbers(tb, f)
		m.Triangles = append(m.Triangles, [3]int{int(n[0]), int(n[1]), int(n[2])})
	}
	return m
}

func affine(n []float64) Affine {
	return Affine{[4]float64(n[:4]), [4]float64(n[4:8]), [4]float64(n[8:12])}
}

func fields(tb testing.TB, name string) [][]string {
	tb.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	var lines [][]string
	for line := range strings.Lines(string(text)) {
		lines = append(lines, strings.Split(strings.TrimSpace(line), ":"))
	}
	return lines
}

func numbers(tb testing.TB, fields []string) []float64 {
	tb.Helper()
	n := make([]float64, len(fields))
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			tb.Fatal(err)
		}
		n[i] = v
	}
	return n
}

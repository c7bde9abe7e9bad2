package heatmap

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/scrutiny"
)

func mask(t testing.TB, shape []int, text string) *scrutiny.Mask {
	t.Helper()
	m, err := scrutiny.Parse("x", "[]float64", shape, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTerminalPlain(t *testing.T) {
	for _, c := range []struct {
		shape []int
		text  string
		want  string
	}{
		{[]int{10}, "8C1Z1D", "ZD▀▀▀▀▀▀\n"}, // rows of eight
		{[]int{2, 3}, "2C1D3C", "██D\n"},
		{[]int{3, 2}, "4C1Z1C", "██\nZ▀\n"},
		{[]int{2, 2, 2}, "7C1D", "██ █D\n"}, // two slices side by side
		{nil, "1D", "D\n"},
		{[]int{0}, "", ""},
	} {
		var out bytes.Buffer
		if err := Terminal(&out, mask(t, c.shape, c.text), Options{Title: "t"}); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(out.String(), "t\n")
		got, _, _ := strings.Cut(rest, "█ critical")
		if got != c.want {
			t.Errorf("%v %s:\n%swant\n%s", c.shape, c.text, got, c.want)
		}
	}
}

func TestTerminalColor(t *testing.T) {
	var out bytes.Buffer
	if err := Terminal(&out, mask(t, []int{3, 1}, "1C1D1Z"), Options{Title: "t", Color: true}); err != nil {
		t.Fatal(err)
	}
	want := "t\n\x1b[38;5;25;48;5;166m▀\x1b[0m\n\x1b[38;5;227m▀\x1b[0m\n"
	if !strings.HasPrefix(out.String(), want) {
		t.Fatalf("%q, want it to begin with %q", out.String(), want)
	}
	var plain bytes.Buffer
	if err := Terminal(&plain, mask(t, []int{3, 1}, "1C1D1Z"), Options{}); err != nil || strings.Contains(plain.String(), "\x1b") {
		t.Fatalf("escape codes without being asked: %q, %v", plain.String(), err)
	}
}

// count returns how many cells of each kind a grid has.
func count(g *grid) (n [4]int) {
	for _, c := range g.cells {
		n[c]++
	}
	return n
}

func TestOneElementStaysVisibleInEveryShape(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	shapes := [][]int{
		{1},
		{1402},
		{1 << 30},
		{100000, 3},
		{3, 100000},
		{5000, 5000},
		{12, 13, 13, 5},
		{1000, 4, 4},
		{40, 300, 300},
		{100000, 1, 1},
		{1, 1, 100000},
		{2, 0x7fff, 3, min(0x7fff, math.MaxInt/0x7fff/6)},
	}
	for _, shape := range shapes {
		for _, bound := range [][2]int{{512, 512}, {80, 80}, {1, 1}, {7, 3}, {2, 40}} {
			n := 1
			for _, d := range shape {
				n *= d
			}
			for _, at := range []int{0, n - 1, rng.IntN(n)} {
				text := "1D"
				if at > 0 {
					text = fmt.Sprintf("%dC1D", at)
				}
				if at < n-1 {
					text += fmt.Sprintf("%dC", n-1-at)
				}
				g := draw(mask(t, shape, text), bound[0], bound[1])
				if g.width > bound[0] || g.height > bound[1] || len(g.cells) != g.width*g.height {
					t.Fatalf("%v in %v: grid of %d by %d", shape, bound, g.width, g.height)
				}
				if count(g)[dead] != 1 {
					t.Fatalf("%v in %v: dead element %d shows in %d cells", shape, bound, at, count(g)[dead])
				}
			}
		}
	}
}

// Without down-sampling every element has a cell of its own, in the right place.
func TestUnscaledMapIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, shape := range [][]int{{37}, {9, 11}, {3, 4, 5}, {2, 3, 4, 5}} {
		n := 1
		for _, d := range shape {
			n *= d
		}
		classes := make([]scrutiny.Class, n)
		var want [4]int
		for i := range classes {
			classes[i] = scrutiny.Class(rng.IntN(3))
			want[cellOf(classes[i])]++
		}
		m, err := scrutiny.New("x", "", shape, classes)
		if err != nil {
			t.Fatal(err)
		}
		g := draw(m, 200, 200)
		got := count(g)
		if got[critical] != want[critical] || got[zero] != want[zero] || got[dead] != want[dead] {
			t.Fatalf("%v: cells %v, elements %v", shape, got, want)
		}
		if len(shape) == 2 {
			for i, c := range classes {
				if g.at(i%shape[1], i/shape[1]) != cellOf(c) {
					t.Fatalf("element %d is not where it belongs", i)
				}
			}
		}
	}
}

func TestPNG(t *testing.T) {
	for _, c := range []struct {
		shape []int
		text  string
	}{{[]int{1402}, "1400C1Z1D"}, {[]int{30, 40}, "1199C1D"}, {[]int{1 << 20, 1 << 10}, "1073741823C1D"}, {[]int{0}, ""}, {nil, "1Z"}} {
		m := mask(t, c.shape, c.text)
		var out bytes.Buffer
		if err := PNG(&out, m, Options{}); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[[4]uint32]int{}
		b := img.Bounds()
		for y := b.Min.Y; y < b.Max.Y-3*lineStep-margin; y++ { // without the legend
			for x := b.Min.X; x < b.Max.X; x++ {
				r, g, bl, a := img.At(x, y).RGBA()
				seen[[4]uint32{r, g, bl, a}]++
			}
		}
		s := m.Stats()
		for cell, n := range map[cell]int{critical: s.Critical, dead: s.Dead, zero: s.DerivativeZero} {
			r, g, bl, a := palette[cell].RGBA()
			if got := seen[[4]uint32{r, g, bl, a}]; (got > 0) != (n > 0) {
				t.Errorf("%v: %d pixels of cell kind %d for %d elements", c.shape, got, cell, n)
			}
		}
	}
}

func TestBadOptions(t *testing.T) {
	m := mask(t, []int{3}, "3C")
	for _, o := range []Options{{Width: -1}, {Height: -1}, {Width: maxCells + 1}, {Scale: -1}, {Scale: maxScale + 1}} {
		if PNG(&bytes.Buffer{}, m, o) == nil || Terminal(&bytes.Buffer{}, m, o) == nil {
			t.Errorf("%+v accepted", o)
		}
	}
	if PNG(&bytes.Buffer{}, nil, Options{}) == nil {
		t.Error("nil mask accepted")
	}
	if over := int64(MaxElements + 1); over <= math.MaxInt {
		huge := mask(t, []int{int(over)}, "4294967297C")
		if err := Terminal(&bytes.Buffer{}, huge, Options{}); err == nil {
			t.Error("a mask over the limit accepted")
		}
	}
	wide := mask(t, []int{maxCells, maxCells}, "268435456C")
	if err := PNG(&bytes.Buffer{}, wide, Options{Width: maxCells, Height: maxCells, Scale: 2}); err == nil || !strings.Contains(err.Error(), "Scale") {
		t.Errorf("a picture over the limit: %v", err)
	}
}

var errFull = errors.New("full")

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, errFull }

func TestWriterErrorIsReported(t *testing.T) {
	m := mask(t, []int{3}, "3C")
	if err := PNG(fullWriter{}, m, Options{}); !errors.Is(err, errFull) {
		t.Error(err)
	}
	if err := Terminal(fullWriter{}, m, Options{}); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

func TestEveryPrintableCharacterHasAGlyph(t *testing.T) {
	drawn := map[[glyphH]byte]rune{}
	for r := ' '; r <= '~'; r++ {
		g, ok := glyphs[r]
		if !ok {
			t.Fatalf("%q has no glyph", r)
		}
		if other, twice := drawn[g]; twice {
			t.Fatalf("%q and %q look the same", r, other)
		}
		drawn[g] = r
	}
}

package cli

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"reflect"
	"strings"

	"github.com/cairn-ad/cairn/ckpt"
)

// The sizes of the pictures of a field.
const (
	fieldColumns = 80  // characters
	fieldLines   = 24  // characters
	fieldPixels  = 800 // in a PNG, at most, unless there are fewer elements
)

// field gathers the elements of a vector or matrix into the cells of a picture, each
// with the least, greatest and mean element that it stands for.
type field struct {
	name       string
	rows, cols int // of the variable; a vector has one row
	gr, gc     int // of the grid
	lo, hi     []float64
	sum        []float64
	n          []int
	least      float64
	greatest   float64
	any        bool
}

// newField returns an empty field for a variable, or an error that says why it cannot
// be drawn.
func newField(v *ckpt.Variable) (*field, error) {
	refuse := func(why string) (*field, error) {
		return nil, fmt.Errorf("%s (%s) cannot be drawn: %s; cairn export writes its elements", printable(v.Name), shorten(printable(v.Type), 40), why)
	}
	if !v.Array() || !v.Kind.Real() && !v.Kind.Complex() && reflect.Kind(v.Kind) != reflect.Bool {
		return refuse("it is no regular array of numbers")
	}
	var dims []int
	for _, d := range v.Shape {
		if d != 1 {
			dims = append(dims, d)
		}
	}
	f := &field{name: printable(v.Name), rows: 1, cols: 1}
	switch len(dims) {
	case 0:
		return refuse("it has one element")
	case 1:
		f.cols = dims[0]
	case 2:
		f.rows, f.cols = dims[0], dims[1]
	default:
		return refuse(fmt.Sprintf("it has %d dimensions, and one or two can be drawn", len(dims)))
	}
	if f.rows == 0 || f.cols == 0 {
		return refuse("it is empty")
	}
	f.gr, f.gc = min(f.rows, fieldPixels), min(f.cols, fieldPixels)
	cells := f.gr * f.gc
	f.lo, f.hi, f.sum, f.n = make([]float64, cells), make([]float64, cells), make([]float64, cells), make([]int, cells)
	return f, nil
}

// Block implements ckpt.Sink.
func (f *field) Block(b ckpt.Block) error {
	for i := range b.Count {
		x := 0.0
		if b.Kind.Complex() {
			z := b.Complex128(i)
			x = math.Hypot(real(z), imag(z))
		} else {
			x = b.Float64(i)
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		at := b.From + i
		r, c := scaleIndex(at/f.cols, f.gr, f.rows), scaleIndex(at%f.cols, f.gc, f.cols)
		f.add(r*f.gc+c, x, x, x, 1)
	}
	return nil
}

// scaleIndex maps index i of n to one of m ≤ n cells.
func scaleIndex(i, m, n int) int { return min(m-1, int(float64(i)*float64(m)/float64(n))) }

func (f *field) add(k int, lo, hi, sum float64, n int) {
	if f.n[k] == 0 {
		f.lo[k], f.hi[k] = lo, hi
	}
	f.lo[k], f.hi[k] = min(f.lo[k], lo), max(f.hi[k], hi)
	f.sum[k] += sum
	f.n[k] += n
	if !f.any {
		f.least, f.greatest, f.any = lo, hi, true
	}
	f.least, f.greatest = min(f.least, lo), max(f.greatest, hi)
}

// coarse returns the field on a grid of at most rows by cols cells.
func (f *field) coarse(rows, cols int) *field {
	g := &field{name: f.name, rows: f.rows, cols: f.cols, gr: min(rows, f.gr), gc: min(cols, f.gc)}
	cells := g.gr * g.gc
	g.lo, g.hi, g.sum, g.n = make([]float64, cells), make([]float64, cells), make([]float64, cells), make([]int, cells)
	for k := range f.n {
		if f.n[k] > 0 {
			g.add(scaleIndex(k/f.gc, g.gr, f.gr)*g.gc+scaleIndex(k%f.gc, g.gc, f.gc), f.lo[k], f.hi[k], f.sum[k], f.n[k])
		}
	}
	return g
}

// level is where x lies between the least and the greatest element, 0 to 1.
func (f *field) level(x float64) float64 {
	if !(f.greatest > f.least) {
		return 0.5
	}
	// In halves, so that the difference cannot overflow.
	return (x/2 - f.least/2) / (f.greatest/2 - f.least/2)
}

func (f *field) mean(k int) float64 { return f.sum[k] / float64(f.n[k]) }

// shades are the characters of a field, from the least to the greatest element.
const shades = ".:-=+*%@#"

// terminal draws the field in characters. Cells without a finite stored element are
// blank.
func (f *field) terminal(w io.Writer) error {
	if !f.any {
		_, err := fmt.Fprintf(w, "%s has no stored element that is finite.\n", f.name)
		return err
	}
	if f.rows == 1 {
		return f.coarse(1, fieldColumns).curve(w)
	}
	g := f.coarse(fieldLines, fieldColumns)
	for r := range g.gr {
		line := make([]byte, g.gc)
		for c := range line {
			line[c] = ' '
			if k := r*g.gc + c; g.n[k] > 0 {
				line[c] = shades[min(len(shades)-1, max(0, int(g.level(g.mean(k))*float64(len(shades)))))]
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(string(line), " ")); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\n%d×%d elements in %d×%d cells; %c is %s, %c is %s\n", f.rows, f.cols, g.gr, g.gc, shades[0], short(f.least), shades[len(shades)-1], short(f.greatest))
	return err
}

// curve draws a vector: of each cell the stretch from the least to the greatest element.
func (f *field) curve(w io.Writer) error {
	const lines = fieldLines - 8
	canvas := make([][]byte, lines)
	for i := range canvas {
		canvas[i] = []byte(strings.Repeat(" ", f.gc))
	}
	for c := range f.gc {
		if f.n[c] == 0 {
			continue
		}
		from, to := f.line(f.hi[c], lines), f.line(f.lo[c], lines)
		for i := from; i <= to; i++ {
			canvas[i][c] = '*'
		}
	}
	for i, line := range canvas {
		label := ""
		switch i {
		case 0:
			label = short(f.greatest)
		case lines - 1:
			label = short(f.least)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%14s |%s", label, line), " ")); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%14s  0%*d\n", "", max(1, f.gc-1), f.cols-1)
	return err
}

// line is the line of a picture for x, 0 for the greatest element.
func (f *field) line(x float64, lines int) int {
	return min(lines-1, max(0, int(math.Round((1-f.level(x))*float64(lines-1)))))
}

// png draws the field in colours, from dark blue over green to yellow; grey is what has
// no finite stored element. A vector is a curve.
func (f *field) png(w io.Writer) error {
	if !f.any {
		return fmt.Errorf("%s has no stored element that is finite, so there is nothing to draw", f.name)
	}
	if f.rows == 1 {
		return png.Encode(w, f.plot())
	}
	scale := max(1, fieldPixels/max(f.gr, f.gc))
	img := image.NewRGBA(image.Rect(0, 0, f.gc*scale, f.gr*scale))
	for y := range f.gr * scale {
		for x := range f.gc * scale {
			k := y/scale*f.gc + x/scale
			c := color.RGBA{200, 200, 200, 255}
			if f.n[k] > 0 {
				c = heat(f.level(f.mean(k)))
			}
			img.SetRGBA(x, y, c)
		}
	}
	return png.Encode(w, img)
}

// plot draws a vector.
func (f *field) plot() image.Image {
	const height = fieldPixels / 2
	scale := max(1, fieldPixels/f.gc)
	img := image.NewRGBA(image.Rect(0, 0, f.gc*scale, height))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for c := range f.gc {
		if f.n[c] == 0 {
			continue
		}
		from, to := f.line(f.hi[c], height), f.line(f.lo[c], height)
		for y := from; y <= min(height-1, to+1); y++ {
			for x := range scale {
				img.SetRGBA(c*scale+x, y, color.RGBA{0, 114, 178, 255})
			}
		}
	}
	return img
}

// heat is a colour whose lightness rises with t, 0 to 1.
func heat(t float64) color.RGBA {
	stops := [...][3]float64{{48, 18, 84}, {44, 84, 140}, {30, 140, 130}, {100, 195, 80}, {250, 230, 60}}
	if !(t >= 0) { // NaN too, of a mean that overflowed
		t = 0
	}
	t = min(1, t) * float64(len(stops)-1)
	i := min(len(stops)-2, int(t))
	mix := func(k int) uint8 { return uint8(stops[i][k] + (t-float64(i))*(stops[i+1][k]-stops[i][k])) }
	return color.RGBA{mix(0), mix(1), mix(2), 255}
}

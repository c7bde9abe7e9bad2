// Package heatmap draws a [scrutiny.Mask] so that a person sees at a glance which
// elements of a variable matter.
//
// What goes in is a mask; what comes out is a PNG picture ([PNG]) or lines of text
// for a terminal ([Terminal]). A one-dimensional variable is wrapped into rows, a
// two-dimensional one is drawn as it is, and of more dimensions the last two make
// slices that are laid out as tiles in row-major order.
//
// A mask with more elements than the picture has cells is down-sampled. A cell that
// stands for several elements takes the most noteworthy class among them: dead
// before derivative zero before critical. A single uncritical element therefore
// stays visible in a mask of any size.
//
// Colours (safe for the common kinds of colour blindness): critical is blue
// (#0072B2), dead is vermilion (#D55E00), derivative zero is yellow (#F0E442); what
// belongs to no element is left in the background.
package heatmap

import (
	"fmt"

	"github.com/cairn-ad/cairn/scrutiny"
)

// MaxElements is the largest number of elements of a mask that can be drawn.
const MaxElements = 1 << 32

// Options say how a mask is drawn. The zero value is useful.
type Options struct {
	// Title is the headline; empty means name, type and shape of the variable.
	Title string
	// Width and Height bound the number of cells in each direction. Zero means 512
	// for a picture and 80 columns by 80 half rows (40 lines) for a terminal.
	Width, Height int
	// Scale is the edge of a cell in pixels; zero chooses one that makes the map
	// about 700 pixels wide. Terminal ignores it.
	Scale int
	// Color allows ANSI colours in Terminal. PNG ignores it.
	Color bool
}

const (
	maxCells = 1 << 14 // cells in one direction
	maxScale = 64
)

// check returns the options with their defaults filled in.
func (o Options) check(m *scrutiny.Mask, width, height int) (Options, error) {
	if m == nil {
		return o, fmt.Errorf("heatmap: there is no mask to draw")
	}
	if int64(m.Len()) > MaxElements {
		return o, fmt.Errorf("heatmap: %q has %d elements; at most %d can be drawn", m.Name, m.Len(), int64(MaxElements))
	}
	if o.Width < 0 || o.Width > maxCells || o.Height < 0 || o.Height > maxCells {
		return o, fmt.Errorf("heatmap: %d by %d cells: both must lie between 0 (default) and %d", o.Width, o.Height, maxCells)
	}
	if o.Scale < 0 || o.Scale > maxScale {
		return o, fmt.Errorf("heatmap: scale %d must lie between 0 (default) and %d", o.Scale, maxScale)
	}
	if o.Width == 0 {
		o.Width = width
	}
	if o.Height == 0 {
		o.Height = height
	}
	if o.Title == "" {
		o.Title = fmt.Sprintf("%s %s %v", m.Name, m.Type, m.Shape)
	}
	return o, nil
}

// legend returns the statistics of a mask in one line per class.
func legend(s scrutiny.Stats) [3]string {
	part := func(n int) string {
		if s.Elements == 0 {
			return "0"
		}
		return fmt.Sprintf("%d (%.4g %%)", n, 100*float64(n)/float64(s.Elements))
	}
	return [3]string{
		scrutiny.Critical:       "critical " + part(s.Critical),
		scrutiny.Dead:           "dead " + part(s.Dead),
		scrutiny.DerivativeZero: "derivative zero " + part(s.DerivativeZero),
	}
}

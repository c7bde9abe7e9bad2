package heatmap

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"github.com/cairn-ad/cairn/scrutiny"
)

// The palette of a picture. The first four entries are those of the cells.
var palette = color.Palette{
	none:     color.RGBA{0xf4, 0xf4, 0xf4, 0xff},
	critical: color.RGBA{0x00, 0x72, 0xb2, 0xff},
	zero:     color.RGBA{0xf0, 0xe4, 0x42, 0xff},
	dead:     color.RGBA{0xd5, 0x5e, 0x00, 0xff},
	ink:      color.RGBA{0x20, 0x20, 0x20, 0xff},
	paper:    color.RGBA{0xff, 0xff, 0xff, 0xff},
}

const (
	ink   = 4
	paper = 5

	margin   = 12 // pixels around everything
	textSize = 2  // pixels per dot of a glyph
	lineStep = (glyphH + 4) * textSize
)

// PNG writes the map of m as a picture: the title, the map, and a legend with the
// number of elements of each class.
//
// It returns an error if an option is out of range, if the mask has more than
// [MaxElements] elements, if the picture would exceed 2^28 pixels, or if w fails.
func PNG(w io.Writer, m *scrutiny.Mask, opts Options) error {
	opts, err := opts.check(m, 512, 512)
	if err != nil {
		return err
	}
	g := draw(m, opts.Width, opts.Height)
	scale := opts.Scale
	if scale == 0 {
		scale = max(1, min(24, 700/max(1, g.width)))
	}
	keys := legend(m.Stats())
	width := max(g.width*scale, textWidth(opts.Title), keyWidth(keys[:])) + 2*margin
	height := g.height*scale + (1+len(keys))*lineStep + 3*margin
	if int64(width)*int64(height) > 1<<28 {
		return fmt.Errorf("heatmap: the picture of %q would be %d by %d pixels; choose a smaller Scale, Width or Height", m.Name, width, height)
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	fill(img, img.Bounds(), paper)
	text(img, margin, margin, opts.Title)
	top := margin + lineStep
	paint(img, g, margin, top, scale)
	y := top + g.height*scale + margin
	for c, key := range keys {
		fill(img, image.Rect(margin, y, margin+keySize, y+keySize), uint8(cellOf(scrutiny.Class(c))))
		text(img, margin+keySize+8, y, key)
		y += lineStep
	}
	return png.Encode(w, img)
}

const keySize = glyphH * textSize

func keyWidth(keys []string) int {
	w := 0
	for _, k := range keys {
		w = max(w, keySize+8+textWidth(k))
	}
	return w
}

// paint draws the cells. Cells of six pixels and more are set apart by a thin line.
func paint(img *image.Paletted, g *grid, left, top, scale int) {
	line := 0
	if scale >= 6 {
		line = 1
	}
	for y := range g.height {
		for x := range g.width {
			x0, y0 := left+x*scale, top+y*scale
			fill(img, image.Rect(x0, y0, x0+scale-line, y0+scale-line), uint8(g.at(x, y)))
		}
	}
}

func fill(img *image.Paletted, r image.Rectangle, index uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(r.Min.X, y):]
		for x := range r.Dx() {
			row[x] = index
		}
	}
}

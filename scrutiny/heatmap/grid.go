package heatmap

import (
	"math"

	"github.com/cairn-ad/cairn/scrutiny"
)

// cell is what one cell of a map shows: nothing or a class.
type cell uint8

const (
	none     cell = iota // no element
	critical             // only critical elements
	zero                 // at least one of derivative zero, none dead
	dead                 // at least one dead element
)

// cellOf orders the classes by how much a reader must not miss them.
func cellOf(c scrutiny.Class) cell {
	switch c {
	case scrutiny.Dead:
		return dead
	case scrutiny.DerivativeZero:
		return zero
	}
	return critical
}

// grid is a rectangle of cells in row-major order.
type grid struct {
	width, height int
	cells         []cell
}

func (g *grid) at(x, y int) cell {
	if x >= g.width || y >= g.height {
		return none
	}
	return g.cells[y*g.width+x]
}

// layout says where the elements of a mask go. The elements form slices of rows by
// cols; fs slices share a tile, and fr by fc elements of a slice share a cell.
type layout struct {
	slices, rows, cols int
	last               int // elements in the last row of a wrapped vector, else cols
	fs, fr, fc         int // elements per cell in each direction
	tiles              int // slices / fs, rounded up
	across, down       int // tiles side by side and one above the other
	tileW, tileH       int // cells of one tile
}

// gap is the number of empty cells between two tiles.
const gap = 1

// plan lays out the n elements of a shape in at most width by height cells.
func plan(shape []int, n, width, height int) layout {
	var l layout
	if d := len(shape); d >= 2 {
		l.rows, l.cols = shape[d-2], shape[d-1]
		l.slices = n / (l.rows * l.cols)
		l.last = l.cols
	} else {
		l.wrap(n)
	}
	most := min(256, room(width)*room(height))
	l.fs = ceil(l.slices, most)
	l.tiles = ceil(l.slices, l.fs)
	l.chooseTiles(width, height)
	return l
}

// wrap breaks a vector of n elements into rows. The row length is a power of two,
// so that an index is easily found in the map, and makes the map wider than high.
func (l *layout) wrap(n int) {
	l.cols = 1
	for l.cols*l.cols < 2*n && l.cols < n {
		l.cols *= 2
	}
	l.cols = min(l.cols, n)
	l.slices, l.rows = 1, ceil(n, l.cols)
	l.last = n - (l.rows-1)*l.cols
}

// chooseTiles puts the tiles side by side such that as few elements as possible
// share a cell, and among the equally good choices such that the map fills its
// bounds evenly.
func (l *layout) chooseTiles(width, height int) {
	best, bestSkew := math.MaxInt, math.Inf(1)
	for across := min(l.tiles, room(width)); across >= 1; across-- {
		down := ceil(l.tiles, across)
		if down > room(height) {
			continue
		}
		fc := ceil(l.cols, (width+gap)/across-gap)
		fr := ceil(l.rows, (height+gap)/down-gap)
		w, h := ceil(l.cols, fc), ceil(l.rows, fr)
		skew := math.Abs(math.Log(float64(across*(w+gap)*height) / float64(down*(h+gap)*width)))
		if worst := max(fc, fr); worst < best || worst == best && skew < bestSkew {
			best, bestSkew = worst, skew
			l.across, l.down, l.fc, l.fr, l.tileW, l.tileH = across, down, fc, fr, w, h
		}
	}
}

// room returns how many tiles of one cell fit side by side.
func room(cells int) int { return (cells + gap) / (1 + gap) }

func ceil(a, b int) int { return (a + b - 1) / b }

// draw fills a grid with the worst class of the elements of every cell. Its work
// grows with the number of cells, of runs and of rows that runs touch, not with the
// number of critical elements.
func draw(m *scrutiny.Mask, width, height int) *grid {
	n := m.Len()
	if n == 0 {
		return &grid{}
	}
	l := plan(m.Shape, n, width, height)
	g := &grid{width: l.across*(l.tileW+gap) - gap, height: l.down*(l.tileH+gap) - gap}
	g.cells = make([]cell, g.width*g.height)
	for tile := range l.tiles {
		for y := range l.tileH {
			cols := l.cols
			if y*l.fr == l.rows-1 { // the cell row holds only the last row
				cols = l.last
			}
			l.mark(g, tile, y, 0, ceil(cols, l.fc), critical)
		}
	}
	for r := range m.Runs() {
		if r.Class != scrutiny.Critical {
			l.run(g, r)
		}
	}
	return g
}

// run marks the cells of one run, row by row.
func (l *layout) run(g *grid, r scrutiny.Run) {
	for at, end := r.Start, r.Start+r.Len; at < end; {
		row, col := at/l.cols, at%l.cols
		stop := min(end, at-col+l.cols)
		slice, y := row/l.rows, row%l.rows
		l.mark(g, slice/l.fs, y/l.fr, col/l.fc, (col+stop-at-1)/l.fc+1, cellOf(r.Class))
		at = stop
	}
}

// mark raises cells from ≤ x < to in row y of a tile to at least c.
func (l *layout) mark(g *grid, tile, y, from, to int, c cell) {
	left := tile % l.across * (l.tileW + gap)
	top := tile / l.across * (l.tileH + gap)
	row := g.cells[(top+y)*g.width+left:]
	for x := from; x < to; x++ {
		row[x] = max(row[x], c)
	}
}

package cli

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"iter"
	"slices"

	"github.com/cairn-ad/cairn/schedule"
)

// maxDrawn is the largest number of actions that are drawn.
const maxDrawn = 100000

// drawable reports why a schedule is not drawn.
func drawable(c schedule.Counts) error {
	if c.ForwardSteps-c.Advances > maxDrawn/4 || c.Writes+c.Reads > maxDrawn {
		return fmt.Errorf("a drawing of %d steps, %d writes and %d reads would be too large: draw a shorter loop", c.ForwardSteps-c.Advances, c.Writes, c.Reads)
	}
	return nil
}

// The drawing, in units of the SVG.
const (
	svgWidth, svgHeight = 1000.0, 500.0
	svgMargin           = 60.0
)

// svgDrawing draws step over time, where each executed step and each reversal takes one
// unit of time.
type svgDrawing struct {
	w          *bufio.Writer
	now        int64
	time, step float64 // length of a unit
	since      map[[2]int][2]int64
}

// drawSVG draws a schedule of n steps with the counts c.
func drawSVG(w io.Writer, title string, seq iter.Seq[schedule.Action], n int64, c schedule.Counts) error {
	d := svgDrawing{
		w: bufio.NewWriter(w), since: map[[2]int][2]int64{},
		time: (svgWidth - 2*svgMargin) / float64(max(1, c.ForwardSteps+n)),
		step: (svgHeight - 2*svgMargin) / float64(max(1, n)),
	}
	d.head(title, n, c.ForwardSteps+n)
	for a := range seq {
		d.do(a)
	}
	// What is still held at the end, in order.
	var left [][2]int
	for at := range d.since {
		left = append(left, at)
	}
	slices.SortFunc(left, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	for _, at := range left {
		d.free(at)
	}
	fmt.Fprintln(d.w, "</svg>")
	return d.w.Flush()
}

func (d *svgDrawing) head(title string, n, end int64) {
	fmt.Fprintf(d.w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="sans-serif" font-size="14">
<title>%s</title>
<style>
line { stroke-width: 1.5; stroke-linecap: round }
.advance { stroke: #8a8f98 } .record { stroke: #d9730d } .reverse { stroke: #1a5fb4 }
.level0 { stroke: #26a269; stroke-width: 1 } .level1 { stroke: #a51d9b; stroke-width: 1; stroke-dasharray: 5 3 }
</style>
<rect width="100%%" height="100%%" fill="white"/>
<text x="%g" y="30">%s</text>
<text x="%g" y="%g" text-anchor="middle">time: %d steps run or reversed</text>
<text transform="translate(30 %g) rotate(-90)" text-anchor="middle">step 0 to %d</text>
`, svgWidth, svgHeight, html.EscapeString(title), svgMargin, html.EscapeString(title),
		svgWidth/2, svgHeight-20, end, svgHeight/2, max(0, n-1))
	x := svgMargin
	for _, k := range []struct{ class, name string }{
		{"advance", "advance"},
		{"record", "record"},
		{"reverse", "reverse"},
		{"level0", "held in memory"},
		{"level1", "held on disk"},
	} {
		fmt.Fprintf(d.w, "<line class=\"%s\" x1=\"%g\" y1=\"44\" x2=\"%g\" y2=\"44\"/><text x=\"%g\" y=\"49\">%s</text>\n", k.class, x, x+20, x+25, k.name)
		x += 60 + 8*float64(len(k.name))
	}
}

// line draws from one time and step to another.
func (d *svgDrawing) line(class string, t1, s1, t2, s2 int64) {
	y := func(s int64) float64 { return svgHeight - svgMargin - float64(s)*d.step }
	fmt.Fprintf(d.w, "<line class=\"%s\" x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\"/>\n", class,
		svgMargin+float64(t1)*d.time, y(s1), svgMargin+float64(t2)*d.time, y(s2))
}

func (d *svgDrawing) do(a schedule.Action) {
	at := [2]int{int(a.Level), a.Slot}
	switch a.Kind {
	case schedule.Save:
		d.free(at) // online, another state may be replaced
		d.since[at] = [2]int64{d.now, a.From}
	case schedule.Restore:
		if a.Last {
			d.free(at)
		}
	case schedule.Advance:
		d.line("advance", d.now, a.From, d.now+a.To-a.From, a.To)
		d.now += a.To - a.From
	case schedule.Record:
		d.line("record", d.now, a.From, d.now+1, a.To)
		d.now++
	case schedule.Reverse:
		d.line("reverse", d.now, a.To, d.now+1, a.From)
		d.now++
	}
}

// free draws how long a slot was held.
func (d *svgDrawing) free(at [2]int) {
	if s, ok := d.since[at]; ok {
		d.line(fmt.Sprintf("level%d", min(1, at[0])), s[0], s[1], d.now, s[1])
		delete(d.since, at)
	}
}

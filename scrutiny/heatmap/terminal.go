package heatmap

import (
	"bufio"
	"fmt"
	"io"

	"github.com/cairn-ad/cairn/scrutiny"
)

// Terminal writes the map of m as text. With opts.Color every character shows two
// cells, one above the other, as coloured half blocks. Without it, "█" is two
// critical cells, "▀" and "▄" a critical cell whose partner belongs to no element,
// and a letter marks a pair with an uncritical element: D if one is dead, else Z.
//
// It returns an error if an option is out of range, if the mask has more than
// [MaxElements] elements, or if w fails.
func Terminal(w io.Writer, m *scrutiny.Mask, opts Options) error {
	opts, err := opts.check(m, 80, 80)
	if err != nil {
		return err
	}
	g := draw(m, opts.Width, opts.Height)
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, opts.Title)
	for y := 0; y < g.height; y += 2 {
		for x := range g.width {
			if opts.Color {
				out.WriteString(colored(g.at(x, y), g.at(x, y+1)))
			} else {
				out.WriteString(plain(g.at(x, y), g.at(x, y+1)))
			}
		}
		out.WriteByte('\n')
	}
	keys := [3]string{plain(critical, critical), plain(dead, dead), plain(zero, zero)}
	if opts.Color {
		keys = [3]string{colored(critical, critical), colored(dead, dead), colored(zero, zero)}
	}
	for c, text := range legend(m.Stats()) {
		fmt.Fprintf(out, "%s %s\n", keys[c], text)
	}
	return out.Flush()
}

// plain returns the character for an upper and a lower cell without colour.
func plain(up, low cell) string {
	switch worst := max(up, low); {
	case worst == dead:
		return "D"
	case worst == zero:
		return "Z"
	case up == critical && low == critical:
		return "█"
	case up == critical:
		return "▀"
	case low == critical:
		return "▄"
	}
	return " "
}

// ansi is the colour of a cell in the 256-colour palette of terminals.
var ansi = [...]int{critical: 25, zero: 227, dead: 166}

// colored returns the character for an upper and a lower cell in colour.
func colored(up, low cell) string {
	const reset = "\x1b[0m"
	switch {
	case up == none && low == none:
		return " "
	case low == none:
		return fmt.Sprintf("\x1b[38;5;%dm▀%s", ansi[up], reset)
	case up == none:
		return fmt.Sprintf("\x1b[38;5;%dm▄%s", ansi[low], reset)
	}
	return fmt.Sprintf("\x1b[38;5;%d;48;5;%dm▀%s", ansi[up], ansi[low], reset)
}

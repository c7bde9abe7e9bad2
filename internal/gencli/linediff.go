package gencli

import "fmt"

// context is the number of equal lines shown around a difference.
const context = 3

// lineDiff returns the lines of both texts marked " ", "-" or "+", by their longest
// common subsequence; long runs of equal lines are left out.
func lineDiff(a, b []string) []string {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var all []string
	for _, l := range a[:head] {
		all = append(all, " "+l)
	}
	all = append(all, middleDiff(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, l := range a[len(a)-tail:] {
		all = append(all, " "+l)
	}
	return hunks(all)
}

// middleDiff compares the parts that are not obviously equal. Where they are so
// long that the table would be, it shows the one after the other.
func middleDiff(a, b []string) []string {
	var out []string
	if len(a)*len(b) > 20_000_000 {
		for _, l := range a {
			out = append(out, "-"+l)
		}
		for _, l := range b {
			out = append(out, "+"+l)
		}
		return out
	}
	// common[i][j] is the length of the longest common subsequence of a[i:], b[j:].
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, " "+a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "-"+a[i])
			i++
		default:
			out = append(out, "+"+b[j])
			j++
		}
	}
	return out
}

// hunks leaves out the equal lines that are far from any difference.
func hunks(all []string) []string {
	near := make([]bool, len(all))
	for i, l := range all {
		if l[0] == ' ' {
			continue
		}
		for k := max(0, i-context); k <= min(len(all)-1, i+context); k++ {
			near[k] = true
		}
	}
	var out []string
	line, shown := 0, false // line of the old text
	for i, l := range all {
		if l[0] != '+' {
			line++
		}
		if near[i] && !shown {
			out = append(out, fmt.Sprintf("@@ line %d @@", max(line, 1)))
		}
		shown = near[i]
		if shown {
			out = append(out, l)
		}
	}
	return out
}

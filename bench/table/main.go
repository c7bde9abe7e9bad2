// Table makes the table of docs/reference/performance.md.
//
// In: on the standard input what benchstat -format csv makes of benchmarks of package bench.
// Out: a table in Markdown on the standard output.
package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

// A value is a median and its confidence interval, as benchstat writes it: "3%".
type value struct {
	median   float64
	interval string
}

// A row is a problem with its metrics by their units.
type row struct {
	name    string
	metrics map[string]value
}

func run(in io.Reader, out io.Writer) error {
	rows, err := read(in)
	if err != nil {
		return err
	}
	text := &strings.Builder{}
	text.WriteString("| problem | function | derivative, in runs of it | target | over one by hand | differences | allocations | bytes allocated | memory |\n")
	text.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	n := 0
	for _, r := range rows {
		if _, ok := r.metrics["x-primal"]; !ok {
			continue
		}
		n++
		fmt.Fprintf(text, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.name,
			r.seconds("primal-sec"), r.ratio("x-primal"), r.number("target", "≤ %.2g"), r.ratio("x-hand"),
			r.number("x-differences", "%.0f"), r.number("allocs/op", "%.0f"), r.number("B/op", "%.0f"), r.bytes("peak-B"))
	}
	if n == 0 {
		return fmt.Errorf("no benchmark of package bench is in the input")
	}
	_, err = io.WriteString(out, text.String())
	return err
}

// name splits what benchstat calls a row: the benchmark, the problem, the processors.
var name = regexp.MustCompile(`^[^/]*/(.*?)(-\d+)?$`)

// read reads the tables of benchstat, one for each unit and package.
func read(in io.Reader) ([]*row, error) {
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	var rows []*row
	known := map[string]*row{}
	pkg, unit := "", ""
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if p, ok := strings.CutPrefix(fields[0], "pkg: "); ok {
			pkg = p
		}
		if len(fields) != 3 {
			continue
		}
		if fields[0] == "" {
			unit = fields[1]
			continue
		}
		match := name.FindStringSubmatch(fields[0])
		if match == nil {
			continue
		}
		median, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			line, _ := r.FieldPos(1)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		key := pkg + " " + fields[0]
		if known[key] == nil {
			known[key] = &row{strings.ReplaceAll(match[1], "_", " "), map[string]value{}}
			rows = append(rows, known[key])
		}
		known[key].metrics[unit] = value{median, fields[2]}
	}
}

// number is a metric in the form format, "" if the row does not have it.
func (r *row) number(unit, format string) string {
	v, ok := r.metrics[unit]
	if !ok {
		return ""
	}
	return fmt.Sprintf(format, v.median)
}

// ratio is a metric and its confidence interval.
func (r *row) ratio(unit string) string {
	v, ok := r.metrics[unit]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.2f ± %s", v.median, strings.Replace(v.interval, "%", " %", 1))
}

// bytes is a size in a handy unit, "" if the row does not have it.
func (r *row) bytes(unit string) string {
	v, ok := r.metrics[unit]
	switch n := v.median; {
	case !ok:
		return ""
	case n >= 1<<20:
		return fmt.Sprintf("%.3g MiB", n/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.3g KiB", n/(1<<10))
	default:
		return fmt.Sprintf("%.0f B", n)
	}
}

// seconds is a time in a handy unit.
func (r *row) seconds(unit string) string {
	t := r.metrics[unit].median
	for _, u := range []struct {
		size float64
		name string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}} {
		if t >= u.size {
			return fmt.Sprintf("%.3g %s", t/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", t*1e9)
}

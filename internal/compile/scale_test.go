package compile_test

import (
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/progen"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// shapes are the kinds of large programs: each makes the text of a package with about the
// given number of lines.
var shapes = []struct {
	name string
	make func(lines int) string
}{
	{"straight", straight},
	{"functions", manyFunctions},
	{"loops", nestedLoops},
	{"random", func(lines int) string { return oneRandom(lines, progen.Options{NoReturns: true}) }},
	{"roots", manyRoots},
	{"operands", manyOperands},
	{"cases", manyCases},
}

const largeHead = "package user\n\nimport \"math\"\n\n//cairn:adjoint wrt=x of=return\n//cairn:tangent wrt=x of=return\n"

// straight is one function of assignments, each of which uses earlier values.
func straight(lines int) string {
	var b strings.Builder
	b.WriteString(largeHead + "func F(x []float64) float64 {\n\tv0 := x[0]\n")
	last := 0
	for i := range lines {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "\tv%d := math.Sin(v%d) + x[%d]*v%d\n", last+1, last, i%8, last/2)
			last++
		case 1:
			fmt.Fprintf(&b, "\tx[%d] = v%d * v%d\n", i%7, last, last/3)
		case 2:
			fmt.Fprintf(&b, "\tv%d *= 1 + 0.5*v%d\n", last, last)
		case 3:
			fmt.Fprintf(&b, "\tx[%d] += v%d / (2 + x[%d]*x[%[1]d])\n", i%5, last, (i+3)%8)
		}
	}
	fmt.Fprintf(&b, "\treturn v%d + x[1]\n}\n", last)
	return b.String()
}

// manyFunctions are functions of ten lines, each of which calls two others.
func manyFunctions(lines int) string {
	var b strings.Builder
	n := max(lines/12, 1)
	b.WriteString(largeHead + fmt.Sprintf("func F(x []float64) float64 { return f%d(x, 3) }\n", n-1))
	for i := range n {
		fmt.Fprintf(&b, "\nfunc f%d(x []float64, n int) float64 {\n\ts := x[0]\n\tfor i := 1; i < n; i++ {\n\t\ts = s*x[i] + math.Cos(s)\n\t\tif s > 1 {\n\t\t\tx[i] = s\n\t\t}\n\t}\n", i)
		if i > 0 {
			fmt.Fprintf(&b, "\ts += f%d(x, n) * f%d(x, n-1)\n", i-1, i/2)
		}
		b.WriteString("\treturn s * s\n}\n")
	}
	return b.String()
}

// nestedLoops is one function of loop nests, ten deep.
func nestedLoops(lines int) string {
	var b strings.Builder
	b.WriteString(largeHead + "func F(x []float64) float64 {\n\ts := x[0]\n")
	const depth = 10
	for k := range max(lines/(2*depth+2), 1) {
		for d := range depth {
			t := strings.Repeat("\t", d+1)
			fmt.Fprintf(&b, "%sfor i%d := 0; i%d < 2; i%d++ {\n", t, d, d, d)
		}
		t := strings.Repeat("\t", depth+1)
		fmt.Fprintf(&b, "%ss = s*x[(i0+%d)%%8] + 0.5\n%sx[i%d] *= s\n", t, k%8, t, k%depth)
		for d := depth - 1; d >= 0; d-- {
			b.WriteString(strings.Repeat("\t", d+1) + "}\n")
		}
	}
	b.WriteString("\treturn s * math.Exp(-s)\n}\n")
	return b.String()
}

// oneRandom is a random program with a large entry function.
func oneRandom(lines int, opts progen.Options) string {
	opts.Statements, opts.NoCallModes = lines*2/5, true
	c, err := progen.Generate(7, "F", opts)
	if err != nil {
		panic(err)
	}
	return progen.File("user", c)
}

// manyRoots are functions with directives of their own, which call one another.
func manyRoots(lines int) string {
	var b strings.Builder
	b.WriteString("package user\n")
	for i := range max(lines/9, 1) {
		fmt.Fprintf(&b, "\n//cairn:adjoint wrt=x of=return\n//cairn:tangent wrt=x of=return\nfunc F%d(x []float64) float64 {\n\ts := x[0] * x[1]\n\ts += s * s\n", i)
		if i%10 > 0 {
			fmt.Fprintf(&b, "\ts -= F%d(x)\n", i-1)
		}
		b.WriteString("\treturn s\n}\n")
	}
	return b.String()
}

// manyOperands is one expression, a line for each operand.
func manyOperands(lines int) string {
	var b strings.Builder
	b.WriteString(largeHead + "func F(x []float64) float64 {\n\treturn x[0]")
	for i := range lines {
		fmt.Fprintf(&b, " +\n\t\tx[%d]*math.Sin(%d*x[%d])", i%8, i, (i+3)%8)
	}
	b.WriteString("\n}\n")
	return b.String()
}

// manyCases is one switch, two lines for each case.
func manyCases(lines int) string {
	var b strings.Builder
	b.WriteString(largeHead + "func F(x []float64) float64 {\n\ts := 0.0\n\tfor i := range x {\n\t\tswitch i {\n")
	for i := range lines / 2 {
		fmt.Fprintf(&b, "\t\tcase %d:\n\t\t\ts += math.Exp(-s) * x[i]\n", i)
	}
	b.WriteString("\t\t}\n\t}\n\treturn s\n}\n")
	return b.String()
}

// BenchmarkCompile compiles programs of 1000 lines and more: the time for each line must
// not grow with the number of lines. The largest take minutes and are left out with -short.
// It reports the time of the processors, which says more on a busy machine than that of the
// clock, and the most memory that the Go runtime held.
func BenchmarkCompile(b *testing.B) {
	for _, s := range shapes {
		for _, lines := range []int{1000, 10000, 100000} {
			b.Run(fmt.Sprintf("%s/%d", s.name, lines), func(b *testing.B) {
				if lines > 10000 && testing.Short() {
					b.Skip("takes long")
				}
				if lines > 10000 && (s.name == "operands" || s.name == "cases") {
					b.Skip("the parser of Go takes no expressions and chains of branches that deep")
				}
				text := s.make(lines)
				dir := testutil.Module(b, map[string]string{"a.go": text})
				n := strings.Count(text, "\n")
				debug.FreeOSMemory()
				peak := peakMemory()
				cpu := cpuTime()
				for b.Loop() {
					if _, err := compile.Packages(dir, []string{"."}, compile.Options{}); err != nil {
						b.Fatal(err)
					}
				}
				cpu = cpuTime() - cpu
				b.ReportMetric(float64(cpu.Microseconds())/float64(b.N)/float64(n), "cpu-µs/line")
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/line")
				b.ReportMetric(float64(peak()>>20), "MiB")
				b.ReportMetric(float64(n), "lines")
			})
		}
	}
}

// peakMemory starts to watch the memory of the process; the function that it returns ends
// that and gives the most that was seen, in bytes.
func peakMemory() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		most := uint64(0)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(held)
			most = max(most, held[0].Value.Uint64()-held[1].Value.Uint64())
			select {
			case <-tick.C:
			case <-stop:
				done <- most
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-done
	}
}

package suite

import (
	"flag"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

var (
	classFlag   = flag.String("class", "W", "class of the speed benchmarks")
	kernelsFlag = flag.String("kernels", "", "kernels of the speed benchmarks, with commas; all if empty")
	roundsFlag  = flag.Int("rounds", 5, "rounds of the speed benchmarks, of which the fastest counts")
)

// plainC is the time of the official timed section of plain serial C, in seconds of processor
// time, by gcc 12 -O3 -march=native on a machine where EP class S takes epPlainC.
var plainC = map[string]map[common.Class]float64{
	"bt": {"S": .0285, "W": .96, "A": 25.2},
	"cg": {"S": .0184, "W": .133, "A": .53},
	"ep": {"S": .87, "W": 1.73, "A": 14.0},
	"ft": {"S": .033, "W": .071, "A": 1.54},
	"is": {"S": .00097, "W": .020, "A": .47},
	"lu": {"S": .0097, "W": 1.78, "A": 13.9},
	"mg": {"S": .00067, "W": .056, "A": .80},
	"sp": {"S": .0086, "W": 1.60, "A": 9.8},
}

const (
	epPlainC = .87
	epGoToC  = 1.15 // Go's time over C's for npbtest.EPByHalves
)

// selected are the kernels and the class that the flags name.
func selected(b *testing.B) ([]Kernel, common.Class) {
	b.Helper()
	var kernels []Kernel
	for _, k := range Kernels() {
		if *kernelsFlag == "" || strings.Contains(","+*kernelsFlag+",", ","+k.Name+",") {
			kernels = append(kernels, k)
		}
	}
	if *kernelsFlag != "" && len(kernels) != strings.Count(*kernelsFlag, ",")+1 {
		b.Fatalf("-kernels=%s: a kernel is unknown", *kernelsFlag)
	}
	class := common.Class(*classFlag)
	for _, k := range kernels {
		if _, err := common.ParseClass(*classFlag, k.Classes()); err != nil {
			b.Fatal(err)
		}
	}
	return kernels, class
}

// A timing is what one run took, in seconds.
type timing struct {
	wall float64 // the official timed section
	// cpu is an estimate of the processor time of the timed section: its wall time times the
	// share of a processor that the whole run had. On a machine that others use it is much
	// steadier than wall.
	cpu float64
}

// least is the fastest of the timings, by each clock for itself.
func (t timing) least(u timing) timing {
	return timing{math.Min(t.wall, u.wall), math.Min(t.cpu, u.cpu)}
}

var never = timing{math.Inf(1), math.Inf(1)}

// measure calls run, which returns the wall time of the part that counts, for at least half a
// second, because processor time is counted in ticks. It returns the least wall time and the
// mean processor time.
func measure(run func() float64) timing {
	t := never
	sum, n := 0.0, 0.0
	cpu, start := processTime(), time.Now()
	for n == 0 || time.Since(start) < time.Second/2 {
		seconds := run()
		t.wall = math.Min(t.wall, seconds)
		sum += seconds
		n++
	}
	whole := time.Since(start).Seconds()
	t.cpu = t.wall
	if cpu = processTime() - cpu; cpu > 0 {
		t.cpu = sum / n * cpu.Seconds() / whole
	}
	return t
}

// timed measures a kernel.
func timed(b *testing.B, k Kernel, class common.Class) timing {
	b.Helper()
	return measure(func() float64 {
		r := k.Run(class)
		if !r.Verified {
			b.Fatalf("%s class %s is not verified", k.Name, class)
		}
		return r.Seconds
	})
}

// calibrate times the arithmetic by which machines are compared.
func calibrate(b *testing.B) timing {
	b.Helper()
	return measure(func() float64 {
		start := time.Now()
		if sx, _ := npbtest.EPByHalves(); !common.Verify(sx, -3247.83465203474, 1e-8) {
			b.Fatalf("the sum %v differs from the official class S", sx)
		}
		return time.Since(start).Seconds()
	})
}

// BenchmarkAgainstC compares serial runs with plain C: with a yardstick where there is one, else
// with the time that is estimated from the one that [npbtest.EPByHalves] takes here. Rounds of all
// kernels are interleaved with calibrations and yardsticks; the fastest of each counts, in
// processor time. The metric C-ratio is the time over that of C, and C-measured is 1 with a
// yardstick.
func BenchmarkAgainstC(b *testing.B) {
	kernels, class := selected(b)
	calibration := never
	best := make([]timing, len(kernels))
	inC := make([]float64, len(kernels))
	yardsticks := make([]*yardstick, len(kernels))
	for i, k := range kernels {
		best[i], inC[i] = never, math.Inf(1)
		yardsticks[i] = yardstickOf(b, k.Name, class)
	}
	for range *roundsFlag {
		for i, k := range kernels {
			calibration = calibration.least(calibrate(b))
			best[i] = best[i].least(timed(b, k, class))
			if yardsticks[i] != nil {
				inC[i] = min(inC[i], yardsticks[i].seconds(b))
			}
		}
		calibration = calibration.least(calibrate(b))
	}
	b.Logf("EP class S by halves: %.3f s", calibration.cpu)
	for i, k := range kernels {
		b.Run(k.Name+"/"+string(class), func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(best[i].cpu, "s")
			here := inC[i]
			c, known := plainC[k.Name][class]
			switch {
			case yardsticks[i] != nil:
				b.ReportMetric(1, "C-measured")
			case known:
				here = c / epPlainC * calibration.cpu / epGoToC
			default:
				return
			}
			b.ReportMetric(here, "C-s")
			b.ReportMetric(best[i].cpu/here, "C-ratio")
		})
	}
}

// BenchmarkProcs compares one goroutine with two. Runs with either are interleaved and the
// fastest of each counts, in wall time, so the machine should have nothing else to do. The
// metric speedup is the time of one over that of two.
func BenchmarkProcs(b *testing.B) {
	kernels, class := selected(b)
	defer common.SetProcs(common.SetProcs(1))
	for _, k := range kernels {
		b.Run(k.Name+"/"+string(class), func(b *testing.B) {
			one, two := never, never
			for range *roundsFlag {
				common.SetProcs(1)
				one = one.least(timed(b, k, class))
				common.SetProcs(2)
				two = two.least(timed(b, k, class))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(one.wall, "s-1")
			b.ReportMetric(two.wall, "s-2")
			b.ReportMetric(one.wall/two.wall, "speedup")
		})
	}
}

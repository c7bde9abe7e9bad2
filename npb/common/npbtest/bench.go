package npbtest

import (
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
)

// BenchmarkRun times the official timed section of each class. Its metric is the official rate;
// ns/op includes the set-up and the warm-up.
func BenchmarkRun(b *testing.B, classes []common.Class, run func(class common.Class) common.Result) {
	b.Helper()
	for _, class := range classes {
		b.Run(string(class), func(b *testing.B) {
			seconds, operations := 0.0, 0.0
			for b.Loop() {
				r := run(class)
				if !r.Verified {
					b.Fatalf("class %s is not verified: %v", class, r.Values)
				}
				seconds += r.Seconds
				operations += r.Mops * r.Seconds
			}
			b.ReportMetric(operations/seconds, "Mop/s")
			b.ReportMetric(seconds/float64(b.N), "timed-s/op")
		})
	}
}

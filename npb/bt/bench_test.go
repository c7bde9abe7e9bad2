package bt

import "testing"

// BenchmarkRun times the official timed section of each class. Its metric is the official rate;
// ns/op includes the set-up and the warm-up.
func BenchmarkRun(b *testing.B) {
	for _, class := range Classes() {
		b.Run(string(class), func(b *testing.B) {
			seconds := 0.0
			rate := 0.0
			for b.Loop() {
				r := Run(class)
				if !r.Verified {
					b.Fatalf("class %s: norms %v are not verified", class, r.Norms)
				}
				seconds += r.Seconds
				rate += r.Mops * r.Seconds
			}
			b.ReportMetric(rate/seconds, "Mop/s")
			b.ReportMetric(seconds/float64(b.N), "timed-s/op")
		})
	}
}

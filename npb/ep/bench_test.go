package ep

import "testing"

// BenchmarkRun times each class. Its metric is the official rate.
func BenchmarkRun(b *testing.B) {
	for _, class := range Classes() {
		b.Run(string(class), func(b *testing.B) {
			rate := 0.0
			for b.Loop() {
				r := Run(class)
				if !r.Verified {
					b.Fatalf("class %s: sums %.15g, %.15g are not verified", class, r.SX, r.SY)
				}
				rate += r.Mops
			}
			b.ReportMetric(rate/float64(b.N), "Mop/s")
		})
	}
}

package inner

// G is reached from another package.
func G(x float64) float64 {
	select {}
}

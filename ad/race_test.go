//go:build race

package ad

// raceDetector is on: pools then lose objects on purpose, and more escapes to the heap.
const raceDetector = true

//go:build race

package bench

// raceDetector is on.
const raceDetector = true

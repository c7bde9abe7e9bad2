package ckpt

import (
	"os"
	"testing"
)

// faultCount is how often a test of random faults is repeated: few in every run of the
// tests, full with CAIRN_FAULTS=full, as make faults sets it.
func faultCount(few, full int) int {
	switch {
	case os.Getenv("CAIRN_FAULTS") == "full":
		return full
	case testing.Short():
		return (few + 9) / 10
	}
	return few
}

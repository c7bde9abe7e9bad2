package common

import "math"

// Verify says whether value agrees with reference to the relative tolerance:
// |value − reference| <= tolerance·|reference|. NaN never agrees.
func Verify(value, reference, tolerance float64) bool {
	return math.Abs(value-reference) <= tolerance*math.Abs(reference)
}

// Mops is the rate in millions of operations per second of a run that did operations in
// seconds; 0 when no time was measured.
func Mops(operations, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return operations / seconds / 1e6
}

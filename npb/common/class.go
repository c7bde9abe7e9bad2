package common

import (
	"fmt"
	"slices"
	"strings"
)

// Class names a problem size of the suite: S (sample), W (workstation), then A, B, C, …, each
// several times larger than the one before.
type Class string

// The classes of NPB that this module gives parameters for. A kernel lists its own.
const (
	ClassS Class = "S"
	ClassW Class = "W"
	ClassA Class = "A"
	ClassB Class = "B"
)

// ParseClass reads the name of a class, in either case, and requires it to be one of known,
// the classes that a kernel defines. The error names those.
func ParseClass(name string, known []Class) (Class, error) {
	class := Class(strings.ToUpper(strings.TrimSpace(name)))
	if slices.Contains(known, class) {
		return class, nil
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return "", fmt.Errorf("npb: unknown class %q: choose one of %s", name, strings.Join(names, ", "))
}

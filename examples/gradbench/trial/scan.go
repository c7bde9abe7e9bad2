package trial

import (
	"bufio"
	"fmt"
	"os"
	"testing"
)

// Scan opens a file of the test's directory testdata and returns a function that reads its
// next values, divided by white space, into those pointed to. What is missing or of
// another type ends the test.
func Scan(tb testing.TB, name string) func(values ...any) {
	tb.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { file.Close() })
	in := bufio.NewReader(file)
	return func(values ...any) {
		tb.Helper()
		if _, err := fmt.Fscan(in, values...); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
	}
}

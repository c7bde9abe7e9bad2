// Package npbtest is for the tests of the kernels: it says which problem classes a test runs,
// so that every kernel spends the same part of its time on the small ones, and times their runs.
//
// In: the classes that a kernel defines, the flag -short and the environment variable
// CAIRN_NPB. Out: the classes of this run of the tests.
package npbtest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
)

// Variable is the environment variable with the larger classes that tests run, as in
// CAIRN_NPB=A or CAIRN_NPB=A,B.
const Variable = "CAIRN_NPB"

// Classes returns those of classes that a test runs, in the same order: S always, W unless
// -short is set, any other only if [Variable] names it. A name in the variable that is not
// among classes fails the test: nothing would run in its place.
func Classes(t testing.TB, classes []common.Class) []common.Class {
	t.Helper()
	named := map[common.Class]bool{}
	if list := os.Getenv(Variable); list != "" {
		for name := range strings.SplitSeq(list, ",") {
			class, err := common.ParseClass(name, classes)
			if err != nil {
				t.Fatalf("%s=%s: %v", Variable, list, err)
			}
			named[class] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(classes), func(class common.Class) bool {
		switch class {
		case common.ClassS:
			return false
		case common.ClassW:
			return testing.Short()
		}
		return !named[class]
	})
}

package npbtest

import (
	"runtime"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
)

var known = []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}

func TestClasses(t *testing.T) {
	for _, c := range []struct {
		variable string
		larger   []common.Class
	}{
		{"", nil},
		{"A", []common.Class{common.ClassA}},
		{"b", []common.Class{common.ClassB}},
		{"B, A", []common.Class{common.ClassA, common.ClassB}},
		{"S", nil},
	} {
		t.Setenv(Variable, c.variable)
		want := []common.Class{common.ClassS}
		if !testing.Short() {
			want = append(want, common.ClassW)
		}
		want = append(want, c.larger...)
		if got := Classes(t, known); !slices.Equal(got, want) {
			t.Errorf("%s=%s: classes %v, want %v", Variable, c.variable, got, want)
		}
	}
	if len(known) != 4 || known[1] != common.ClassW {
		t.Errorf("the argument has changed to %v", known)
	}
}

// failing is a test that notes its failure.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(string, ...any) {
	f.failed = true
	runtime.Goexit()
}

func TestUnknownNames(t *testing.T) {
	for _, variable := range []string{"X", "A,X", "A,", ",", "AB"} {
		t.Setenv(Variable, variable)
		f := &failing{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			Classes(f, known)
		}()
		<-done
		if !f.failed {
			t.Errorf("%s=%s is accepted", Variable, variable)
		}
	}
}

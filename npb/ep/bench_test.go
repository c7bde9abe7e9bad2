package ep

import (
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

// BenchmarkRun times the official timed section of each class.
func BenchmarkRun(b *testing.B) {
	npbtest.BenchmarkRun(b, Classes(), func(class common.Class) common.Result { return Run(class).Report() })
}

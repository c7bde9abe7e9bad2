package standard

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"SlicesMax", SlicesMax, SlicesMaxAdjoint, SlicesMaxTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Reverse", Reverse, ReverseAdjoint, ReverseTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Search", Search, SearchAdjoint, SearchTangent, []float64{0.3, 2}},
		{"SearchFunc", SearchFunc, SearchFuncAdjoint, SearchFuncTangent, []float64{0.3, 0.5, 1.2, 1.4}},
		{"Compare", Compare, CompareAdjoint, CompareTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Index", Index, IndexAdjoint, IndexTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Sort", Sort, SortAdjoint, SortTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Contains", Contains, ContainsAdjoint, ContainsTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
	} {
		t.Run(c.Name, c.Test)
	}
}

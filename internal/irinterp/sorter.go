package irinterp

import (
	"go/types"

	"github.com/cairn-ad/cairn/ad"
)

// sorters make the sorters of package ad, by the names of the functions.
// Rank functions must give what the function of the library gives, which Order functions run.
var sorters = map[string]func(n int) *ad.Sorter{
	"OrderSlice":       ad.OrderSlice,
	"RankSlice":        ad.OrderSlice,
	"OrderSliceStable": ad.OrderSliceStable,
	"RankSliceStable":  ad.OrderSliceStable,
	"OrderSort":        ad.OrderSort,
	"RankSort":         ad.OrderSort,
	"OrderStable":      ad.OrderStable,
	"RankStable":       ad.OrderStable,
	"OrderFunc":        ad.OrderFunc,
	"RankFunc":         ad.OrderFunc,
	"OrderStableFunc":  ad.OrderStableFunc,
	"RankStableFunc":   ad.OrderStableFunc,
	"SwapSort":         ad.SwapSort,
	"SwapStable":       ad.SwapStable,
}

// sorter runs f if it is a function or method of package ad that sorts. What comes first is
// left to the standard library in generated code as it is here; what is done about it is
// part of the program.
func sorter(f *types.Func, args []Value) (results []Value, ok bool) {
	if f.Pkg() == nil || f.Pkg().Path() != "github.com/cairn-ad/cairn/ad" {
		return nil, false
	}
	if f.Name() == "Ascending" {
		var x []float64
		for _, v := range args[0].elems {
			x = append(x, v.Float())
		}
		return []Value{indices(ad.Ascending(x))}, true
	}
	if f.Signature().Recv() == nil {
		starts := sorters[f.Name()]
		if starts == nil {
			return nil, false
		}
		return []Value{{kind: Closure, ref: starts(int(args[0].bits))}}, true
	}
	s, ok := args[0].ref.(*ad.Sorter)
	if !ok {
		return nil, false
	}
	switch f.Name() {
	case "Compare":
		i, j, more := s.Compare(args[1].Bool())
		return []Value{Int64(int64(i)), Int64(int64(j)), BoolOf(more)}, true
	case "Step":
		step, i, j := s.Step(args[1].Bool())
		return []Value{Int64(int64(step)), Int64(int64(i)), Int64(int64(j))}, true
	case "Order":
		return []Value{indices(s.Order())}, true
	}
	return nil, false
}

func indices(p []int) Value {
	out := Value{kind: Slice, elems: []Value{}}
	for _, i := range p {
		out.elems = append(out.elems, Int64(int64(i)))
	}
	return out
}

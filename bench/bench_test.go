package bench

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ad"
)

// TestMeasure: the parts run in turn, the metrics are those of the parts that are there, and
// memory is that of the derivative alone.
func TestMeasure(t *testing.T) {
	var order strings.Builder
	part := func(letter string) func() {
		return func() {
			if !strings.HasSuffix(order.String(), letter) {
				order.WriteString(letter)
			}
			time.Sleep(100 * time.Microsecond)
		}
	}
	var made []byte
	derivative := part("d")
	p := Problem{
		Primal: part("p"),
		Derivative: func() {
			derivative()
			made = make([]byte, 1<<12)
			st := ad.NewStack()
			ad.Make[[]float64](st, 64)
			st.Release()
		},
		Prepare: func() { made = make([]byte, 1<<20) },
	}
	rounds := 0
	more := func() bool { rounds++; return rounds%4 != 0 }
	got := p.measure(more)
	if s := order.String(); !strings.HasSuffix(s, "dpdpdp") {
		t.Errorf("the parts ran in the order %s", s)
	}
	if b := got["B/op"]; b < 1<<12 || b > 1<<16 || got["allocs/op"] < 1 || len(made) == 0 {
		t.Errorf("a slice of 4096 bytes counts as %v bytes in %v allocations", b, got["allocs/op"])
	}
	if got["peak-B"] != 512 {
		t.Errorf("64 floats on the stack are %v bytes", got["peak-B"])
	}
	if _, there := got["x-hand"]; there || len(got) != 6 {
		t.Errorf("two parts have the metrics %v", got)
	}
	p.Hand, p.Column, p.Columns, p.Target = part("h"), part("c"), 10, 7
	got = p.measure(more)
	if s := order.String(); !strings.HasSuffix(s, "dphcdphcdphc") {
		t.Errorf("the parts ran in the order %s", s)
	}
	if _, there := got["x-hand"]; !there || len(got) != 9 || got["target"] != 7 {
		t.Errorf("four parts have the metrics %v", got)
	}
}

func TestMedian(t *testing.T) {
	for want, x := range map[float64][]float64{3: {3}, 1.5: {2, 1}, 2: {9, 1, 2}, math.Inf(1): {math.Inf(1), 1, math.Inf(1)}} {
		if got := median(x); got != want {
			t.Errorf("the median of %v is %v, want %v", x, got, want)
		}
	}
}

package maps_test

import (
	"maps"
	"testing"

	instead "github.com/cairn-ad/cairn/internal/load/instead/maps"
)

func TestClone(t *testing.T) {
	type table map[string]int
	m := table{"a": 1, "b": 2}
	c := instead.Clone(m)
	if !maps.Equal(m, c) {
		t.Errorf("the clone of %v is %v", m, c)
	}
	c["a"] = 3
	if m["a"] != 1 {
		t.Error("the clone is the map")
	}
	if instead.Clone(table(nil)) != nil {
		t.Error("nil becomes another map")
	}
	if instead.Clone(table{}) == nil {
		t.Error("an empty map becomes nil")
	}
}

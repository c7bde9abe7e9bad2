package runner

import (
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

type class string

type level int8

type params struct {
	N    int
	Tags []string
}

type hidden struct{ n int }

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want any
	}{
		{"S", class("S")},
		{"a b", "a b"},
		{`"a,\t b"`, "a,\t b"},
		{"`raw\\n`", "raw\\n"},
		{"", ""},
		{"true", true},
		{"-12", level(-12)},
		{"0x10", 16},
		{"1_000", int64(1000)},
		{"255", uint8(255)},
		{"1e-3", 1e-3},
		{"0.5", float32(0.5)},
		{"1+2i", complex(1, 2)},
		{"1.5s", 1500 * time.Millisecond},
		{"[1,2]", []float64{1, 2}},
		{"[[1],[2,3]]", [][]int{{1}, {2, 3}}},
		{"[1,2,3]", [3]int{1, 2, 3}},
		{`{"N":3,"Tags":["x"]}`, params{3, []string{"x"}}},
		{`{"N":3}`, &params{N: 3}},
		{`{"a":1}`, map[string]int{"a": 1}},
		{"12345678901234567890123", func() big.Int { n, _ := new(big.Int).SetString("12345678901234567890123", 10); return *n }()},
	} {
		got, err := Parse(c.text, reflect.TypeOf(c.want))
		if err != nil || !reflect.DeepEqual(got.Interface(), c.want) {
			t.Errorf("Parse(%q, %T) = %v, %v; want %v", c.text, c.want, got, err, c.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		as   any
		want string
	}{
		{"x", 0, "invalid syntax; write an integer"},
		{"300", uint8(0), "out of range"},
		{"-1", uint(0), "not negative"},
		{"1e999", 0.0, "out of range"},
		{"ja", false, "write true or false"},
		{"3 apples", time.Second, "write a duration"},
		{"i", complex64(0), "write a complex number"},
		{`"open`, "", "not well formed"},
		{"1,2", []int{}, "write a list such as [1, 2]"},
		{"[1] [2]", []int{}, "more after"},
		{"[1]", [2]int{}, "1 elements; write 2"},
		{`{"M":3}`, params{}, "unknown field"},
		{`{"n":3}`, hidden{n: 1}, "only exported fields"},
		{"1", make(chan int), "cannot be written on a command line"},
		{"1", func() {}, "cannot be written on a command line"},
		{"x", big.Int{}, "unmarshal"},
	} {
		if got, err := Parse(c.text, reflect.TypeOf(c.as)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%q, %T) = %v, %v; want %s", c.text, c.as, got, err, c.want)
		}
	}
}

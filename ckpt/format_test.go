package ckpt

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// The bytes are those of the package documentation, put together here by hand.
func TestFormatToTheByte(t *testing.T) {
	s := store.NewMem()
	r := open(t, s, quiet)
	u := []float64{1, 2, 3}
	rows := [][]uint16{{0x0102}, nil}
	word := "go"
	n, on, z := -2, true, complex64(complex(1, -1))
	mask, err := scrutiny.Parse("u", "[]float64", []int{3}, "1C1D1C")
	if err != nil {
		t.Fatal(err)
	}
	protect(t, r, "u", &u, Masked(mask))
	protect(t, r, "rows", &rows)
	protect(t, r, "word", &word)
	protect(t, r, "n", &n)
	protect(t, r, "on", &on)
	protect(t, r, "z", &z)
	save(t, r, 12)
	got := get1(t, s, "run-00000001-step-12.ckpt")

	text := got[preambleLen:][:le.Uint32(got[12:])]
	var h struct{ Seq, Step, Time, Variables any }
	if err := json.Unmarshal(text, &h); err != nil {
		t.Fatal(err)
	}
	stamp, err := json.Marshal(h.Time)
	if err != nil {
		t.Fatal(err)
	}
	header := `{"seq":1,"step":12,"time":` + string(stamp) + `,"variables":[` +
		`{"name":"u","type":"[]float64","shape":[3],"elements":3,"order":"little","mask_bytes":6,"layout_bytes":8,"payload_bytes":16},` +
		`{"name":"rows","type":"[][]uint16","shape":null,"elements":1,"order":"little","mask_bytes":0,"layout_bytes":24,"payload_bytes":2},` +
		`{"name":"word","type":"string","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":10},` +
		`{"name":"n","type":"int","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":8},` +
		`{"name":"on","type":"bool","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":1},` +
		`{"name":"z","type":"complex64","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":8}]}`
	want := seal(1, []byte(header),
		[]byte("1C1D1C\x03\x00\x00\x00\x00\x00\x00\x00"+"\x00\x00\x00\x00\x00\x00\xf0\x3f"+"\x00\x00\x00\x00\x00\x00\x08\x40"),
		[]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"+"\x02\x01"),
		[]byte("\x02\x00\x00\x00\x00\x00\x00\x00go"),
		[]byte("\xfe\xff\xff\xff\xff\xff\xff\xff"),
		[]byte{1},
		[]byte("\x00\x00\x80\x3f\x00\x00\x80\xbf"))
	if !bytes.Equal(got, want) {
		t.Fatalf("saved\n%q\nwant\n%q", got, want)
	}
}

package ckpt

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/store"
)

// A struct whose fields have got other names is restored under its old type.
func TestAs(t *testing.T) {
	s := store.NewMem()
	old := []struct {
		A int
		B [2]string
	}{{1, [2]string{"x", "y"}}}
	r := open(t, s, quiet)
	protect(t, r, "v", &old)
	save(t, r, 5)
	var renamed []struct {
		Count int
		Names [2]string
	}
	r = open(t, s, quiet)
	protect(t, r, "v", &renamed, As("[]struct{A int; B [2]string}"))
	if step, ok, err := r.Restore(context.Background()); err != nil || !ok || step != 5 || renamed[0].Names != old[0].B {
		t.Errorf("step %d, %v, %v: %v", step, ok, err, renamed)
	}
	for text, want := range map[string]string{
		"[]struct{A int; B [3]string}":   "more than other names",
		"[]struct{A int}":                "more than other names",
		"[]struct{A int64; B [2]string}": "more than other names",
		"[1]struct{A int; B [2]string}":  "more than other names",
		"[]":                             "cannot be read",
	} {
		if err := open(t, s, quiet).Protect("v", &renamed, As(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("as %s: %v", text, err)
		}
	}
	if err := open(t, s, quiet).Protect("v", new(time.Time), As("struct{binary:math/big.Int string}")); err == nil {
		t.Error("a time is taken for a number")
	}
}

package s3_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// loop runs to step n, or stops at step stop, and returns its result.
func loop(t *testing.T, url string, n, stop int) float64 {
	t.Helper()
	run, err := ckpt.Open(url, ckpt.Options{Every: 3, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	u := make([]float64, 1000)
	run.Protect("u", &u)
	for s := range run.Steps(t.Context(), n) {
		if s == stop {
			break
		}
		for i := range u {
			u[i] = u[i]*0.99 + float64(i^s)
		}
	}
	if err := errors.Join(run.Err(), run.Drain(t.Context())); err != nil {
		t.Fatal(err)
	}
	return u[7] + u[999]
}

// A run goes on from a bucket, alone and as the slow level behind a directory that is lost.
func TestRunInABucket(t *testing.T) {
	endpoint, _ := gateway(t)
	client := newClient(endpoint, nil)
	want := loop(t, "mem:", 30, -1)
	bucket := func() string { return fmt.Sprintf("s3://%s/runs?endpoint=%s", makeBucket(t, client), endpoint) }

	alone := bucket()
	loop(t, alone, 30, 17)
	if got := loop(t, alone, 30, -1); got != want {
		t.Errorf("resumed from a bucket the result is %v, want %v", got, want)
	}

	behind := bucket()
	loop(t, fmt.Sprintf("tiers:mem:,file:%s,%s;keep=9", t.TempDir(), behind), 30, 17)
	s, err := store.OpenExisting(behind)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ckpt.Find(t.Context(), s)
	if err != nil || len(list) == 0 || list[0].Step != 15 {
		t.Fatalf("the bucket has %v, %v", list, err)
	}
	if got := loop(t, fmt.Sprintf("tiers:mem:,file:%s,%s;keep=9", t.TempDir(), behind), 30, -1); got != want {
		t.Errorf("resumed from the slow level the result is %v, want %v", got, want)
	}
}

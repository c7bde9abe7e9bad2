package s3_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
)

// Variables of the environment of a child.
const (
	lifeURL  = "CAIRN_S3_LIFE_URL"
	lifeFull = "CAIRN_S3_LIFE_FULL_EVERY"
)

// TestLife is a life of a run in a bucket, in a child that is to be killed.
func TestLife(t *testing.T) {
	url := os.Getenv(lifeURL)
	if url == "" {
		t.Skip("it is a part of TestKilledInABucket")
	}
	full := 0
	fmt.Sscan(os.Getenv(lifeFull), &full)
	fmt.Println("result", life(t, url, ckpt.Options{Every: 2, FullEvery: full, Tries: -1}))
}

// life runs a loop whose result depends on every bit of its state.
func life(t *testing.T, url string, o ckpt.Options) string {
	o.Logger = slog.New(slog.DiscardHandler)
	run, err := ckpt.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	u := make([]float64, 40_000)
	for i := range u {
		u[i] = 0.1 + 0.8*float64(i)/float64(len(u))
	}
	source := rand.NewPCG(3, 4)
	rng := rand.New(source)
	run.Protect("u", &u)
	run.Protect("rng", source)
	for range run.Steps(t.Context(), 60) {
		time.Sleep(time.Millisecond)
		at := rng.IntN(len(u) / 10)
		for i := range u[at : at+len(u)/10] {
			u[i] = 3.9 * u[i] * (1 - u[i])
		}
	}
	if err := run.Err(); err != nil {
		t.Fatal(err)
	}
	sum := uint64(0)
	for _, x := range u {
		sum = sum*31 + math.Float64bits(x)
	}
	return fmt.Sprintf("%016x", sum)
}

// manifests returns the name of the newest checkpoint in the directory of a bucket.
func manifests(dir string) (newest string) {
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".ckpt") {
			newest = max(newest, d.Name())
		}
		return nil // what was removed meanwhile does not matter
	})
	return newest
}

// Children that save to a bucket, or to a directory before it, are killed with SIGKILL at random
// points and started again, at once. Their result is that of an uninterrupted run.
func TestKilledInABucket(t *testing.T) {
	endpoint, root := gateway(t)
	client := newClient(endpoint, nil)
	want := "result " + life(t, "mem:", ckpt.Options{Every: 2})
	kills := 12
	switch {
	case os.Getenv("CAIRN_FAULTS") == "full":
		kills = 600
	case testing.Short():
		kills = 3
	}
	rng := rand.New(rand.NewPCG(rand.Uint64(), 0))
	done := 0
	for round := 0; done < kills; round++ {
		bucket := makeBucket(t, client)
		dir := filepath.Join(root, bucket)
		url := fmt.Sprintf("s3://%s/runs?endpoint=%s", bucket, endpoint)
		full := "0"
		switch round % 3 {
		case 1:
			full = "3"
		case 2:
			url = fmt.Sprintf("tiers:file:%s;keep=2,%s;keep=9", t.TempDir(), url)
		}
		for ended := false; !ended; {
			before := manifests(dir)
			cmd := exec.Command(os.Args[0], "-test.run=^TestLife$", "-test.v")
			cmd.Env = append(os.Environ(), lifeURL+"="+url, lifeFull+"="+full)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			over := make(chan error, 1)
			go func() { over <- cmd.Wait() }()
			kill := done < kills && rng.IntN(8) > 0
			if kill {
				for start := time.Now(); manifests(dir) == before && len(over) == 0 && time.Since(start) < time.Minute; {
					time.Sleep(time.Millisecond)
				}
				time.Sleep(time.Duration(rng.IntN(20e6)))
				_ = cmd.Process.Kill() // it may have ended meanwhile
			}
			err := <-over
			switch {
			case err == nil && !strings.Contains(out.String(), want+"\n"):
				t.Fatalf("after %d kills: %s\nwant %s", done, out.String(), want)
			case err == nil:
				ended = true
			case cmd.ProcessState.ExitCode() >= 0:
				t.Fatalf("the child failed: %v: %s", err, out.String())
			default:
				done++
			}
		}
	}
	t.Logf("%d kills", done)
}

package ad

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

var kills = flag.Int("kills", 10, "processes that are killed in the middle of a loop")

const killEnv = "AD_TEST_CHILD_DIR"

// TestMain is the process that is killed, if its directory is given.
func TestMain(m *testing.M) {
	scheme, dir, ok := strings.Cut(os.Getenv(killEnv), "=")
	if !ok {
		os.Exit(m.Run())
	}
	journalEvery = 2 * time.Millisecond
	fmt.Print(storm(stormStart, 80, 75, killPlans(dir)[scheme], rand.New(constantSource{}), func() { time.Sleep(50 * time.Microsecond) }))
}

func killPlans(dir string) map[string]Plan {
	return map[string]Plan{
		"binomial":   {Scheme: "binomial", Snaps: 6, Storage: "file:" + dir, Resume: "kill"},
		"multistage": {Scheme: "multistage", Snaps: 3, Disk: 4, Storage: "doubling+file:" + dir, Resume: "kill"},
		"levels":     {Scheme: "hrevolve", Levels: "2:0:0,3:2:2,-1:8:8", Storage: "ram;file:" + dir + ";doubling+file:" + dir, Resume: "kill"},
	}
}

// Processes are killed at random points, and others go on.
func TestKilledProcesses(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for scheme := range killPlans("") {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
			want := storm(stormStart, 80, 75, Plan{Scheme: "store"}, rand.New(constantSource{}), func() {})
			dir := t.TempDir()
			longest := 20 * time.Millisecond
			killed, ended := 0, 0
			for killed < *kills {
				cmd := exec.Command(exe)
				cmd.Env = append(os.Environ(), killEnv+"="+scheme+"="+dir)
				var out strings.Builder
				cmd.Stdout, cmd.Stderr = &out, &out
				begin := time.Now()
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				timer := time.AfterFunc(time.Duration(rng.Int64N(int64(longest))), func() { cmd.Process.Kill() })
				err := cmd.Wait()
				timer.Stop()
				switch {
				case err == nil && out.String() != want:
					t.Fatalf("after %d kills: %s want %s", killed, out.String(), want)
				case err == nil:
					ended++
					longest = max(time.Since(begin), 10*time.Millisecond)
					nothingIn(t, dir)
				case cmd.ProcessState.ExitCode() >= 0:
					t.Fatalf("the process failed: %v: %s", err, out.String())
				default:
					killed++
					if killed%5 == 0 {
						longest += 10 * time.Millisecond
					}
				}
			}
			cmd := exec.Command(exe)
			cmd.Env = append(os.Environ(), killEnv+"="+scheme+"="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != want {
				t.Fatalf("after all kills: %v: %s want %s", err, out, want)
			}
			t.Logf("%d killed, %d ended", killed, ended+1)
			nothingIn(t, dir)
		})
	}
}

package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// writerEnv names the store of a child of TestUnlock, which saves once and then when it is told.
const writerEnv = "CLI_TEST_WRITER_URL"

func TestUnlockWriter(t *testing.T) {
	url := os.Getenv(writerEnv)
	if url == "" {
		t.Skip("it is a part of TestUnlock")
	}
	run, err := ckpt.Open(url, ckpt.Options{Name: "wave", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	step := 0
	run.Protect("step", &step)
	for {
		step++
		fmt.Println("saved", step, run.Save(context.Background(), step))
		if _, err := fmt.Scanln(); err != nil {
			return
		}
	}
}

// writer is a process that holds the run wave.
type writer struct {
	t   *testing.T
	cmd *exec.Cmd
	in  interface{ Write([]byte) (int, error) }
	out interface{ Read([]byte) (int, error) }
}

func startWriter(t *testing.T, url string) *writer {
	t.Helper()
	w := &writer{t: t, cmd: exec.Command(os.Args[0], "-test.run=^TestUnlockWriter$")}
	w.cmd.Env = append(os.Environ(), writerEnv+"="+url)
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if w.out, err = w.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.kill)
	w.want("saved 1 <nil>")
	return w
}

// want reads what the writer says.
func (w *writer) want(text string) {
	w.t.Helper()
	b := make([]byte, 1000)
	n, err := w.out.Read(b)
	if !strings.HasPrefix(string(b[:n]), text) {
		w.t.Fatalf("the writer says %q (%v), want %q", b[:n], err, text)
	}
}

// again has it save once more.
func (w *writer) again() { fmt.Fprintln(w.in) }

func (w *writer) kill() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
}

// unlock tells who holds a run in a bucket, takes it from one that was killed, and from one
// that lives only by force.
func TestUnlock(t *testing.T) {
	endpoint, root := testutil.Gateway(t)
	if err := os.Mkdir(filepath.Join(root, "bucket"), 0o755); err != nil {
		t.Fatal(err)
	}
	url := "s3://bucket/runs?endpoint=" + endpoint
	w := startWriter(t, url)
	who := fmt.Sprintf("run wave is held by process %d on ", w.cmd.Process.Pid)
	wantCairn(t, 0, []string{"unlock", url, "--dry-run"}, who)
	wantCairn(t, 0, []string{"unlock", url, "--run", "other"}, "nobody holds a lock")
	w.kill()
	if runtime.GOOS == "linux" {
		start := time.Now()
		wantCairn(t, 0, []string{"unlock", url}, who, "that process has ended", "released")
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("that the holder is dead was seen after %v", d)
		}
	} else {
		wantCairn(t, 0, []string{"unlock", url, "--force"}, who, "released")
	}
	wantCairn(t, 0, []string{"unlock", url}, "nobody holds a lock")

	w = startWriter(t, url)
	var r struct {
		Locks []lockJSON `json:"locks"`
	}
	if err := json.Unmarshal([]byte(wantCairn(t, 0, []string{"unlock", url, "--force", "--json"}, "its saves are refused")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Locks) != 1 || !r.Locks[0].Released || !r.Locks[0].Lease || r.Locks[0].PID != w.cmd.Process.Pid || r.Locks[0].Gone {
		t.Errorf("%+v", r)
	}
	w.again()
	w.want("saved 2 ckpt: save of step 2: store: wave: another process writes there")
	wantCairn(t, 0, []string{"verify", url}, "2 valid, 0 not")
}

// The lock of a directory is that of the operating system, and ends with its holder.
func TestUnlockOfADirectory(t *testing.T) {
	url := "file:" + t.TempDir()
	w := startWriter(t, url)
	wantCairn(t, 1, []string{"unlock", url, "--force"}, fmt.Sprintf("run wave is held by process %d on ", w.cmd.Process.Pid), "given back by the operating system when process")
	w.kill()
	wantCairn(t, 0, []string{"unlock", url}, "nobody holds a lock")
}

package testutil_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/testutil"
)

// A module outside this one can import the public packages with one replace line
// and without the network.
func TestModule(t *testing.T) {
	dir := testutil.Module(t, map[string]string{
		"main.go": `package main

import (
	"example.com/user/sub"
	"github.com/cairn-ad/cairn/schedule"
)

func main() { println(schedule.Repetition(10, 3) == sub.Want) }
`,
		"sub/sub.go": "package sub\n\nconst Want = 2\n",
	})
	if got := testutil.Go(t, dir, "run", "."); got != "true\n" {
		t.Errorf("the program printed %q, want true", got)
	}
}

func TestTryGoReportsFailure(t *testing.T) {
	dir := testutil.Module(t, map[string]string{"main.go": "package main\n\nfunc main() { undefined() }\n"})
	out, err := testutil.TryGo(dir, "vet", ".")
	if err == nil || !strings.Contains(out, "undefined: undefined") {
		t.Errorf("go vet: error %v, output %q", err, out)
	}
}

func TestRoot(t *testing.T) {
	root := testutil.Root(t)
	if rel, err := filepath.Rel(root, "."); err == nil {
		t.Errorf("the root %s is not absolute (%s)", root, rel)
	}
	if out := testutil.Go(t, root, "list", "-m"); out != "github.com/cairn-ad/cairn\n" {
		t.Errorf("the module in %s is %q", root, out)
	}
}

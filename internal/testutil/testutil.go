// Package testutil is what the tests of several packages share.
//
// In: a running test, which fails with a clear text if something is missing. Out:
// the root of this module, a temporary module of a user beside it, and the result
// of go commands run there.
package testutil

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Root returns the absolute path of the folder with this module's go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("there is no go.mod above the working directory; run the test from inside the module")
		}
		dir = parent
	}
}

// Module writes files, given by their slash-separated paths, into a new temporary
// module named example.com/user and returns its folder. Unless files has a go.mod,
// the module requires this one and finds it by a replace line, as a user's module
// would that tries a local copy.
func Module(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if _, ok := files["go.mod"]; !ok {
		Write(t, dir, "go.mod", "module example.com/user\n\ngo 1.26.0\n\n"+
			"require github.com/cairn-ad/cairn v0.0.0\n\n"+
			"replace github.com/cairn-ad/cairn => "+Root(t)+"\n")
	}
	for name, text := range files {
		Write(t, dir, name, text)
	}
	return dir
}

// Write writes one file below dir, with the folders that it needs.
func Write(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Go runs a go command in dir, without the network, and returns what it printed to
// both of its outputs. Its failure fails the test.
func Go(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := TryGo(dir, args...)
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// TryGo is Go for a command that may fail.
func TryGo(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

package compile_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/difftest"
)

// batchModule is the path of the modules that the tests write. It lies below
// this module's, so that they may import package difftest.
const batchModule = "github.com/cairn-ad/cairn/batch"

// writeModule writes a module that finds this one by a replace line.
func writeModule(t testing.TB, dir string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(string(mod), "module "+batchModule)
	text += fmt.Sprintf("\nrequire github.com/cairn-ad/cairn v0.0.0\n\nreplace github.com/cairn-ad/cairn => %s\n", root)
	write(t, filepath.Join(dir, "go.mod"), []byte(text))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), sum)
}

// runtimeBuilds ends the test if what generated code imports does not build,
// which would look like an error of each case.
func runtimeBuilds(t testing.TB) {
	t.Helper()
	cmd := exec.Command("go", "build", "./ad", "./schedule", "./internal/difftest")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func write(t testing.TB, name string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// generate compiles packages of the module in dir and writes the files. A panic
// of the compiler is an error.
func generate(t testing.TB, dir string, opts compile.Options, patterns ...string) ([]compile.Result, error) {
	t.Helper()
	results, err := compiled(dir, opts, patterns...)
	if err != nil {
		return nil, err
	}
	writeFiles(t, results)
	return results, nil
}

// compiled compiles packages of the module in dir. A panic of the compiler is an error.
func compiled(dir string, opts compile.Options, patterns ...string) (results []compile.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the compiler panics: %v\n%s", p, debug.Stack())
		}
	}()
	return compile.Packages(dir, patterns, opts)
}

func writeFiles(t testing.TB, results []compile.Result) {
	t.Helper()
	for _, r := range results {
		for _, f := range r.Files {
			write(t, f.Name, f.Text)
		}
	}
}

// goBuild builds the package in dir into the file bin and returns the output.
// It leaves out inlining and optimisations, which cost more time here than they save and of which
// the first hides what is wrong with calls in functions that are too large for it, and gives the
// Go compiler room.
func goBuild(dir, bin string) (string, error) {
	args := []string{"build", "-gcflags=-e -N -l -dwarf=false", "-ldflags=-w", "-o", bin}
	if raceDetector {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOGC=off", "GOMEMLIMIT=3GiB")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// crash is how the program of a batch ended during one case.
type crash struct{ name, why string }

// runReports runs the program of a batch, again without the cases that kill it.
func runReports(t testing.TB, bin string) (map[string]difftest.Report, []crash) {
	t.Helper()
	reports := map[string]difftest.Report{}
	var crashes []crash
	var skip []string
	for {
		var stderr bytes.Buffer
		cmd := exec.Command(bin, skip...)
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		last := readReports(t, out, reports)
		if last == "" {
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			return reports, crashes
		}
		why := fmt.Sprintf("the program ends with %v", err)
		if bytes.Contains(out, []byte("endless "+last)) {
			why = "the program does not end"
		}
		crashes = append(crashes, crash{last, why + "\n" + head(stderr.String(), 12)})
		for name := range reports {
			skip = append(skip, name)
		}
		for _, c := range crashes {
			skip = append(skip, c.name)
		}
	}
}

// readReports adds the reports and returns the case that was not finished, or
// "".
func readReports(t testing.TB, out []byte, reports map[string]difftest.Report) string {
	t.Helper()
	last := ""
	scan := bufio.NewScanner(bytes.NewReader(out))
	scan.Buffer(nil, 1<<26)
	for scan.Scan() {
		line := scan.Text()
		switch {
		case strings.HasPrefix(line, "begin "):
			last = line[len("begin "):]
		case strings.HasPrefix(line, "{"):
			var r difftest.Report
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatalf("%v in %s", err, line)
			}
			reports[r.Name] = r
			last = ""
		}
	}
	return last
}

func head(s string, lines int) string {
	l := strings.SplitN(s, "\n", lines+1)
	return strings.Join(l[:min(lines, len(l))], "\n")
}

// byFile distributes the lines of an error over the files that they name, by
// base name; the rest is under "".
func byFile(err error, output string) map[string][]string {
	out := map[string][]string{}
	var list *diag.Error
	if errors.As(err, &list) {
		for _, d := range list.List {
			base := filepath.Base(d.Pos.Filename)
			out[base] = append(out[base], d.String())
		}
		return out
	}
	position := regexp.MustCompile(`^(?:\./|/)?([^\s:]*\.go):\d+`)
	for _, l := range strings.Split(output, "\n") {
		if m := position.FindStringSubmatch(l); m != nil {
			base := filepath.Base(m[1])
			out[base] = append(out[base], l)
		}
	}
	if len(out) == 0 {
		out[""] = []string{err.Error(), output}
	}
	return out
}

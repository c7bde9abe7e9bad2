package cairnanalysis_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cairn-ad/cairn/cairnanalysis"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// TestAnalyzer compares the diagnostics with the want comments of testdata.
func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), cairnanalysis.Analyzer, "./language", "./across/...", "./clean")
}

// TestFixes compares the corrections of directives with the golden file.
func TestFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), cairnanalysis.Analyzer, "./names")
}

const source = `package user

//cairn:adjoint wrt=vlaue
func F(value float64) float64 { return value * value }

var f = FAdjoint
`

// command runs the command alone.
func command(t *testing.T, bin, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestVet runs the command as a user would: by itself and under go vet, with a
// correction, with build tags, and where the generated function does not exist yet.
func TestVet(t *testing.T) {
	root := testutil.Root(t)
	bin := filepath.Join(t.TempDir(), "cairnvet")
	testutil.Go(t, root, "build", "-o", bin, "./cmd/cairnvet")
	dir := testutil.Module(t, map[string]string{
		"f.go":       strings.Replace(source, "var f", "// var f", 1),
		"f_test.go":  "package user\n\n// cairn:adjoint in a test means nothing\n",
		"special.go": "//go:build special\n\npackage user\n\n//cairn:tangent wrt=y\nfunc G(x float64) float64 { return x }\n",
	})
	want := `f.go:3:21: wrt=vlaue: F has no parameter named "vlaue"; write value (valid names: value)`
	out, err := testutil.TryGo(dir, "vet", "-vettool="+bin, ".")
	if err == nil || !strings.Contains(out, want) || strings.Contains(out, "f_test.go") || strings.Contains(out, "special.go") {
		t.Errorf("go vet: %v, %s", err, out)
	}
	out, err = testutil.TryGo(dir, "vet", "-vettool="+bin, "-tags=special", "-cairn.tags=special", ".")
	if err == nil || !strings.Contains(out, `special.go:5:21: wrt=y: G has no parameter named "y"`) {
		t.Errorf("go vet with a tag: %v, %s", err, out)
	}
	testutil.Write(t, dir, "f.go", strings.Replace(source, "vlaue", "value", 1))
	if out, err := command(t, bin, dir, "./..."); err == nil || !strings.Contains(out, "undefined: FAdjoint") || strings.Contains(out, "cairn:") {
		t.Errorf("a package whose derivative is not generated yet: %v, %s", err, out)
	}
	testutil.Write(t, dir, "f.go", source)
	if out, err := command(t, bin, dir, "./..."); err == nil || !strings.Contains(out, want) {
		t.Errorf("the same with a wrong directive: %v, %s", err, out)
	}
	testutil.Write(t, dir, "f.go", strings.Replace(source, "var f", "// var f", 1))
	out, err = testutil.TryGo(dir, "vet", "-vettool="+bin, "-fix", ".")
	text, rerr := os.ReadFile(filepath.Join(dir, "f.go"))
	if rerr != nil || !strings.Contains(string(text), "//cairn:adjoint wrt=value\n") {
		t.Errorf("go vet -fix: %v, %s\n%s", err, out, text)
	}
	if out, err := testutil.TryGo(dir, "vet", "-vettool="+bin, "."); err != nil {
		t.Errorf("after the correction go vet says %v, %s", err, out)
	}
}

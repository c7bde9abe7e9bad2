package gencli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/testutil"
)

const square = `package user

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Square(x float64) float64 {
	y := helper(x)
	return y * y
}

func helper(x float64) float64 { return 3 * x }
`

const refused = `package user

//cairn:adjoint wrt=x of=return
func Bad(x float64) float64 {
	c := make(chan float64, 1)
	return x * float64(cap(c))
}
`

// module makes a module of the user with the files and works in it.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := testutil.Module(t, files)
	t.Chdir(dir)
	return dir
}

// run runs cairngen and checks its exit status.
func run(t *testing.T, status int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if got := Main(args, &o, &e); got != status {
		t.Errorf("cairngen %s: status %d, want %d\n%s%s", strings.Join(args, " "), got, status, &o, &e)
	}
	return o.String(), e.String()
}

func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("there is no %q in\n%s", p, text)
		}
	}
}

// files lists the files below dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestUsage: wrong usage is status 2 and says what is right; nothing is loaded.
func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   string // in the errors, or for status 0 in the output
	}{
		{[]string{"-nonsense"}, 2, "flag provided but not defined"},
		{[]string{"gen", "-nonsense"}, 2, "Usage: cairngen"},
		{[]string{"explain"}, 2, "explain needs the name of a function"},
		{[]string{"explain", "-json"}, 2, "explain needs the name of a function"},
		{[]string{"-dump=nonsense"}, 2, `no stage "nonsense": the stages are lower, singleexit`},
		{[]string{"help"}, 0, "Usage: cairngen"},
	} {
		out, errs := run(t, c.status, c.args...)
		if c.status == 0 {
			wants(t, out, c.want)
			if errs != "" {
				t.Errorf("%q prints errors: %s", c.args, errs)
			}
			continue
		}
		wants(t, errs, c.want)
		if out != "" {
			t.Errorf("%q prints %s", c.args, out)
		}
	}
	_, errs := run(t, 0, "-h")
	wants(t, errs, "Usage: cairngen", "-dump STAGE")
}

// TestLife follows the files of a package: missing, generated, unchanged,
// changed, stale, gone.
func TestLife(t *testing.T) {
	dir := module(t, map[string]string{"square.go": square, "plain.go": "package user\n"})
	name := filepath.Join(dir, "square_cairn.go")

	out, errs := run(t, 0, "check")
	if out+errs != "" || slices.Contains(files(t, dir), "square_cairn.go") {
		t.Errorf("check prints %q or writes: %v", out+errs, files(t, dir))
	}
	out, _ = run(t, 1, "diff")
	wants(t, out, "--- "+name, "+++ "+name+" (generated)", "+package user", "+func SquareAdjoint(x float64, xb *float64, retb float64) (ret float64) {")
	if _, err := os.Stat(name); err == nil {
		t.Error("diff writes")
	}

	if out, errs := run(t, 0); out+errs != "" {
		t.Errorf("gen prints %q", out+errs)
	}
	text := read(t, name)
	wants(t, text, compile.Header, "// Source: square.go", "func SquareAdjoint(", "func SquareTangent(")
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if out, _ := run(t, 0, "diff"); out != "" {
		t.Errorf("after gen, diff prints %s", out)
	}
	run(t, 0, "gen", ".")
	again, err := os.Stat(name)
	if err != nil || !os.SameFile(info, again) || !info.ModTime().Equal(again.ModTime()) {
		t.Error("an unchanged file was written again")
	}

	testutil.Write(t, dir, "square_cairn.go", strings.Replace(text, "package user\n", "package user\n\n// Changed by hand.\n", 1))
	out, _ = run(t, 1, "diff")
	wants(t, out, "-// Changed by hand.", " package user")
	run(t, 0)
	if read(t, name) != text {
		t.Error("gen does not bring a changed file back")
	}

	testutil.Write(t, dir, "old_cairn.go", compile.Header+"\n// Source: old.go\n\npackage user\n")
	out, _ = run(t, 1, "diff")
	wants(t, out, "--- "+filepath.Join(dir, "old_cairn.go"), "-// Source: old.go")
	run(t, 0)
	if got, want := files(t, dir), []string{"go.mod", "plain.go", "square.go", "square_cairn.go"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}

	testutil.Write(t, dir, "square.go", "package user\n\nfunc Square(x float64) float64 { return x * x }\n")
	run(t, 0)
	if slices.Contains(files(t, dir), "square_cairn.go") {
		t.Error("the file of a package without directives stays")
	}
}

// TestPatterns: patterns of the go command choose the packages.
func TestPatterns(t *testing.T) {
	dir := module(t, map[string]string{
		"square.go":    square,
		"in/in.go":     strings.Replace(square, "package user", "package in", 1),
		"other/o.go":   "package other\n",
		"other/x.txt":  "no Go\n",
		"in/deep/d.go": strings.Replace(square, "package user", "package deep", 1),
	})
	run(t, 0, "./in/...")
	want := []string{"go.mod", "in/deep/d.go", "in/deep/d_cairn.go", "in/in.go", "in/in_cairn.go", "other/o.go", "other/x.txt", "square.go"}
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	_, errs := run(t, 1, "./nowhere")
	wants(t, errs, "nowhere")
}

// TestHandWrittenFilesStay: a file that cairngen did not make is not touched,
// and then nothing at all is written.
func TestHandWrittenFilesStay(t *testing.T) {
	hand := "package user\n\n// By hand.\n"
	dir := module(t, map[string]string{"a.go": strings.ReplaceAll(square, "Square", "First"), "square.go": strings.ReplaceAll(square, "helper", "other"), "square_cairn.go": hand, "free_cairn.go": hand})
	_, errs := run(t, 1)
	wants(t, errs, filepath.Join(dir, "square_cairn.go"), "was not generated", "rename it")
	if read(t, filepath.Join(dir, "square_cairn.go")) != hand || read(t, filepath.Join(dir, "free_cairn.go")) != hand {
		t.Error("a file written by hand has changed")
	}
	if slices.Contains(files(t, dir), "a_cairn.go") {
		t.Error("another file was written all the same")
	}
	run(t, 1, "diff")
	os.Remove(filepath.Join(dir, "square_cairn.go"))
	run(t, 0)
	if read(t, filepath.Join(dir, "free_cairn.go")) != hand {
		t.Error("a file that is in nobody's way was removed")
	}
}

// TestDiagnosticsWriteNothing: with one diagnostic no file of any package is
// written or removed.
func TestDiagnosticsWriteNothing(t *testing.T) {
	stale := compile.Header + "\n\npackage user\n"
	dir := module(t, map[string]string{
		"square.go": square, "bad.go": refused, "old_cairn.go": stale,
		"in/in.go": strings.Replace(square, "package user", "package in", 1),
	})
	before := files(t, dir)
	for _, verb := range []string{"gen", "diff", "check"} {
		out, errs := run(t, 1, verb, "./...")
		wants(t, errs, filepath.Join(dir, "bad.go")+":5:7: ")
		if out != "" {
			t.Errorf("%s prints %s", verb, out)
		}
	}
	run(t, 1, "explain", "Bad")
	if got := files(t, dir); !slices.Equal(got, before) {
		t.Errorf("files %v, want %v", got, before)
	}
	for _, verb := range []string{"gen", "check", "diff"} {
		_, errs := run(t, 1, verb, "-json", "./...")
		list := jsonLines(t, errs)
		if len(list) == 0 || list[0].File != filepath.Join(dir, "bad.go") || list[0].Line != 5 || list[0].Col != 7 || list[0].What == "" || list[0].Why == "" || list[0].Do == "" {
			t.Errorf("%s: got %+v", verb, list)
		}
	}
}

// diagnostic has the documented fields.
type diagnostic struct {
	File, What, Why, Do, Suggestion, Replaces string
	Line, Col                                 int
}

// jsonLines reads one diagnostic from each line and allows no other fields.
func jsonLines(t *testing.T, text string) []diagnostic {
	t.Helper()
	var out []diagnostic
	for _, l := range lines([]byte(text)) {
		var d diagnostic
		dec := json.NewDecoder(strings.NewReader(l))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&d); err != nil {
			t.Fatalf("%v in %s", err, l)
		}
		out = append(out, d)
	}
	return out
}

// TestJSONSuggestion: what was meant by a directive that is almost one is a field of
// its own. Errors that are no diagnostics are JSON, too.
func TestJSONSuggestion(t *testing.T) {
	module(t, map[string]string{"a.go": "package user\n\n// cairn:adjiont wrt=x\nfunc F(x float64) float64 { return x }\n\n//cairn:tangent wrt=tmie\nfunc G(time float64) float64 { return time }\n"})
	_, errs := run(t, 1, "check", "-json")
	list := jsonLines(t, errs)
	if len(list) != 2 || list[0].Replaces != "// cairn:adjiont" || list[0].Suggestion != "//cairn:adjoint" || list[0].Line != 3 || list[0].Col != 1 ||
		list[1].Replaces != "tmie" || list[1].Suggestion != "time" || list[1].Line != 6 || list[1].Col != 21 {
		t.Errorf("got %+v", list)
	}
	module(t, map[string]string{"plain.go": "package user\n"})
	_, errs = run(t, 1, "explain", "-json", "F")
	if list := jsonLines(t, errs); len(list) != 1 || !strings.Contains(list[0].What, "nothing to explain") {
		t.Errorf("got %+v", list)
	}
	module(t, map[string]string{"square.go": square, "square_cairn.go": "package user\n"})
	_, errs = run(t, 1, "-json")
	if list := jsonLines(t, errs); len(list) != 1 || !strings.Contains(list[0].What, "was not generated by cairngen") {
		t.Errorf("got %+v", list)
	}
}

// TestBrokenPackages: what does not compile is a diagnostic; a call of the
// function that is about to be made is none.
func TestBrokenPackages(t *testing.T) {
	dir := module(t, map[string]string{"square.go": square, "use.go": "package user\n\nfunc use() float64 {\n\tvar g float64\n\tSquareAdjoint(1, &g, 1)\n\treturn g\n}\n"})
	run(t, 0)
	testutil.Go(t, dir, "build", ".")
	testutil.Write(t, dir, "wrong.go", "package user\n\nvar x int = \"a\"\n")
	text := read(t, filepath.Join(dir, "square_cairn.go"))
	_, errs := run(t, 1)
	wants(t, errs, filepath.Join(dir, "wrong.go")+":3:13: ")
	if read(t, filepath.Join(dir, "square_cairn.go")) != text {
		t.Error("the generated file has changed")
	}
}

// TestDump prints the program after a stage and writes nothing.
func TestDump(t *testing.T) {
	dir := module(t, map[string]string{"square.go": square})
	for stage, want := range map[string]string{
		"lower":      "func Square(x float64) (ret float64) {\n\ty := helper(x)",
		"singleexit": "func helper(x float64)",
		"adjoint":    "func SquareAdjoint(",
		"tangent":    "func SquareTangent(",
		"tidy":       "func SquareAdjoint(",
	} {
		out, errs := run(t, 0, "-dump="+stage)
		wants(t, out, want)
		if errs != "" {
			t.Errorf("%s: %s", stage, errs)
		}
	}
	if got := files(t, dir); !slices.Equal(got, []string{"go.mod", "square.go"}) {
		t.Errorf("files %v", got)
	}
}

func TestExplain(t *testing.T) {
	module(t, map[string]string{"square.go": square, "plain.go": "package user\n\nfunc plain() {}\n"})
	_, errs := run(t, 1, "explain", "helper", ".")
	wants(t, errs, "helper is small enough to be part of its callers")
	out, _ := run(t, 0, "explain", "-without=inline", "Square", ".")
	wants(t, out, "func Square\n", "Variables\n", "Statements, and what their reverse is\n", "y := helper(x)", "parameter")
	out, _ = run(t, 0, "explain", "-without=inline", "helper")
	wants(t, out, "func helper\n")
	first, _ := run(t, 0, "explain", "-without=inline", "-json", "Square")
	out, _ = run(t, 0, "explain", "-without=inline", "Square", "-json", ".")
	if first != out {
		t.Errorf("-json before the name gives %s, behind it %s", first, out)
	}
	var d struct {
		Func       string
		Variables  []struct{ Name, Type, Kind, Active string }
		Statements []struct {
			Line          int
			Text, Reverse string
		}
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if d.Func != "Square" || len(d.Variables) < 3 || len(d.Statements) < 2 || d.Statements[0].Line != 6 || d.Variables[0].Name != "x" {
		t.Errorf("got %+v", d)
	}
	_, errs = run(t, 1, "explain", "-without=inline", "plain")
	wants(t, errs, "plain is not part of any adjoint", "Square, helper")
}

func TestExplainInstances(t *testing.T) {
	module(t, map[string]string{"norm.go": `package user

type vec[T ~float32 | ~float64] []T

func (v vec[T]) dot() (s T) {
	for i := range v {
		s += v[i] * v[i]
	}
	return s
}

func twice[T ~float32 | ~float64](x T) T { return x + x }

//cairn:adjoint wrt=x of=return
func Norm(x []float64) float64 { return twice(vec[float64](x).dot()) }
`})
	out, _ := run(t, 0, "explain", "vec[float64].dot", ".")
	wants(t, out, "func vec[float64].dot\n", "v  vec[float64]  parameter  active", "7  ", "s += v[i] * v[i]")
	out, _ = run(t, 0, "explain", "-without=inline", "Norm")
	wants(t, out, "vec[float64](x).dot()", "twice[float64](t1)")
	_, errs := run(t, 1, "explain", "-without=inline", "twice")
	wants(t, errs, "the functions are Norm, twice[float64], vec[float64].dot")
}

// TestExplainMadeCode: what the stages behind the adjoint decide is told, too, for all statements
// that it is true of and for no others.
func TestExplainMadeCode(t *testing.T) {
	module(t, map[string]string{"smooth.go": `package user

//cairn:adjoint wrt=x,s of=return
func Smooth(x []float64, s float64) (r float64) {
	y := make([]float64, len(x))
	z := make([]float64, 3)
	for i := 1; i < len(x)-1; i++ {
		y[i] = x[i] + s*(x[i-1]-2*x[i]+x[i+1])
	}
	for i := range x {
		z[i%3] += y[i] * x[i]
	}
	for i := range z {
		r += z[i] * z[i]
	}
	best := 0.0
	for _, a := range x {
		best = max(best, a)
	}
	return r * best
}
`})
	out, _ := run(t, 0, "explain", "Smooth")
	for text, told := range map[string]string{
		"for i := 1; i < len(x) - 1; i++": "; what comes to xb[i] and *sb is gathered, by parts",
		"y := make":                       "; memory of the stack, used again",
		"for i4 := 0; i4 < len(x); i4++":  "; the iteration that gives best is reversed by itself",
	} {
		var of []string
		for line := range strings.SplitSeq(out, "\n") {
			if strings.Contains(line, told) {
				of = append(of, line)
			}
		}
		if len(of) != 1 || !strings.Contains(of[0], text) {
			t.Errorf("%q is told of %q in\n%s", told, of, out)
		}
	}
	out, _ = run(t, 0, "explain", "-without=gather,workspace,selection", "Smooth")
	for _, not := range []string{"gathered", "stack", "by itself"} {
		if strings.Contains(out, not) {
			t.Errorf("%q in\n%s", not, out)
		}
	}
}

func TestExplainNothing(t *testing.T) {
	module(t, map[string]string{"plain.go": "package user\n\nfunc plain() {}\n"})
	_, errs := run(t, 1, "explain", "plain")
	wants(t, errs, "nothing to explain", "//cairn:adjoint")
}

// TestTags: files under a build tag belong to the package if the tag is set.
func TestTags(t *testing.T) {
	dir := module(t, map[string]string{"plain.go": "package user\n", "square.go": "//go:build special\n\n" + square})
	run(t, 0)
	if slices.Contains(files(t, dir), "square_cairn.go") {
		t.Error("a file of another build was taken")
	}
	run(t, 0, "-tags=special")
	if !slices.Contains(files(t, dir), "square_cairn.go") {
		t.Fatalf("files %v", files(t, dir))
	}
	wants(t, read(t, filepath.Join(dir, "square_cairn.go")), "func SquareAdjoint(")
	testutil.Go(t, dir, "build", ".") // without the tag there is no Square to call
}

// TestTagsKeepOtherBuilds: what was made for another build is not stale.
func TestTagsKeepOtherBuilds(t *testing.T) {
	dir := module(t, map[string]string{"plain.go": "package user\n", "square.go": "//go:build special\n\n" + square})
	run(t, 0, "-tags=special")
	run(t, 0)
	if !slices.Contains(files(t, dir), "square_cairn.go") {
		t.Error("the file of another build was removed")
	}
	os.Remove(filepath.Join(dir, "square.go"))
	run(t, 0)
	if slices.Contains(files(t, dir), "square_cairn.go") {
		t.Error("the file of a source that is gone stays")
	}
}

// TestFlags: -without=tidy leaves the code longer, -strictfp rounds products.
func TestFlags(t *testing.T) {
	dir := module(t, map[string]string{"a.go": `package user

//cairn:adjoint wrt=x of=return
func F(x []float64) float64 {
	s := 0.0
	for i := range x {
		if x[i] > 1 {
			s += x[i]*x[i] + 1
		}
	}
	return s
}
`})
	name := filepath.Join(dir, "a_cairn.go")
	run(t, 0)
	tidy := read(t, name)
	run(t, 0, "-without=tidy")
	if long := read(t, name); len(long) <= len(tidy) {
		t.Errorf("-without=tidy gives %d bytes, without it %d", len(long), len(tidy))
	}
	testutil.Go(t, dir, "build", ".")
	_, errs := run(t, 2, "-without=tidy,speed")
	wants(t, errs, `no optimisation "speed": there are all, tidy`)
	run(t, 0, "-strictfp")
	wants(t, read(t, name), "float64(x[i]*x[i]) + 1")
	testutil.Go(t, dir, "build", ".")
}

// TestUnwritable: a failure is told, names the file and leaves no half of one.
func TestUnwritable(t *testing.T) {
	dir := module(t, map[string]string{"square.go": square, "square_cairn.go/keep.txt": "a directory is in the way\n"})
	before := files(t, dir)
	_, errs := run(t, 1)
	wants(t, errs, "cairngen: ", "square_cairn.go")
	if got := files(t, dir); !slices.Equal(got, before) {
		t.Errorf("files %v, want %v", got, before)
	}
}

func TestUnwritableDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is unwritable for root")
	}
	dir := module(t, map[string]string{"square.go": square})
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	_, errs := run(t, 1)
	wants(t, errs, "cairngen: ", dir)
}

// TestReplaceCleansUp: if the new file cannot take its place, nothing is left
// beside it.
func TestReplaceCleansUp(t *testing.T) {
	dir := t.TempDir()
	testutil.Write(t, dir, "a_cairn.go/keep.txt", "in the way\n")
	if err := replace(filepath.Join(dir, "a_cairn.go"), []byte("text")); err == nil {
		t.Error("a file took the place of a directory")
	}
	if got := files(t, dir); !slices.Equal(got, []string{"a_cairn.go/keep.txt"}) {
		t.Errorf("files %v", got)
	}
	if err := replace(filepath.Join(dir, "missing", "a_cairn.go"), nil); err == nil {
		t.Error("a file was written into a directory that does not exist")
	}
}

func TestLineDiff(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"", "a b", "@@ line 1 @@|+a|+b"},
		{"a b", "", "@@ line 1 @@|-a|-b"},
		{"a b c", "a x c", "@@ line 1 @@| a|-b|+x| c"},
		{"a b c d e f g h i", "a b c d X f g h i", "@@ line 2 @@| b| c| d|-e|+X| f| g| h"},
		{"a a", "a a a", "@@ line 1 @@| a| a|+a"},
	} {
		got := strings.Join(lineDiff(strings.Fields(c.a), strings.Fields(c.b)), "|")
		if got != c.want {
			t.Errorf("%q to %q: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	for text, want := range map[string]int{"": 0, "a": 1, "a\n": 1, "a\nb": 2, "a\n\n": 2} {
		if got := lines([]byte(text)); len(got) != want {
			t.Errorf("%q has %d lines, want %d", text, len(got), want)
		}
	}
}

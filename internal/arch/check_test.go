package arch

import (
	"strings"
	"testing"
)

const doc = "is here for the test of the rules and says so at some length. In: nothing at all. Out: nothing either."

func pkg(dir string, files ...File) *Package {
	name := dir[strings.LastIndex(dir, "/")+1:]
	return &Package{Dir: dir, Name: name, Doc: "Package " + name + " " + doc, Files: files}
}

func file(name string, imports ...string) File {
	return File{Path: name, Test: strings.HasSuffix(name, "_test.go"), Imports: imports}
}

// Every rule, once kept and once broken. An empty want means that nothing is wrong.
func TestCheck(t *testing.T) {
	generated := file("examples/e/e_cairn.go", "math", Module+"/ad", Module+"/schedule", Module+"/examples/e/field", "sync")
	generated.Generated = true
	for name, c := range map[string]struct {
		pkgs []*Package
		want string
	}{
		"public downwards": {[]*Package{pkg("ckpt", file("ckpt/a.go", "os", Module+"/store"))}, ""},
		"public upwards": {
			[]*Package{pkg("store", file("store/a.go", Module+"/ckpt"))},
			"store/a.go: imports " + Module + "/ckpt: a public package",
		},
		"public and go/types": {[]*Package{pkg("ad", file("ad/a.go", "go/types"))}, "ad/a.go: imports go/types"},
		"public and foreign":  {[]*Package{pkg("ad", file("ad/a.go", "golang.org/x/sys/unix"))}, "ad/a.go: imports golang.org/x/sys/unix"},
		"public that borrows": {
			[]*Package{pkg("store/s3", file("a.go", Module+"/store", "github.com/aws/aws-sdk-go-v2/service/s3"))},
			"",
		},
		"public that borrows another's": {
			[]*Package{pkg("store/s3", file("a.go", "github.com/klauspost/compress/zstd"))},
			"a.go: imports github.com/klauspost/compress/zstd: store/s3 imports the standard library",
		},
		"public above what borrows": {
			[]*Package{pkg("ckpt", file("a.go", Module+"/store/s3"))},
			"a.go: imports " + Module + "/store/s3: a public package",
		},
		"public and compiler": {[]*Package{pkg("ad", file("ad/a.go", Module+"/internal/ir"))}, "ad/a.go: imports " + Module + "/internal/ir"},
		"public test and rapid": {
			[]*Package{pkg("schedule", file("schedule/a_test.go", "pgregory.net/rapid", Module+"/ad", Module+"/internal/testutil"))},
			"",
		},
		"public test and compiler": {
			[]*Package{pkg("ad", file("ad/a_test.go", Module+"/internal/compile"))},
			"ad/a_test.go: imports " + Module + "/internal/compile: tests of what users see",
		},
		"vocabulary upwards": {[]*Package{pkg("internal/ir", file("internal/ir/a.go", Module+"/internal/rule"))}, "the compiler's vocabulary"},
		"analysis before": {
			[]*Package{pkg("internal/analysis/tbr", file("a.go", Module+"/internal/analysis/alias", Module+"/internal/flow"))},
			"",
		},
		"analysis after": {[]*Package{pkg("internal/analysis/alias", file("a.go", Module+"/internal/analysis/tbr"))}, "an analysis imports"},
		"stage and stage": {
			[]*Package{pkg("internal/lower", file("a.go", Module+"/internal/load"))},
			"stages meet in internal/compile",
		},
		"stage and compile": {[]*Package{pkg("internal/emit", file("a.go", Module+"/internal/compile"))}, "a stage imports"},
		"stage and x/tools": {[]*Package{pkg("internal/lower", file("a.go", "golang.org/x/tools/go/ssa"))}, "a stage imports"},
		"load and x/tools":  {[]*Package{pkg("internal/load", file("a.go", "golang.org/x/tools/go/packages"))}, ""},
		"transform": {
			[]*Package{pkg("internal/transform/adjoint", file("a.go", Module+"/internal/analysis/tbr", Module+"/internal/transform/shadow"))},
			"",
		},
		"transform and transform": {
			[]*Package{pkg("internal/transform/adjoint", file("a.go", Module+"/internal/transform/tangent"))},
			"a transform imports",
		},
		"stage tests see all": {[]*Package{pkg("internal/lower", file("a_test.go", Module+"/internal/load"))}, ""},
		"compile joins":       {[]*Package{pkg("internal/compile", file("a.go", Module+"/internal/lower", Module+"/internal/transform/adjoint"))}, ""},
		"compile and command": {[]*Package{pkg("internal/compile", file("a.go", Module+"/internal/cli"))}, "compile joins"},
		"analyzer and compile": {
			[]*Package{pkg("cairnanalysis", file("a.go", Module+"/internal/compile", Module+"/internal/diag", "golang.org/x/tools/go/analysis"))},
			"",
		},
		"analyzer and stage": {[]*Package{pkg("cairnanalysis", file("a.go", Module+"/internal/lower"))}, "cairnanalysis imports"},
		"public and analyzer": {
			[]*Package{pkg("gradcheck", file("a.go", Module+"/cairnanalysis"))},
			"a.go: imports " + Module + "/cairnanalysis: a public package",
		},
		"generator and analyzer": {[]*Package{pkg("internal/gencli", file("a.go", Module+"/cairnanalysis"))}, "cairngen imports"},
		"command and compile": {
			[]*Package{pkg("internal/cli", file("a.go", Module+"/internal/compile", Module+"/ckpt", Module+"/npb/cg", "github.com/spf13/cobra"))},
			"",
		},
		"command and stage":   {[]*Package{pkg("internal/cli", file("a.go", Module+"/internal/lower"))}, "through internal/compile"},
		"command and tooling": {[]*Package{pkg("cmd/cairn", file("a.go", Module+"/internal/progen"))}, "use no test tooling"},
		"generator and cobra": {[]*Package{pkg("cmd/cairngen", file("a.go", "github.com/spf13/cobra"))}, "cairngen imports"},
		"generator and room":  {[]*Package{pkg("cmd/cairngen", file("a.go", Module+"/internal/gencli"))}, ""},
		"generator and stage": {[]*Package{pkg("internal/gencli", file("a.go", Module+"/internal/compile", Module+"/internal/emit"))}, "cairngen imports"},
		"user and own tree":   {[]*Package{pkg("npb/cg", file("a.go", Module+"/npb/common", Module+"/scrutiny"))}, ""},
		"user and compiler":   {[]*Package{pkg("npb/cg", file("a.go", Module+"/internal/ir"))}, "npb and examples"},
		"example and example": {[]*Package{pkg("examples/a", file("a.go", Module+"/examples/b"))}, "npb and examples"},
		"unknown room":        {[]*Package{pkg("attic", file("attic/a.go"))}, "attic: this package has no place"},
		"generated": {
			[]*Package{
				pkg("examples/e", file("examples/e/e.go", Module+"/examples/e/field"), generated),
				pkg("examples/e/field", file("examples/e/field/f.go", "sync")),
			},
			"",
		},
		"generated and more": {
			[]*Package{pkg("examples/e", file("examples/e/e.go", Module+"/examples/e/field"), generated)},
			"examples/e/e_cairn.go: imports sync: generated code imports math",
		},
		"no doc":        {[]*Package{{Dir: "ad", Name: "ad"}}, "ad: there is no package doc comment"},
		"short doc":     {[]*Package{{Dir: "ad", Name: "ad", Doc: "Package ad is short."}}, "ad: the doc comment has 20 letters"},
		"other doc":     {[]*Package{{Dir: "ad", Name: "ad", Doc: "Here " + doc}}, "ad: the doc comment must begin"},
		"vague doc":     {[]*Package{{Dir: "ad", Name: "ad", Doc: "Package ad " + strings.Repeat("is good and ", 10)}}, "ad: the doc comment must say what goes in"},
		"tests only":    {[]*Package{{Dir: "internal/lower", Files: []File{file("a_test.go")}}}, "internal/lower: a package of tests only"},
		"command's doc": {[]*Package{{Dir: "cmd/cairn", Name: "main", Doc: "Cairn " + strings.Repeat("does this and that, ", 8)}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Check(c.pkgs)
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("want nothing, got %q", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
				t.Errorf("want one line with %q, got %q", c.want, got)
			}
		})
	}
}

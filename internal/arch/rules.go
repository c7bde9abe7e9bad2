package arch

import (
	"slices"
	"strings"
)

// The rooms of the house. A package that is in none of the lists breaks a rule: it
// has to be given its place first.
var (
	// public are the packages for users, from the bottom to the top: each may import
	// those before it and the standard library without go/*, nothing else. Among them are
	// the inner rooms of one, which Go itself keeps from others.
	public = []string{
		"schedule", "ad", "gradcheck", "sparse",
		"scrutiny", "scrutiny/heatmap",
		"ckpt/interval", "store/vfs", "store", "store/internal/keyed", "store/tiers", "store/faultstore", "store/storetest",
		"ckpt/internal/freeze", "ckpt/internal/sha256x", "ckpt/internal/typetext", "ckpt",
		"ckpt/ckpttest", "ckpt/exchange", "ckpt/simulate", "ckpt/epoch",
		"ad/compress", "ckpt/codec", "store/s3", "store/redundant",
	}

	// borrowers are the public packages that need modules of others: what each may import of
	// this module, and the beginnings of what it may import of others. They are the last
	// public ones and do not know each other, so that no other public package needs that too.
	borrowers = map[string]borrower{
		"ad/compress": {own: []string{"ad"}, foreign: []string{"github.com/klauspost/compress/"}},
		"ckpt/codec":  {own: []string{"ckpt"}, foreign: []string{"github.com/klauspost/compress/"}},
		"store/redundant": {
			own: []string{"store", "store/internal/keyed"}, foreign: []string{"github.com/klauspost/reedsolomon"},
		},
		"store/s3": {own: []string{"store", "store/internal/keyed"}, foreign: []string{"github.com/aws/aws-sdk-go-v2/", "github.com/aws/smithy-go"}},
	}

	// vocabulary is what all stages of the compiler share, from the bottom to the top.
	vocabulary = []string{"internal/ir", "internal/flow", "internal/diag", "internal/rule", "internal/optim", "internal/directive"}

	// analyses find facts; each may use the facts of those before it.
	analyses = []string{
		"internal/analysis/alias", "internal/analysis/effects", "internal/analysis/loopstate",
		"internal/analysis/recompute", "internal/analysis/lifetime", "internal/analysis/activity", "internal/analysis/tbr",
	}

	// stages know the vocabulary only. With load are functions of the standard library in
	// plain Go, of which it takes the text.
	stages = []string{
		"internal/load", "internal/load/instead/slices", "internal/load/instead/maps", "internal/lower", "internal/tidy", "internal/emit",
	}

	// transforms, the packages below this folder, use the facts of the analyses and
	// shared; they do not know each other.
	transforms = "internal/transform/"
	shared     = []string{"internal/transform/shadow"}

	// compiler is where the stages meet. Its options hold those of load, so whoever
	// may use it may name load.
	compiler     = "internal/compile"
	compilerFace = []string{"internal/compile", "internal/load"}

	// tooling is for tests: it may know everything, and only tests and tooling may
	// know it.
	tooling = []string{
		"bench", "bench/table", "internal/arch", "internal/difftest", "internal/docs",
		"internal/faults", "internal/faults/crashfs", "internal/faults/protocols",
		"internal/irinterp", "internal/mutate", "internal/progen", "internal/testutil",
	}

	// generator is the command that users have in their go.mod, and its room.
	generator     = "cmd/cairngen"
	generatorRoom = "internal/gencli"

	// analyzer is for editors and go vet. It is public, so that anyone's driver can run
	// it, and it needs the compiler; no other public package may know it.
	analyzer = "cairnanalysis"

	// users are the trees of the first users: public packages and their own tree.
	users = []string{"npb/", "examples/"}

	// npbTests is what the tests of the kernels share.
	npbTests = "npb/common/npbtest"

	// runtime is what generated code may import, beside what its types need: unsafe for
	// the types and fields of other packages that it cannot name.
	runtime = []string{"math", "math/cmplx", "unsafe", Module + "/ad", Module + "/schedule"}
)

// A borrower is a public package with a reason to import modules of others.
type borrower struct{ own, foreign []string }

func (b borrower) borrows(path string) bool {
	return slices.ContainsFunc(b.foreign, func(start string) bool { return strings.HasPrefix(path, start) })
}

// A rule is the place of one package: what it may import, and the sentence that
// says so.
type rule struct {
	text    string
	std     func(path string) bool // of the standard library
	own     func(dir string) bool  // of this module
	foreign func(path string) bool // of other modules
}

func all(string) bool  { return true }
func none(string) bool { return false }

func notCompiler(path string) bool { return !strings.HasPrefix(path, "go/") }

func in(lists ...[]string) func(string) bool {
	return func(dir string) bool {
		return slices.ContainsFunc(lists, func(l []string) bool { return slices.Contains(l, dir) })
	}
}

func xTools(path string) bool { return strings.HasPrefix(path, "golang.org/x/tools/") }

// ruleFor returns the rule for the non-test files of the package in dir, or nil if
// dir has no place.
func ruleFor(dir string) *rule {
	if b, ok := borrowers[dir]; ok {
		return &rule{
			dir + " imports the standard library without go/*, " + strings.Join(b.own, ", ") + ", and of others " + strings.Join(b.foreign, ", "),
			notCompiler, in(b.own), b.borrows,
		}
	}
	if i := slices.Index(public, dir); i >= 0 {
		return &rule{
			"a public package imports the standard library without go/* and the public packages below it",
			notCompiler, in(public[:i]), none,
		}
	}
	if i := slices.Index(vocabulary, dir); i >= 0 {
		return &rule{"the compiler's vocabulary imports downwards only", all, in(vocabulary[:i]), none}
	}
	if i := slices.Index(analyses, dir); i >= 0 {
		return &rule{"an analysis imports the vocabulary and the analyses before it", all, in(vocabulary, analyses[:i]), none}
	}
	switch {
	case dir == "internal/load":
		return &rule{"load imports the vocabulary and x/tools", all, in(vocabulary), xTools}
	case slices.Contains(stages, dir):
		return &rule{"a stage imports the vocabulary only; stages meet in internal/compile", all, in(vocabulary), none}
	case strings.HasPrefix(dir, transforms):
		return &rule{"a transform imports the vocabulary, the analyses and transform/shadow", all, in(vocabulary, analyses, shared), none}
	case dir == compiler:
		return &rule{"compile joins the rooms of the compiler and knows no others", all, isCompiler, none}
	case slices.Contains(tooling, dir):
		return &rule{"", all, all, all}
	case dir == generator, dir == generatorRoom:
		return &rule{"cairngen imports the standard library, x/tools and, of the compiler, compile", all, orRoom(in(vocabulary, compilerFace)), xTools}
	case dir == analyzer:
		return &rule{"cairnanalysis imports the standard library, x/tools and, of the compiler, compile", all, in(vocabulary, compilerFace), xTools}
	case strings.HasPrefix(dir, "internal/"), strings.HasPrefix(dir, "cmd/"):
		return &rule{"commands and their rooms reach the compiler through internal/compile and use no test tooling", all, fromCommands, all}
	}
	if dir == npbTests {
		return &rule{"what the tests of npb share uses public packages and bench", notCompiler, orTree(in(public, []string{"bench"}), dir), none}
	}
	for _, tree := range users {
		if strings.HasPrefix(dir, tree) {
			return &rule{"npb and examples use public packages only", notCompiler, orTree(in(public), dir), none}
		}
	}
	return nil
}

// testRuleFor returns the rule for the test files of the package in dir.
func testRuleFor(dir string) *rule {
	r := ruleFor(dir)
	if r == nil || dir == analyzer || strings.HasPrefix(dir, "internal/") || strings.HasPrefix(dir, "cmd/") {
		return &rule{"", all, all, all}
	}
	return &rule{
		"tests of what users see use public packages, bench, internal/testutil and the model of a power cut", all,
		orTree(in(public, []string{"bench", "internal/testutil", "internal/faults/crashfs"}), dir), func(p string) bool { return !xTools(p) },
	}
}

// orTree widens own by the tree that dir belongs to: npb, or one example.
func orTree(own func(string) bool, dir string) func(string) bool {
	parts := strings.SplitN(dir, "/", 3)
	tree := parts[0]
	if tree == "examples" && len(parts) > 1 {
		tree += "/" + parts[1]
	}
	return func(other string) bool {
		return own(other) || other == tree || strings.HasPrefix(other, tree+"/")
	}
}

func orRoom(own func(string) bool) func(string) bool {
	return func(dir string) bool { return own(dir) || dir == generatorRoom }
}

// isCompiler reports whether dir is one of the compiler's rooms, compile apart.
func isCompiler(dir string) bool {
	return in(vocabulary, analyses, stages)(dir) || strings.HasPrefix(dir, transforms)
}

func fromCommands(dir string) bool {
	if isCompiler(dir) {
		return in(vocabulary, compilerFace)(dir)
	}
	return !slices.Contains(tooling, dir)
}

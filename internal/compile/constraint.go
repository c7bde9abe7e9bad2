package compile

import (
	"go/build/constraint"
	"path/filepath"
	"slices"
	"strings"
)

// constraint returns the //go:build line that a file made from the named source
// needs: the source's own, and what its name says (x_linux.go), which the made
// file's name does not say any more.
func (u *unit) constraint(name string) string {
	var parts []constraint.Expr
	for i, file := range u.pkg.FileNames {
		if file != name {
			continue
		}
		for _, group := range u.pkg.Files[i].Comments {
			if group.Pos() > u.pkg.Files[i].Package {
				break
			}
			for _, c := range group.List {
				if x, err := constraint.Parse(c.Text); err == nil && constraint.IsGoBuild(c.Text) {
					parts = append(parts, x)
				}
			}
		}
	}
	for _, tag := range nameTags(filepath.Base(name)) {
		parts = append(parts, &constraint.TagExpr{Tag: tag})
	}
	if len(parts) == 0 {
		return ""
	}
	all := parts[0]
	for _, x := range parts[1:] {
		all = &constraint.AndExpr{X: all, Y: x}
	}
	return "//go:build " + all.String()
}

// The operating systems and architectures of Go 1.26 (go tool dist list), by which
// the names of files choose builds.
var (
	systems       = strings.Fields("aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows")
	architectures = strings.Fields("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm")
)

// nameTags returns the build tags in a file's name, as the go command reads it:
// *_GOOS, *_GOARCH or *_GOOS_GOARCH.
func nameTags(base string) []string {
	words := strings.Split(strings.TrimSuffix(base, ".go"), "_")
	n := len(words)
	switch {
	case n >= 3 && slices.Contains(systems, words[n-2]) && slices.Contains(architectures, words[n-1]):
		return words[n-2:]
	case n >= 2 && (slices.Contains(systems, words[n-1]) || slices.Contains(architectures, words[n-1])):
		return words[n-1:]
	}
	return nil
}

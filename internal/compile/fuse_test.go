package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
)

// TestFused: the section fused of the cases fuse_* lists what is reversed where it runs.
func TestFused(t *testing.T) {
	cases, _ := readCases(t)
	dir := t.TempDir()
	writeModule(t, dir)
	var mine []*caseFile
	for _, c := range cases {
		if strings.HasPrefix(c.name, "fuse_") {
			c.writeSource(t, dir, func(src string) string { return src })
			mine = append(mine, c)
		}
	}
	if len(mine) == 0 {
		t.Skip("no case of -cases is among them")
	}
	results, err := compile.Packages(dir, []string{"./..."}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fused := map[string]string{} // by package
	for _, r := range results {
		fused[r.Package.Types.Name()] = fusedIn(r)
	}
	for _, c := range mine {
		if want, _ := c.section("fused"); fused[c.name] != want {
			c.wanted(t, "fused", fused[c.name], want)
		}
	}
}

// fusedIn lists the statements of the package that are reversed where they run, by the root
// and the function that they are of.
func fusedIn(r compile.Result) string {
	var out strings.Builder
	for _, d := range r.Decisions {
		names := d.Funcs()
		root := names[len(names)-1]
		for _, name := range names {
			f, _ := d.Func(name)
			for _, s := range f.Statements {
				if strings.HasPrefix(s.Reverse, "reversed where it runs") {
					fmt.Fprintf(&out, "%s: %s: %s\n", root, name, s.Text)
				}
			}
		}
	}
	return out.String()
}

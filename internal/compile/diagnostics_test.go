package compile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
)

// TestDiagnostics compares what the compiler says about sources that it refuses.
func TestDiagnostics(t *testing.T) {
	_, cases := readCases(t)
	dir := t.TempDir()
	writeModule(t, dir)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want, ok := c.section("want")
			if !ok && !*update {
				t.Fatal("the case has neither inputs nor want")
			}
			c.writeSource(t, dir, func(src string) string { return src })
			home := filepath.Join(dir, c.name)
			_, err := generate(t, dir, compile.Options{}, "./"+c.name+"/...")
			if err == nil {
				t.Fatalf("the compiler accepts it; wanted:\n%s", want)
			}
			got := strings.ReplaceAll(err.Error(), home+string(filepath.Separator), "") + "\n"
			got = strings.ReplaceAll(got, batchModule+"/"+c.name, "CASE")
			if got == want {
				return
			}
			if *update {
				c.setSection("want", got)
				c.save(t)
				return
			}
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		})
	}
}

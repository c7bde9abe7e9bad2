package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A checkpoint that may kill its program is told.
func TestLsTellsOfRestoresInVain(t *testing.T) {
	dir := savedRun(t)
	file := filepath.Join(dir, "run-tries.json")
	if err := os.WriteFile(file, []byte(`{"tries":[{"seq":5,"count":2}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCairn(t, 0, []string{"ls", "file:" + dir}, ckptName(5)+": restored 2 times, and the program died before its next save")
	wantCairn(t, 0, []string{"verify", "file:" + dir}, "restored 2 times")
	out := wantCairn(t, 0, []string{"ls", "file:" + dir, "--json"})
	if strings.Count(out, `"tries":2`) != 1 {
		t.Error(out)
	}
	if err := os.WriteFile(file, []byte(`{`), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCairn(t, 0, []string{"ls", "file:" + dir}, "cannot be told", "valid")
}

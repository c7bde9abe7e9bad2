package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cairn-ad/cairn/ckpt/exchange"
)

// Built with -tags hdf5 it writes and reads such files; otherwise it tells how to be.
func TestHDF5(t *testing.T) {
	url := "file:" + savedRun(t)
	dir := t.TempDir()
	file, other := filepath.Join(dir, "a.h5"), "file:"+filepath.Join(dir, "other")
	wantCairn(t, 2, []string{"export", url, "-o", "-", "--format", "hdf5"}, "choose one with -o")
	wantCairn(t, 2, []string{"import", "-", other, "--format", "hdf5"}, "not from standard input")
	if exchange.WriteHDF5(file, &exchange.State{}) != nil {
		wantCairn(t, 1, []string{"export", url, "-o", file}, "build it with -tags hdf5")
		wantCairn(t, 1, []string{"import", file, other}, "build it with -tags hdf5")
		if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
			t.Errorf("%v is left, %v", list, err)
		}
		return
	}
	wantCairn(t, 0, []string{"export", url, "-o", file, "--step", "6"}, "8 variables of step 6")
	wantCairn(t, 0, []string{"import", file, other}, "step 6, 8 variables")
	wantCairn(t, 0, []string{"diff", url + "/" + ckptName(2), other})
	wantCairn(t, 0, []string{"export", url, "-o", file, "--var", "field"}, "1 variable of")
	wantCairn(t, 0, []string{"import", file, other, "--step", "1", "--run", "b"}, "step 1, 1 variable")
	wantCairn(t, 1, []string{"export", url, "-o", file, "--memory", "1KiB"}, "more memory than is allowed")
}

package ad

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/schedule"
)

// storagesOf returns storage= words of all kinds, with files in dir.
func storagesOf(dir string) []string {
	return []string{
		"ram",
		"file:" + dir,
		"doubling",
		"doubling+file:" + dir,
		"tiered:ram=16,file:" + dir,
		"tiered:doubling=40,ram=16,doubling=40,file:" + dir,
		"tiered:file:" + dir + "=24,ram",
	}
}

func init() {
	RegisterCodec("doubling", func() (Codec, error) { return doubling{}, nil })
}

// doubling is a codec that writes every byte twice, the second time inverted.
type doubling struct{}

func (doubling) Encode(dst, src []byte) ([]byte, error) {
	for _, b := range src {
		dst = append(dst, b, ^b)
	}
	return dst, nil
}

func (doubling) Decode(dst, src []byte) ([]byte, error) {
	for k := 0; k < len(src); k += 2 {
		if src[k] != ^src[k+1] {
			return nil, fmt.Errorf("byte %d is damaged", k/2)
		}
		dst = append(dst, src[k])
	}
	return dst, nil
}

// plansOf returns plans of all schemes with so many snapshots.
func plansOf(snaps int, storage string) []Plan {
	return []Plan{
		{Scheme: "store", Storage: storage},
		{Scheme: "binomial", Snaps: snaps, Storage: storage},
		{Scheme: "binomial", Snaps: snaps, Tape: 3, Storage: storage},
		{Scheme: "periodic", Period: snaps, Storage: storage},
		{Scheme: "periodic", Period: snaps, Snaps: 2, Storage: storage},
		{Scheme: "online", Snaps: snaps, Storage: storage},
		{Scheme: "online", Snaps: (snaps + 1) / 2, Disk: 2, Storage: storage},
		{Scheme: "online", Snaps: snaps, Disk: -1, Storage: storage},
		{Scheme: "mixed", Snaps: snaps, Storage: storage},
		{Scheme: "hrevolve", Snaps: snaps / 2, Disk: snaps - snaps/2, Storage: storage},
		{Scheme: "hrevolve", Snaps: snaps, Disk: -1, Costs: DiskCosts(2, 3, 1), Storage: storage},
		{Scheme: "hrevolve", Levels: fmt.Sprintf("%d:0:0,2:2:3,-1:9:8", snaps), Costs: schedule.Costs{Forward: 2}, Storage: "ram;doubling;" + storage},
		{Scheme: "hrevolve", Levels: fmt.Sprintf("%d:0:0,3:2:3", snaps), Storage: storage},
		{Scheme: "hrevolve", Levels: fmt.Sprintf("%d:1:1", snaps), Storage: storage},
		{Scheme: "multistage", Snaps: snaps / 2, Disk: snaps - snaps/2, Storage: storage},
		{Scheme: "multistage", Snaps: snaps, Disk: -1, Storage: "doubling;" + storage},
	}
}

var allSteps = flag.Bool("allsteps", false, "loops of all numbers of steps from 0 to 64 under all schemes in all storages")

// Whatever the scheme and the storage, the gradient is that of recording everything.
func TestAllSchemesAndStorages(t *testing.T) {
	for k := range storagesOf("") {
		dir := t.TempDir()
		storage := storagesOf(dir)[k]
		t.Run(storagesOf("")[k], func(t *testing.T) {
			t.Parallel()
			for n := 0; n <= 64; n++ {
				if !*allSteps && storage != "ram" && n > 8 && n%11 != 9 {
					continue
				}
				y, xb, _ := toyByHand(0.37, n, n)
				brokenY, brokenXb, _ := toyByHand(0.37, n, n*2/3)
				for snaps := 1; snaps <= 8; snaps++ {
					for _, p := range plansOf(snaps, storage) {
						sameAs(t, p, n, n, y, xb)
						if snaps == 3 {
							sameAs(t, p, n, n*2/3, brokenY, brokenXb)
						}
					}
				}
			}
			nothingIn(t, dir)
		})
	}
}

func sameAs(t *testing.T, p Plan, n, end int, y, xb float64) {
	t.Helper()
	gy, gxb, cost, start := toy(0.37, n, end, planned(p))
	if math.Float64bits(gy) != math.Float64bits(y) || math.Float64bits(gxb) != math.Float64bits(xb) {
		t.Fatalf("n=%d end=%d %+v: %v and %v, want %v and %v", n, end, p, gy, gxb, y, xb)
	}
	if n > 0 && start != 0.37 {
		t.Errorf("n=%d end=%d %+v: RestoreStart gives %v", n, end, p, start)
	}
	if int64(p.Snaps) < cost.PeakSnapshots && p.Scheme == "binomial" {
		t.Errorf("n=%d end=%d %+v: %v", n, end, p, cost)
	}
}

func nothingIn(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// References stay in memory, so that a swap is undone.
func TestStoredLoopWithSwap(t *testing.T) {
	dir := t.TempDir()
	start := []float64{0.3, 0.9, 0.5, 0.1}
	for n := range 20 {
		end, grad := heat(slices.Clone(start), n, loopMaker(0))
		for _, storage := range storagesOf(dir) {
			for _, p := range plansOf(3, storage) {
				ge, gg := heat(slices.Clone(start), n, planned(p))
				if !slices.Equal(ge, end) || !slices.Equal(gg, grad) {
					t.Errorf("n=%d %+v: %v %v, want %v %v", n, p, ge, gg, end, grad)
				}
			}
		}
	}
	nothingIn(t, dir)
}

func TestStorageStats(t *testing.T) {
	p := Plan{Scheme: "binomial", Snaps: 4, Storage: "file:" + t.TempDir()}
	_, _, cost, _ := toy(0.3, 50, 50, planned(p))
	of := cost.Levels[0]
	if of.Saves != cost.Saves || of.BytesWritten != 8*cost.Saves {
		t.Errorf("%v: %d saves, %d bytes written", cost, of.Saves, of.BytesWritten)
	}
	if of.BytesRead != 8*(cost.Restores+1) { // and the start
		t.Errorf("%v: %d restores, %d bytes read", cost, of.Restores, of.BytesRead)
	}
	if of.PeakBytes != 32 || of.PeakSnapshots != 4 || of.Busy <= 0 || of.Busy < of.Stalled/100 {
		t.Errorf("%+v", of)
	}
	if of.PeakMemory < 8 || of.PeakMemory > 8*4*8 {
		t.Errorf("%d bytes of memory for snapshots of 8 bytes", of.PeakMemory)
	}
	if s := cost.String(); !strings.Contains(s, "level 0: ") || !strings.Contains(s, fmt.Sprint(of.BytesWritten, " bytes written")) {
		t.Error(s)
	}
}

func TestStorageWords(t *testing.T) {
	for _, c := range [][2]string{
		{"disk", "there is no storage \"disk\""},
		{"zstd2", "is not in this program: import"},
		{"tiered:ram,file", "every storage but the last has its size"},
		{"tiered:ram=1GiB,file=2GiB", "every storage but the last has its size"},
		{"tiered:ram=1GB,file", `"1GB" is no size`},
		{"tiered:ram=-1,file", "is no size"},
		{"tiered:ram=9999999999TiB,file", "is no size"},
		{"doubling+nothing", "there is no storage \"nothing\""},
		{"ram;ram;ram;ram;ram;ram;ram;ram;ram", "there are at most 8 levels"},
	} {
		panics(t, c[1], func() { NewLoop(3, Plan{Scheme: "binomial", Snaps: 1, Storage: c[0]}) })
	}
	panics(t, "cannot be registered", func() { RegisterStorage("ram", nil) })
	panics(t, "cannot be registered", func() { RegisterCodec("doubling", nil) })
	panics(t, "cannot be registered", func() { RegisterCodec("a+b", nil) })
	for word, want := range map[string]int64{"17": 17, "3KiB": 3 << 10, "2MiB": 2 << 20, "1GiB": 1 << 30, "5TiB": 5 << 40} {
		if n, err := parseSize(word); n != want || err != nil {
			t.Errorf("%s: %d, %v", word, n, err)
		}
	}
}

func TestUnwritableDirectory(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	err := Catch(func() { toy(0.3, 9, 9, planned(Plan{Scheme: "binomial", Snaps: 2, Storage: "file:" + missing})) })
	var se *StorageError
	if !errors.As(err, &se) || se.Op != "open" || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("%v", err)
	}
}

func TestCatchLetsOtherPanicsPass(t *testing.T) {
	panics(t, "mine", func() { Catch(func() { panic("mine") }) })
	if err := Catch(func() {}); err != nil {
		t.Error(err)
	}
}

// After warm-up the steps of a stored loop allocate nothing: twice as many steps, the
// same number of allocations.
func TestStoredStepsAllocateNothing(t *testing.T) {
	dir := t.TempDir()
	for _, storage := range []string{"file:" + dir, "tiered:ram=16,file:" + dir} {
		allocs := func(n int) float64 {
			l := planned(Plan{Scheme: "binomial", Snaps: 5, Storage: storage})
			return testing.AllocsPerRun(10, func() { toy(0.3, n, n, l) })
		}
		allocs(2000)
		if few, many := allocs(1000), allocs(2000); many > few+1 && !raceDetector {
			t.Errorf("%s: %v allocations for 1000 steps, %v for 2000", storage, few, many)
		}
	}
}

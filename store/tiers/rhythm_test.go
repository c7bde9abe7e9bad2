package tiers

import (
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/store"
)

// taken lets units arrive a minute apart, of which each copy takes the time that cost tells,
// and returns at which of them the level took one.
func taken(t *testing.T, l Level, units int, cost func(unit int) time.Duration) []int {
	t.Helper()
	r, err := newRhythm(l)
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	now := time.Unix(1e9, 0)
	var done time.Time // the end of the copy on its way
	var took time.Duration
	for unit := range units {
		if took > 0 && !now.Before(done) {
			r.copied(took, 1e9)
			took = 0
		}
		if r.arrives(now, took > 0) {
			at = append(at, unit)
			took = cost(unit)
			r.taken, done = now, now.Add(took)
		}
		now = now.Add(time.Minute)
	}
	return at
}

// steady returns the gap between the last two units that were taken.
func steady(t *testing.T, at []int) int {
	t.Helper()
	if len(at) < 5 || at[0] != 0 {
		t.Fatalf("the level took the units %v", at)
	}
	return at[len(at)-1] - at[len(at)-2]
}

// TestIntervals: in units of a minute, with copies of half a minute.
func TestIntervals(t *testing.T) {
	half := func(int) time.Duration { return 30 * time.Second }
	daly := int(interval.Daly(30, 24*3600)/60 + 0.5) // 37
	for name, c := range map[string]struct {
		tune interval.Level
		want int
	}{
		"failures":                    {interval.Level{MTBF: 24 * time.Hour}, daly},
		"failures, rarer for share":   {interval.Level{MTBF: 24 * time.Hour, Overhead: 0.005}, 103},
		"failures, more often by RPO": {interval.Level{MTBF: 24 * time.Hour, RPO: 15 * time.Minute}, 14},
		"share alone":                 {interval.Level{Overhead: 0.05}, 11},
		"bytes":                       {interval.Level{BytesPerHour: 2e9}, 30},
	} {
		t.Run(name, func(t *testing.T) {
			got := steady(t, taken(t, Level{Tune: c.tune}, 3000, half))
			if got < c.want-c.want/8-1 || got > c.want+c.want/8+1 {
				t.Errorf("every %d-th unit is taken, want every %d-th", got, c.want)
			}
		})
	}
}

// TestAdapts: copies become slower and fast again, and the interval follows both ways.
func TestAdapts(t *testing.T) {
	l := Level{Tune: interval.Level{Overhead: 0.05}}
	at := taken(t, l, 9000, func(unit int) time.Duration {
		if unit >= 3000 && unit < 6000 {
			return 2 * time.Minute
		}
		return 30 * time.Second
	})
	gap := func(near int) int {
		for i := range at[1:] {
			if at[i+1] > near {
				return at[i+1] - at[i]
			}
		}
		return 0
	}
	fast, slow, again := gap(2900), gap(5900), gap(8900)
	if slow < 3*fast || again > 2*fast {
		t.Errorf("every %d-th, %d-th, %d-th unit is taken", fast, slow, again)
	}
}

// TestTunedURL: a level with limits takes the first unit at once, and its status tells why it
// takes how many.
func TestTunedURL(t *testing.T) {
	s, err := store.Open("tiers:mem:;wait,file:" + t.TempDir() + ";mtbf=24h;recovery=5m;rpo=1h;overhead=0.05;perhour=1000000000;keep=3")
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "a", "x")
	levels := s.(*Store)
	if err := levels.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	st := levels.Status()
	if len(st) != 1 || st[0].Units != 1 || st[0].Tuning == nil || st[0].Tuning.Limit != interval.LimitMeasuring || st[0].Tuning.Persist <= 0 {
		t.Errorf("the status is %+v, %+v", st, st[0].Tuning)
	}
	for level, want := range map[string]string{
		"mtbf=x": "invalid duration", "overhead=2": "share of the time", "rpo=-1s": "not be negative", "perhour=-1": "not be negative",
		"every=1h;mtbf=24h": "one or the other", "wait;rpo=1h": "takes everything",
	} {
		if _, err := store.Open("tiers:mem:,mem:;" + level); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives the error %v, want one with %q", level, err, want)
		}
	}
}

package directive

import (
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A SchemeArg is a key of a //cairn:checkpoint line that takes an integer.
type SchemeArg struct {
	Key   string
	Name  string    // a name in scope; "" for a number
	Count int64     // the number
	Pos   token.Pos // of the value
}

// least is the smallest number that a key takes; others take 0.
var least = map[string]int64{"snaps": 1, "period": 1, "tape": 1, "budget": 1, "uf": 1}

// TooSmall says what is wrong with key=n, and what is the least number;
// why is "" if nothing is. -1 stands for a number without limit where disk slots are counted.
func TooSmall(key string, n int64) (why string, atLeast int64) {
	atLeast = least[key]
	switch {
	case n >= atLeast || key == "disk" && n == -1:
		return "", atLeast
	case lessWhy[key] != "":
		return lessWhy[key], atLeast
	}
	return "is negative", atLeast
}

// lessWhy says what is wrong with a smaller number.
var lessWhy = map[string]string{
	"snaps":  "leaves no room for the initial state",
	"period": "is no distance between two snapshots",
	"tape":   "leaves no step that is recorded",
	"budget": "leaves no room for the initial state",
	"uf":     "is no cost of a step: it is the unit of the others",
}

// schemeArg reads the value of a key with an integer.
func (p *reader) schemeArg(a *args, key, value string, pos token.Pos) {
	n, err := integer(key, value)
	switch {
	case err != nil && !token.IsIdentifier(value):
		p.errorf(pos, a.what(), "write "+key+"=20, or "+key+"=n with an int n in scope",
			"%s=%s is neither a decimal number nor a name", key, value)
	case err == nil:
		if why, least := TooSmall(key, n); why != "" {
			p.errorf(pos, a.what(), "write "+key+"="+strconv.FormatInt(least, 10)+" or more", "%s=%d %s", key, n, why)
		}
	}
	arg := SchemeArg{Key: key, Pos: pos, Count: n}
	if err != nil {
		arg.Name = value
	}
	a.scheme = append(a.scheme, arg)
	a.text[key] = value
}

// byteUnits are the units in which a budget may be written.
var byteUnits = map[string]int64{"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

// integer reads a decimal number, of a budget also with a unit of bytes.
func integer(key, value string) (int64, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err == nil || key != "budget" {
		return n, err
	}
	digits := strings.TrimRight(value, "kKMGTiB")
	unit, known := byteUnits[value[len(digits):]]
	n, digitsErr := strconv.ParseInt(digits, 10, 64)
	if digitsErr != nil || !known || n > (1<<63-1)/unit {
		return 0, err
	}
	return n * unit, nil
}

// checkScheme reports what is wrong with the scheme of a loop and its keys.
func (p *reader) checkScheme(a *args) bool {
	before := len(p.diags)
	name := a.text["scheme"]
	s := ir.SchemeOf(name)
	given := func(key string) bool { return a.at[key].IsValid() }
	switch {
	case name == "":
		p.errorf(a.pos, a.what(), "write scheme=binomial snaps=N or scheme=store, or put the loop into a block and the directive above that", "the key scheme is missing")
		return false
	case s == nil: // reported where it stands
		return false
	}
	if lacks := s.Lacks(given); lacks != "" {
		p.errorf(a.pos, a.what(), "add "+addWords(lacks), "scheme=%s needs %s", name, needWords(lacks))
	}
	if both := s.Doubled(given); both != "" {
		p.errorf(a.pos, a.what(), "keep one", "scheme=%s takes one of %s", name, strings.ReplaceAll(both, "|", " and "))
	}
	keys := s.Keys()
	for _, key := range append(slices.Clone(ir.SchemeKeys), "levels", "storage", "resume") {
		if given(key) && !slices.Contains(keys, key) {
			p.errorf(a.at[key], a.what(), "remove "+key, "scheme=%s %s", name, whyNot(name, key))
		}
	}
	if s.Lacks(given) == "" {
		p.checkLevels(a, given)
	}
	if given("resume") && !strings.Contains(a.text["storage"], "file:") {
		p.errorf(a.at["resume"], a.what(), "add storage=file:DIR", "resume=%s needs a directory for what another process goes on with", a.text["resume"])
	}
	return len(p.diags) == before
}

// words of the keys that a scheme cannot do without.
var keyWords = map[string]string{
	"snaps": "the number of snapshots", "disk": "the number of snapshots on disk",
	"period": "the number of steps from one snapshot to the next", "budget": "the bytes of all snapshots",
	"levels": "the levels of storage",
}

// addWords are the keys with values that would do.
func addWords(keys string) string {
	var out []string
	for k := range strings.SplitSeq(keys, "|") {
		value := "=N"
		if k == "levels" {
			value = "=SLOTS:WRITE:READ,…"
		}
		out = append(out, k+value)
	}
	return strings.Join(out, " or ")
}

func needWords(keys string) string {
	var out []string
	for k := range strings.SplitSeq(keys, "|") {
		out = append(out, keyWords[k])
	}
	return strings.Join(out, " or ")
}

// whyNot says why the scheme does not take the key.
func whyNot(scheme, key string) string {
	if scheme == "store" {
		return "keeps every step"
	}
	return "takes no " + key
}

// maxLevels is the number of levels that a schedule can have.
const maxLevels = 8

// levels checks the storage levels of a loop: slots, and the costs of a write and of a read.
func (p *reader) levels(a *args, value string, pos token.Pos) {
	parts := strings.Split(value, ",")
	ok := len(parts) <= maxLevels
	for _, part := range parts {
		fields := strings.Split(part, ":")
		ok = ok && len(fields) == 3
		for i, f := range fields {
			n, err := strconv.ParseInt(f, 10, 32)
			ok = ok && err == nil && (n >= 0 || n == -1 && i == 0)
		}
	}
	if !ok {
		p.errorf(pos, a.what(), "write levels=10:0:0,100:2:2,-1:20:20: slots, the cost of a write and that of a read, the fastest level first; -1 is as many slots as are of use",
			"levels=%s is no list of at most %d storage levels", value, maxLevels)
	}
	a.text["levels"] = value
}

// checkLevels reports costs without levels, and levels with costs or too many storages.
func (p *reader) checkLevels(a *args, given func(key string) bool) {
	for _, key := range []string{"uf", "wd", "rd"} {
		switch {
		case !given(key):
		case given("levels") && key != "uf":
			p.errorf(a.at[key], a.what(), "remove "+key, "levels= tells the costs of all levels")
		case !given("levels") && !given("disk"):
			p.errorf(a.at[key], a.what(), "add disk=N or remove "+key, "%s= without disk=, where snapshots cost something", key)
		}
	}
	levels, storages := strings.Count(a.text["levels"], ",")+1, strings.Count(a.text["storage"], ";")+1
	if given("levels") && storages > levels {
		p.errorf(a.at["storage"], a.what(), "give a storage for each level, from the fastest on; the last one is also that of further levels",
			"storage=%s names %d storages for %d levels", a.text["storage"], storages, levels)
	}
}

// storage checks the place of snapshots.
func (p *reader) storage(a *args, value string, pos token.Pos) {
	if value == "" {
		p.errorf(pos, a.what(), "write storage=ram, or storage=file:DIR for a directory DIR", "storage= names no place")
	}
	a.text["storage"] = value
}

var runName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// resume checks the name of a run, which becomes the name of a directory.
func (p *reader) resume(a *args, value string, pos token.Pos) {
	if !runName.MatchString(value) {
		p.errorf(pos, a.what(), "write a name of letters, digits, hyphens and underscores, as resume=inversion", "resume=%s is no name of a run", value)
	}
	a.text["resume"] = value
}

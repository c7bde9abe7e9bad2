package directive

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// keys are the keys that each directive takes.
var keys = map[string][]string{
	"adjoint":    {"wrt", "of", "mode", "vector"},
	"tangent":    {"wrt", "of", "vector"},
	"pattern":    {"wrt", "of"},
	"hessian":    {"wrt", "of"},
	"scrutinize": {"of"},
	"checkpoint": append(append([]string{"scheme"}, ir.SchemeKeys...), "levels", "storage", "resume"),
	"fixedpoint": {"tol", "max"},
	"solver":     {"apply", "transpose", "rhs", "solution", "wrt"},
	"joint":      nil,
	"split":      nil,
	"passive":    nil,
	"source":     {"of"},
	"rule":       {"of", "tangent", "adjoint", "forward", "reverse", "reads", "writes", "returns"},
}

const allNames = "adjoint, tangent, hessian, pattern, scrutinize, checkpoint, fixedpoint, solver, joint, split, passive, source, rule"

// args is one well-formed directive line.
type args struct {
	name  string
	pos   token.Pos
	names map[string][]Name // wrt, of; all of a rule's
	flags map[string]bool   // words without a value
	text  map[string]string // the others
	at    map[string]token.Pos

	scheme []SchemeArg // of a checkpoint, in the order of the line
}

func (a *args) what() string { return "//cairn:" + a.name }

func (a *args) checkpoint() *Checkpoint {
	c := &Checkpoint{Pos: a.pos, Scheme: a.text["scheme"], Levels: a.text["levels"], Storage: a.text["storage"], Resume: a.text["resume"], ResumePos: a.at["resume"]}
	for _, key := range ir.SchemeKeys {
		for _, arg := range a.scheme {
			if arg.Key == key {
				c.Args = append(c.Args, arg)
			}
		}
	}
	return c
}

// Without tol and max the derivative of a fixed point is iterated to this part of its
// largest value, and this often at most.
const (
	defaultTol = 1e-16
	defaultMax = 100000
)

func (a *args) fixedPoint() *FixedPoint {
	f := &FixedPoint{Pos: a.pos, Tol: defaultTol, Max: defaultMax}
	if t, err := strconv.ParseFloat(a.text["tol"], 64); err == nil {
		f.Tol = t
	}
	if n, err := strconv.Atoi(a.text["max"]); err == nil {
		f.Max = n
	}
	return f
}

// args splits and checks the arguments of d; it reports all that is wrong.
func (p *reader) args(d ast.Directive) (*args, bool) {
	a := &args{name: d.Name, pos: d.Slash, names: map[string][]Name{}, flags: map[string]bool{}, text: map[string]string{}, at: map[string]token.Pos{}}
	valid, known := keys[d.Name]
	if !known {
		p.errorf(d.Slash, a.what(), suggest(d.Name, "write one of "+allNames), "there is no such directive")
		p.correct(d.Name)
		return nil, false
	}
	before := len(p.diags)
	for _, w := range words(d.Args, d.ArgsPos) {
		p.arg(a, w, valid)
	}
	return a, len(p.diags) == before
}

type word struct {
	text string
	pos  token.Pos
}

// words splits s, which starts at pos, at white space.
func words(s string, pos token.Pos) []word {
	var out []word
	for i := 0; i < len(s); {
		n := strings.IndexAny(s[i:], " \t")
		if n < 0 {
			n = len(s) - i
		}
		if n > 0 {
			out = append(out, word{s[i : i+n], pos + token.Pos(i)})
		}
		i += n + 1
	}
	return out
}

func (p *reader) arg(a *args, w word, valid []string) {
	key, value, ok := strings.Cut(w.text, "=")
	list := strings.Join(valid, ", ")
	switch {
	case a.name == "rule" && (w.text == "mirror" || w.text == "passive" || w.text == "undo") && !a.flags[w.text]:
		a.flags[w.text] = true
		return
	case a.name == "rule" && key == "solver" && ok: // see solver.write
		a.names[key] = p.nameList(a, key, value, w.pos+token.Pos(len(key)+1))
		return
	case len(valid) == 0:
		p.errorf(w.pos, a.what(), "remove what follows it", "it takes no arguments, not %q", w.text)
		return
	case !ok:
		p.errorf(w.pos, a.what(), "write key=value without spaces", "%q is not of the form key=value", w.text)
		return
	case !slices.Contains(valid, key):
		p.errorf(w.pos, a.what(), suggestFrom(key, valid, "the keys are "+list), "unknown key %q", key)
		correctFrom(p.diags, "", key, valid)
		return
	case a.at[key].IsValid():
		p.errorf(w.pos, a.what(), "join them: "+key+"=a,b", "the key %q is given twice", key)
		return
	}
	pos := w.pos + token.Pos(len(key)+1)
	a.at[key] = pos
	switch key {
	case "wrt", "of", "tangent", "adjoint", "forward", "reverse", "reads", "writes", "returns":
		a.names[key] = p.nameList(a, key, value, pos)
	case "apply", "transpose", "rhs", "solution":
		p.nameList(a, key, value, pos)
		a.text[key] = value
	case "mode":
		p.oneOf(a, key, value, pos, "joint", "split", "both")
	case "scheme":
		p.oneOf(a, key, value, pos, ir.SchemeNames()...)
	case "snaps", "disk", "period", "tape", "budget", "uf", "wd", "rd":
		p.schemeArg(a, key, value, pos)
	case "levels":
		p.levels(a, value, pos)
	case "storage":
		p.storage(a, value, pos)
	case "resume":
		p.resume(a, value, pos)
	case "tol":
		if t, err := strconv.ParseFloat(value, 64); err != nil || !(t > 0 && t < 1) {
			p.errorf(pos, a.what(), "write tol=1e-12", "tol=%s is no number between 0 and 1", value)
		}
		a.text[key] = value
	case "max":
		if n, err := strconv.Atoi(value); err != nil || n < 1 {
			p.errorf(pos, a.what(), "write max=1000", "max=%s is no number of iterations", value)
		}
		a.text[key] = value
	case "vector":
		p.vector(a, value, pos)
	}
}

// maxVector is the largest number of directions: their derivatives are arrays, which are
// passed by value.
const maxVector = 64

func (p *reader) vector(a *args, value string, pos token.Pos) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxVector {
		p.errorf(pos, a.what(), "write vector=4, and call the derivative once for each four directions",
			"vector=%s is no number of directions from 1 to %d", value, maxVector)
	}
	a.text["vector"] = value
}

func (p *reader) oneOf(a *args, key, value string, pos token.Pos, valid ...string) {
	if !slices.Contains(valid, value) {
		p.errorf(pos, a.what(), suggestFrom(value, valid, "write "+key+"="+strings.Join(valid, "|")),
			"%s=%s is not known", key, value)
		correctFrom(p.diags, "", value, valid)
	}
	a.text[key] = value
}

var nameForm = regexp.MustCompile(`^[\pL_][\pL\d_]*(\.[\pL_][\pL\d_]*)*$`)

func (p *reader) nameList(a *args, key, value string, pos token.Pos) []Name {
	var out []Name
	for part := range strings.SplitSeq(value, ",") {
		if !nameForm.MatchString(part) {
			p.errorf(pos, a.what(), "write "+key+"=a,b without spaces", "%q in %s= is not a name", part, key)
		}
		for _, n := range out {
			if n.Text == part {
				p.errorf(pos, a.what(), "remove one", "%s is named twice in %s=", part, key)
			}
		}
		out = append(out, Name{Pos: pos, Text: part})
		pos += token.Pos(len(part) + 1)
	}
	return out
}

package scrutiny

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// cg is the state of the outer loop of NPB CG, class S: x has length NA+2, its
// element 1400 is read without influence and its element 1401 is never accessed.
const cg = `{"func":"Run","loop":"cg.go:41","iteration":8,"variables":[` +
	`{"name":"x","type":"[]float64","shape":[1402],"elements":1402,"critical":1400,"dead":1,"derivative_zero":1,"mask":"1400C1Z1D"},` +
	`{"name":"it","type":"int","shape":[],"elements":1,"critical":1,"dead":0,"derivative_zero":0,"mask":"1C"}]}`

func TestReportJSON(t *testing.T) {
	r, err := ReadReport(strings.NewReader(cg))
	if err != nil {
		t.Fatal(err)
	}
	x := r.Variable("x")
	if x == nil || x.At(1399) != Critical || x.At(1400) != DerivativeZero || x.At(1401) != Dead {
		t.Fatalf("x = %+v", x)
	}
	if r.Variable("y") != nil || r.Func != "Run" || r.Loop != "cg.go:41" || r.Iteration != 8 {
		t.Fatalf("report %+v", r)
	}
	out, err := json.Marshal(r)
	if err != nil || string(out) != cg {
		t.Fatalf("Marshal = %s, %v\nwant %s", out, err, cg)
	}
	empty, err := json.Marshal(&Report{Func: "F", Loop: "f.go:1"})
	if want := `{"func":"F","loop":"f.go:1","iteration":0,"variables":[]}`; err != nil || string(empty) != want {
		t.Fatalf("Marshal = %s, %v, want %s", empty, err, want)
	}
}

func TestReportRefusesWhatIsInconsistent(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"elements", `"elements":1402`, `"elements":1401`, "do not agree"},
		{"critical", `"critical":1400`, `"critical":1401`, "do not agree"},
		{"dead", `"dead":1`, `"dead":0`, "do not agree"},
		{"zero", `"derivative_zero":1`, `"derivative_zero":2`, "do not agree"},
		{"shape", `[1402]`, `[1403]`, "describes 1402"},
		{"overflow", `[1402]`, `[2097152,2097152,1402]`, "more than"},
		{"negative", `[1402]`, `[-1402]`, "negative"},
		{"fraction", `[1402]`, `[1402.5]`, "shape"},
		{"null shape", `[1402]`, `null`, "needs the fields"},
		{"no mask", `,"mask":"1400C1Z1D"`, ``, "needs the fields"},
		{"no name", `"name":"x"`, `"name":""`, "name"},
		{"unknown field", `"name":"x"`, `"name":"x","colour":1`, "colour"},
		{"unknown top field", `"func":"Run"`, `"func":"Run","extra":1`, "extra"},
		{"no iteration", `"iteration":8,`, ``, "needs the fields"},
		{"null variables", `"variables":[`, `"variables":null,"x":[`, "unknown"},
		{"twice", `"name":"it"`, `"name":"x"`, "twice"},
		{"null variable", `"variables":[`, `"variables":[null,`, "empty"},
		{"loop", `cg.go:41`, `cg.go`, "file:line"},
		{"loop line", `cg.go:41`, `cg.go:0`, "file:line"},
		{"loop file", `cg.go:41`, `:41`, "file:line"},
		{"func", `"func":"Run"`, `"func":""`, "no function"},
		{"shares with itself", `"mask":"1C"}]}`, `"mask":"1C","shares":["it"]}]}`, "no other variable"},
		{"shares with none", `"mask":"1C"}]}`, `"mask":"1C","shares":["y"]}]}`, "no other variable"},
		{"trailing", `"mask":"1C"}]}`, `"mask":"1C"}]}{}`, ""},
	} {
		text := strings.Replace(cg, c.old, c.new, 1)
		if text == cg {
			t.Fatalf("%s: nothing was replaced", c.name)
		}
		if _, err := ReadReport(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestFailedUnmarshalLeavesTheValue(t *testing.T) {
	r := Report{Func: "F", Loop: "f.go:3", Iteration: 5}
	was := r
	if err := json.Unmarshal([]byte(`{"func":"G","loop":"g.go:1","iteration":1}`), &r); err == nil {
		t.Fatal("no error")
	}
	if !reflect.DeepEqual(r, was) {
		t.Fatalf("the report became %+v", r)
	}
}

func TestMarshalRefusesAnInvalidReport(t *testing.T) {
	m, _ := Uniform("x", "int", nil, Critical)
	if _, err := json.Marshal(&Report{Func: "F", Loop: "f.go:3", Variables: []*Mask{m, m}}); err == nil {
		t.Fatal("a report with the same variable twice was written")
	}
}

func FuzzReport(f *testing.F) {
	f.Add([]byte(cg))
	f.Add([]byte(`{"func":"F","loop":"f.go:1","iteration":0,"variables":[]}`))
	f.Add([]byte(strings.Replace(cg, "[1402]", "[701,2]", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r Report
		if json.Unmarshal(data, &r) != nil {
			return
		}
		out, err := json.Marshal(&r)
		if err != nil {
			t.Fatalf("accepted %q but cannot write it: %v", data, err)
		}
		var again Report
		if err := json.Unmarshal(out, &again); err != nil || !reflect.DeepEqual(r, again) {
			t.Fatalf("round trip of %q: %v", out, err)
		}
	})
}

// What variables share goes through JSON; without it the form is as it always was.
func TestSharesJSON(t *testing.T) {
	text := strings.Replace(strings.Replace(cg, `"mask":"1400C1Z1D"`, `"mask":"1400C1Z1D","shares":["it"]`, 1), `"mask":"1C"`, `"mask":"1C","shares":["x"]`, 1)
	r, err := ReadReport(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if x, it := r.Variable("x"), r.Variable("it"); !reflect.DeepEqual(x.Shares, []string{"it"}) || !reflect.DeepEqual(it.Shares, []string{"x"}) {
		t.Errorf("x shares %q, it shares %q", x.Shares, it.Shares)
	}
	if out, err := json.Marshal(r); err != nil || string(out) != text {
		t.Errorf("Marshal = %s, %v\nwant %s", out, err, text)
	}
}

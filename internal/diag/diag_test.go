package diag

import (
	"encoding/json"
	"errors"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func fileSet() (*token.FileSet, *token.File) {
	fset := token.NewFileSet()
	f := fset.AddFile("a.go", -1, 100)
	f.SetLines([]int{0, 10, 20, 30})
	return fset, f
}

func TestString(t *testing.T) {
	at := token.Position{Filename: "a.go", Line: 2, Column: 3}
	for want, d := range map[string]Diagnostic{
		"a.go:2:3: closure: no calls through values; call a function": {Pos: at, What: "closure", Why: "no calls through values", Do: "call a function"},
		"a.go:2:3: closure: no calls":                                 {Pos: at, What: "closure", Why: "no calls"},
		"closure; call a function":                                    {What: "closure", Do: "call a function"},
	} {
		if got := d.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestErrSortsAndDropsRepeats(t *testing.T) {
	fset, f := fileSet()
	var l List
	l.Add(fset, f.Pos(25), "third", "w", "d")
	l.Addf(fset, f.Pos(12), "second", "d", "%d things", 2)
	l.Add(fset, f.Pos(3), "first", "w", "d")
	l.Add(fset, f.Pos(25), "third", "w", "d")
	l.Add(nil, token.NoPos, "nowhere", "", "")
	err := l.Err()
	want := "nowhere\na.go:1:4: first: w; d\na.go:2:3: second: 2 things; d\na.go:3:6: third: w; d"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	var e *Error
	if !errors.As(err, &e) || len(e.List) != 4 || len(l) != 5 {
		t.Errorf("Err changed its list or lost entries: %d of %d", len(e.List), len(l))
	}
}

func TestErrEmpty(t *testing.T) {
	if err := (List{}).Err(); err != nil {
		t.Errorf("an empty list gave %v", err)
	}
}

func TestJSON(t *testing.T) {
	in := List{{Pos: token.Position{Filename: "a.go", Line: 2, Column: 3}, What: "x", Why: "y", Do: "z"}, {What: "q<"}}
	in.Suggest("q", "p")
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"file":"a.go","line":2,"col":3,"what":"x","why":"y","do":"z"},{"what":"q\u003c","suggestion":"p","replaces":"q"}]`
	if string(data) != want {
		t.Errorf("got %s, want %s", data, want)
	}
	lines := `{"file":"a.go","line":2,"col":3,"what":"x","why":"y","do":"z"}` + "\n" + `{"what":"q<","suggestion":"p","replaces":"q"}` + "\n"
	if got := in.JSONLines(); got != lines {
		t.Errorf("got %s, want %s", got, lines)
	}
	var out List
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
	if err := json.Unmarshal([]byte(`[{"line":"x"}]`), &out); err == nil {
		t.Error("a line that is no number was accepted")
	}
}

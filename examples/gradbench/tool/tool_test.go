package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

// session returns the answers to messages.
func session(t *testing.T, messages ...string) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	if err := serve(strings.NewReader(strings.Join(messages, "\n")), &out); err != nil {
		t.Fatal(err)
	}
	var answers []map[string]any
	for decoder := json.NewDecoder(&out); decoder.More(); {
		var a map[string]any
		if err := decoder.Decode(&a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(messages) {
		t.Fatalf("%d messages, %d answers", len(messages), len(answers))
	}
	return answers
}

// call returns the result of a function.
func call(t *testing.T, module, function, input string) any {
	t.Helper()
	a := session(t, fmt.Sprintf(`{"id": 1, "kind": "evaluate", "module": %q, "function": %q, "input": %s}`, module, function, input))[0]
	if a["success"] != true {
		t.Fatalf("%s::%s: %v", module, function, a["error"])
	}
	return a["output"]
}

// same compares numbers, and lists and objects of them.
func same(t *testing.T, what string, got any, want string) {
	t.Helper()
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !near(got, w) {
		t.Errorf("%s is %v, want %v", what, got, w)
	}
}

func near(a, b any) bool {
	switch b := b.(type) {
	case float64:
		x, ok := a.(float64)
		return ok && math.Abs(x-b) <= 1e-9*max(1, math.Abs(b))
	case []any:
		x, ok := a.([]any)
		if !ok || len(x) != len(b) {
			return false
		}
		for i := range b {
			if !near(x[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		x, ok := a.(map[string]any)
		if !ok || len(x) != len(b) {
			return false
		}
		for k := range b {
			if !near(x[k], b[k]) {
				return false
			}
		}
		return true
	}
	return false
}

func TestSession(t *testing.T) {
	a := session(t,
		`{"id": 0, "kind": "start", "eval": "hello"}`,
		`{"id": 1, "kind": "define", "module": "hello"}`,
		`{"id": 2, "kind": "evaluate", "module": "hello", "function": "square", "input": 3.0, "description": "3.0"}`,
		`{"id": 3, "kind": "analysis", "of": 2, "valid": true}`,
		`{"id": 4, "kind": "evaluate", "module": "hello", "function": "double", "input": 9}`,
		`{"id": 5, "kind": "define", "module": "sudoku"}`,
		`{"id": 6, "kind": "evaluate", "module": "hello", "function": "cube", "input": 9}`,
		`{"id": 7, "kind": "evaluate", "module": "hello", "function": "square", "input": "nine"}`,
		`{"id": 8, "kind": "evaluate", "module": "ba", "function": "objective", "input": {"n": 1, "cam": [1]}}`,
		`{"id": 9, "kind": "evaluate", "module": "lse", "function": "primal", "input": {"x": []}}`,
	)
	for i := range a {
		if a[i]["id"] != float64(i) {
			t.Errorf("answer %d has the number %v", i, a[i]["id"])
		}
	}
	if a[0]["tool"] != "cairn" || a[1]["success"] != true || a[2]["output"] != 9.0 || a[4]["output"] != 18.0 || len(a[3]) != 1 {
		t.Errorf("answers %v", a[:5])
	}
	for i, want := range map[int]string{
		5: "no module sudoku", 6: "no function cube", 7: "the input of hello", 8: "objective of ba", 9: "the result of primal",
	} {
		if text := fmt.Sprint(a[i]["error"]); a[i]["success"] != false || !strings.Contains(text, want) {
			t.Errorf("answer %d is %v, want an error with %q", i, a[i], want)
		}
	}
}

func TestRuns(t *testing.T) {
	a := session(t, `{"id": "a", "kind": "evaluate", "module": "lse", "function": "gradient", "input": {"x": [1, 1], "min_runs": 5, "min_seconds": 0}}`,
		`{"id": "b", "kind": "evaluate", "module": "lse", "function": "gradient", "input": {"x": [1, 1], "min_runs": 1, "min_seconds": 0.01}}`)
	if n := len(a[0]["timings"].([]any)); n != 5 || a[0]["id"] != "a" {
		t.Errorf("%d runs, want 5", n)
	}
	if n := len(a[1]["timings"].([]any)); n < 2 {
		t.Errorf("%d runs in a hundredth of a second", n)
	}
	same(t, "the gradient", a[0]["output"], "[0.5, 0.5]")
}

// The wanted numbers are worked out by hand.
func TestSmall(t *testing.T) {
	same(t, "det", call(t, "det", "primal", `{"A": [2, 3, 5, 7], "ell": 2}`), "-1")
	same(t, "det", call(t, "det", "gradient", `{"A": [2, 3, 5, 7], "ell": 2}`), "[7, -5, -3, 2]")
	same(t, "lse", call(t, "lse", "primal", `{"x": [0, 0]}`), "0.69314718055994530942")
	same(t, "llsq", call(t, "llsq", "primal", `{"x": [0, 1], "n": 5}`), "0.25")
	same(t, "llsq", call(t, "llsq", "gradient", `{"x": [0, 1], "n": 5}`), "[0, -0.5]")
	same(t, "ode", call(t, "ode", "primal", `{"x": [1, 2], "s": 3}`), "[2, 4]")
	same(t, "ode", call(t, "ode", "gradient", `{"x": [1, 2], "s": 3}`), "[4, 2]")
	same(t, "kmeans", call(t, "kmeans", "cost", `{"points": [[1, 2], [3, 2]], "centroids": [[2, 0]]}`), "10")
	same(t, "kmeans", call(t, "kmeans", "dir", `{"points": [[1, 2], [3, 2]], "centroids": [[2, 0]]}`), "[[0, -2]]")
}

// A single standard Gaussian and the point 1: the likelihood is -log(2π)/2 - 1/2, the prior with
// m = 0 and γ = 1, of two degrees of freedom, -1/2 - log 2 - log Γ(1).
func TestGMM(t *testing.T) {
	const in = `{"d": 1, "k": 1, "n": 1, "alpha": [0.3], "mu": [[0]], "q": [[0]], "l": [[]], "x": [[1]], "gamma": 1, "m": 0}`
	same(t, "gmm", call(t, "gmm", "objective", in), fmt.Sprint(-math.Log(2*math.Pi)/2-1-math.Log(2)))
	same(t, "gmm", call(t, "gmm", "jacobian", in), `{"alpha": [0], "mu": [[1]], "q": [[-1]], "l": [[]]}`)
}

// All weights are zero but the first of the output, and so are the states: the scores
// are 0, and the gradient is that of the biases of the output alone.
func TestLSTM(t *testing.T) {
	const in = `{"main_params": [[0,0,0,0],[0,0,0,0]], "extra_params": [[0],[1],[0]], "state": [[0],[0]], "sequence": [[1],[1]]}`
	same(t, "lstm", call(t, "lstm", "objective", in), fmt.Sprint(math.Log(3)))
	g := call(t, "lstm", "jacobian", in).([]any)
	if len(g) != 11 {
		t.Fatalf("%d components, want 11", len(g))
	}
	same(t, "lstm", g[10], fmt.Sprint(-2.0/3))
}

// A camera without a turn at the origin sees (1, 2, 4) at (1/4, 1/2) times its focal length.
func TestBA(t *testing.T) {
	const in = `{"n": 2, "m": 3, "p": 4, "cam": [0,0,0, 0,0,0, 8, 0,0, 0,0], "x": [1, 2, 4], "w": 0.5, "feat": [0, 0]}`
	same(t, "ba", call(t, "ba", "objective", in),
		`{"reproj_error": {"elements": [1, 2], "repeated": 4}, "w_err": {"element": 0.75, "repeated": 4}}`)
	j := call(t, "ba", "jacobian", in).(map[string]any)
	vals, cols := j["vals"].([]any), j["cols"].([]any)
	if len(vals) != 31 || len(cols) != 31 {
		t.Fatalf("%d values in %d columns, want 31", len(vals), len(cols))
	}
	// Of x: by the centre, the focal length, the point, the weight; then the last weight by itself.
	same(t, "centre", vals[3:6], "[-1, 0, 0.25]")
	same(t, "focal length", vals[6], "0.125")
	same(t, "point", vals[11:14], "[1, 0, -0.25]")
	same(t, "weight", []any{vals[14], vals[30]}, "[2, -1]")
	same(t, "columns", []any{cols[0], cols[11], cols[14], cols[30]}, "[0, 22, 31, 34]")
}

// A hand of 21 bones at rest, one vertex on the first bone.
func TestHT(t *testing.T) {
	bones, unit := make([]string, 21), "[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]"
	for i := range bones {
		bones[i] = unit
	}
	parents := "[-1" + strings.Repeat(", 0", 20) + "]"
	theta := "[" + strings.Repeat("0, ", 25) + "0]"
	weights := "[1" + strings.Repeat(", 0", 20) + "]"
	model := fmt.Sprintf(`{"parents": %s, "base_relatives": [%[2]s], "inverse_base_absolutes": [%[2]s], "base_positions": [[1,2,3,1],[2,2,2,1]],
		"weights": [%[3]s, %[3]s], "triangles": [[0, 1, 1]], "is_mirrored": false}`, parents, strings.Join(bones, ","), weights)
	input := fmt.Sprintf(`{"theta": %s, "us": %%s, "data": {"model": %s, "correspondences": [0], "points": [[1, 1, 1]]}}`, theta, model)
	same(t, "ht", call(t, "ht", "objective", fmt.Sprintf(input, "[]")), "[0, -1, -2]")
	same(t, "ht on the skin", call(t, "ht", "objective", fmt.Sprintf(input, "[[0.5, 0.25]]")), "[-0.5, -1, -1.5]")
	j := call(t, "ht", "jacobian", fmt.Sprintf(input, "[]")).([]any)
	if len(j) != 3 || len(j[0].([]any)) != 26 {
		t.Fatalf("the Jacobian has %d rows", len(j))
	}
	same(t, "translation", j[1].([]any)[3:6], "[0, -1, 0]")
	j = call(t, "ht", "jacobian", fmt.Sprintf(input, "[[0.5, 0.25]]")).([]any)
	same(t, "coordinates", j[0].([]any)[:2], "[1, 0]")
}

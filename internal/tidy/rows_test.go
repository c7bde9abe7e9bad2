package tidy

import (
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestRows: which loops get a row. The bodies are in the notation of TestBundle; a loop runs up
// from its least index to n or a number, or down again.
func TestRows(t *testing.T) {
	up, down := "for i := 0; i < n; i++ { | ", "for i := n - 1; i >= 0; i-- { | "
	for _, c := range []struct {
		in, want string
		down     bool
		from     int
		end      int // 0: n
	}{
		{in: "= a", want: "row := st.Row(n) | " + up + "x = 1.0 | row[i] = a | }"},
		{in: "a! =", down: true, want: "row := st.TakeRow(n) | " + down + "a := row[i] | x = 1.0 | }"},
		{in: "_! =", down: true, want: "st.TakeRow(n) | " + down + "x = 1.0 | }"}, // it is of no use
		{in: "a b", want: up + "st.PushFloat(a) | st.PushFloat(b) | }"},           // several
		{in: "a", from: 1, want: "row := st.Row(n - 1) | for i := 1; i < n; i++ { | row[i - 1] = a | }"},
		{in: "a!", down: true, from: 1, want: "row := st.TakeRow(n - 1) | for i := n - 1; i >= 1; i-- { | a := row[i - 1] | }"},
		{in: "a", end: 5, want: "row := st.Row(5) | for i := 0; i < 5; i++ { | row[i] = a | }"},
		{in: "a", end: 3, want: "for i := 0; i < 3; i++ { | st.PushFloat(a) | }"},                   // few
		{in: "a!", want: up + "a := st.PopFloat() | }"},                                             // the other way round
		{in: "a", down: true, want: down + "st.PushFloat(a) | }"},                                   // likewise
		{in: "a - b -", want: up + "st.PushFloat(a) | if y { | st.PushFloat(b) | } | }"},            // not each time
		{in: "a i", want: up + "st.PushFloat(a) | st.PushInt(n) | }"},                               // something else on the stack
		{in: "a b!", want: up + "st.PushFloat(a) | b := st.PopFloat() | }"},                         // likewise
		{in: "=", want: up + "x = 1.0 | }"},                                                         // nothing
		{in: "a n", want: up + "st.PushFloat(a) | n = 2 | }"},                                       // the bound changes
		{in: "a break", want: up + "st.PushFloat(a) | break | }"},                                   // left early
		{in: "a loop", want: up + "st.PushFloat(a) | for y { | x = 1.0 | } | }"},                    // not innermost
		{in: "a spawn", want: up + "st.PushFloat(a) | }"},                                           // in goroutines
		{in: "a - = -", want: "row := st.Row(n) | " + up + "row[i] = a | if y { | x = 1.0 | } | }"}, // nothing on the stack there
	} {
		f := rowsCase(c.in, c.down, c.from, c.end)
		Rows(f)
		var lines []string
		for line := range strings.Lines(ir.FormatFunc(f)) {
			lines = append(lines, strings.TrimSpace(line))
		}
		got := strings.Join(lines[1:len(lines)-1], " | ")
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func rowsCase(notation string, down bool, from, end int) *ir.Func {
	i := &ir.Var{Name: "i", Type: types.Typ[types.Int]}
	n := &ir.Var{Name: "n", Type: types.Typ[types.Int], Kind: ir.Param}
	last, isLoop := strings.CutPrefix(notation, "a ")
	body := notation
	switch last {
	case "n", "break", "loop", "spawn":
		body = "a"
	default:
		isLoop = false
	}
	f := bundleCase(body)
	var hi ir.Expr = &ir.Ref{V: n}
	if end > 0 {
		hi = ir.Int(end)
	}
	at := &ir.Ref{V: i}
	loop := &ir.For{Body: f.Body}
	if down {
		loop.Init = ir.Define(i, ir.Sub(hi, ir.Int(1)))
		loop.Cond = &ir.Binary{Op: token.GEQ, X: at, Y: ir.Int(from), Typ: types.Typ[types.Bool]}
		loop.Post = ir.Set(at, &ir.Binary{Op: token.SUB, X: at, Y: ir.Int(1), Typ: i.Type})
	} else {
		loop.Init = ir.Define(i, ir.Int(from))
		loop.Cond = &ir.Binary{Op: token.LSS, X: at, Y: hi, Typ: types.Typ[types.Bool]}
		loop.Post = ir.Set(at, &ir.Binary{Op: token.ADD, X: at, Y: ir.Int(1), Typ: i.Type})
	}
	if isLoop {
		more := map[string]ir.Stmt{
			"n":     ir.Set(&ir.Ref{V: n}, ir.Int(2)),
			"break": &ir.Break{Target: loop},
			"loop": &ir.For{Cond: &ir.Ref{V: &ir.Var{Name: "y", Type: types.Typ[types.Bool]}}, Body: &ir.Block{Stmts: []ir.Stmt{
				ir.Set(&ir.Ref{V: &ir.Var{Name: "x", Type: types.Typ[types.Float64]}}, ir.Number(1, types.Typ[types.Float64])),
			}}},
		}[last]
		if more != nil {
			loop.Body.Stmts = append(loop.Body.Stmts, more)
		} else {
			loop.Spawn = &ir.Spawn{}
		}
	}
	f.Params = append(f.Params, n)
	f.Body = &ir.Block{Stmts: []ir.Stmt{loop}}
	return f
}

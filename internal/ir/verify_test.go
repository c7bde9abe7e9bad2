package ir

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

var (
	float    = types.Typ[types.Float64]
	integer  = types.Typ[types.Int]
	floats   = types.NewSlice(float)
	floatPtr = types.NewPointer(float)
)

// rig is a function F(x float64, s []float64, p *float64) (r float64) with the
// locals k int and y float64, k declared.
type rig struct {
	x, s, p, r, k, y *Var
	fn               *Func
}

func newRig(stmts func(g *rig) []Stmt) *rig {
	g := &rig{
		x: &Var{Name: "x", Type: float, Kind: Param},
		s: &Var{Name: "s", Type: floats, Kind: Param},
		p: &Var{Name: "p", Type: floatPtr, Kind: Param},
		r: &Var{Name: "r", Type: float, Kind: Result},
		k: &Var{Name: "k", Type: integer},
		y: &Var{Name: "y", Type: float, Kind: Temp},
	}
	body := append([]Stmt{&Decl{V: g.k}}, stmts(g)...)
	g.fn = &Func{Name: "F", Params: []*Var{g.x, g.s, g.p}, Results: []*Var{g.r}, Locals: []*Var{g.k, g.y}, Body: &Block{Stmts: body}}
	return g
}

func ref(v *Var) *Ref { return &Ref{v} }

func set(l, r Expr) *Assign { return &Assign{L: []Expr{l}, R: []Expr{r}} }

func def(v *Var, r Expr) *Assign { return &Assign{L: []Expr{ref(v)}, R: []Expr{r}, Define: true} }

func num(x float64) *Const { return &Const{Val: constant.MakeFloat64(x), Typ: float} }

func bin(op token.Token, x, y Expr, t types.Type) *Binary { return &Binary{op, x, y, t} }

func TestVerifyRefuses(t *testing.T) {
	stray := &Var{Name: "stray", Type: float}
	other := &For{Body: &Block{}}
	for _, c := range []struct {
		name  string
		stmts func(g *rig) []Stmt
		want  string
	}{
		{"undeclared", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), ref(g.y))} }, "y is used before its declaration"},
		{"stray", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), ref(stray))} }, "stray is no variable of this function"},
		{"declared twice", func(g *rig) []Stmt { return []Stmt{&Decl{V: g.k}} }, "k is declared twice"},
		{"parameter declared", func(g *rig) []Stmt { return []Stmt{&Decl{V: g.x}} }, "x is declared again"},
		{"stray declared", func(g *rig) []Stmt { return []Stmt{&Decl{V: stray}} }, "no local of the function"},
		{"out of scope", func(g *rig) []Stmt {
			return []Stmt{&Block{Stmts: []Stmt{def(g.y, num(1))}}, set(ref(g.r), ref(g.y))}
		}, "outside its scope"},
		{"own right side", func(g *rig) []Stmt { return []Stmt{def(g.y, ref(g.y))} }, "before its declaration"},
		{"define of a place", func(g *rig) []Stmt {
			return []Stmt{&Assign{L: []Expr{&Index{ref(g.s), ref(g.k)}}, R: []Expr{num(1)}, Define: true}}
		}, "it is no variable"},
		{"define of blank", func(g *rig) []Stmt { return []Stmt{&Assign{L: []Expr{nil}, R: []Expr{num(1)}, Define: true}} }, "only blanks in a statement that declares"},
		{"counts", func(g *rig) []Stmt { return []Stmt{&Assign{L: []Expr{ref(g.r)}, R: []Expr{num(1), num(2)}}} }, "2 values to 1 places"},
		{"parameter assigned", func(g *rig) []Stmt { return []Stmt{set(ref(g.x), num(1))} }, "parameter x is assigned"},
		{"no place", func(g *rig) []Stmt { return []Stmt{set(num(2), num(1))} }, "it is no place"},
		{"wrong type", func(g *rig) []Stmt { return []Stmt{set(ref(g.k), num(1))} }, "a float64 is assigned to k, which is a int"},
		{"operands", func(g *rig) []Stmt {
			return []Stmt{set(ref(g.r), bin(token.ADD, ref(g.x), ref(g.k), float))}
		}, "operator + on a float64 and a int"},
		{"result of an operator", func(g *rig) []Stmt {
			return []Stmt{set(ref(g.k), bin(token.ADD, ref(g.x), ref(g.x), integer))}
		}, "with result int"},
		{"remainder of floats", func(g *rig) []Stmt {
			return []Stmt{set(ref(g.r), bin(token.REM, ref(g.x), ref(g.x), float))}
		}, "operator %"},
		{"and of ints", func(g *rig) []Stmt {
			return []Stmt{set(ref(g.k), bin(token.LAND, ref(g.k), ref(g.k), integer))}
		}, "operator &&"},
		{"shift of a float", func(g *rig) []Stmt {
			return []Stmt{set(ref(g.r), bin(token.SHL, ref(g.x), ref(g.k), float))}
		}, "shifts a float64"},
		{"comparison of slices", func(g *rig) []Stmt {
			return []Stmt{&If{Cond: bin(token.EQL, ref(g.s), ref(g.s), types.Typ[types.Bool]), Then: &Block{}}}
		}, "compares a []float64"},
		{"condition", func(g *rig) []Stmt { return []Stmt{&If{Cond: ref(g.k), Then: &Block{}}} }, "condition of an if is a int"},
		{"no then", func(g *rig) []Stmt {
			return []Stmt{&If{Cond: &Const{Val: constant.MakeBool(true), Typ: types.Typ[types.Bool]}}}
		}, "a block is missing"},
		{"not of a float", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Unary{token.NOT, ref(g.x)})} }, "operator !"},
		{"index of a float", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Index{ref(g.x), ref(g.k)})} }, "x is indexed"},
		{"float index", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Index{ref(g.s), ref(g.x)})} }, "index x is a float64"},
		{"field of a float", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Field{ref(g.x), 0})} }, "a field of x"},
		{"dereference", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Deref{ref(g.x)})} }, "* of x"},
		{"address of a value", func(g *rig) []Stmt { return []Stmt{set(ref(g.p), &Addr{num(1)})} }, "the address of 1.0"},
		{"conversion", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Convert{ref(g.s), float})} }, "conversion of s"},
		{"len of a float", func(g *rig) []Stmt { return []Stmt{set(ref(g.k), &Len{ref(g.x)})} }, "len of x"},
		{"third bound alone", func(g *rig) []Stmt {
			return []Stmt{set(nil, &SliceOf{X: ref(g.s), Max: ref(g.k)})}
		}, "a third bound and no second"},
		{"unknown function", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Math{"math.Foo", []Expr{ref(g.x)}, float})} }, "unknown function math.Foo"},
		{"math arguments", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Math{"math.Sin", nil, float})} }, "does not agree with math.Sin(x float64) float64"},
		{"max of two types", func(g *rig) []Stmt {
			return []Stmt{set(ref(g.r), &Math{"max", []Expr{ref(g.x), ref(g.k)}, float})}
		}, "one ordered type"},
		{"untyped", func(g *rig) []Stmt {
			return []Stmt{set(nil, &Const{Val: constant.MakeInt64(1), Typ: types.Typ[types.UntypedInt]})}
		}, "untyped"},
		{"constant of another kind", func(g *rig) []Stmt {
			return []Stmt{set(ref(g.k), &Const{Val: constant.MakeFloat64(1.5), Typ: integer})}
		}, "constant 1.5 of type int"},
		{"nil float", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Const{Typ: float})} }, "nil of type float64"},
		{"literal too long", func(g *rig) []Stmt {
			return []Stmt{set(nil, &Composite{types.NewArray(float, 1), []Expr{num(1), num(2)}})}
		}, "2 elements in a literal"},
		{"literal element", func(g *rig) []Stmt { return []Stmt{set(nil, &Composite{floats, []Expr{ref(g.k)}})} }, "element 0"},
		{"append", func(g *rig) []Stmt { return []Stmt{set(nil, &Append{ref(g.s), []Expr{ref(g.k)}, false})} }, "append of k"},
		{"make", func(g *rig) []Stmt { return []Stmt{set(nil, &Make{float, ref(g.k), nil, nil})} }, "make of a float64"},
		{"new", func(g *rig) []Stmt { return []Stmt{set(nil, &New{float})} }, "new with result"},
		{"copy", func(g *rig) []Stmt { return []Stmt{&Copy{Dst: ref(g.s), Src: ref(g.x)}} }, "copy from a float64"},
		{"copy count", func(g *rig) []Stmt { return []Stmt{&Copy{N: ref(g.r), Dst: ref(g.s), Src: ref(g.s)}} }, "the result of copy"},
		{"break", func(g *rig) []Stmt { return []Stmt{&Break{Target: other}} }, "does not enclose"},
		{"break of nothing", func(g *rig) []Stmt { return []Stmt{&Break{}} }, "neither a loop nor a block"},
		{"continue", func(g *rig) []Stmt { return []Stmt{&Continue{Target: other}} }, "does not enclose"},
		{"head declares", func(g *rig) []Stmt { return []Stmt{&For{Post: def(g.y, num(1)), Body: &Block{}}} }, "head declares"},
		{"snaps", func(g *rig) []Stmt {
			return []Stmt{&For{Body: &Block{}, Checkpoint: &Checkpoint{Scheme: "binomial", Args: []SchemeArg{{"snaps", ref(g.x)}}}}}
		}, "snaps is a float64"},
		{"call of nothing", func(g *rig) []Stmt { return []Stmt{&Call{}} }, "0 of Fn, Ext and Name"},
		{"arguments", func(g *rig) []Stmt {
			return []Stmt{&Call{Fn: &Func{Name: "g", Params: []*Var{{Name: "a", Type: float}}}}}
		}, "0 arguments where 1"},
		{"argument type", func(g *rig) []Stmt {
			return []Stmt{&Call{Fn: &Func{Name: "g", Params: []*Var{{Name: "a", Type: float}}}, Args: []Expr{ref(g.k)}}}
		}, "argument k is a int"},
		{"result type", func(g *rig) []Stmt {
			return []Stmt{&Call{L: []Expr{ref(g.k)}, Fn: &Func{Name: "g", Results: []*Var{{Name: "a", Type: float}}}}}
		}, "a float64 is assigned to k"},
		{"result count", func(g *rig) []Stmt { return []Stmt{&Call{L: []Expr{ref(g.k)}, Fn: &Func{Name: "g"}}} }, "0 results are assigned"},
		{"yield", func(g *rig) []Stmt { return []Stmt{&Yield{X: ref(g.x)}} }, "outside a closure"},
		{"nil expression", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), nil)} }, "an expression is nil"},
		{"nil statement", func(g *rig) []Stmt { return []Stmt{nil} }, "a statement is nil"},
		{"nil operand", func(g *rig) []Stmt { return []Stmt{set(ref(g.r), &Unary{token.SUB, nil})} }, "an expression is nil"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := VerifyFunc(newRig(c.stmts).fn)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestVerifyVariables(t *testing.T) {
	good := func(g *rig) []Stmt { return []Stmt{set(ref(g.r), ref(g.x)), set(&Deref{ref(g.p)}, num(1))} }
	if err := VerifyFunc(newRig(good).fn); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(g *rig){
		"two variables have the name x": func(g *rig) { g.y.Name = "x" },
		"y has the wrong kind":          func(g *rig) { g.y.Kind = Result },
		"a variable has no name":        func(g *rig) { g.y.Name = "_" },
		"no type":                       func(g *rig) { g.y.Type = nil },
		"r is listed twice":             func(g *rig) { g.fn.Results = append(g.fn.Results, g.r) },
		"no body":                       func(g *rig) { g.fn.Body = nil },
	} {
		g := newRig(good)
		spoil(g)
		if err := VerifyFunc(g.fn); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

func TestVerifyPrograms(t *testing.T) {
	good := func(g *rig) []Stmt { return []Stmt{set(ref(g.x), num(1)), set(ref(g.r), ref(g.x))} }
	a, b := newRig(good).fn, newRig(good).fn
	if err := Verify(&Program{Funcs: []*Func{a}}); err == nil || !strings.Contains(err.Error(), "parameter x") {
		t.Errorf("got %v", err)
	}
	if err := VerifyMade(&Program{Funcs: []*Func{a}}); err != nil {
		t.Errorf("made code may assign parameters: %v", err)
	}
	if err := VerifyMade(&Program{Funcs: []*Func{a, b}}); err == nil || !strings.Contains(err.Error(), "two functions") {
		t.Errorf("got %v", err)
	}
}

// TestVerifyOrder: a callee stands before its caller, or in a cycle of calls with it.
func TestVerifyOrder(t *testing.T) {
	const cycle = "func even(n int) {\n\todd(n - 1)\n\teven(n - 2)\n}\n\nfunc odd(n int) {\n\thalf(n)\n}\n\nfunc half(n int) {\n\teven(n / 2)\n}\n"
	prog, err := Parse("package p\n\n" + cycle)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(prog); err != nil {
		t.Errorf("a cycle of calls is refused: %v", err)
	}
	prog.Func("half").Body.Stmts = nil
	if err := Verify(prog); err == nil || !strings.Contains(err.Error(), "call of odd, which does not stand before even") {
		t.Errorf("got %v", err)
	}
	prog.Funcs = prog.Funcs[:1]
	if err := Verify(prog); err == nil || !strings.Contains(err.Error(), "does not stand before") {
		t.Errorf("a callee outside the program: got %v", err)
	}
}

func TestVerifyClosures(t *testing.T) {
	build := func(result types.Type, last Stmt) *rig {
		return newRig(func(g *rig) []Stmt {
			g.y.Type = types.NewSignatureType(nil, nil, nil, nil, nil, false)
			return []Stmt{&Closure{V: g.y, Params: []*Var{{Name: "i", Type: integer}}, Result: result, Body: &Block{Stmts: []Stmt{last}}}}
		})
	}
	yes := &Const{Val: constant.MakeBool(true), Typ: types.Typ[types.Bool]}
	if err := VerifyFunc(build(types.Typ[types.Bool], &Yield{X: yes}).fn); err != nil {
		t.Error(err)
	}
	if err := VerifyFunc(build(nil, &Return{}).fn); err != nil {
		t.Error(err)
	}
	for want, g := range map[string]*rig{
		"whose result is a int":    build(integer, &Yield{X: yes}),
		"which has no result":      build(nil, &Yield{X: yes}),
		"a return without a value": build(integer, &Return{}),
	} {
		if err := VerifyFunc(g.fn); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

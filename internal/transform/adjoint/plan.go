package adjoint

import (
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// planType is the type of package ad by which made code tells how a loop is reversed, with
// the names and the order of its fields; the type of Costs does not matter here.
var planType = types.NewNamed(types.NewTypeName(0, ir.RunTime, "Plan", nil), types.NewStruct(
	fields("Scheme", types.String, "Snaps", types.Int, "Disk", types.Int, "Period", types.Int, "Tape", types.Int, "Budget", types.Int64, "Levels", types.String, "Storage", types.String, "Resume", types.String, "Costs", types.Int), nil), nil)

// fields are the fields of a struct from their names and kinds.
func fields(nameKind ...any) []*types.Var {
	var out []*types.Var
	for i := 0; i < len(nameKind); i += 2 {
		kind := types.Typ[nameKind[i+1].(types.BasicKind)]
		out = append(out, types.NewField(0, ir.RunTime, nameKind[i].(string), kind, false))
	}
	return out
}

// planKeys are keys of a //cairn:checkpoint line by the fields of ad.Plan.
var planKeys = map[string]string{"Snaps": "snaps", "Period": "period", "Tape": "tape"}

// positive is the value of a key, nil if it is not there. A variable is checked at run time: 0 in
// the plan would be as if the key were not there.
func positive(c *ir.Checkpoint, key string) ir.Expr {
	switch x := c.Arg(key).(type) {
	case nil:
		return nil
	case *ir.Const:
		return asInt(x)
	default:
		return &ir.Math{Fn: "ad.Positive", Args: []ir.Expr{text(key), asInt(x)}, Typ: types.Typ[types.Int]}
	}
}

// newLoop is the call that makes the run-time object of the loop s.
func (g *generator) newLoop(s *ir.For) *ir.Call {
	c := s.Checkpoint
	trips := tripCount(g.rec.Counted(s))
	if s.Open() {
		trips = ir.Int(-1)
	}
	if c.Scheme == "binomial" && c.Storage == "" && len(c.Args) == 1 && c.Arg("snaps") != nil {
		return &ir.Call{Name: "ad.NewBinomialLoop", Args: []ir.Expr{trips, asInt(c.Arg("snaps"))}}
	}
	plan := composite(planType, func(name string) ir.Expr {
		switch name {
		case "Scheme":
			return text(c.Scheme)
		case "Levels":
			return word(c.Levels)
		case "Storage":
			return word(c.Storage)
		case "Resume":
			return word(c.Resume)
		case "Budget":
			return converted(positive(c, "budget"), types.Typ[types.Int64])
		case "Disk":
			if x := c.Arg("disk"); x != nil {
				return asInt(x)
			}
			return nil
		case "Costs":
			return costs(c)
		}
		return positive(c, planKeys[name])
	})
	return &ir.Call{Name: "ad.NewLoop", Args: []ir.Expr{trips, plan}}
}

// word is a string constant, nil for "".
func word(s string) ir.Expr {
	if s == "" {
		return nil
	}
	return text(s)
}

// costs is the value of the costs of a step and of writing and reading a snapshot on disk,
// nil if the line gives none of them. What it leaves out is as without the line: 1, 2 and 2.
func costs(c *ir.Checkpoint) ir.Expr {
	list := []ir.Expr{c.Arg("uf"), c.Arg("wd"), c.Arg("rd")}
	given := false
	for i, x := range list {
		given = given || x != nil
		if x == nil {
			list[i] = ir.Int(min(i+1, 2))
		}
	}
	if !given {
		return nil
	}
	return &ir.Math{Fn: "ad.DiskCosts", Args: list, Typ: types.Typ[types.Int]}
}

func composite(t types.Type, field func(name string) ir.Expr) *ir.Composite {
	st := t.Underlying().(*types.Struct)
	out := &ir.Composite{Typ: t}
	for i := range st.NumFields() {
		out.Elems = append(out.Elems, field(st.Field(i).Name()))
	}
	return out
}

// converted is x, an int or nil, as a value of type t.
func converted(x ir.Expr, t types.Type) ir.Expr {
	switch x := x.(type) {
	case nil:
		return nil
	case *ir.Const:
		if n, exact := constant.Int64Val(x.Val); exact && x.Text == "" {
			return ir.Number(n, t)
		}
	}
	return &ir.Convert{X: x, Typ: t}
}

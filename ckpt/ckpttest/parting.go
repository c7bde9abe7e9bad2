package ckpttest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// Two runs of one program part at the first step whose checkpoints differ. All of a step
// that is protected was the same before it, so what it has read besides is the cause.

// parting says where two runs part. The words name the runs.
func (t *tape) parting(ctx context.Context, other *tape, one, two string) string {
	return parting(ctx, memOf(t.ever), memOf(other.ever), one, two)
}

func parting(ctx context.Context, a, b store.Store, one, two string) string {
	list, err := common(ctx, a, b)
	if err != nil {
		return fmt.Sprintf("The checkpoints could not be compared: %v.\n", err)
	}
	if len(list) == 0 {
		return "No step was saved by both runs, so where they part is not known.\n"
	}
	for i, pair := range list {
		differ, agree, err := pair.compare(ctx, a, b)
		if err != nil {
			return fmt.Sprintf("The checkpoints of step %d could not be compared: %v.\n", pair[0].Step, err)
		}
		if len(differ) == 0 {
			continue
		}
		return told(list, i, differ, agree, one, two)
	}
	last := list[len(list)-1][0].Step
	return fmt.Sprintf("Every protected variable agrees at every step that both have saved, up to the state before step %d: the result\ndepends on something else that the loop changes, or that comes from the clock or the process. Protect it.\n", last)
}

func told(list []pair, i int, differ []apartAt, agree []string, one, two string) string {
	var b strings.Builder
	step := list[i][0].Step
	fmt.Fprintf(&b, "The runs part before step %d: the checkpoints of that step are the first ones that differ, in\n", step)
	for _, d := range differ {
		fmt.Fprintf(&b, "  %s\n", d.text(one, two))
	}
	if len(agree) > 0 {
		fmt.Fprintf(&b, "and these still agree: %s.\n", strings.Join(agree, ", "))
	}
	if i > 0 && list[i-1][0].Step == step-1 {
		fmt.Fprintf(&b, "Before step %d all that is protected was the same: look at what the body of the loop reads at step %d besides it\nto work out %s.\n", step-1, step-1, differ[0].name)
	} else if i > 0 {
		fmt.Fprintf(&b, "Before step %d all that is protected was the same; the steps between were not saved by both.\n", list[i-1][0].Step)
	} else {
		fmt.Fprintf(&b, "It is the first step after the restart that was saved: what the loop reads besides the protected variables\nto work out %s is the cause.\n", differ[0].name)
	}
	return b.String()
}

// pair is a checkpoint of one step in two stores.
type pair [2]ckpt.Found

// common lists the steps of which both stores have a checkpoint, in order.
func common(ctx context.Context, a, b store.Store) ([]pair, error) {
	listA, err := ckpt.Find(ctx, a)
	if err != nil {
		return nil, err
	}
	listB, err := ckpt.Find(ctx, b)
	if err != nil {
		return nil, err
	}
	key := func(f ckpt.Found) string { return fmt.Sprintf("%s step %d", f.Run, f.Step) }
	seen := map[string]ckpt.Found{}
	for _, f := range listB {
		if _, ok := seen[key(f)]; !ok { // the newest one of a step comes first
			seen[key(f)] = f
		}
	}
	var out []pair
	for _, f := range listA {
		if g, ok := seen[key(f)]; ok && f.Run != "" {
			out = append(out, pair{f, g})
			delete(seen, key(f))
		}
	}
	slices.SortStableFunc(out, func(x, y pair) int {
		return cmp.Or(strings.Compare(x[0].Run, y[0].Run), cmp.Compare(x[0].Step, y[0].Step))
	})
	return out, nil
}

// apartAt is a variable that differs between two checkpoints.
type apartAt struct {
	name, element string
	a, b          string
	ulps          uint64
	floats        bool
	count         int // elements that differ
	of            int
	note          string // instead of elements
}

func (d apartAt) text(one, two string) string {
	if d.note != "" {
		return d.name + ": " + d.note
	}
	s := fmt.Sprintf("%s is %s %s, %s %s", d.element, d.a, one, d.b, two)
	if d.floats {
		s += ", " + ulpsText(d.ulps)
	}
	return fmt.Sprintf("%s; %d of %d elements differ", s, d.count, d.of)
}

// compare returns the variables that differ, and the names of the others.
func (p pair) compare(ctx context.Context, a, b store.Store) (differ []apartAt, agree []string, err error) {
	left, err := read(ctx, a, p[0])
	if err != nil {
		return nil, nil, err
	}
	right, err := read(ctx, b, p[1])
	if err != nil {
		return nil, nil, err
	}
	for _, v := range left.order {
		d, same := compareVariables(v, left.variables[v], right.variables[v])
		if same {
			agree = append(agree, v)
		} else {
			differ = append(differ, d)
		}
	}
	return differ, agree, nil
}

// contents are the variables of a checkpoint with their stored elements.
type contents struct {
	order     []string
	variables map[string]*variable
}

type variable struct {
	ckpt.Variable
	blocks []ckpt.Block
}

// Block implements ckpt.Sink.
func (v *variable) Block(b ckpt.Block) error {
	b.Data = bytes.Clone(b.Data)
	v.blocks = append(v.blocks, b)
	return nil
}

func read(ctx context.Context, s store.Store, f ckpt.Found) (*contents, error) {
	c := &contents{variables: map[string]*variable{}}
	found, err := f.Scan(ctx, s, func(v *ckpt.Variable) ckpt.Sink {
		c.variables[v.Name] = &variable{}
		return c.variables[v.Name]
	})
	if err != nil {
		return nil, err
	}
	for _, v := range found.Variables {
		c.order = append(c.order, v.Name)
		c.variables[v.Name].Variable = v
	}
	return c, nil
}

func compareVariables(name string, a, b *variable) (d apartAt, same bool) {
	d = apartAt{name: name, of: a.Stored}
	switch {
	case b == nil:
		d.note = "it is saved by one of the two only"
		return d, false
	case !a.Alike(&b.Variable) || a.Stored != b.Stored:
		d.note = fmt.Sprintf("it is %s with %d elements in one, %s with %d in the other", a.Type, a.Elements, b.Type, b.Elements)
		return d, false
	}
	for i := range a.blocks { // the same layout and mask give the same blocks
		x, y := a.blocks[i], b.blocks[i]
		if bytes.Equal(x.Data, y.Data) {
			continue
		}
		for e := range x.Count {
			if bytes.Equal(x.Raw(e), y.Raw(e)) {
				continue
			}
			if d.count++; d.count == 1 {
				d.element, d.a, d.b = a.path(x.From+e), blockText(x, e), blockText(y, e)
				d.ulps, d.floats = blockULPs(x, y, e)
			}
		}
	}
	return d, d.count == 0
}

func blockText(b ckpt.Block, i int) string {
	if b.Kind.Real() && !b.Kind.Integer() && math.IsNaN(b.Float64(i)) {
		return number(math.NaN(), b.Bits(i), 64)
	}
	return b.Text(i)
}

func blockULPs(a, b ckpt.Block, i int) (uint64, bool) {
	if !a.Kind.Real() || a.Kind.Integer() {
		return 0, false
	}
	return apartBy(a.Bits(i), b.Bits(i), a.Kind.Size() == 4)
}

// path names an element by its indices, if the variable is a regular array.
func (v *variable) path(element int) string {
	switch {
	case len(v.Shape) == 0 && v.Elements == 1:
		return v.Name
	case !v.Array() || len(v.Shape) == 0:
		return fmt.Sprintf("element %d of %s", element, v.Name)
	}
	indices := make([]string, len(v.Shape))
	for i := len(v.Shape) - 1; i >= 0; i-- {
		indices[i] = fmt.Sprintf("[%d]", element%v.Shape[i])
		element /= v.Shape[i]
	}
	return v.Name + strings.Join(indices, "")
}

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/cmplx"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

type diffOptions struct {
	run    string
	step   stepFlag
	memory string
	json   bool
}

func newDiff(s *streams) *cobra.Command {
	var o diffOptions
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two checkpoints variable by variable",
		Long: `Compare two checkpoints variable by variable: how many elements differ in a bit, the
greatest absolute difference, and the greatest distance in units in the last place (the
number of floating-point numbers from one to the other). A and B are URLs: of a file, or of
a store, of which the newest valid checkpoint is taken, or with --step that of a step.

Exit status: 0 if all variables are the same to the last bit, 3 if not.`,
		Example: "  cairn diff file:one file:other --step 300\n  cairn diff file:one/run-00000001-step-3.ckpt file:one/run-00000002-step-6.ckpt",
		Args:    exactArgs("A", "B"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := interruptible(c)
			defer stop()
			limit, err := parseSize(o.memory)
			if err != nil {
				return usagef("--memory: %w", err)
			}
			var files [2]string
			var sides [2]map[string]*loaded
			var order [2][]string
			for i, url := range args {
				src, err := openSource(url, o.run)
				if err != nil {
					return err
				}
				f, contents, err := src.pick(ctx, o.step.get(c), s.err)
				if err != nil {
					return err
				}
				if limit -= f.Size; limit < 0 {
					return fmt.Errorf("the two checkpoints do not fit into %s of memory: allow more with --memory", o.memory)
				}
				files[i] = f.Name
				from, _, wipe := src.metered(s.err, f.Size, f.Name)
				sides[i], err = load(ctx, from, f)
				wipe()
				if err != nil {
					return err
				}
				for j := range contents.Variables {
					order[i] = append(order[i], label(&contents.Variables[j], contents.Ranks))
				}
			}
			return o.report(s.out, files, sides, order)
		},
	}
	runFlag(c, &o.run)
	o.step.add(c)
	c.Flags().StringVar(&o.memory, "memory", "4GiB", "memory for the two checkpoints")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// loaded is a variable with its stored elements.
type loaded struct {
	ckpt.Variable
	blocks []ckpt.Block
}

// Block implements ckpt.Sink.
func (l *loaded) Block(b ckpt.Block) error {
	b.Data = bytes.Clone(b.Data)
	l.blocks = append(l.blocks, b)
	return nil
}

func load(ctx context.Context, from store.Store, f ckpt.Found) (map[string]*loaded, error) {
	var all []*loaded
	contents, err := ckpt.Scan(ctx, from, f.Name, func(*ckpt.Variable) ckpt.Sink {
		all = append(all, new(loaded))
		return all[len(all)-1]
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	out := map[string]*loaded{}
	for i, v := range contents.Variables {
		all[i].Variable = v
		out[label(&v, contents.Ranks)] = all[i]
	}
	return out, nil
}

// difference is what diff finds out about one variable.
type difference struct {
	Name     string      `json:"name"`
	Note     string      `json:"note,omitempty"` // why its elements are not compared, or not all
	Compared int         `json:"compared"`
	Differ   int         `json:"differ"` // in a bit
	NaN      int         `json:"nan"`    // NaN in one of the two only
	Max      json.Number `json:"max_abs,omitempty"`
	ULPs     *uint64     `json:"max_ulps,omitempty"`

	float   float64
	integer uint64
	floats  bool
	numbers bool
}

func (d *difference) same() bool { return d.Note == "" && d.Differ == 0 }

// compare returns the difference of two variables of one name; one may be nil.
func compare(name string, a, b *loaded) *difference {
	d := &difference{Name: name}
	switch {
	case b == nil:
		d.Note = "only in A"
	case a == nil:
		d.Note = "only in B"
	case a.Type != b.Type:
		d.Note = fmt.Sprintf("%s in A, %s in B", shorten(printable(a.Type), 40), shorten(printable(b.Type), 40))
	case !a.Alike(&b.Variable):
		d.Note = fmt.Sprintf("shape %s in A, %s in B", shapeOrRagged(&a.Variable), shapeOrRagged(&b.Variable))
	default:
		d.elements(a.blocks, b.blocks)
		if a.Stored != d.Compared || b.Stored != d.Compared {
			d.Note = fmt.Sprintf("%d elements are stored in A, %d in B, %d in both", a.Stored, b.Stored, d.Compared)
		}
	}
	d.sum()
	return d
}

func shapeOrRagged(v *ckpt.Variable) string {
	if v.Shape == nil {
		return fmt.Sprintf("ragged of %d", v.Elements)
	}
	return shapeText(v.Shape)
}

// elements compares what is stored in both.
func (d *difference) elements(a, b []ckpt.Block) {
	for len(a) > 0 && len(b) > 0 {
		x, y := a[0], b[0]
		from, to := max(x.From, y.From), min(x.From+x.Count, y.From+y.Count)
		if from < to {
			d.Compared += to - from
			d.numbers = d.numbers || x.Kind.Real() || x.Kind.Complex()
			d.floats = d.floats || x.Kind.Complex() || x.Kind.Real() && !x.Kind.Integer()
			if !bytes.Equal(part(x, from, to), part(y, from, to)) {
				for i := from; i < to; i++ {
					d.element(x, i-x.From, y, i-y.From)
				}
			}
		}
		if x.From+x.Count == to || x.From+x.Count <= y.From {
			a = a[1:]
		}
		if y.From+y.Count == to || y.From+y.Count <= x.From {
			b = b[1:]
		}
	}
}

// part are the bytes of some elements of a block.
func part(b ckpt.Block, from, to int) []byte {
	if n := b.Kind.Size(); n > 0 {
		return b.Data[(from-b.From)*n : (to-b.From)*n]
	}
	return b.Data
}

func (d *difference) element(a ckpt.Block, i int, b ckpt.Block, j int) {
	if bytes.Equal(a.Raw(i), b.Raw(j)) {
		return
	}
	d.Differ++
	switch k := a.Kind; {
	case k.Signed():
		x, y := a.Int(i), b.Int(j)
		d.integer = max(d.integer, uint64(max(x, y))-uint64(min(x, y)))
	case k.Unsigned():
		x, y := a.Bits(i), b.Bits(j)
		d.integer = max(d.integer, max(x, y)-min(x, y))
	case k.Complex():
		x, y := a.Complex128(i), b.Complex128(j)
		d.apart(cmplx.Abs(y-x), cmplx.IsNaN(x), cmplx.IsNaN(y))
		single := k.Size() == 8
		d.ulps(real(x), real(y), single)
		d.ulps(imag(x), imag(y), single)
	case k.Real():
		x, y := a.Float64(i), b.Float64(j)
		d.apart(math.Abs(y-x), math.IsNaN(x), math.IsNaN(y))
		d.ulps(x, y, k.Size() == 4)
	}
}

func (d *difference) apart(x float64, nanA, nanB bool) {
	switch {
	case nanA != nanB:
		d.NaN++
	case !nanA && !math.IsNaN(x):
		d.float = max(d.float, x)
	}
}

// ulps counts the floating-point numbers from x to y. −0 and +0 are one.
func (d *difference) ulps(x, y float64, single bool) {
	if math.IsNaN(x) || math.IsNaN(y) {
		return
	}
	i, j := ordinal(x, single), ordinal(y, single)
	n := uint64(max(i, j)) - uint64(min(i, j))
	if d.ULPs == nil || n > *d.ULPs {
		d.ULPs = &n
	}
}

// ordinal numbers the floating-point numbers in their order.
func ordinal(x float64, single bool) int64 {
	if single {
		i := int64(int32(math.Float32bits(float32(x))))
		if i < 0 {
			i = math.MinInt32 - i
		}
		return i
	}
	i := int64(math.Float64bits(x))
	if i < 0 {
		i = math.MinInt64 - i
	}
	return i
}

// sum makes the fields that are printed.
func (d *difference) sum() {
	if d.floats && d.ULPs == nil && d.Compared > 0 {
		d.ULPs = new(uint64)
	}
	switch {
	case !d.numbers || d.Compared == 0:
	case d.float == 0 || float64(d.integer) > d.float:
		d.Max = json.Number(strconv.FormatUint(d.integer, 10))
	case !math.IsInf(d.float, 0):
		d.Max = json.Number(strconv.FormatFloat(d.float, 'g', -1, 64))
	}
}

func (o *diffOptions) report(w io.Writer, files [2]string, sides [2]map[string]*loaded, order [2][]string) error {
	list := []*difference{}
	for _, name := range order[0] {
		list = append(list, compare(name, sides[0][name], sides[1][name]))
	}
	for _, name := range order[1] {
		if sides[0][name] == nil {
			list = append(list, compare(name, nil, sides[1][name]))
		}
	}
	different := 0
	for _, d := range list {
		if !d.same() {
			different++
		}
	}
	var err error
	if o.json {
		err = writeJSON(w, struct {
			A         string        `json:"a"`
			B         string        `json:"b"`
			Same      bool          `json:"same"`
			Variables []*difference `json:"variables"`
		}{files[0], files[1], different == 0, list})
	} else {
		err = printDifferences(w, files, list)
	}
	if err == nil && different > 0 {
		err = statusError{fmt.Errorf("%d of %d variables differ", different, len(list)), statusFound}
	}
	return err
}

func printDifferences(w io.Writer, files [2]string, list []*difference) error {
	fmt.Fprintf(w, "A: %s\nB: %s\n\n", files[0], files[1])
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "variable\tcompared\tdiffer\tmax |Δ|\tmax ULPs\tNaN in one\t")
	for _, d := range list {
		largest, ulps := "-", "-"
		switch {
		case d.Max != "" && d.float > 0:
			largest = short(max(d.float, float64(d.integer)))
		case d.Max != "":
			largest = string(d.Max)
		case math.IsInf(d.float, 0):
			largest = "+Inf"
		}
		if d.ULPs != nil {
			ulps = strconv.FormatUint(*d.ULPs, 10)
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%d\t%s\n", printable(d.Name), d.Compared, d.Differ, largest, ulps, d.NaN, d.Note)
	}
	return t.Flush()
}

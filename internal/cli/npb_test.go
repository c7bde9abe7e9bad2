package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/suite"
)

func TestNPBJSON(t *testing.T) {
	status, out, errs := cairn("npb", "cg", "--class", "s", "--json")
	if status != 0 || errs != "" {
		t.Fatalf("status %d, errors %q", status, errs)
	}
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	var got struct {
		Kernel, Class      string
		Verified           bool
		Seconds, Mops      float64
		Values, References map[string]float64
	}
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Kernel != "cg" || got.Class != "S" || !got.Verified || got.Seconds <= 0 || got.Mops <= 0 {
		t.Errorf("%+v", got)
	}
	// The official value of zeta of class S.
	if math.Abs(got.Values["zeta"]-8.5971775078648) > 1e-9 || got.References["zeta"] != 8.5971775078648 {
		t.Errorf("values %v, references %v", got.Values, got.References)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &fields); err != nil || len(fields) != 7 {
		t.Errorf("%d fields in %s, want 7 (%v)", len(fields), out, err)
	}
}

func TestNPBText(t *testing.T) {
	status, out, _ := cairn("npb", "cg")
	if status != 0 || !strings.Contains(out, "NPB cg class S: verified") {
		t.Errorf("status %d\n%s", status, out)
	}
}

func TestNPBUnknownClass(t *testing.T) {
	status, out, errs := cairn("npb", "cg", "--class", "Z")
	if status != 2 || out != "" || !strings.Contains(errs, `unknown class "Z": choose one of S, W, A, B`) {
		t.Errorf("status %d, output %q, errors %q", status, out, errs)
	}
}

func TestNPBUnknownKernel(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"npb", "xx"}, `unknown kernel "xx": the kernels are bt, cg, `},
		{[]string{"npb", "xx", "--class", "S"}, `unknown kernel "xx": the kernels are bt, cg, `},
		{[]string{"npb", "--clas"}, "unknown flag: --clas; see cairn npb --help"},
		{[]string{"npb", "cg", "--clas"}, "unknown flag: --clas; see cairn npb cg --help"},
	} {
		if status, out, errs := cairn(c.args...); status != 2 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%v: status %d, output %q, errors %q", c.args, status, out, errs)
		}
	}
}

// testKernels: the first one reports its goroutines as seconds, the result of the second one is
// wrong in class W.
var testKernels = []suite.Kernel{{
	Name: "right", Classes: func() []common.Class { return []common.Class{"S", "W", "C"} },
	Run: func(c common.Class) common.Result {
		return common.Result{Kernel: "right", Class: c, Verified: true, Seconds: float64(common.Workers().Procs()), Mops: 2}
	},
}, {
	Name: "wrong", Classes: func() []common.Class { return []common.Class{"S", "W"} },
	Run: func(c common.Class) common.Result {
		return common.Result{
			Kernel: "wrong", Class: c, Verified: c == "S", Seconds: 1000, Mops: 12345.67,
			Values: common.Values{"v": 1}, References: common.Values{"v": 2},
		}
	},
}}

// npbTest runs a command on the kernels of tests.
func npbTest(make func(*streams) *cobra.Command, args ...string) (out string, err error) {
	var b bytes.Buffer
	c := make(&streams{out: &b, err: io.Discard, log: slog.New(slog.DiscardHandler)})
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	err = c.Execute()
	return b.String(), err
}

func allTest(s *streams) *cobra.Command { return newAllKernels(s, testKernels) }

// A kernel whose result differs from the official one is a failure with a report.
func TestNPBFailedVerification(t *testing.T) {
	out, err := npbTest(func(s *streams) *cobra.Command { return newKernel(s, testKernels[1]) }, "--json", "--class", "W")
	if err == nil || !strings.Contains(err.Error(), "verification failed") || !strings.Contains(out, `"verified":false`) {
		t.Errorf("error %v, output %s", err, out)
	}
}

func TestNPBAllText(t *testing.T) {
	out, err := npbTest(allTest)
	want := `kernel  class  verified    seconds     Mop/s
right   S      yes           1.000       2.0
wrong   S      yes        1000.000   12345.7
`
	if err != nil || out != want {
		t.Errorf("error %v, output\n%swant\n%s", err, out, want)
	}
	out, err = npbTest(allTest, "--class", "w", "--procs", "3")
	want = `kernel  class  verified    seconds     Mop/s
right   W      yes           3.000       2.0
wrong   W      NO         1000.000   12345.7
`
	if err == nil || !strings.Contains(err.Error(), "npb class W: verification failed: wrong; ") || out != want {
		t.Errorf("error %v, output\n%swant\n%s", err, out, want)
	}
	if procs := common.Workers().Procs(); procs != 1 {
		t.Errorf("%d goroutines are left over", procs)
	}
}

// The JSON of all kernels is an array of what each prints alone.
func TestNPBAllJSON(t *testing.T) {
	out, err := npbTest(allTest, "--json", "--class", "W")
	want := `[{"kernel":"right","class":"W","verified":true,"seconds":1,"mops":2,"values":{},"references":{}},` +
		`{"kernel":"wrong","class":"W","verified":false,"seconds":1000,"mops":12345.67,"values":{"v":1},"references":{"v":2}}]` + "\n"
	if err == nil || out != want {
		t.Errorf("error %v, output\n%swant\n%s", err, out, want)
	}
}

func TestNPBAllKernels(t *testing.T) {
	status, out, errs := cairn("npb", "all", "--procs", "2", "--json")
	var got []common.Result
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != 0 || errs != "" {
		t.Fatalf("status %d, errors %q, output %s (%v)", status, errs, out, err)
	}
	kernels := suite.Kernels()
	for i, r := range got {
		if len(got) != len(kernels) || r.Kernel != kernels[i].Name || r.Class != "S" || !r.Verified {
			t.Errorf("result %d: %+v", i, r)
		}
	}
}

func TestNPBUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"npb", "ep", "--procs", "0"}, "--procs 0: choose a number from 1 to 4096"},
		{[]string{"npb", "ep", "--procs", "-1"}, "--procs -1: choose a number from 1 to 4096"},
		{[]string{"npb", "all", "--procs", "4097"}, "--procs 4097: choose a number from 1 to 4096"},
		{[]string{"npb", "all", "--procs", "two"}, `invalid argument "two" for "--procs"`},
		{[]string{"npb", "ep", "--procs", "99999999999999999999"}, `invalid argument "99999999999999999999" for "--procs"`},
		{[]string{"npb", "all", "--class", "Z"}, `bt: npb: unknown class "Z": choose one of S, W, A, B`},
		{[]string{"npb", "all", "cg"}, `unexpected argument "cg": write cairn npb all`},
	} {
		if status, out, errs := cairn(c.args...); status != 2 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%v: status %d, output %q, errors %q", c.args, status, out, errs)
		}
	}
	// A class that one kernel has and another one has not.
	if out, err := npbTest(allTest, "--class", "C"); err == nil || out != "" || !strings.Contains(err.Error(), `wrong: npb: unknown class "C"`) {
		t.Errorf("output %q, error %v", out, err)
	}
	if got := classList(commonClasses(testKernels)); got != "S, W" {
		t.Errorf("the classes of both are %s", got)
	}
}

package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
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
		{[]string{"npb", "xx"}, `unknown kernel "xx": the kernels are cg`},
		{[]string{"npb", "xx", "--class", "S"}, `unknown kernel "xx": the kernels are cg`},
		{[]string{"npb", "--clas"}, "unknown flag: --clas; see cairn npb --help"},
		{[]string{"npb", "cg", "--clas"}, "unknown flag: --clas; see cairn npb cg --help"},
	} {
		if status, out, errs := cairn(c.args...); status != 2 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%v: status %d, output %q, errors %q", c.args, status, out, errs)
		}
	}
}

// A kernel whose result differs from the official one is a failure with a report.
func TestNPBFailedVerification(t *testing.T) {
	var out bytes.Buffer
	s := &streams{out: &out, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	wrong := kernel{
		name: "no", classes: func() []common.Class { return []common.Class{common.ClassS} },
		run: func(c common.Class) common.Result {
			return common.Result{Kernel: "no", Class: c, Values: common.Values{"v": 1}, References: common.Values{"v": 2}}
		},
	}
	c := newKernel(s, wrong)
	c.SetArgs([]string{"--json"})
	c.SilenceErrors, c.SilenceUsage = true, true
	err := c.Execute()
	if err == nil || !strings.Contains(err.Error(), "verification failed") || !strings.Contains(out.String(), `"verified":false`) {
		t.Errorf("error %v, output %s", err, out.String())
	}
}

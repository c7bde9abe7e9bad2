package main

import (
	"strings"
	"testing"
)

const input = `goos: linux
cpu: A "fast" one
pkg: example.com/a
,file,
,sec/op,CI
Gradient/GMM_d10_K25-2,0.003,2%
Gradient/Fast-16,1e-9,0%
geomean,0.001,

,file,
,primal-sec,CI
Gradient/GMM_d10_K25-2,0.00125,2%
Gradient/Fast-16,4.5e-10,0%

,file,
,x-primal,CI
Gradient/GMM_d10_K25-2,2.401,3%
Gradient/Fast-16,2.2,∞

,file,
,target,CI
Gradient/GMM_d10_K25-2,2.4,0%

,file,
,allocs/op,CI
Gradient/GMM_d10_K25-2,7,0%

,file,
,peak-B,CI
Gradient/GMM_d10_K25-2,2560,0%
Gradient/Fast-16,512,0%
pkg: example.com/b
,sec/op,CI
Other-2,1,0%
Other/of_another_kind-2,1,0%

,x-hand,CI
Gradient/Fast-16,1.05,1%

,x-primal,CI
"Gradient/Fast,_of_b-16",1,1%

,peak-B,CI
"Gradient/Fast,_of_b-16",3145728,0%
`

const want = `| problem | function | derivative, in runs of it | target | over one by hand | differences | allocations | bytes allocated | memory |
|---|---|---|---|---|---|---|---|---|
| GMM d10 K25 | 1.25 ms | 2.40 ± 3 % | ≤ 2.4 |  |  | 7 |  | 2.5 KiB |
| Fast | 0.45 ns | 2.20 ± ∞ |  |  |  |  |  | 512 B |
| Fast, of b | 0 ns | 1.00 ± 1 % |  |  |  |  |  | 3 MiB |
`

func TestTable(t *testing.T) {
	var out strings.Builder
	if err := run(strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("the table is\n%s\nwant\n%s", out.String(), want)
	}
}

func TestBadInput(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "no benchmark",
		"pkg: a\n,sec/op,CI\nA/b-2,1,0%\n": "no benchmark",
		",x-primal,CI\nA/b-2,much,0%\n":    "line 2",
	} {
		err := run(strings.NewReader(in), &strings.Builder{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives the error %v, want one with %q", in, err, want)
		}
	}
}

package compile_test

import (
	"cmp"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/difftest"
)

var oneScheme = flag.String("scheme", "", "the scheme of all cases of TestSchemes, as \"periodic period=2\"; \"\" for several")

var schemeRounds = flag.Int("rounds", 2, "how many of the schemes each case of TestSchemes gets")

// otherSchemes stand in for the binomial schedule in TestSchemes.
var otherSchemes = []string{
	"periodic period=2", "mixed snaps=2", "online snaps=2", "multistage snaps=1 disk=2 storage=ram", "periodic period=3 snaps=2",
	"hrevolve snaps=1 disk=2 wd=2 rd=1", "binomial snaps=2 tape=3", "binomial snaps=2 storage=file", "auto", "mixed snaps=5",
	"online snaps=1", "binomial budget=300", "online snaps=2 disk=3 storage=ram",
	"hrevolve levels=1:0:0,2:2:2,-1:9:9 storage=ram", "store",
}

var binomialLine = regexp.MustCompile(`scheme=binomial snaps=\w+`)

// TestSchemes compiles the cases with a binomial schedule once more under other schemes,
// which must give the gradients that stand in the cases, and the same bits in all rounds.
func TestSchemes(t *testing.T) {
	runtimeBuilds(t)
	rounds := *schemeRounds
	if testing.Short() {
		rounds = 1
	}
	all, _ := readCases(t)
	var first map[string]difftest.Report
	for r := range rounds {
		var cases []*caseFile
		for _, c := range all {
			if strings.Contains(c.allText(), "scheme=binomial") {
				cases = append(cases, c)
			}
		}
		t.Run(fmt.Sprint("round", r), func(t *testing.T) {
			reports := examine(t, compile.Options{}, cases, func(i int, c *caseFile) func(src string) string {
				scheme := "scheme=" + cmp.Or(*oneScheme, otherSchemes[(i+7*r)%len(otherSchemes)])
				return func(src string) string { return binomialLine.ReplaceAllString(src, scheme) }
			})
			if first == nil {
				first = reports
			}
			sameGradient(t, first, reports, sameBits)
		})
	}
}

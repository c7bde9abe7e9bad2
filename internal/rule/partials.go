package rule

// partials has the functions that stand in partial derivatives only, so that those can be
// differentiated again, any number of times: what is written here about a function names
// functions that have a rule.
//
// Sources: Abramowitz & Stegun, 6.4.1 for the polygamma functions. Where a function is
// constant but for steps, and at the points that a case distinction sets apart, its
// derivative is 0.
var partials = []Rule{
	{Fn: "ad.Sign", Partials: []string{"0"}, Cheap: true},
	{Fn: "ad.Step", Partials: []string{"0"}, Cheap: true},
	{Fn: "ad.FrexpScale", Partials: []string{"0"}, Cheap: true},

	{Fn: "ad.Ratio", Partials: []string{"ad.RatioX(x, y)", "-r*ad.RatioX(x, y)"}, Cheap: true},
	{Fn: "ad.RatioX", Partials: []string{"0", "-r*r"}, Cheap: true},

	{Fn: "ad.Digamma", Partials: []string{"ad.Polygamma(1, x)"}, Singular: true},
	{Fn: "ad.Polygamma", Partials: []string{"0", "ad.Polygamma(x+1, y)"}, Singular: true},

	{Fn: "ad.PowX", Partials: []string{"ad.Times(y, ad.PowX(x, y-1))", "ad.PowPos(x, y-1)*(1+y*ad.LogPos(x))"}, Singular: true},
	{Fn: "ad.PowY", Partials: []string{"y*ad.InvPos(x)", "ad.LogPos(x)"}, Singular: true},
	{Fn: "ad.PowPos", Partials: []string{"y*ad.PowPos(x, y-1)", "r*ad.LogPos(x)"}, Singular: true},
	{Fn: "ad.LogPos", Partials: []string{"ad.InvPos(x)"}, Singular: true},
	{Fn: "ad.InvPos", Partials: []string{"-r*r"}, Singular: true},
	{Fn: "ad.Times", Partials: []string{"y", "x"}, Cheap: true},

	{Fn: "ad.Conj", Partials: []string{"1"}, Conj: true, Cheap: true},
	{Fn: "ad.Unit", Partials: []string{"complex(ad.InvPos(y), 0)", "-r*complex(ad.InvPos(y), 0)"}},
	{Fn: "ad.Root", Partials: []string{"0.5/r", "0"}, Singular: true},
	{Fn: "ad.CPowX", Partials: []string{"ad.CTimes(y, ad.CPowX(x, y-1))", "ad.CPowNonzero(x, y-1)*(1+y*ad.CLogNonzero(x))"}, Singular: true},
	{Fn: "ad.CPowY", Partials: []string{"y*ad.CInvNonzero(x)", "ad.CLogNonzero(x)"}, Singular: true},
	{Fn: "ad.CPowNonzero", Partials: []string{"y*ad.CPowNonzero(x, y-1)", "r*ad.CLogNonzero(x)"}, Singular: true},
	{Fn: "ad.CLogNonzero", Partials: []string{"ad.CInvNonzero(x)"}, Singular: true},
	{Fn: "ad.CInvNonzero", Partials: []string{"-r*r"}, Singular: true},
	{Fn: "ad.CTimes", Partials: []string{"y", "x"}, Cheap: true},
}

// complexPartials are the functions in partials with complex results.
var complexPartials = map[string]bool{
	"ad.Conj": true, "ad.Unit": true, "ad.Root": true, "ad.CPowX": true, "ad.CPowY": true,
	"ad.CPowNonzero": true, "ad.CLogNonzero": true, "ad.CInvNonzero": true, "ad.CTimes": true,
}

// Partials returns the rules of the functions that stand in the partial derivatives of
// others only.
func Partials() []Rule { return append([]Rule{}, partials...) }

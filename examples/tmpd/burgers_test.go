package burgers

import ("testing";"fmt";"math")

func TestX(t *testing.T) {
	a, err := Run(CI(), 20)
	if err != nil { t.Fatal(err) }
	b, err := Run(CI(), 0)
	rel := func(a,b float64) float64 { return math.Abs(a/b-1) }
	fmt.Println(rel(a.InitialEnergy,0.0855298595153226), rel(a.FinalEnergy,0.08426001732938161), rel(a.GradientNorm(), 1.302074170930382e-6), rel(a.DU0(54,45),2.612525652939337e-4), rel(a.GradientNorm2(), 6.244679598464821e-3))
	for k := range a.Ub { if a.Ub[k] != b.Ub[k] || a.Vb[k] != b.Vb[k] { t.Fatal("differ") } }
}

func bench(b *testing.B, snaps int) {
	p := CI()
	u, v := Initial(p)
	ub, vb := make([]float64, p.Points()), make([]float64, p.Points())
	b.ReportAllocs()
	for b.Loop() {
	 switch {
	 case snaps < 0: Energy(p,u,v,1)
	 case snaps == 0: EnergyStoredAdjoint(p,u,ub,v,vb,1)
	 default:  EnergyAdjoint(p,u,ub,v,vb,snaps,1)
	 }
	}
}
func BenchmarkPrimal(b *testing.B) { bench(b,-1) }
func BenchmarkStored(b *testing.B) { bench(b,0) }
func Benchmark20(b *testing.B) { bench(b,20) }
func Benchmark100(b *testing.B) { bench(b,100) }
func BenchmarkTangent(b *testing.B) { 
	p := CI()
	u, v := Initial(p)
	ub, vb := make([]float64, p.Points()), make([]float64, p.Points())
	for b.Loop() { EnergyTangent(p,u,ub,v,vb,1) }
}

package burgers
import ("testing";"github.com/cairn-ad/cairn/ad")
func micro(b *testing.B, f func(p Params, un,unb,vn,vnb,u,ub,v,vb []float64, st *ad.Stack)) {
	p := CI()
	u, v := Initial(p)
	un, vn := Initial(p)
	ub, vb := Initial(p)
	unb, vnb := Initial(p)
	st := ad.NewStack()
	for b.Loop() { f(p,un,unb,vn,vnb,u,ub,v,vb,st) }
}
func BenchmarkMStep(b *testing.B) { micro(b, func(p Params, un,unb,vn,vnb,u,ub,v,vb []float64, st *ad.Stack) {step(p,un,vn,u,v)}) }
func BenchmarkMFR(b *testing.B) { micro(b, func(p Params, un,unb,vn,vnb,u,ub,v,vb []float64, st *ad.Stack) {stepForward(p,un,unb,vn,vnb,u,ub,v,vb,st);stepReverse(p,un,unb,vn,vnb,u,ub,v,vb,st)}) }
func BenchmarkMF(b *testing.B) { micro(b, func(p Params, un,unb,vn,vnb,u,ub,v,vb []float64, st *ad.Stack) {
m:=st.Mark(); stepForward(p,un,unb,vn,vnb,u,ub,v,vb,st); st.Reset(m)}) }
func BenchmarkMSave(b *testing.B) { 	var s ad.Snapshot; micro(b, func(p Params, un,unb,vn,vnb,u,ub,v,vb []float64, st *ad.Stack) {
 s.Reset(); s.Save(&u);s.Save(&v);s.Save(&un);s.Save(&vn)
}) }

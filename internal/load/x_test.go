package load
import ("testing";"time")
func TestX(t *testing.T){
 t0:=time.Now()
 ps,err:=Load("/tmp/lt",[]string{"./a"},Options{})
 t.Log(time.Since(t0), err)
 for _,p:=range ps { t.Log(p.Path,p.Matched,p.FileNames,p.Dir,len(p.Imports)) }
}

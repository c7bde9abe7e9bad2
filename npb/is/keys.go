package is

import "github.com/cairn-ad/cairn/npb/common"

// makeKeys draws the keys of a class (RNR-94-007, kernel IS; NPB 3.x, create_seq): each is the
// sum of four uniform numbers times a quarter of the bound, cut to an integer.
func makeKeys(p Params) []int32 {
	keys := make([]int32, p.keys())
	quarter := float64(p.maxKey() / 4)
	g := common.NewRandom(common.Seed)
	for i := range keys {
		x := g.Next()
		x += g.Next()
		x += g.Next()
		x += g.Next()
		keys[i] = int32(quarter * x)
	}
	return keys
}

package mg

import "github.com/cairn-ad/cairn/npb/common"

// charges is the number of points with +1, and of those with −1.
const charges = 10

// A draw is a random number and the point that it was drawn for.
type draw struct {
	value float64
	point int // index in the array
}

// zran3 sets v, the finest level of the given number of levels, to the charges (RNR-94-007,
// kernel MG): a random number is drawn for every point, with the first coordinate running fastest;
// the points of the ten largest get +1, those of the ten smallest −1, all others 0.
//
//cairn:passive
func zran3(v []float64, levels int) {
	n := width(levels)
	rng := common.NewRandom(common.Seed)
	var largest, smallest [charges]draw
	for c := range charges {
		smallest[c].value = 1
	}
	for i3 := 1; i3 < n-1; i3++ {
		for i2 := 1; i2 < n-1; i2++ {
			for i1 := 1; i1 < n-1; i1++ {
				d := draw{rng.Next(), (i3*n+i2)*n + i1}
				if d.value > largest[0].value {
					insert(&largest, d, 1)
				}
				if d.value < smallest[0].value {
					insert(&smallest, d, -1)
				}
			}
		}
	}
	clear(v)
	for c := range charges {
		v[largest[c].point] = 1
		v[smallest[c].point] = -1
	}
	for i3 := 1; i3 < n-1; i3++ {
		commRows(v[i3*n*n:][:n*n], n)
	}
	commPlanes(v, n)
}

// insert puts d into a list that is ordered by sign·value, in the place of the first element.
func insert(list *[charges]draw, d draw, sign float64) {
	at := 0
	for at+1 < charges && sign*list[at+1].value < sign*d.value {
		list[at] = list[at+1]
		at++
	}
	list[at] = d
}

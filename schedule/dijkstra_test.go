package schedule

// dijkstra returns the least cost of a way from start to a node that is an end, or -1 if
// there is none. next calls reach for each node that follows x, which has the cost d, with
// the cost of that node.
func dijkstra[N comparable](start N, isEnd func(N) bool, next func(x N, d int64, reach func(d int64, to N))) int64 {
	dist := map[N]int64{}
	var queue [][]N // by cost
	reach := func(d int64, to N) {
		if old, ok := dist[to]; ok && old <= d {
			return
		}
		dist[to] = d
		for int64(len(queue)) <= d {
			queue = append(queue, nil)
		}
		queue[d] = append(queue[d], to)
	}
	reach(0, start)
	for d := int64(0); d < int64(len(queue)); d++ {
		for i := 0; i < len(queue[d]); i++ {
			x := queue[d][i]
			if dist[x] != d {
				continue
			}
			if isEnd(x) {
				return d
			}
			next(x, d, reach)
		}
	}
	return -1
}

package ad

import (
	"fmt"
	"testing"
)

// chunked is the alternative to one growing slice per area: chunks that never move.
// It is kept here to show what the choice of Stack is compared with.
type chunked struct {
	chunks [][]float64
	cur    []float64
	n      int // chunk in use
}

const chunkLen = 1 << 13

func (c *chunked) push(x float64) {
	if len(c.cur) == cap(c.cur) {
		c.more()
	}
	c.cur = append(c.cur, x)
}

func (c *chunked) more() {
	if len(c.chunks) > 0 {
		c.chunks[c.n] = c.cur
		c.n++
	}
	if c.n == len(c.chunks) {
		c.chunks = append(c.chunks, make([]float64, 0, chunkLen))
	}
	c.cur = c.chunks[c.n][:0]
}

func (c *chunked) pop() float64 {
	if len(c.cur) == 0 {
		c.n--
		c.cur = c.chunks[c.n]
	}
	k := len(c.cur) - 1
	x := c.cur[k]
	c.cur = c.cur[:k]
	return x
}

var sizes = []int{1e3, 1e5, 1e7}

// One operation is n pushes and their pops. "warm" reuses the memory of the operation
// before, "cold" begins without any.
func BenchmarkStackFloat(b *testing.B) {
	for _, n := range sizes {
		slice := func(s *Stack) {
			for i := range n {
				s.PushFloat(float64(i))
			}
			for range n {
				sink += s.PopFloat()
			}
		}
		chunks := func(c *chunked) {
			for i := range n {
				c.push(float64(i))
			}
			for range n {
				sink += c.pop()
			}
		}
		s, c := new(Stack), new(chunked)
		perOp(b, fmt.Sprintf("slice/warm/n=%d", n), n, func() { slice(s) })
		perOp(b, fmt.Sprintf("chunks/warm/n=%d", n), n, func() { chunks(c) })
		perOp(b, fmt.Sprintf("slice/cold/n=%d", n), n, func() { slice(new(Stack)) })
		perOp(b, fmt.Sprintf("chunks/cold/n=%d", n), n, func() { chunks(new(chunked)) })
	}
}

var sink float64

func perOp(b *testing.B, name string, n int, f func()) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		f()
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/pair")
	})
}

// bits is the alternative to a byte per control decision: eight in one.
type bits struct {
	b []byte
	n int
}

func (s *bits) push(v bool) {
	if s.n&7 == 0 {
		s.b = append(s.b, 0)
	}
	if v {
		s.b[s.n>>3] |= 1 << (s.n & 7)
	}
	s.n++
}

func (s *bits) pop() bool {
	s.n--
	v := s.b[s.n>>3]>>(s.n&7)&1 != 0
	if s.n&7 == 0 {
		s.b = s.b[:s.n>>3]
	} else {
		s.b[s.n>>3] &^= 1 << (s.n & 7)
	}
	return v
}

func BenchmarkStackBool(b *testing.B) {
	const n = 1e5
	count := 0
	s, p := new(Stack), new(bits)
	perOp(b, "bytes", n, func() {
		for i := range int(n) {
			s.PushBool(i*i&5 == 4)
		}
		for range int(n) {
			if s.PopBool() {
				count++
			}
		}
	})
	perOp(b, "bits", n, func() {
		for i := range int(n) {
			p.push(i*i&5 == 4)
		}
		for range int(n) {
			if p.pop() {
				count++
			}
		}
	})
	sink += float64(count)
}

func BenchmarkStackAny(b *testing.B) {
	s := new(Stack)
	x, m, pt := make([]float64, 1000), new(mixed), point{}
	perOp(b, "[]float64", 1, func() { Push(s, x); x = Pop[[]float64](s) })
	perOp(b, "*struct", 1, func() { Push(s, m); m = Pop[*mixed](s) })
	perOp(b, "struct", 1, func() { Push(s, pt); pt = Pop[point](s) })
	perOp(b, "1000 floats", 1000, func() { PushSlice(s, x); PopSlice(s, x) })
}

func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{1, 1000, 1e6} {
		x := make([]float64, n)
		var s Snapshot
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(16 * n))
			b.ReportAllocs()
			for b.Loop() {
				s.Reset()
				s.Save(&x)
				s.Restore(&x)
			}
		})
		y := make([]float64, n)
		b.Run(fmt.Sprintf("copy/n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(16 * n))
			for b.Loop() {
				copy(y, x)
				copy(x, y)
			}
		})
	}
}

func BenchmarkZeroLike(b *testing.B) {
	rows := make([][]float64, 1000)
	for i := range rows {
		rows[i] = make([]float64, 1000)
	}
	b.Run("rows", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ZeroLike(rows)
		}
	})
	z := ZeroLike(rows)
	b.Run("AddLike", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AddLike(z, rows)
		}
	})
}

package lstm

import (
	"math"
	"testing"
)

// A unit is what one unit of a layer kept of one step of the text.
type unit struct {
	x, hidden, cell         float64 // input, and the state before the step
	forget, in, out, change float64
	after                   float64 // the hyperbolic tangent of the state after it
}

// addGradientByHand is addGradient for seed 1 as a person writes it: through time and back,
// keeping the gates, whose derivatives follow from their values.
func (c instance) addGradientByHand(g instance) float64 {
	b, layers, steps := len(c.extra[0]), len(c.main)/2, len(c.sequence)-1
	units := make([]unit, steps*layers*b)
	expected := make([]float64, steps*b) // exp(y) over the sum below the logarithm
	x, y := make([]float64, b), make([]float64, b)
	hidden, cell := make([]float64, layers*b), make([]float64, layers*b)
	for i := range layers {
		copy(hidden[i*b:(i+1)*b], c.state[2*i])
		copy(cell[i*b:(i+1)*b], c.state[2*i+1])
	}
	total := 0.0
	for t := range steps {
		for j, s := range c.sequence[t] {
			x[j] = s * c.extra[0][j]
		}
		for i := range layers {
			at := (t*layers + i) * b
			advance(units[at:at+b], c.main[2*i], c.main[2*i+1], hidden[i*b:(i+1)*b], cell[i*b:(i+1)*b], x)
		}
		sum := 2.0
		p := expected[t*b : (t+1)*b]
		for j := range x {
			y[j] = x[j]*c.extra[1][j] + c.extra[2][j]
			p[j] = math.Exp(y[j])
			sum += p[j]
		}
		norm := math.Log(sum)
		for j, next := range c.sequence[t+1] {
			total += next * (y[j] - norm)
			p[j] /= sum
		}
	}
	n := float64(b * steps)
	clear(hidden)
	clear(cell) // from here on their adjoints
	for t := steps - 1; t >= 0; t-- {
		next := c.sequence[t+1]
		set := 0.0
		for _, v := range next {
			set += v
		}
		top := units[(t*layers+layers-1)*b:][:b]
		for j, p := range expected[t*b : (t+1)*b] {
			yb := (set*p - next[j]) / n
			g.extra[1][j] += top[j].out * top[j].after * yb
			g.extra[2][j] += yb
			x[j] = c.extra[1][j] * yb
		}
		for i := layers - 1; i >= 0; i-- {
			at := (t*layers + i) * b
			retreat(units[at:at+b], c.main[2*i], g.main[2*i], g.main[2*i+1], hidden[i*b:(i+1)*b], cell[i*b:(i+1)*b], x)
		}
		for j, s := range c.sequence[t] {
			g.extra[0][j] += s * x[j]
		}
	}
	return -total / n
}

// advance runs one layer; x becomes its output.
func advance(units []unit, weight, bias, hidden, cell, x []float64) {
	b := len(x)
	for j := range x {
		u := &units[j]
		u.x, u.hidden, u.cell = x[j], hidden[j], cell[j]
		u.forget = sigmoid(u.x*weight[j] + bias[j])
		u.in = sigmoid(u.hidden*weight[b+j] + bias[b+j])
		u.out = sigmoid(u.x*weight[2*b+j] + bias[2*b+j])
		u.change = math.Tanh(u.hidden*weight[3*b+j] + bias[3*b+j])
		cell[j] = u.cell*u.forget + u.in*u.change
		u.after = math.Tanh(cell[j])
		hidden[j] = u.out * u.after
		x[j] = hidden[j]
	}
}

// retreat is the reverse of advance. x is the adjoint of the output and becomes that of the
// input; hidden and cell are the adjoints of the state, after the step and then before it.
func retreat(units []unit, weight, weightb, biasb, hidden, cell, x []float64) {
	b := len(x)
	for j := range x {
		u := &units[j]
		hb := x[j] + hidden[j]
		cb := cell[j] + (1-u.after*u.after)*u.out*hb
		forget := u.forget * (1 - u.forget) * u.cell * cb
		in := u.in * (1 - u.in) * u.change * cb
		out := u.out * (1 - u.out) * u.after * hb
		change := (1 - u.change*u.change) * u.in * cb
		weightb[j] += u.x * forget
		biasb[j] += forget
		weightb[b+j] += u.hidden * in
		biasb[b+j] += in
		weightb[2*b+j] += u.x * out
		biasb[2*b+j] += out
		weightb[3*b+j] += u.hidden * change
		biasb[3*b+j] += change
		x[j] = weight[j]*forget + weight[2*b+j]*out
		hidden[j] = weight[b+j]*in + weight[3*b+j]*change
		cell[j] = u.forget * cb
	}
}

// TestByHand compares the gradient by hand with the made one.
func TestByHand(t *testing.T) {
	for name, c := range map[string]instance{"all": read(t, "l2_c1024.txt"), "short": short(t)} {
		made, hand := c.zero(), c.zero()
		value, want := c.addGradient(made, 1), c.addGradientByHand(hand)
		if math.Abs(value-want) > 1e-13*math.Abs(want) {
			t.Errorf("%s: the made gradient comes with the value %v, the one by hand with %v", name, value, want)
		}
		largest := 0.0
		for _, v := range hand.vector() {
			largest = max(largest, math.Abs(v))
		}
		for i, want := range hand.vector() {
			if got := made.vector()[i]; math.Abs(got-want) > 1e-13*largest {
				t.Fatalf("%s: component %d of the made gradient is %v, by hand it is %v", name, i, got, want)
			}
		}
	}
}

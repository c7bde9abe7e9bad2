package codec_test

import (
	"context"
	"fmt"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/ckpt/codec"
)

func Example() {
	ctx := context.Background()
	field := make([][]float64, 200)
	for i := range field {
		field[i] = make([]float64, 300)
		for j := range field[i] {
			field[i][j] = 1 / (1 + float64(i*i+j*j)/1e4)
		}
	}
	picture := append([]float64(nil), field[10]...)

	run, err := ckpt.Open("mem:", ckpt.Options{Codec: codec.Shuffle()})
	if err != nil {
		fmt.Println(err)
		return
	}
	run.Protect("field", &field, ckpt.Compressed(codec.Lorenzo()))
	run.Protect("picture", &picture, ckpt.Lossy(codec.Bounded(1e-6)))
	for t := range run.Steps(ctx, 1) {
		field[t][t]++
	}
	fmt.Println(run.Err(), run.Saved().Bytes < 8*200*300*2/3)
	// Output: <nil> true
}

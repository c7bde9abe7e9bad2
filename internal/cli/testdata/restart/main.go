// Command restart is a small program for the tests of cairn verify-restart. It is right,
// unless the environment variable BUG says how it is to be wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
)

const steps = 60

func main() {
	if err := simulate(os.Getenv("BUG")); err != nil {
		log.Fatal(err)
	}
}

func simulate(bug string) error {
	_, err := os.Stat("checkpoints")
	resumed := err == nil
	switch {
	case bug == "anew":
		if err := os.RemoveAll("checkpoints"); err != nil {
			return err
		}
	case bug == "hang" && resumed:
		time.Sleep(time.Hour)
	case bug == "fail" && resumed, bug == "fail at once":
		return errors.New("it fails on purpose")
	case bug == "no save":
		fmt.Println("done")
		return nil
	}
	run, err := ckpt.Open("file:checkpoints", ckpt.Options{Every: 3})
	if err != nil {
		return err
	}
	u, sum, previous := make([]float64, 10), 0.0, 0.0
	run.Protect("u", &u)
	if bug != "sum" {
		run.Protect("sum", &sum)
	}
	if bug != "previous" {
		run.Protect("previous", &previous)
	}
	if bug == "stuck" {
		return stuck(run)
	}
	for t := range run.Steps(context.Background(), steps) {
		for i := range u {
			u[i] = 0.99*u[i] + float64((i+1)*t%7)/7
		}
		u[0] += 1e-3 * previous
		previous = u[1]
		sum += u[3]
		if bug == "line per step" {
			fmt.Println("step", t, sum)
		}
		time.Sleep(time.Millisecond)
	}
	if err := run.Err(); err != nil {
		return err
	}
	if bug == "ulp" && resumed {
		sum = math.Nextafter(sum, math.Inf(1))
	}
	return report(bug, resumed, u, sum)
}

// report prints and writes the result.
func report(bug string, resumed bool, u []float64, sum float64) error {
	if bug == "time" {
		fmt.Println("now", time.Now().UnixNano())
	}
	if bug != "quiet" {
		fmt.Println("sum", sum, "end")
	}
	data := make([]byte, 8)
	if bug == "binary" && resumed {
		data[5] = 1
	}
	if err := os.WriteFile("u.bin", data, 0o666); err != nil {
		return err
	}
	if bug == "no file" && resumed {
		return nil
	}
	if bug == "extra file" && resumed {
		if err := os.WriteFile("u-extra.txt", nil, 0o666); err != nil {
			return err
		}
	}
	return os.WriteFile("u.txt", fmt.Appendln(nil, u), 0o666)
}

// stuck saves the same step again and again.
func stuck(run *ckpt.Run) error {
	if _, _, err := run.Restore(context.Background()); err != nil {
		return err
	}
	for range 5 {
		if err := run.Save(context.Background(), 7); err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("done")
	return nil
}

// Package faults tests durable checkpoints against what machines do to them: power cuts,
// kills, errors of the disk, and damage of what is stored.
//
// In: package ckpt as a user has it, and a way to break what it stands on. Out: tests. Each
// has a small form for every run of the tests and a full one, which CAIRN_FAULTS=full in
// the environment chooses (`make faults`). Package crashfs below it is the model of a power
// cut, package protocols has other ways of saving for comparison; together they fill the
// tables of docs/explanation/durability.md.
package faults

import "os"

// Full reports whether the tests are to run in their full form.
func Full() bool { return os.Getenv("CAIRN_FAULTS") == "full" }

// Count is short, or full in the full form.
func Count(short, full int) int {
	if Full() {
		return full
	}
	return short
}

// Package arch holds the rules of ARCHITECTURE.md on who may know whom.
//
// In: the Go files of the module, read but not type-checked, so that files under
// every build tag count. Out: one line for every import that breaks a rule, with
// the file and the rule, and for every package whose doc comment says too little.
// The rules are the lists in rules.go; the test of this package applies them to
// the module itself.
package arch

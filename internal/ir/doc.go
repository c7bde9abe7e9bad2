// Package ir is the structured intermediate representation of the compiler.
//
// In: package lower builds it from typed Go syntax, Parse reads its printed
// form. Out: the analyses, the transforms, the interpreter and the emitter read
// it. Loops and ifs stay loops and ifs; expressions are kept as the user wrote
// them, so that primal values stay bit-identical.
//
// The rules that every Func obeys (Verify checks them):
//
//   - An Expr is pure: it changes nothing. Calls of functions of the program
//     stand alone as Call statements, in Go's evaluation order.
//   - A Var belongs to one Func and its name is unique there, so a statement may
//     be moved to another scope without changing what its names mean.
//   - A pointer dereference is explicit (Deref); Field and Index apply to a
//     struct, array or slice value, never to a pointer.
//   - No range loops, switches, op-assignments or shadowed names are left: lower
//     has written them as For, If and Assign.
package ir

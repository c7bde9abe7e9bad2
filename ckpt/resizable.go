package ckpt

// Resizable lets a restore give the slices of the variable the lengths that they had when
// they were saved, whatever lengths they have in the program. Without it only empty slices
// are given a length, and another length is an error: it usually means that the program was
// started with another size. Slices that become shorter keep their memory; those that become
// longer get a new one, so nothing else should refer to the old one.
func Resizable() ProtectOption {
	return func(v *variable) error {
		v.resizable = true
		v.node.setFree()
		return nil
	}
}

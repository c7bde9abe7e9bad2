package freeze

const (
	sysProcessVMReadv = 310
	sysUserfaultfd    = 323
)

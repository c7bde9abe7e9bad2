package freeze

const (
	sysProcessVMReadv = 270
	sysUserfaultfd    = 282
)

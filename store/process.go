package store

// process tells a process, together with its number, from all others of all time.
type process struct {
	Boot  string `json:"boot,omitempty"`  // differs with each start of the machine
	Space string `json:"space,omitempty"` // of process numbers and times: containers have their own
	Start string `json:"start,omitempty"` // when it began, as the kernel counts
}

// here reports whether p is one of the processes that this one can see.
func (p process) here() bool {
	me := thisProcess()
	return p.Start != "" && me.Start != "" && p.Boot == me.Boot && p.Space == me.Space
}

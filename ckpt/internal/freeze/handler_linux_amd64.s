#include "go_asm.h"
#include "textflag.h"

// func startHandler(h *handler, stack uintptr) (tid int)
//
// The new thread shares everything with the process. It has no g and no m: it calls
// nothing, and works with system calls and the handler, which stays in R12.
TEXT ·startHandler(SB), NOSPLIT, $0-24
	MOVQ h+0(FP), R12
	MOVQ stack+8(FP), SI
	MOVQ $0x350f00, DI             // CLONE_VM|FS|FILES|SIGHAND|THREAD|SYSVSEM, PARENT_SETTID, CHILD_CLEARTID
	LEAQ handler_tid(R12), DX
	MOVQ DX, R10
	MOVQ $0, R8
	MOVQ $56, AX                   // clone
	SYSCALL
	CMPQ AX, $0
	JEQ  wait
	MOVQ AX, tid+16(FP)
	RET

wait:
	LEAQ handler_poll(R12), DI
	MOVQ $2, SI
	MOVQ $-1, DX
	MOVQ $7, AX                    // poll
	SYSCALL
	CMPQ AX, $0
	JLE  wait
	CMPW (handler_poll+6)(R12), $0 // revents of the userfaultfd
	JEQ  event

	MOVQ handler_uffd(R12), DI
	LEAQ handler_message(R12), SI
	MOVQ $32, DX
	MOVQ $0, AX                    // read
	SYSCALL
	CMPQ AX, $32
	JNE  event                     // somebody has resolved it
	CMPB handler_message(R12), $0x12 // UFFD_EVENT_PAGEFAULT
	JNE  event

	// R13 is the unit's address, R14 its offset in the arena, R15 says if it is aside.
	MOVQ (handler_message+16)(R12), R13
	ANDQ $~(const_Unit-1), R13
	MOVQ R13, R14
	SUBQ handler_base(R12), R14
	MOVQ R14, R15
	SHRQ $14, R15                  // 4 bytes for each 64 KiB
	ADDQ handler_units(R12), R15
	CMPL handler_frozen(R12), $0
	JEQ  resolve
	CMPL (R15), $0
	JNE  resolve
	MOVQ R13, SI
	MOVQ handler_side(R12), DI
	ADDQ R14, DI
	MOVQ $(const_Unit/8), CX
	CLD
	REP
	MOVSQ
	MOVL $1, AX
	XCHGL AX, (R15)

resolve:
	MOVQ R13, handler_protect(R12)
	MOVQ $const_Unit, (handler_protect+8)(R12)
	MOVQ $0, (handler_protect+16)(R12)
	MOVQ handler_uffd(R12), DI
	MOVQ $0xc018aa06, SI           // UFFDIO_WRITEPROTECT
	LEAQ handler_protect(R12), DX
	MOVQ $16, AX                   // ioctl
	SYSCALL
	CMPQ AX, $0
	JEQ  event
	CMPQ AX, $-11                  // EAGAIN: the mappings are being changed
	JEQ  resolve
	NEGQ AX
	MOVQ AX, handler_errno(R12)

event:
	CMPW (handler_poll+14)(R12), $0 // revents of the eventfd
	JEQ  wait
	MOVQ handler_event(R12), DI
	LEAQ handler_count(R12), SI
	MOVQ $8, DX
	MOVQ $0, AX                    // read
	SYSCALL
	MOVL handler_ending(R12), BX   // before the answer: later the memory may be gone
	MOVQ $1, AX
	LOCK
	XADDQ AX, handler_answers(R12)
	CMPL BX, $0
	JEQ  wait
	MOVQ $0, DI
	MOVQ $60, AX                   // exit
	SYSCALL
	INT  $3

//go:build !purego

#include "textflag.h"

// Each register holds one word of all lanes: Z0 to Z7 the state a to h, Z16 to Z31 the last
// sixteen words of the message schedule, Z8 to Z11 what is being computed, Z12 the order of
// bytes in a word.

// XOR3 is Z10 ^= Z8 ^ Z9.
#define XOR3 VPTERNLOGD $0x96, Z8, Z9, Z10

// ROUND is one round with the word w and the constant at k(R8). The truth tables are those of
// e ? f : g and of the majority.
#define ROUND(a, b, c, d, e, f, g, h, w, k) \
	VPADDD.BCST k(R8), h, h           \
	VPRORD      $6, e, Z8             \
	VPRORD      $11, e, Z9            \
	VPRORD      $25, e, Z10           \
	VPADDD      w, h, h               \
	XOR3                              \
	VMOVDQA32   e, Z11                \
	VPTERNLOGD  $0xca, g, f, Z11      \
	VPADDD      Z10, h, h             \
	VPADDD      Z11, h, h             \
	VPADDD      h, d, d               \
	VPRORD      $2, a, Z8             \
	VPRORD      $13, a, Z9            \
	VPRORD      $22, a, Z10           \
	XOR3                              \
	VMOVDQA32   a, Z11                \
	VPTERNLOGD  $0xe8, c, b, Z11      \
	VPADDD      Z10, h, h             \
	VPADDD      Z11, h, h

// EXPAND makes the word w sixteen rounds later from itself and those 1, 9 and 14 after it.
#define EXPAND(w, w1, w9, w14) \
	VPRORD $7, w1, Z8   \
	VPRORD $18, w1, Z9  \
	VPSRLD $3, w1, Z10  \
	VPADDD w9, w, w     \
	XOR3                \
	VPADDD Z10, w, w    \
	VPRORD $17, w14, Z8 \
	VPRORD $19, w14, Z9 \
	VPSRLD $10, w14, Z10 \
	XOR3                \
	VPADDD Z10, w, w

// LOAD reads the block of lane i and turns its words round.
#define LOAD(i, r) \
	MOVQ      (8*i)(SI), AX    \
	VMOVDQU32 (AX)(R9*1), r    \
	VPSHUFB   Z12, r, r

// WORDS makes of four lanes four registers, of which the j-th has in its k-th quarter the word
// 4k+j of each.
#define WORDS(r0, r1, r2, r3) \
	VPUNPCKLDQ  r1, r0, Z8   \
	VPUNPCKHDQ  r1, r0, Z9   \
	VPUNPCKLDQ  r3, r2, Z10  \
	VPUNPCKHDQ  r3, r2, Z11  \
	VPUNPCKLQDQ Z10, Z8, r0  \
	VPUNPCKHQDQ Z10, Z8, r1  \
	VPUNPCKLQDQ Z11, Z9, r2  \
	VPUNPCKHQDQ Z11, Z9, r3

// QUARTERS joins the quarters of four such registers.
#define QUARTERS(a, b, c, d) \
	VSHUFI32X4 $0x44, b, a, Z8   \
	VSHUFI32X4 $0xee, b, a, Z9   \
	VSHUFI32X4 $0x44, d, c, Z10  \
	VSHUFI32X4 $0xee, d, c, Z11  \
	VSHUFI32X4 $0x88, Z10, Z8, a \
	VSHUFI32X4 $0xdd, Z10, Z8, b \
	VSHUFI32X4 $0x88, Z11, Z9, c \
	VSHUFI32X4 $0xdd, Z11, Z9, d

// ADD adds a word of the state before the block and stores it.
#define ADD(i, r) \
	VPADDD    (64*i)(DI), r, r \
	VMOVDQU32 r, (64*i)(DI)

// func blocks(state *[8][Lanes]uint32, data *[Lanes]*byte, n int)
TEXT ·blocks(SB), NOSPLIT, $0-24
	MOVQ      state+0(FP), DI
	MOVQ      data+8(FP), SI
	MOVQ      n+16(FP), CX
	XORQ      R9, R9 // bytes done in each lane
	VMOVDQU32 order<>(SB), Z12
	VMOVDQU32 (64*0)(DI), Z0
	VMOVDQU32 (64*1)(DI), Z1
	VMOVDQU32 (64*2)(DI), Z2
	VMOVDQU32 (64*3)(DI), Z3
	VMOVDQU32 (64*4)(DI), Z4
	VMOVDQU32 (64*5)(DI), Z5
	VMOVDQU32 (64*6)(DI), Z6
	VMOVDQU32 (64*7)(DI), Z7

block:
	LEAQ constants<>(SB), R8
	LOAD(0, Z16)
	LOAD(1, Z17)
	LOAD(2, Z18)
	LOAD(3, Z19)
	LOAD(4, Z20)
	LOAD(5, Z21)
	LOAD(6, Z22)
	LOAD(7, Z23)
	LOAD(8, Z24)
	LOAD(9, Z25)
	LOAD(10, Z26)
	LOAD(11, Z27)
	LOAD(12, Z28)
	LOAD(13, Z29)
	LOAD(14, Z30)
	LOAD(15, Z31)
	WORDS(Z16, Z17, Z18, Z19)
	WORDS(Z20, Z21, Z22, Z23)
	WORDS(Z24, Z25, Z26, Z27)
	WORDS(Z28, Z29, Z30, Z31)
	QUARTERS(Z16, Z20, Z24, Z28)
	QUARTERS(Z17, Z21, Z25, Z29)
	QUARTERS(Z18, Z22, Z26, Z30)
	QUARTERS(Z19, Z23, Z27, Z31)

	ROUND(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z16, 0)
	ROUND(Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z17, 4)
	ROUND(Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z18, 8)
	ROUND(Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z19, 12)
	ROUND(Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z20, 16)
	ROUND(Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z21, 20)
	ROUND(Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z22, 24)
	ROUND(Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z23, 28)
	ROUND(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z24, 32)
	ROUND(Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z25, 36)
	ROUND(Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z26, 40)
	ROUND(Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z27, 44)
	ROUND(Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z28, 48)
	ROUND(Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z29, 52)
	ROUND(Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z30, 56)
	ROUND(Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z31, 60)
	MOVQ $3, BX

later:
	ADDQ $64, R8
	EXPAND(Z16, Z17, Z25, Z30)
	ROUND(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z16, 0)
	EXPAND(Z17, Z18, Z26, Z31)
	ROUND(Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z17, 4)
	EXPAND(Z18, Z19, Z27, Z16)
	ROUND(Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z18, 8)
	EXPAND(Z19, Z20, Z28, Z17)
	ROUND(Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z19, 12)
	EXPAND(Z20, Z21, Z29, Z18)
	ROUND(Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z20, 16)
	EXPAND(Z21, Z22, Z30, Z19)
	ROUND(Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z21, 20)
	EXPAND(Z22, Z23, Z31, Z20)
	ROUND(Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z22, 24)
	EXPAND(Z23, Z24, Z16, Z21)
	ROUND(Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z23, 28)
	EXPAND(Z24, Z25, Z17, Z22)
	ROUND(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z24, 32)
	EXPAND(Z25, Z26, Z18, Z23)
	ROUND(Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z25, 36)
	EXPAND(Z26, Z27, Z19, Z24)
	ROUND(Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z5, Z26, 40)
	EXPAND(Z27, Z28, Z20, Z25)
	ROUND(Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z4, Z27, 44)
	EXPAND(Z28, Z29, Z21, Z26)
	ROUND(Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z3, Z28, 48)
	EXPAND(Z29, Z30, Z22, Z27)
	ROUND(Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z2, Z29, 52)
	EXPAND(Z30, Z31, Z23, Z28)
	ROUND(Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z1, Z30, 56)
	EXPAND(Z31, Z16, Z24, Z29)
	ROUND(Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z0, Z31, 60)
	DECQ BX
	JNZ  later

	ADD(0, Z0)
	ADD(1, Z1)
	ADD(2, Z2)
	ADD(3, Z3)
	ADD(4, Z4)
	ADD(5, Z5)
	ADD(6, Z6)
	ADD(7, Z7)
	ADDQ $64, R9
	DECQ CX
	JNZ  block
	VZEROUPPER
	RET

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET

// The bytes of each word in the other order.
DATA order<>+0(SB)/8, $0x0405060700010203
DATA order<>+8(SB)/8, $0x0c0d0e0f08090a0b
DATA order<>+16(SB)/8, $0x0405060700010203
DATA order<>+24(SB)/8, $0x0c0d0e0f08090a0b
DATA order<>+32(SB)/8, $0x0405060700010203
DATA order<>+40(SB)/8, $0x0c0d0e0f08090a0b
DATA order<>+48(SB)/8, $0x0405060700010203
DATA order<>+56(SB)/8, $0x0c0d0e0f08090a0b
GLOBL order<>(SB), RODATA|NOPTR, $64

// The constants of the rounds.
DATA constants<>+0(SB)/8, $0x71374491428a2f98
DATA constants<>+8(SB)/8, $0xe9b5dba5b5c0fbcf
DATA constants<>+16(SB)/8, $0x59f111f13956c25b
DATA constants<>+24(SB)/8, $0xab1c5ed5923f82a4
DATA constants<>+32(SB)/8, $0x12835b01d807aa98
DATA constants<>+40(SB)/8, $0x550c7dc3243185be
DATA constants<>+48(SB)/8, $0x80deb1fe72be5d74
DATA constants<>+56(SB)/8, $0xc19bf1749bdc06a7
DATA constants<>+64(SB)/8, $0xefbe4786e49b69c1
DATA constants<>+72(SB)/8, $0x240ca1cc0fc19dc6
DATA constants<>+80(SB)/8, $0x4a7484aa2de92c6f
DATA constants<>+88(SB)/8, $0x76f988da5cb0a9dc
DATA constants<>+96(SB)/8, $0xa831c66d983e5152
DATA constants<>+104(SB)/8, $0xbf597fc7b00327c8
DATA constants<>+112(SB)/8, $0xd5a79147c6e00bf3
DATA constants<>+120(SB)/8, $0x1429296706ca6351
DATA constants<>+128(SB)/8, $0x2e1b213827b70a85
DATA constants<>+136(SB)/8, $0x53380d134d2c6dfc
DATA constants<>+144(SB)/8, $0x766a0abb650a7354
DATA constants<>+152(SB)/8, $0x92722c8581c2c92e
DATA constants<>+160(SB)/8, $0xa81a664ba2bfe8a1
DATA constants<>+168(SB)/8, $0xc76c51a3c24b8b70
DATA constants<>+176(SB)/8, $0xd6990624d192e819
DATA constants<>+184(SB)/8, $0x106aa070f40e3585
DATA constants<>+192(SB)/8, $0x1e376c0819a4c116
DATA constants<>+200(SB)/8, $0x34b0bcb52748774c
DATA constants<>+208(SB)/8, $0x4ed8aa4a391c0cb3
DATA constants<>+216(SB)/8, $0x682e6ff35b9cca4f
DATA constants<>+224(SB)/8, $0x78a5636f748f82ee
DATA constants<>+232(SB)/8, $0x8cc7020884c87814
DATA constants<>+240(SB)/8, $0xa4506ceb90befffa
DATA constants<>+248(SB)/8, $0xc67178f2bef9a3f7
GLOBL constants<>(SB), RODATA|NOPTR, $256

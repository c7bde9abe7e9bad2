# Every target is one line; the steps of "make test" are listed in .ci/test.
SHELL := bash
CLASS ?= A
COUNT ?= 1
PROGRAMS ?= 100000
PKG   ?= ./...
ARGS  ?=
.PHONY: help run test quick generate format lint bench performance fuzz faults torture npb speed clean

help: ; @sed -n '/sed/!s/^\([a-z]*\): ; .* # /make \1\t/p' Makefile | expand -t 16
run: ; go run ./cmd/cairn tour $(ARGS) # the guided tour, under a minute
test: ; @bash .ci/test # everything that must hold before a change goes in
quick: ; go test -short $(PKG) # the short tests, for the time between two thoughts
generate: ; @bash .ci/generate # delete and write anew all *_cairn.go
format: ; @bash .ci/format -w # gofmt and gofumpt, in place
lint: ; @bash .ci/lint # format, go vet, staticcheck
bench: ; @bash .ci/bench $(COUNT) $(PKG) # benchmarks and their summary (COUNT=, PKG=)
performance: ; @bash .ci/performance $(COUNT) # what derivatives cost, written into docs/reference/performance.md (COUNT= rounds; 10 is good)
fuzz: ; @bash .ci/fuzz 60s # a minute for each fuzz target
faults: ; @bash .ci/faults # checkpoints against power cuts, kills and damage, in full: an hour and a quarter, some of it as root
torture: ; @bash .ci/torture $(PROGRAMS) # a hundred thousand random and wrong programs, for hours (PROGRAMS= for another number)
speed: ; @bash .ci/npb $(COUNT) # the NAS benchmarks against plain C and with two goroutines, as a table (COUNT= rounds)
npb: ; CAIRN_NPB=$(CLASS) go test -timeout 60m ./npb/... # the NAS benchmarks, class A too, verified (CLASS=B or A,B for larger ones)
clean: ; rm -rf out # what the tour, the benchmarks and the tests left

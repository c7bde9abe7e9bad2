package is

import "github.com/cairn-ad/cairn/npb/common"

// Constants of the specification that all classes share.
const (
	iterations = 10 // rankings in the timed section
	tests      = 5  // keys whose rank every iteration verifies

	allPassed = tests*iterations + 1 // verifications of a correct run: the last is the full one
)

// Params are the parameters of one problem class.
type Params struct {
	LogKeys   int // there are 2^LogKeys keys
	LogMaxKey int // they are less than 2^LogMaxKey

	// The five verified keys stand at TestIndex in the sequence. In iteration it, counted from
	// 1, the rank of the i-th is TestRank[i] + Sign[i]·(it − Lag[i]).
	TestIndex, TestRank, Sign, Lag [tests]int
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class (NAS Parallel Benchmarks 3.x, NASA Ames); ok is
// false when IS does not define that class.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{
			LogKeys: 16, LogMaxKey: 11,
			TestIndex: [tests]int{48427, 17148, 23627, 62548, 4431},
			TestRank:  [tests]int{0, 18, 346, 64917, 65463},
			Sign:      [tests]int{1, 1, 1, -1, -1},
		}, true
	case common.ClassW:
		return Params{
			LogKeys: 20, LogMaxKey: 16,
			TestIndex: [tests]int{357773, 934767, 875723, 898999, 404505},
			TestRank:  [tests]int{1249, 11698, 1039987, 1043896, 1048018},
			Sign:      [tests]int{1, 1, -1, -1, -1},
			Lag:       [tests]int{2, 2, 0, 0, 0},
		}, true
	case common.ClassA:
		return Params{
			LogKeys: 23, LogMaxKey: 19,
			TestIndex: [tests]int{2112377, 662041, 5336171, 3642833, 4250760},
			TestRank:  [tests]int{104, 17523, 123928, 8288932, 8388264},
			Sign:      [tests]int{1, 1, 1, -1, -1},
			Lag:       [tests]int{1, 1, 1, 1, 1},
		}, true
	case common.ClassB:
		return Params{
			LogKeys: 25, LogMaxKey: 21,
			TestIndex: [tests]int{41869, 812306, 5102857, 18232239, 26860214},
			TestRank:  [tests]int{33422937, 10244, 59149, 33135281, 99},
			Sign:      [tests]int{-1, 1, 1, -1, 1},
		}, true
	}
	return Params{}, false
}

// keys is the number of keys of a class.
func (p Params) keys() int { return 1 << p.LogKeys }

// maxKey bounds the keys of a class: all are less.
func (p Params) maxKey() int { return 1 << p.LogMaxKey }

// rankOf is the official rank of the i-th verified key in iteration it.
func (p Params) rankOf(i, it int) int { return p.TestRank[i] + p.Sign[i]*(it-p.Lag[i]) }

// operations is the official operation count: the number of keys ranked.
func operations(p Params) float64 { return iterations * float64(p.keys()) }

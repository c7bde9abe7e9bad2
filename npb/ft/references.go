package ft

import (
	"math/cmplx"

	"github.com/cairn-ad/cairn/npb/common"
)

// References returns the official checksums after steps 1, 2, … of a class; nil when FT does not
// define it.
//
// Source: NAS Parallel Benchmarks 3.x, NASA Ames.
func References(class common.Class) []complex128 {
	switch class {
	case common.ClassS:
		return []complex128{
			complex(554.6087004964, 484.5363331978),
			complex(554.6385409189, 486.5304269511),
			complex(554.6148406171, 488.3910722336),
			complex(554.5423607415, 490.1273169046),
			complex(554.4255039624, 491.7475857993),
			complex(554.2683411902, 493.2597244941),
		}
	case common.ClassW:
		return []complex128{
			complex(567.3612178944, 529.3246849175),
			complex(563.1436885271, 528.2149986629),
			complex(559.402408997, 527.0996558037),
			complex(556.069804702, 526.0027904925),
			complex(553.089899125, 524.9400845633),
			complex(550.4159734538, 523.9212247086),
		}
	case common.ClassA:
		return []complex128{
			complex(504.6735008193, 511.404790551),
			complex(505.9412319734, 509.8809666433),
			complex(506.9376896287, 509.8144042213),
			complex(507.7892868474, 510.1336130759),
			complex(508.5233095391, 510.4914655194),
			complex(509.1487099959, 510.7917842803),
		}
	case common.ClassB:
		return []complex128{
			complex(517.7643571579, 507.7803458597),
			complex(515.4521291263, 508.8249431599),
			complex(514.6409228649, 509.6208912659),
			complex(514.2378756213, 510.1023387619),
			complex(513.9626667737, 510.3976610617),
			complex(513.7423460082, 510.5948019802),
			complex(513.5547056878, 510.7404165783),
			complex(513.3910925466, 510.8576573661),
			complex(513.247070539, 510.9577278523),
			complex(513.1197729984, 511.0460304483),
			complex(513.0070319283, 511.12524338),
			complex(512.9070537032, 511.1968077718),
			complex(512.8182883502, 511.2616233064),
			complex(512.7393733383, 511.3203605551),
			complex(512.669106202, 511.3735928093),
			complex(512.6064276004, 511.4218460548),
			complex(512.550407657, 511.465613976),
			complex(512.500233172, 511.5053595966),
			complex(512.4551951846, 511.5415130407),
			complex(512.4146770029, 511.5744692211),
		}
	}
	return nil
}

// verify says whether all checksums agree with the official ones. sums[k] is that after step k;
// sums[0] is not looked at.
func verify(sums, references []complex128) bool {
	if len(sums) != len(references)+1 {
		return false
	}
	for k, reference := range references {
		if !(cmplx.Abs((sums[k+1]-reference)/reference) <= tolerance) {
			return false
		}
	}
	return len(references) > 0
}

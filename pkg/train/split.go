package train

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
)

// Split says which rows are held out to score a model.
type Split string

// The splits.
const (
	// SplitRandom holds out a fifth of the rows, drawn as scikit-learn's
	// train_test_split(test_size=0.2, random_state=42) draws them. Its score flatters: the
	// periods before and after each held-out one were trained on.
	SplitRandom Split = "random"
	// SplitTime holds out the last horizon periods. The number of trees is chosen on the
	// horizon before them, so that no held-out row takes part in any choice.
	SplitTime Split = "time"
)

// ErrTooShort is wrapped when there are too few rows to train on some and score others.
var ErrTooShort = errors.New("too short a history")

// testSize and randomState are the original's.
const (
	testSize    = 0.2
	randomState = 42
)

// splitRandom divides rows: train in scikit-learn's order, which decides what bagging draws,
// and valid in ascending order.
func splitRandom(rows []int) (train, valid []int) {
	p := permutation(len(rows), randomState)
	test := int(math.Ceil(testSize * float64(len(rows))))
	for i, k := range p {
		if i < test {
			valid = append(valid, rows[k])
		} else {
			train = append(train, rows[k])
		}
	}
	slices.Sort(valid)
	return train, valid
}

// splitTime divides rows, in their order, into those up to cutoff and those of the horizon
// periods after it. Later rows are in neither.
func splitTime(m *features.Matrix, rows []int, cutoff calendar.Period, horizon int) (train, valid []int, err error) {
	for _, i := range rows {
		switch t := m.Period[i]; {
		case t <= cutoff:
			train = append(train, i)
		case t <= cutoff+calendar.Period(horizon):
			valid = append(valid, i)
		}
	}
	if len(train) == 0 || len(valid) == 0 {
		freq := m.Spec.Freq
		return nil, nil, hint.Wrap(fmt.Errorf("time split: %d rows up to %s and %d in the %d %ss after it: %w",
			len(train), freq.Format(cutoff), len(valid), horizon, freq.Step(), ErrTooShort),
			"two horizons are held out: give more history, a shorter --horizon, or --split random")
	}
	return train, valid, nil
}

// permutation returns what numpy's RandomState(seed).permutation(n) does: a Fisher-Yates
// shuffle of 0..n-1 from the end, with indexes drawn by masked rejection.
func permutation(n int, seed uint32) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	g := newMT19937(seed)
	for i := n - 1; i > 0; i-- {
		mask := uint32(math.MaxUint32)
		for half := mask >> 1; half >= uint32(i); half >>= 1 {
			mask = half
		}
		j := g.next() & mask
		for j > uint32(i) {
			j = g.next() & mask
		}
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// mt19937 is the generator of Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally
// equidistributed uniform pseudo-random number generator", 1998, seeded as numpy seeds it.
type mt19937 struct {
	state [624]uint32
	index int
}

func newMT19937(seed uint32) *mt19937 {
	g := &mt19937{index: 624}
	g.state[0] = seed
	for j := 1; j < len(g.state); j++ {
		g.state[j] = 1812433253*(g.state[j-1]^g.state[j-1]>>30) + uint32(j)
	}
	return g
}

func (g *mt19937) next() uint32 {
	if g.index == len(g.state) {
		g.twist()
	}
	y := g.state[g.index]
	g.index++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

func (g *mt19937) twist() {
	for i := range g.state {
		y := g.state[i]&0x80000000 | g.state[(i+1)%624]&0x7fffffff
		v := g.state[(i+397)%624] ^ y>>1
		if y&1 == 1 {
			v ^= 0x9908b0df
		}
		g.state[i] = v
	}
	g.index = 0
}

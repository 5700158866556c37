package features

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// Matrix is the training matrix of a Spec, by columns. Row i is data row i of the input.
type Matrix struct {
	Spec   *Spec
	Period []calendar.Period // of Spec.Freq
	Codes  [][]int32         // [id column][row]: index into Spec.IDs[column].Values
	Values [][]float64       // [feature][row], in the order of Spec.FeatureNames
	Target []float64         // NaN where the input was empty
}

func newMatrix(s *Spec, rows int) *Matrix {
	m := &Matrix{Spec: s, Period: make([]calendar.Period, rows), Target: make([]float64, rows)}
	for range s.IDs {
		m.Codes = append(m.Codes, make([]int32, rows))
	}
	for range s.NumFeatures() {
		m.Values = append(m.Values, make([]float64, rows))
	}
	return m
}

// Len returns the number of rows.
func (m *Matrix) Len() int { return len(m.Target) }

// Row sets dst to the features of row i. It panics if len(dst) is not Spec.NumFeatures.
func (m *Matrix) Row(dst []float64, i int) {
	if len(dst) != len(m.Values) {
		panic("features: Matrix.Row needs NumFeatures values")
	}
	for f := range m.Values {
		dst[f] = m.Values[f][i]
	}
}

// Covariate returns the values of Spec.Covariates[c] by row. The slice is the matrix's own.
func (m *Matrix) Covariate(c int) []float64 { return m.Values[m.Spec.numIDFeatures()+c] }

// ID returns the id of row i in an id column.
func (m *Matrix) ID(column, i int) string { return m.Spec.IDs[column].Values[m.Codes[column][i]] }

// Digest returns the SHA-256, in hex, of the Spec's fingerprint and every value of the matrix,
// whatever file it came from. All NaN count as one value.
func (m *Matrix) Digest() string {
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "matrix %s %d\n", m.Spec.Fingerprint(), m.Len()))
	hashInts(h, m.Period)
	for _, codes := range m.Codes {
		hashInts(h, codes)
	}
	for _, values := range m.Values {
		hashFloats(h, values)
	}
	hashFloats(h, m.Target)
	return hex.EncodeToString(h.Sum(nil))
}

// hashBlock is how many values are turned into bytes at a time.
const hashBlock = 4096

func hashInts[T ~int32](h hash.Hash, values []T) {
	buf := make([]byte, 0, 4*hashBlock)
	for i, v := range values {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(v))
		if len(buf) == cap(buf) || i == len(values)-1 {
			h.Write(buf)
			buf = buf[:0]
		}
	}
}

func hashFloats(h hash.Hash, values []float64) {
	buf := make([]byte, 0, 8*hashBlock)
	for i, v := range values {
		if v != v {
			v = math.NaN()
		}
		buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(v))
		if len(buf) == cap(buf) || i == len(values)-1 {
			h.Write(buf)
			buf = buf[:0]
		}
	}
}

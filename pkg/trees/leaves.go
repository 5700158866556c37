package trees

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/dmitryikh/leaves"
)

// Leaves evaluates a model with the library of the same name, as a second opinion on Model. It
// knows raw scores only.
type Leaves struct {
	model *leaves.Ensemble
	shape *Model
}

// NewLeaves gives a text that Parse accepts to the library. Where the library is known to answer
// wrongly, NewLeaves errs: linear trees, objectives with sqrt, and random forests, whose trees it
// averages.
func NewLeaves(text []byte) (*Leaves, error) {
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	m := d.model
	switch {
	case m.linear != nil:
		err = errors.New("linear trees are read as constant ones")
	case m.header.convert.link == square:
		err = fmt.Errorf("objective %s is read without sqrt", m.Objective())
	case m.header.average:
		err = errors.New("average_output changes raw scores")
	}
	if err != nil {
		return nil, fmt.Errorf("leaves: %w", err)
	}
	// It reads v4 texts as well as v3 ones, but refuses the number.
	v3 := bytes.Replace(d.text, []byte("\nversion=v4\n"), []byte("\nversion=v3\n"), 1)
	l := &Leaves{shape: m}
	err = guard(func() error {
		l.model, err = leaves.LGEnsembleFromReader(bufio.NewReader(bytes.NewReader(v3)), false)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// RawBatch sets dst to the raw scores of consecutive rows, as Model.RawBatch does. It errs on
// other lengths.
func (l *Leaves) RawBatch(dst, rows []float64) error {
	width, outputs := l.shape.NumFeatures(), l.shape.NumClass()
	n := len(rows) / width
	if len(rows)%width != 0 || len(dst) != n*outputs {
		return fmt.Errorf("leaves: %d values and %d scores are not whole rows of %d and %d", len(rows), len(dst), width, outputs)
	}
	// LightGBM reads rows so; the library compares the tiny values with the thresholds.
	rows = slices.Clone(rows)
	for i, x := range rows {
		if math.Abs(x) <= zeroBand {
			rows[i] = 0
		}
	}
	const allTrees, oneThread = 0, 1
	return guard(func() error { return l.model.PredictDense(rows, n, width, dst, allTrees, oneThread) })
}

// guard turns a panic of the library into an error.
func guard(call func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("leaves: panic: %v", cause)
		}
	}()
	if err := call(); err != nil {
		return fmt.Errorf("leaves: %w", err)
	}
	return nil
}

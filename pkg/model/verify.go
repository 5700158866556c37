package model

import (
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/pkg/trees"
)

// Verification is what Verify found in order.
type Verification struct {
	Bundle *Bundle
	// LeavesRefusal says why the leaves library cannot evaluate these trees; nil means that it
	// did, with LightGBM's own score in every golden row.
	LeavesRefusal error
}

// Verify loads a version with CheckGolden and asks a second evaluator, the leaves library, for
// the golden rows. A difference of one bit is an error.
func (r *Registry) Verify(name, ref string) (*Verification, error) {
	b, err := r.Load(name, ref, CheckGolden)
	if err != nil {
		return nil, err
	}
	leaves, err := trees.NewLeaves(b.TreesText)
	if err != nil {
		return &Verification{Bundle: b, LeavesRefusal: err}, nil
	}
	got := make([]float64, len(b.Golden.Rows))
	if err := leaves.RawBatch(got, slices.Concat(b.Golden.Rows...)); err != nil {
		return nil, fmt.Errorf("verify model: %w", &BundleError{b.ID, treesFile, err})
	}
	if err := b.Golden.compare("leaves", got); err != nil {
		return nil, fmt.Errorf("verify model: %w", advise(&BundleError{b.ID, goldenFile, err}))
	}
	return &Verification{Bundle: b}, nil
}

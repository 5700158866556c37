package features

import (
	"errors"
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/panel"
)

// CovariateSpec is what a Spec remembers of a covariate: a feature that whoever asks for a row
// knows, because the series has one value for good or because it is known ahead.
type CovariateSpec struct {
	Name   string    `json:"name"`
	Use    panel.Use `json:"use"`             // panel.Static or panel.KnownFuture
	Levels []string  `json:"levels,omitzero"` // of text: a value's code is its index; nil for numbers
}

// Code returns the value of a text, as panel.Covariate.Code does.
func (c CovariateSpec) Code(text string) (v float64, known bool, err error) {
	return panel.Covariate{Levels: c.Levels}.Code(text)
}

// Text writes a value, "" for a missing one.
func (c CovariateSpec) Text(v float64) string {
	return panel.Covariate{Levels: c.Levels, Values: []float64{v}}.Text(0)
}

// Valid reports whether the covariate can have the value: NaN, a finite number, or the code of a
// level.
func (c CovariateSpec) Valid(v float64) bool {
	if v != v {
		return true
	}
	if c.Levels == nil {
		return v-v == 0
	}
	return v >= 0 && v < float64(len(c.Levels)) && v == float64(int(v))
}

// column returns the name of the feature.
func (c CovariateSpec) column() string {
	if c.Levels != nil {
		return c.Name + "_code"
	}
	return c.Name
}

// covariates returns the static covariates, then the ones known ahead. nil where there are none.
func covariates(p *panel.Panel) []CovariateSpec {
	var specs []CovariateSpec
	for _, use := range []panel.Use{panel.Static, panel.KnownFuture} {
		for _, c := range p.Covariates {
			if c.Use == use {
				specs = append(specs, CovariateSpec{Name: c.Name, Use: use, Levels: c.Levels})
			}
		}
	}
	return specs
}

// NumStatic returns how many of the covariates are static. They are the first ones.
func (s *Spec) NumStatic() int {
	i := slices.IndexFunc(s.Covariates, func(c CovariateSpec) bool { return c.Use != panel.Static })
	if i < 0 {
		return len(s.Covariates)
	}
	return i
}

// checkCovariates checks what a file may have made of the covariates.
func (s *Spec) checkCovariates() error {
	seen := make(map[string]bool)
	for _, id := range s.IDs {
		seen[id.Name] = true
	}
	for i, c := range s.Covariates {
		var err error
		switch {
		case c.Use != panel.Static && c.Use != panel.KnownFuture:
			err = fmt.Errorf("use %q is neither %s nor %s", c.Use, panel.Static, panel.KnownFuture)
		case c.Use == panel.Static && i >= s.NumStatic():
			err = errors.New("a static one comes after one that is not")
		case seen[c.Name]:
			err = errors.New("another column has the same name")
		case c.Levels != nil && (len(c.Levels) == 0 || slices.Contains(c.Levels, "")):
			err = errors.New("an empty level")
		case len(slices.Compact(slices.Sorted(slices.Values(c.Levels)))) < len(c.Levels):
			err = errors.New("a level stands twice")
		case reserved(c.Name):
			err = hint.Wrap(errReserved, fmt.Sprintf("rename the column, to %q say", c.Name+"_value"))
		}
		if err != nil {
			return fmt.Errorf("covariate %q: %w", c.Name, err)
		}
		seen[c.Name] = true
	}
	return nil
}

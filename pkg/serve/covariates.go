package serve

import (
	"math"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
)

// covariates reads what the bundle takes as covariates, nil where it takes none. Static ones may be
// left out and are then those of the series, those that must be known ahead for the date may not.
// null, and a text that the bundle's data did not hold, is a missing value.
func (r *request) covariates(b *model.Bundle, date string) (values []float64, faults []fieldError) {
	for c, covariate := range b.Spec.Covariates {
		m, value, code, message := r.member(covariate.Name), math.NaN(), "", ""
		switch text, ok := m.covariate(covariate.Levels != nil); {
		case !ok && covariate.Levels != nil:
			code, message = codeBadValue, " must be a string"
		case !ok:
			code, message = codeBadValue, " must be a number"
		case text == "" && c >= b.Spec.NumStatic():
			code, message = codeFutureMissing, " must be known for "+date
		case m == nil:
			value = forecast.OfSeries()
		default:
			var err error
			if value, _, err = covariate.Code(text); err != nil {
				code, message = codeBadValue, " must be a finite number"
			}
		}
		if code != "" {
			faults = append(faults, fieldError{covariate.Name, capital(covariate.Name) + message, code})
		}
		values = append(values, value)
	}
	return values, faults
}

// covariate returns the value of a covariate as a text, "" where a request does not have it or has
// null. It is not ok when the value is of another type than the covariate's.
func (m *member) covariate(isText bool) (text string, ok bool) {
	switch {
	case m == nil || m.value.Kind() == jsontext.KindNull:
		return "", true
	case isText:
		return m.text()
	}
	return string(m.value), m.value.Kind() == jsontext.KindNumber
}

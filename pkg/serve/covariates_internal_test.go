package serve

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
)

// withSpec returns the bundle with the members of a Spec's JSON form.
func withSpec(tb testing.TB, b *model.Bundle, members string) *model.Bundle {
	tb.Helper()
	other := *b
	spec := *b.Spec
	if err := json.Unmarshal([]byte(members), &spec); err != nil {
		tb.Fatal(err)
	}
	resolved, err := spec.WithHolidays(spec.Holidays)
	if err != nil {
		tb.Fatal(err)
	}
	other.Spec = resolved
	return &other
}

// TestBindCountries has the country of a series in an id.
func TestBindCountries(t *testing.T) {
	t.Parallel()
	b := withSpec(t, withColumn(releasedBundle(t), "country", panel.Text, "%Y-%m-%d"), `{"holidays":{"countries":["DE"],"column":"country"}}`)
	tests := []struct {
		country, hint string // no hint: the country is taken
	}{
		{"DE", ""},
		{"FR", ""}, // the data did not hold it
		{"UK", "did you mean GB? "},
		{"Germany", "the codes are AR, "},
	}
	for _, tt := range tests {
		t.Run(tt.country, func(t *testing.T) {
			t.Parallel()
			r, err := decodeRequest([]byte(`{"date":"2025-02-03","item":1,"country":"` + tt.country + `"}`))
			if err != nil {
				t.Fatal(err)
			}
			req, err := r.bind(b)
			if tt.hint == "" {
				if err != nil || req.IDs[0] != tt.country {
					t.Errorf("got %q, %v, want the country", req.IDs, err)
				}
				return
			}
			e, ok := errors.AsType[*apiError](err)
			if !ok || e.message != "Country must be the code of a country" || e.code != codeBadID || !strings.HasPrefix(e.hint, tt.hint) {
				t.Errorf("got %#v, want a fault of the country with the hint %q", e, tt.hint)
			}
		})
	}
}

// checkCovariates binds a request to a bundle with covariates: each has a value that it can have, or
// is a static one that the request does not give.
func checkCovariates(t *testing.T, r *request, b *model.Bundle) {
	t.Helper()
	req, err := r.bind(b)
	if err != nil {
		if e, ok := errors.AsType[*apiError](err); !ok || len(e.fields) == 0 {
			t.Fatalf("%q: %v, want faults of fields", r.body, err)
		}
		return
	}
	for c, covariate := range b.Spec.Covariates {
		given := r.member(covariate.Name) != nil
		if v := req.Covariates[c]; given && !covariate.Valid(v) || !given && (v != forecast.OfSeries() || c >= b.Spec.NumStatic()) {
			t.Fatalf("%q: %s is %v", r.body, covariate.Name, v)
		}
	}
}

package features_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// records returns the cells of a CSV text by column name.
func records(t *testing.T, text string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(t, err)
	var out []map[string]string
	for _, row := range rows[1:] {
		record := make(map[string]string)
		for c, name := range rows[0] {
			record[name] = row[c]
		}
		out = append(out, record)
	}
	return out
}

// slowCovariate reads a column of a CSV text: numbers, or where they are not, codes of the texts
// as they come.
func slowCovariate(t *testing.T, text, name string) []float64 {
	t.Helper()
	var values []float64
	var seen []string
	for _, record := range records(t, text) {
		cell := record[name]
		v, err := strconv.ParseFloat(cell, 64)
		switch {
		case cell == "":
			v = math.NaN()
		case err != nil && !slices.Contains(seen, cell):
			seen = append(seen, cell)
			fallthrough
		case err != nil:
			v = float64(slices.Index(seen, cell))
		}
		values = append(values, v)
	}
	return values
}

func TestCovariatesEqualTheirCells(t *testing.T) {
	t.Parallel()
	for _, freq := range testpanel.Freqs() {
		m := buildSales(t, freq, 40)
		text := testpanel.Sales(freq, 40)
		for c, covariate := range m.Spec.Covariates {
			if diff := cmp.Diff(slowCovariate(t, text, covariate.Name), m.Covariate(c), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%s: %s (-cells +matrix):\n%s", freq, covariate.Name, diff)
			}
		}
	}
}

func TestCovariateColumns(t *testing.T) {
	t.Parallel()
	s := buildSales(t, calendar.Day, 10).Spec
	want := []features.CovariateSpec{
		{Name: "region", Use: panel.Static, Levels: []string{"north", "south"}},
		{Name: "size", Use: panel.Static},
		{Name: "promo", Use: panel.KnownFuture},
		{Name: "kind", Use: panel.KnownFuture, Levels: []string{"coupon", "flyer"}},
	}
	if diff := cmp.Diff(want, s.Covariates); diff != "" {
		t.Errorf("covariates (-want +got):\n%s", diff)
	}
	if got := s.NumStatic(); got != 2 {
		t.Errorf("%d static covariates, want 2", got)
	}
	names := []string{
		"store", "item_code", "region_code", "size", "promo", "kind_code",
		"year", "month", "day", "dayofweek", "is_weekend", "is_month_start", "is_month_end",
	}
	if diff := cmp.Diff(names, s.FeatureNames()); diff != "" {
		t.Errorf("feature names (-want +got):\n%s", diff)
	}
	data, err := features.MarshalSpec(s)
	must(t, err)
	again, err := features.ParseSpec(data)
	must(t, err)
	if diff := cmp.Diff(s, again, cmpopts.IgnoreUnexported(features.Spec{})); diff != "" {
		t.Errorf("the spec changed on the way (-made +read):\n%s", diff)
	}
	if again.Fingerprint() != s.Fingerprint() {
		t.Error("the fingerprint changed on the way")
	}
}

// TestSpecWithoutCovariates is the promise that their Specs have the bytes and the fingerprint
// that they had before there were covariates.
func TestSpecWithoutCovariates(t *testing.T) {
	t.Parallel()
	s := newSpec(t, features.Default())
	data, err := features.MarshalSpec(s)
	must(t, err)
	for _, word := range []string{"covariates", "holidays"} {
		if strings.Contains(string(data), word) {
			t.Errorf("the spec has %q without any:\n%s", word, data)
		}
	}
	if got, want := s.Fingerprint(), "2e426a3351fbdc29b3c6619a8828247b88fe00690ffcaeec0bd7e2632b810536"; got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
}

// checkBuildEqualsRow compares every row of a matrix with the one that Row makes.
func checkBuildEqualsRow(t *testing.T, m *features.Matrix) {
	t.Helper()
	got, want := make([]float64, len(m.Values)), make([]float64, len(m.Values))
	covariates := make([]float64, len(m.Spec.Covariates))
	for i := range m.Len() {
		for c := range covariates {
			covariates[c] = m.Covariate(c)[i]
		}
		m.Row(want, i)
		must(t, m.Spec.Row(got, m.Period[i], []string{m.ID(0, i), m.ID(1, i)}, covariates))
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("%s: row %d (-Build +Row):\n%s", m.Spec.Freq, i, diff)
		}
	}
}

func TestCovariatesBuildEqualsRow(t *testing.T) {
	t.Parallel()
	for _, freq := range testpanel.Freqs() {
		checkBuildEqualsRow(t, buildSales(t, freq, 40))
	}
}

// changeColumn returns the text with another value in the rows of a column from a row on.
func changeColumn(t *testing.T, text, name string, from int, value func(row int) string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(t, err)
	column := slices.Index(rows[0], name)
	for i := range rows {
		if i > from {
			rows[i][column] = value(i)
		}
	}
	var b strings.Builder
	must(t, csv.NewWriter(&b).WriteAll(rows))
	return b.String()
}

// TestCovariatesDoNotLeak is the promise that what is known up to the cutoff only, sales and the
// covariates of that use, is in no feature, and that a value known ahead is in its own row only.
func TestCovariatesDoNotLeak(t *testing.T) {
	t.Parallel()
	const cutoff = 60
	text := testpanel.Sales(calendar.Day, 40)
	build := func(text string) *features.Matrix {
		p := testpanel.ReadAs(t, text, testpanel.SalesConfig(calendar.Day))
		s, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
		must(t, err)
		m, err := features.Build(p, s)
		must(t, err)
		return m
	}
	before := build(text)
	for _, name := range []string{"sales", "stock"} {
		after := build(changeColumn(t, text, name, cutoff, func(i int) string { return strconv.Itoa(1000 + i) }))
		if diff := cmp.Diff(before.Values, after.Values, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("other %s gave other features:\n%s", name, diff)
		}
	}
	after := build(changeColumn(t, text, "promo", cutoff, func(int) string { return "7" }))
	for f := range before.Values {
		same := cmp.Equal(before.Values[f][:cutoff], after.Values[f][:cutoff], cmpopts.EquateNaNs())
		changed := !cmp.Equal(before.Values[f][cutoff:], after.Values[f][cutoff:], cmpopts.EquateNaNs())
		if name := before.Spec.FeatureNames()[f]; !same || changed != (name == "promo") {
			t.Errorf("%s: the same up to the cutoff: %t, changed after it: %t", name, same, changed)
		}
	}
}

func TestCovariateCode(t *testing.T) {
	t.Parallel()
	text := features.CovariateSpec{Name: "kind", Use: panel.KnownFuture, Levels: []string{"coupon", "flyer"}}
	number := features.CovariateSpec{Name: "promo", Use: panel.KnownFuture}
	tests := []struct {
		name      string
		covariate features.CovariateSpec
		cell      string
		want      float64
		known     bool
		text      string // of the value
	}{
		{"a level", text, "flyer", 1, true, "flyer"},
		{"a level that the data did not hold", text, "poster", math.NaN(), false, ""},
		{"no text", text, "", math.NaN(), true, ""},
		{"a number", number, "2.50", 2.5, true, "2.5"},
		{"no number", number, "", math.NaN(), true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, known, err := tt.covariate.Code(tt.cell)
			must(t, err)
			if known != tt.known || !cmp.Equal(got, tt.want, cmpopts.EquateNaNs()) {
				t.Errorf("Code(%q) = %v, %t, want %v, %t", tt.cell, got, known, tt.want, tt.known)
			}
			if !tt.covariate.Valid(got) {
				t.Errorf("%v is not valid", got)
			}
			if text := tt.covariate.Text(got); text != tt.text {
				t.Errorf("Text(%v) = %q, want %q", got, text, tt.text)
			}
		})
	}
	if _, _, err := number.Code("many"); err == nil {
		t.Error("text was taken for a number")
	}
	for _, bad := range []float64{-1, 2, 0.5, math.Inf(1)} {
		if text.Valid(bad) {
			t.Errorf("%v is the code of no level, but valid", bad)
		}
	}
	if number.Valid(math.Inf(-1)) || !number.Valid(-0.5) {
		t.Error("of -Inf and -0.5 only the second is valid")
	}
}

func TestNewSpecRefusesCovariateNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, covariate, cell, want, hint string }{
		{"a member of forecasts", "horizon", "1", `covariate "horizon": it has the name of a member`, `"horizon_value"`},
		{"the date feature of numbers", "month", "1", `called "month"`, "rename"},
		{"the code of a text id", "item_code", "1", `called "item_code"`, "rename"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := testpanel.SalesConfig(calendar.Day)
			cfg.KnownFuture = []string{tt.covariate, "kind"}
			p := testpanel.ReadAs(t, strings.Replace(testpanel.Sales(calendar.Day, 9), "promo", tt.covariate, 1), cfg)
			_, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
			if !errors.Is(err, features.ErrBadSpec) || !strings.Contains(fmt.Sprint(err), tt.want) || !strings.Contains(hint.Of(err), tt.hint) {
				t.Errorf("got %v (hint %q), want ErrBadSpec with %q and a hint with %q", err, hint.Of(err), tt.want, tt.hint)
			}
		})
	}
}

func TestParseSpecRefusesCovariates(t *testing.T) {
	t.Parallel()
	data, err := features.MarshalSpec(buildSales(t, calendar.Day, 9).Spec)
	must(t, err)
	tests := []struct{ name, old, replacement, want string }{
		{"a use that no row can have", `"known_future"`, `"past_only"`, `use "past_only"`},
		{"a static one after one that is not", `"static"`, `"known_future"`, `"size": a static one`},
		{"a name twice", `"name": "promo"`, `"name": "size"`, `"size": another column has the same name`},
		{"the name of an id", `"name": "promo"`, `"name": "store"`, `"store": another column has the same name`},
		{"a level twice", `"coupon"`, `"flyer"`, "a level stands twice"},
		{"an empty level", `"coupon"`, `""`, "an empty level"},
		{"another level", `"coupon"`, `"voucher"`, "fingerprint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at := strings.Index(string(data), `"covariates"`)
			changed := string(data[:at]) + strings.Replace(string(data[at:]), tt.old, tt.replacement, 1)
			if changed == string(data) {
				t.Fatalf("%q does not stand in the spec:\n%s", tt.old, data)
			}
			_, err := features.ParseSpec([]byte(changed))
			if !errors.Is(err, features.ErrBadSpec) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrBadSpec with %q", err, tt.want)
			}
		})
	}
}

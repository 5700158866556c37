package features_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

// sales is unsorted, has an empty target, and series of different length.
const sales = `sales,item,date,store
5,2,2020-02-29,1
1.5,10,2020-03-01,1
,2,2020-03-01,1
7,2,2020-02-29,3
`

func newSpec(t *testing.T, cfg features.Config) *features.Spec {
	t.Helper()
	s, err := features.NewSpec(testpanel.Read(t, sales, "store", "item"), cfg, "%Y-%m-%d")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSpecRoundTrip(t *testing.T) {
	t.Parallel()
	s := newSpec(t, features.Default())
	data, err := features.MarshalSpec(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := features.ParseSpec(data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Fingerprint() != s.Fingerprint() {
		t.Error("the fingerprint changed on the way")
	}
	again, err := features.MarshalSpec(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(data), string(again)); diff != "" {
		t.Errorf("the file form changed (-first +second):\n%s", diff)
	}
	want := []string{
		"store", "item", "year", "month", "day", "dayofweek", "is_weekend", "is_month_start", "is_month_end",
	}
	if diff := cmp.Diff(want, got.FeatureNames()); diff != "" {
		t.Errorf("feature names (-want +got):\n%s", diff)
	}
	if got.FirstDate.String() != "2020-02-29" || got.LastDate.String() != "2020-03-01" {
		t.Errorf("days %s to %s, want 2020-02-29 to 2020-03-01", got.FirstDate, got.LastDate)
	}
}

func TestParseSpecRefuses(t *testing.T) {
	t.Parallel()
	data, err := features.MarshalSpec(newSpec(t, features.Default()))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, old, replacement, want string }{
		{"another format", `"format": 1`, `"format": 2`, "format 2"},
		{"another method", `"calendar"`, `"magic"`, `unknown method "magic"`},
		{"a value changed by hand", `"10"`, `"11"`, "fingerprint"},
		{"a member that nobody knows", `"freq"`, `"frequency"`, "frequency"},
		{"a feature that nobody knows", `"is_weekend"`, `"is_holiday"`, "is_holiday"},
		{"columns that do not follow", `"name": "sales"`, `"name": "sale"`, "columns do not follow"},
		{"an id against its rule", `"10"`, `"ten"`, "not a whole number"},
		{"no JSON", `{`, ``, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			damaged := bytes.Replace(data, []byte(tt.old), []byte(tt.replacement), 1)
			if bytes.Equal(damaged, data) {
				t.Fatalf("%q does not stand in the spec:\n%s", tt.old, data)
			}
			_, err := features.ParseSpec(damaged)
			if !errors.Is(err, features.ErrBadSpec) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrBadSpec with %q", err, tt.want)
			}
		})
	}
	for n := range data {
		if n < len(data)-2 {
			if _, err := features.ParseSpec(data[:n]); err == nil {
				t.Fatalf("a spec cut after %d of %d bytes was accepted", n, len(data))
			}
		}
	}
}

func TestNewSpecRefusesNames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header string
		ids          []string
		want         string
	}{
		{"an id with a member's name", "date,horizon,sales", []string{"horizon"}, "member of every forecast"},
		{"an id with an interval's name", "date,lo_80,sales", []string{"lo_80"}, "member of every forecast"},
		{"an id with a feature's name", "date,month,sales", []string{"month"}, `called "month"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := testpanel.Read(t, tt.header+"\n2020-01-01,a,1\n2020-01-02,a,1\n", tt.ids...)
			_, err := features.NewSpec(p, features.Default(), "%Y-%m-%d")
			if !errors.Is(err, features.ErrBadSpec) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want ErrBadSpec with %q", err, tt.want)
			}
		})
	}
}

func TestRow(t *testing.T) {
	t.Parallel()
	p := testpanel.Read(t, "date,store,shop,sales\n2020-01-01,7,b,1\n2020-01-02,7,a,1\n2020-01-03,7,a,2\n", "shop", "store")
	s, err := features.NewSpec(p, features.Config{IDs: true, DateFeatures: []string{"day"}}, "%Y-%m-%d")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"store", "shop_code", "day"}, s.FeatureNames()); diff != "" {
		t.Fatalf("feature names (-want +got):\n%s", diff)
	}
	tests := []struct {
		name string
		ids  []string
		want []float64
	}{
		{"known ids", []string{"b", "7"}, []float64{7, 1, 31}},
		{"an unseen text id is missing", []string{"z", "7"}, []float64{7, math.NaN(), 31}},
		{"an unseen integer is its number", []string{"a", "12"}, []float64{12, 0, 31}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := make([]float64, s.NumFeatures())
			if err := s.Row(got, calendar.Period(calendar.NewDate(2024, 1, 31)), tt.ids, nil); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) { // NaN prints as NaN
				t.Errorf("Row = %v, want %v", got, tt.want)
			}
		})
	}
	for _, bad := range []string{"", "07", "1.0", "-3", "0", "x", "99999999999999999999"} {
		err := s.Row(make([]float64, s.NumFeatures()), 0, []string{"a", bad}, nil)
		if !errors.Is(err, features.ErrBadID) || !strings.HasPrefix(err.Error(), "store: ") {
			t.Errorf("store %q: got %v, want ErrBadID that names the column", bad, err)
		}
	}
}

func TestIDSpecCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		rule  panel.Rule
		value string
		want  string // in the error; "" for none
		hint  string // in the hint
	}{
		{"a positive integer", panel.PositiveInteger, "12", "", ""},
		{"zero", panel.PositiveInteger, "0", `"0" is not a positive number`, ""},
		{"a word for a number", panel.PositiveInteger, "x", `"x" is not a whole number`, "digits without leading zeros"},
		{"a negative integer", panel.Integer, "-3", "", ""},
		{"a leading zero", panel.Integer, "07", `"07" is not a whole number`, "digits without leading zeros"},
		{"text that looks like a number", panel.Text, "07", "", ""},
		{"256 bytes", panel.Text, strings.Repeat("a", 256), "", ""},
		{"257 bytes", panel.Text, strings.Repeat("a", 257), "1 to 256 bytes, not 257", ""},
		{"nothing", panel.Text, "", "1 to 256 bytes, not 0", ""},
		{"not UTF-8", panel.Text, "\xff", "not UTF-8", ""},
		{"a zero byte", panel.Text, "a\x00", "not UTF-8", ""},
		{"an unknown rule", "colour", "red", `unknown rule "colour"`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := features.IDSpec{Name: "store", Rule: tt.rule}.Check(tt.value)
			if errors.Is(err, features.ErrBadID) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Check(%q) = %v, want %q", tt.value, err, tt.want)
			}
			if got := hint.Of(err); (got != "") != (tt.hint != "") || !strings.Contains(got, tt.hint) {
				t.Errorf("hint %q, want %q", got, tt.hint)
			}
		})
	}
}

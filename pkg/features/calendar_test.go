package features_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
)

// TestDateFeaturesEqualPandas compares every day of 2012-2032 with testdata/calendar.csv, which
// scripts/golden/calendar_days.py made with pandas.
func TestDateFeaturesEqualPandas(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/calendar.csv")
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	names := records[0][1:]
	if got, want := len(records)-1, 7671; got != want {
		t.Fatalf("the golden has %d days, want the %d of 2012-2032", got, want)
	}
	if diff := cmp.Diff(sorted(features.DateFeatureNames()), sorted(append(names, "hour"))); diff != "" {
		t.Errorf("date features differ from the golden's columns and hour (-features +golden):\n%s", diff)
	}
	s := newSpec(t, features.Config{DateFeatures: names})
	row := make([]float64, s.NumFeatures())
	for i, record := range records[1:] {
		day, err := calendar.ParseDate(record[0], "%Y-%m-%d")
		if err != nil {
			t.Fatal(err)
		}
		if want := calendar.NewDate(2012, 1, 1) + calendar.Date(i); day != want {
			t.Fatalf("line %d of the golden is %s, want %s", i+2, day, want)
		}
		if err := s.Row(row, calendar.Period(day), []string{"1", "1"}, nil); err != nil {
			t.Fatal(err)
		}
		for c, name := range names {
			want, err := strconv.ParseFloat(record[c+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			if row[c] != want {
				t.Errorf("%s: %s = %v, pandas says %v", day, name, row[c], want)
			}
		}
	}
}

package features_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
)

// buildSales returns the matrix of testpanel.Sales, with all its covariates.
func buildSales(t *testing.T, freq calendar.Freq, periods int) *features.Matrix {
	t.Helper()
	p := testpanel.ReadAs(t, testpanel.Sales(freq, periods), testpanel.SalesConfig(freq))
	s, err := features.NewSpec(p, features.Default(), calendar.DefaultDateFormat)
	must(t, err)
	m, err := features.Build(p, s)
	must(t, err)
	return m
}

// TestEveryFrequencyKeepsItsMatrix writes and reads matrices and Specs of every frequency.
func TestEveryFrequencyKeepsItsMatrix(t *testing.T) {
	t.Parallel()
	for _, freq := range testpanel.Freqs() {
		for _, format := range []features.Format{features.CSV, features.Parquet} {
			t.Run(freq.String()+" "+string(format), func(t *testing.T) {
				t.Parallel()
				want := buildSales(t, freq, 30)
				if want.Spec.Freq != freq {
					t.Fatalf("frequency %s, want %s", want.Spec.Freq, freq)
				}
				path := filepath.Join(t.TempDir(), "matrix")
				must(t, want.WriteFile(t.Context(), path, format))
				got, err := features.ReadFile(t.Context(), path)
				must(t, err)
				if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.IgnoreUnexported(features.Spec{})); diff != "" {
					t.Errorf("matrix changed on the way (-built +read):\n%s", diff)
				}
				if got.Digest() != want.Digest() {
					t.Error("the digest changed on the way")
				}
			})
		}
	}
}

func TestTimesInMatrixFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freq calendar.Freq
		want string // start of the first two periods' lines
	}{
		{calendar.Hour, "2019-11-04T00:00:00,7,tea 2019-11-04T01:00:00,7,tea"},
		{calendar.WeekSun, "2019-11-10,7,tea 2019-11-17,7,tea"},
		{calendar.Quarter, "2020-01-01,7,tea 2020-04-01,7,tea"},
	}
	for _, tt := range tests {
		t.Run(tt.freq.String(), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "matrix.csv")
			must(t, buildSales(t, tt.freq, 5).WriteFile(t.Context(), path, features.CSV))
			text, err := os.ReadFile(path)
			must(t, err)
			lines := strings.Split(string(text), "\n")
			for i, want := range strings.Fields(tt.want) { // three series have a first period
				if got := lines[1+3*i]; !strings.HasPrefix(got, want+",") {
					t.Errorf("line %d is %q, want it to start with %q", 2+3*i, got, want)
				}
			}
		})
	}
}

func TestReadFileRefusesTimesOffTheGrid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freq             calendar.Freq
		old, replacement string
		want             string
	}{
		{calendar.WeekSun, "2019-11-10,7,jam", "2019-11-11,7,jam", `line 3: column "date": 2019-11-11 is not a date of the frequency W-SUN; the nearest are 2019-11-10 and 2019-11-17`},
		{calendar.BusinessDay, "2019-11-08,8,tea", "2019-11-09,8,tea", `column "date": 2019-11-09 is not a date of the frequency B`},
		{calendar.Month, "2019-12-01,7,tea", "2019-12-02,7,tea", `line 2: column "date": 2019-12-02 is not`},
		{calendar.Day, "2019-11-04,7,jam", "2019-11-04T00:00:00,7,jam", `line 3: column "date"`},
		{calendar.Hour, "2019-11-04T00:00:00,7,jam", "2019-11-04,7,jam", `line 3: column "date"`},
		{calendar.Hour, "2019-11-04T00:00:00,7,jam", "2019-11-04T00:30:00,7,jam", `line 3: column "date"`},
	}
	for _, tt := range tests {
		t.Run(tt.freq.String(), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "matrix.csv")
			must(t, buildSales(t, tt.freq, 8).WriteFile(t.Context(), path, features.CSV))
			replace(tt.old, tt.replacement)(t, path)
			_, err := features.ReadFile(t.Context(), path)
			if !errors.Is(err, features.ErrBadMatrix) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want ErrBadMatrix with %q", err, tt.want)
			}
		})
	}
}

// TestReadFileRefusesAnotherFrequency gives a Parquet matrix the Spec of data of another one.
func TestReadFileRefusesAnotherFrequency(t *testing.T) {
	t.Parallel()
	tests := []struct {
		spec, rows calendar.Freq
		want       string
	}{
		{calendar.Day, calendar.Hour, "wrong type"},
		{calendar.Hour, calendar.Day, "wrong type"},
		{calendar.WeekMon, calendar.WeekSun, "row 1: 2019-11-10 is not a date of the frequency W-MON"},
		{calendar.Year, calendar.Quarter, "2020-04-01 is not a date of the frequency YS; the nearest are 2020-01-01 and 2021-01-01"},
	}
	for _, tt := range tests {
		t.Run(tt.spec.String()+" "+tt.rows.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path, other := filepath.Join(dir, "matrix"), filepath.Join(dir, "other")
			must(t, buildSales(t, tt.rows, 6).WriteFile(t.Context(), path, features.Parquet))
			must(t, buildSales(t, tt.spec, 6).WriteFile(t.Context(), other, features.Parquet))
			must(t, os.Rename(features.SpecPath(other), features.SpecPath(path)))
			_, err := features.ReadFile(t.Context(), path)
			if !errors.Is(err, features.ErrBadMatrix) || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want ErrBadMatrix with %q", err, tt.want)
			}
		})
	}
}

func TestSpecDatesStandOnTheGrid(t *testing.T) {
	t.Parallel()
	data, err := features.MarshalSpec(buildSales(t, calendar.WeekSun, 6).Spec)
	must(t, err)
	tests := []struct{ name, old, replacement, want string }{
		{"a first date between two", `"first_date": "2019-11-10"`, `"first_date": "2019-11-12"`, "2019-11-12 is not a date of the frequency W-SUN"},
		{"a last date with an hour", `"last_date": "2019-12-15"`, `"last_date": "2019-12-15T03:00:00"`, "2019-12-15T03:00:00 is not"},
		{"a last date before the first", `"last_date": "2019-12-15"`, `"last_date": "2019-11-03"`, "after the last"},
		{"no frequency", `"freq": "W-SUN"`, `"freq": "W"`, `frequency "W" is not known`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(string(data), tt.old, tt.replacement, 1)
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

// TestDateFeaturesOfEveryFrequency compares rows with the civil date of their labels. The hours
// go over a leap day.
func TestDateFeaturesOfEveryFrequency(t *testing.T) {
	t.Parallel()
	names := []string{"year", "month", "day", "dayofweek", "quarter"}
	for _, freq := range testpanel.Freqs() {
		cfg := features.Config{DateFeatures: names}
		if freq == calendar.Hour {
			cfg.DateFeatures = append(cfg.DateFeatures, "hour")
		}
		p := testpanel.ReadAs(t, testpanel.Sales(freq, 4), testpanel.SalesConfig(freq))
		p.Covariates = nil
		s, err := features.NewSpec(p, cfg, calendar.DefaultDateFormat)
		must(t, err)
		row := make([]float64, s.NumFeatures())
		first, _ := freq.Around(calendar.Time{Date: calendar.NewDate(2020, 2, 28)})
		for i := range calendar.Period(80) {
			must(t, s.Row(row, first+i, []string{"7", "tea"}, nil))
			label := freq.Start(first + i)
			year, month, day := label.Date.Civil()
			want := []float64{float64(year), float64(month), float64(day), float64((label.Date + 3) % 7), 0}
			for quarter := 1; quarter <= 4; quarter++ {
				if month <= 3*quarter && want[4] == 0 {
					want[4] = float64(quarter)
				}
			}
			if freq == calendar.Hour {
				want = append(want, float64(i%24))
			}
			if diff := cmp.Diff(want, row); diff != "" {
				t.Fatalf("%s of %s (-want +got):\n%s", freq, label, diff)
			}
		}
	}
}

func TestHourNeedsHours(t *testing.T) {
	t.Parallel()
	for _, freq := range testpanel.Freqs() {
		p := testpanel.ReadAs(t, testpanel.Sales(freq, 4), testpanel.SalesConfig(freq))
		_, err := features.NewSpec(p, features.Config{DateFeatures: []string{"year", "hour"}}, calendar.DefaultDateFormat)
		if freq == calendar.Hour {
			must(t, err)
			continue
		}
		if !errors.Is(err, features.ErrBadSpec) || !strings.Contains(err.Error(), "all data of the frequency "+freq.String()) {
			t.Errorf("%s: got %v, want ErrBadSpec that names the frequency", freq, err)
		}
		if got := hint.Of(err); !strings.Contains(got, "features.date_features") {
			t.Errorf("%s: hint %q, want one that names the key", freq, got)
		}
	}
}

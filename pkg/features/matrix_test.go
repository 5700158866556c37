package features_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/panel"
)

func build(t *testing.T, text string, ids ...string) *features.Matrix {
	t.Helper()
	p := testpanel.Read(t, text, ids...)
	s, err := features.NewSpec(p, features.Default(), "%Y-%m-%d")
	if err != nil {
		t.Fatal(err)
	}
	m, err := features.Build(p, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBuildKeepsTheRowsOfTheInput(t *testing.T) {
	t.Parallel()
	m := build(t, sales, "store", "item")
	var got []string
	row := make([]float64, len(m.Values))
	for i := range m.Len() {
		m.Row(row, i)
		got = append(got, fmt.Sprint(m.Spec.Freq.Format(m.Period[i]), " ", m.ID(0, i), " ", m.ID(1, i), " ", row, " ", m.Target[i]))
	}
	want := []string{
		"2020-02-29 1 2 [1 2 2020 2 29 5 1 0 1] 5",
		"2020-03-01 1 10 [1 10 2020 3 1 6 1 1 0] 1.5",
		"2020-03-01 1 2 [1 2 2020 3 1 6 1 1 0] NaN",
		"2020-02-29 3 2 [3 2 2020 2 29 5 1 0 1] 7",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestBuildEqualsRow is the promise that training and serving see the same features.
func TestBuildEqualsRow(t *testing.T) {
	t.Parallel()
	for _, text := range []string{sales, strings.ReplaceAll(sales, "3\n", "x\n")} {
		m := build(t, text, "store", "item")
		got, want := make([]float64, len(m.Values)), make([]float64, len(m.Values))
		for i := range m.Len() {
			m.Row(want, i)
			if err := m.Spec.Row(got, m.Period[i], []string{m.ID(0, i), m.ID(1, i)}, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("row %d (-Build +Row):\n%s", i, diff)
			}
		}
	}
}

// TestNoLeak is the promise that no sale changes a feature.
func TestNoLeak(t *testing.T) {
	t.Parallel()
	a := build(t, sales, "store", "item")
	b := build(t, strings.NewReplacer("5,2", "900,2", "1.5", "0", "7,2", "-3,2").Replace(sales), "store", "item")
	if diff := cmp.Diff(a.Values, b.Values); diff != "" {
		t.Errorf("other sales gave other features:\n%s", diff)
	}
}

func TestFileRoundTrip(t *testing.T) {
	t.Parallel()
	inputs := map[string]string{
		"integer ids": sales,
		"text ids":    strings.NewReplacer(",1\n", ",\"a, \"\"b\"\"\"\n", ",3\n", ",003\n").Replace(sales),
	}
	for name, text := range inputs {
		for _, format := range []features.Format{features.CSV, features.Parquet} {
			t.Run(name+" "+string(format), func(t *testing.T) {
				t.Parallel()
				want := build(t, text, "store", "item")
				path := filepath.Join(t.TempDir(), "matrix")
				if err := want.WriteFile(t.Context(), path, format); err != nil {
					t.Fatal(err)
				}
				got, err := features.ReadFile(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
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

func TestDigestSeesEveryValue(t *testing.T) {
	t.Parallel()
	digest := build(t, sales, "store", "item").Digest()
	changes := map[string]func(*features.Matrix){
		"date":    func(m *features.Matrix) { m.Period[1]++ },
		"id":      func(m *features.Matrix) { m.Codes[1][3] ^= 1 },
		"feature": func(m *features.Matrix) { m.Values[8][3] = 7 },
		"target":  func(m *features.Matrix) { m.Target[2] = 0 },
	}
	for name, change := range changes {
		m := build(t, sales, "store", "item")
		change(m)
		if m.Digest() == digest {
			t.Errorf("a changed %s left the digest as it was", name)
		}
	}
}

func TestReadFileRefuses(t *testing.T) {
	t.Parallel()
	m := build(t, sales, "store", "item")
	tests := []struct {
		name   string
		format features.Format
		change func(t *testing.T, path string)
		want   error
		text   string
	}{
		{"a matrix without its spec", features.CSV, func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Remove(features.SpecPath(path)))
		}, os.ErrNotExist, "spec.json"},
		{"a bad number", features.CSV, replace("2020,2,29", "2020,x,29"), features.ErrBadMatrix, `line 2: column "month"`},
		{"a feature changed by hand", features.CSV, replace("2020,2,29,5,1,0,1", "2020,2,28,5,1,0,1"), features.ErrBadMatrix, "not the matrix"},
		{"a row that is gone", features.CSV, replace("2020-03-01,1,10,2020,3,1,6,1,1,0,1.5\n", ""), features.ErrBadMatrix, "not the matrix"},
		{"the spec of other data", features.Parquet, func(t *testing.T, path string) {
			t.Helper()
			other := build(t, strings.ReplaceAll(sales, "store", "shop"), "shop", "item")
			must(t, other.WriteFile(t.Context(), path+"2", features.Parquet))
			must(t, os.Rename(features.SpecPath(path+"2"), features.SpecPath(path)))
		}, features.ErrBadMatrix, "column 2"},
		{"an id that the spec does not have", features.CSV, replace(",1,2,", ",9,2,"), features.ErrBadMatrix, `id "9"`},
		{"another header", features.CSV, replace("dayofweek", "weekday"), features.ErrBadMatrix, `not "dayofweek"`},
		{"a line too short", features.CSV, replace(",1,5\n", ",1\n"), features.ErrBadMatrix, "line 2"},
		{"a bad date", features.CSV, replace("2020-02-29", "2020-02-30"), features.ErrBadMatrix, `column "date"`},
		{"a cut Parquet file", features.Parquet, func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Truncate(path, 700))
		}, features.ErrBadMatrix, "Parquet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "matrix")
			must(t, m.WriteFile(t.Context(), path, tt.format))
			tt.change(t, path)
			_, err := features.ReadFile(t.Context(), path)
			if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}

// TestReadFileRefusesForeignCodes has text ids, whose codes mean something only beside their spec.
func TestReadFileRefusesForeignCodes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := strings.NewReplacer(",1\n", ",b\n", ",3\n", ",c\n").Replace(sales)
	mine, other := build(t, text, "store", "item"), build(t, text+"1,2,2020-02-28,a\n", "store", "item")
	for _, format := range []features.Format{features.CSV, features.Parquet} {
		path, foreign := filepath.Join(dir, string(format)), filepath.Join(dir, "other."+string(format))
		must(t, mine.WriteFile(t.Context(), path, format))
		must(t, other.WriteFile(t.Context(), foreign, format))
		must(t, os.Rename(features.SpecPath(foreign), features.SpecPath(path)))
		_, err := features.ReadFile(t.Context(), path)
		if !errors.Is(err, features.ErrBadMatrix) || !strings.Contains(err.Error(), "not the matrix") {
			t.Errorf("%s: got %v, want ErrBadMatrix", format, err)
		}
	}
}

func TestWriteFileLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	m := build(t, sales, "store", "item")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	for _, format := range []features.Format{features.CSV, features.Parquet} {
		if err := m.WriteFile(ctx, filepath.Join(dir, "matrix"), format); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", format, err)
		}
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// replace returns a change of the first place of old in the matrix file.
func replace(old, replacement string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		data, err := os.ReadFile(path)
		must(t, err)
		changed := strings.Replace(string(data), old, replacement, 1)
		if changed == string(data) {
			t.Fatalf("%q does not stand in:\n%s", old, data)
		}
		must(t, os.WriteFile(path, []byte(changed), 0o600))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkBuild(b *testing.B) {
	const series, days = 500, 1826
	p := &panel.Panel{
		Time: "date", Target: "sales", Freq: calendar.Day,
		IDs: []panel.IDColumn{{Name: "store", Rule: panel.PositiveInteger, Values: []string{"1"}}, {Name: "item", Rule: panel.PositiveInteger}},
	}
	p.Codes = make([][]int32, 2)
	for s := range series {
		p.IDs[1].Values = append(p.IDs[1].Values, strconv.Itoa(s+1))
		p.Codes[0], p.Codes[1] = append(p.Codes[0], 0), append(p.Codes[1], int32(s))
		p.Offset = append(p.Offset, s*days)
		for d := range days {
			p.Period = append(p.Period, calendar.Period(calendar.NewDate(2013, 1, 1))+calendar.Period(d))
			p.Y = append(p.Y, float64(d%50))
			p.Row = append(p.Row, int32(len(p.Row)))
		}
	}
	p.Offset = append(p.Offset, series*days)
	run := func(name string, s *features.Spec, err error) {
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := features.Build(p, s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(series*days*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	s, err := features.NewSpec(p, features.Default(), "%Y-%m-%d")
	run("rows=913000", s, err)
	p.Covariates = []panel.Covariate{
		{Name: "size", Use: panel.Static, Values: make([]float64, series)},
		{Name: "promo", Use: panel.KnownFuture, Values: make([]float64, series*days)},
	}
	s, err = features.NewSpec(p, features.Default(), "%Y-%m-%d")
	run("rows=913000/covariates=2", s, err)
	s, err = s.WithHolidays(&holidays.Spec{Countries: []string{"US"}})
	run("rows=913000/covariates=2/holidays=6", s, err)
}

package panel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// inputs returns inputs of pairs of a name and a text.
func inputs(pairs ...string) []table.Input {
	var list []table.Input
	for i := 0; i < len(pairs); i += 2 {
		text := pairs[i+1]
		list = append(list, table.Input{Name: pairs[i], Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(text)), nil
		}})
	}
	return list
}

func TestReadSeveralFiles(t *testing.T) {
	t.Parallel()
	files := inputs(
		"a.csv", "date,store,item,sales,note\n2024-01-02,1,1,2,x\n2024-01-01,2,a,3,x\n",
		"b.csv", "sales;promo;item;store;date\n\n1;p;1;1;2024-01-01\n4;q;a;2;2024-01-02\n",
	)
	p, err := panel.ReadInputs(t.Context(), files, panel.Default())
	if err != nil {
		t.Fatal(err)
	}
	checkPanel(t, p)
	want := []string{"1/1 2024-01-01 1 #2", "1/1 2024-01-02 2 #0", "2/a 2024-01-01 3 #1", "2/a 2024-01-02 4 #3"}
	if diff := cmp.Diff(want, rows(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"note", "promo"}, p.Ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
}

func TestReadSeveralFilesNamesPlaces(t *testing.T) {
	t.Parallel()
	files := inputs(
		"a.csv", header+"2024-01-02,1,1,2\n2024-01-01,1,1,3\n",
		"b.csv", header+"\n2024-01-01,1,1,x\n2024-01-02,1,1,4\n2024-01-02,2,1,\n",
		"c.csv", header+"2024-01-02,1,1,4\n2024-01-05,,1,4\n",
	)
	_, err := panel.ReadInputs(t.Context(), files, panel.Default())
	want := "a.csv, b.csv, c.csv: 4 problems in 7 rows: duplicate_key 2, bad_number 1, empty_id 1\n" +
		"  b.csv: line 3: sales \"x\": not a number\n" +
		"  b.csv: line 4: store 1, item 1, 2024-01-02: already on a.csv line 2\n" +
		"  c.csv: line 2: store 1, item 1, 2024-01-02: already on b.csv line 4\n" +
		"  c.csv: line 3: store is empty"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v\nwant %s", err, want)
	}
	p, err := panel.ReadInputs(t.Context(), files, quarantine(func(*panel.Config) {}))
	if err != nil {
		t.Fatal(err)
	}
	wantWarnings := []table.Warning{
		{Code: table.WarnBlankLines, Count: 1, Message: "blank lines are skipped", Places: []string{"b.csv line 2"}},
		{Code: panel.WarnUnsorted, Count: 1, Message: "series whose dates do not ascend in the file are sorted", Places: []string{"store 1, item 1"}},
		{Code: panel.WarnMissing, Count: 1, Message: "rows without a target are missing observations", Places: []string{"b.csv line 5"}},
	}
	if diff := cmp.Diff(wantWarnings, p.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if p.Rejected.Rows != 4 {
		t.Errorf("%d rows are left out, want 4", p.Rejected.Rows)
	}
}

// A row of one file may be bad because of a later one: the first problems are those of the first
// lines all the same.
func TestReadNamesTheFirstProblemsOfAllRules(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(header + "2024-01-01,1,1,-1\n")
	for range 30 {
		b.WriteString("2024-01-02,1,1,x\n")
	}
	_, err := panel.ReadInputs(t.Context(), inputs("f.csv", b.String()), with(func(c *panel.Config) { c.Negative = panel.NegativeError }))
	if bad := dataError(t, err); bad.First[0].Line != 2 || bad.First[19].Line != 21 || len(bad.First) != 20 {
		t.Errorf("problems from %v to %v, want lines 2 to 21", bad.First[0], bad.First[len(bad.First)-1])
	}
}

func TestReadGlobs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, day := range []string{"2024-01-03", "2024-01-01", "2024-01-02"} {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.csv", i)), []byte(header+day+",1,1,5\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := panel.Read(t.Context(), []string{filepath.Join(dir, "[12].csv"), filepath.Join(dir, "0*.csv")}, panel.Default())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1/1 2024-01-01 5 #0", "1/1 2024-01-02 5 #1", "1/1 2024-01-03 5 #2"}, rows(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if _, err := panel.Read(t.Context(), nil, panel.Default()); err == nil {
		t.Error("no file is read")
	}
}

func TestReadHoursAndDays(t *testing.T) {
	t.Parallel()
	files := inputs(
		"a.csv", header+"2024-01-02,1,1,2\n",
		"b.csv", header+"2024-01-01T22:00:00,1,1,1\n2024-01-01T23:00:00,1,1,3\n",
	)
	p, err := panel.ReadInputs(t.Context(), files, panel.Default())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1/1 2024-01-01T22:00:00 1 #1", "1/1 2024-01-01T23:00:00 3 #2", "1/1 2024-01-02T00:00:00 2 #0"}
	if diff := cmp.Diff(want, rows(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	_, err = panel.ReadInputs(t.Context(), inputs("f.csv", header+"2024-01-01T22:00:00,1,1,1\n2024-01-01T22:30:00,1,1,1\n"), panel.Default())
	if bad := dataError(t, err); bad.First[0].Code != table.CodePartHour {
		t.Errorf("error = %v, want one of code %s", err, table.CodePartHour)
	}
}

func TestReadFindsFrequencies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		want  calendar.Freq
		dates string
		off   string // a date that it does not have
		said  string // of it
	}{
		{
			calendar.WeekSun, "2024-01-07 2024-01-14 2024-01-28", "2024-01-08",
			"2024-01-08 is not a date of the frequency W-SUN; the nearest are 2024-01-07 and 2024-01-14",
		},
		{
			calendar.Month, "2024-01-01 2024-02-01 2024-05-01", "2024-02-02",
			"2024-02-02 is not a date of the frequency MS; the nearest are 2024-02-01 and 2024-03-01",
		},
		{
			calendar.Quarter, "2023-10-01 2024-01-01 2024-04-01", "2024-02-01",
			"2024-02-01 is not a date of the frequency QS; the nearest are 2024-01-01 and 2024-04-01",
		},
		{
			calendar.Year, "2022-01-01 2023-01-01 2024-01-01", "2023-04-01",
			"2023-04-01 is not a date of the frequency YS; the nearest are 2023-01-01 and 2024-01-01",
		},
		{
			calendar.BusinessDay, "2024-01-04 2024-01-05 2024-01-08 2024-01-09 2024-01-12 2024-01-15", "2024-01-13",
			"2024-01-13 is not a date of the frequency B; the nearest are 2024-01-12 and 2024-01-15",
		},
		{calendar.Hour, "2024-01-01T00:00:00 2024-01-01T01:00:00 2024-01-01T05:00:00", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.want.String(), func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			b.WriteString(header)
			for date := range strings.FieldsSeq(tt.dates) {
				fmt.Fprintf(&b, "%s,1,1,5\n", date)
			}
			p := mustRead(t, b.String(), panel.Default())
			var got []string
			for _, period := range p.Period {
				got = append(got, p.Freq.Format(period))
			}
			if p.Freq != tt.want || strings.Join(got, " ") != tt.dates {
				t.Errorf("freq %s, dates %v; want %s, %s", p.Freq, got, tt.want, tt.dates)
			}
			if tt.off == "" {
				return
			}
			cfg := panel.Default()
			cfg.Freq = tt.want.String()
			text := b.String() + tt.off + ",1,1,5\n" + tt.off + ",1,2,5\n"
			_, err := panel.ReadFrom(t.Context(), strings.NewReader(text), "f.csv", cfg)
			bad := dataError(t, err)
			if want := "date " + tt.said; bad.First[0].Code != table.CodeOffGrid || !strings.HasSuffix(bad.First[0].Error(), want) {
				t.Errorf("error = %v\nwant %s", bad.First[0], want)
			}
			if !strings.Contains(hint.Of(err), "--on-error quarantine") {
				t.Errorf("hint = %s", hint.Of(err))
			}
			cfg.OnError = "quarantine f"
			if p := mustRead(t, text, cfg); len(p.Period) != len(got) || p.NumSeries() != 1 || p.Rejected.Rows != 2 {
				t.Errorf("%d observations of %d series are left, %d rows are not; want %d of 1, 2", p.Len(), p.NumSeries(), p.Rejected.Rows, len(got))
			}
		})
	}
}

// What frequency the dates have is asked of the good rows.
func TestReadFindsTheFrequencyOfGoodRows(t *testing.T) {
	t.Parallel()
	const text = header + "2024-01-01,1,1,5\n2024-02-01,1,1,5\n2024-03-01,1,1,5\n2024-03-02,1,1,-5\n"
	p := mustRead(t, text, quarantine(func(c *panel.Config) { c.Negative, c.Freq = panel.NegativeError, panel.FreqAuto }))
	if p.Freq != calendar.Month || p.Len() != 3 {
		t.Errorf("freq %s, %d rows; want MS, 3", p.Freq, p.Len())
	}
}

func TestReadRefusesWideFiles(t *testing.T) {
	t.Parallel()
	_, err := read(t, "store,item,2024-01-01,2024-01-02,2024-01-03\n1,1,5,6,7\n")
	if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != table.CodeWide || !strings.Contains(hint.Of(err), "salesctl data convert f.csv --from wide") {
		t.Errorf("error = %v, hint %q; want one of code wide with the command", err, hint.Of(err))
	}
}

func TestReadInputsFailsWithItsInput(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	list := inputs("a.csv", header+"2024-01-01,1,1,5\n")
	list = append(list, table.Input{Name: "b.csv", Open: func() (io.ReadCloser, error) { return nil, broken }})
	if _, err := panel.ReadInputs(t.Context(), list, panel.Default()); !errors.Is(err, broken) {
		t.Errorf("error = %v, want %v", err, broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := panel.ReadInputs(ctx, list[:1], panel.Default()); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
}

package forecast_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/table"
)

func zipped(tb testing.TB, text string) string {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err := errors.Join(err, w.Close()); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestReadRequests(t *testing.T) {
	t.Parallel()
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	const plain = "note,day,shop\nx,2024-01-01,\"west, old\"\n,2024-02-29,east\n"
	want := []forecast.Request{
		{IDs: []string{"west, old"}, Period: day(2024, 1, 1)},
		{IDs: []string{"east"}, Period: day(2024, 2, 29)},
	}
	tests := []struct{ name, text string }{
		{"plain", plain},
		{"byte order mark, a quoted header", "\ufeff\"note\"" + plain[len("note"):]},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n")},
		{"blank lines", strings.ReplaceAll(plain, "\n", "\n\n")},
		{"the date column called date", strings.Replace(plain, "day", "date", 1)},
		{"the Spec's name before date", "date,day,shop\nx,2024-01-01,\"west, old\"\n,2024-02-29,east\n"},
		{"semicolons", "day;shop\n2024-01-01;west, old\n2024-02-29;east\n"},
		{"tabs", "day\tshop\n2024-01-01\twest, old\n2024-02-29\teast\n"},
		{"a folded header", "note, Day,\"SHOP \"" + strings.TrimPrefix(plain, "note,day,shop")},
		{"a folded date", "note,Date,shop" + strings.TrimPrefix(plain, "note,day,shop")},
		{"gzip", zipped(t, plain)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, warnings, err := forecast.ReadRequests(strings.NewReader(tt.text), "r.csv", b.Spec)
			if err != nil {
				t.Fatal(err)
			}
			if folded := strings.HasPrefix(tt.name, "a folded"); folded != (len(warnings) == 1 && warnings[0].Code == table.WarnHeaderCase) || !folded && len(warnings) > 0 {
				t.Errorf("warnings %v", warnings)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRequestsRefuses(t *testing.T) {
	t.Parallel()
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	const oneColumnEach = "a file of requests has one column for each id of the model and one for the date"
	tests := []struct{ name, text, want, hint string }{
		{"nothing", "", "r.csv: the file is empty", "the first line must name the columns"},
		{"a header alone", "shop,day\n", "r.csv: no requests", ""},
		{"no date column", "shop,when\nnorth,2024-01-01\n", `r.csv: no column "day"`, oneColumnEach},
		{"a misspelt column", "shp,day\nnorth,2024-01-01\n", `r.csv: no column "shop"`, `did you mean "shp"? ` + oneColumnEach},
		{"two columns of a name", "Shop,SHOP,day\na,b,2024-01-01\n", `r.csv: more than one column "shop"`, "rename or remove all of them but one"},
		{"a day that does not exist", "shop,day\nnorth,2024-01-01\nnorth,2023-02-29\n", "r.csv: line 3: day", ""},
		{"a day in another format", "shop,day\nnorth,01/02/2024\n", "r.csv: line 2: day", "write it as the bundle's data do, for example 2023-12-31"},
		{"an empty id", "shop,day\n,2024-01-01\n", "r.csv: line 2: shop", ""},
		{"a short line", "shop,day\nnorth\n", "r.csv: line 2: 1 fields, the header has 2", ""},
		{"an open quote", "shop,day\n\"north,2024-01-01\n", "r.csv: line 2: a quote that is not closed", ""},
		{"UTF-16", "\xff\xfes\x00h\x00o\x00p\x00", "r.csv: this is UTF-16 text, not CSV text", "convert it: iconv -f UTF-16 -t UTF-8"},
		{"damaged Parquet", "PAR1\x15\x04\x15\x10", "r.csv: damaged Parquet data: 8 bytes", "get the file again, or write it again as CSV"},
		{"a cut gzip", zipped(t, "shop,day\nnorth,2024-01-01\n")[:20], "r.csv: broken gzip data: the file ends too early", "get the file again, or unpack what is left of it: gzip -dc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := forecast.ReadRequests(strings.NewReader(tt.text), "r.csv", b.Spec)
			if got != nil || !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, %v, want %q", got, err, tt.want)
			}
			if got := hint.Of(err); got != tt.hint {
				t.Errorf("hint %q, want %q", got, tt.hint)
			}
		})
	}
}

func TestReadRequestsReportsEveryBadRow(t *testing.T) {
	t.Parallel()
	b, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	const text = "shop,day,note\nnorth,2024-01-01,\"two\nlines\"\n,2024-1-1,\nnorth,2023-02-29,\nnorth\n"
	_, _, err = forecast.ReadRequests(strings.NewReader(text), "r.csv", b.Spec)
	want := `r.csv: 4 problems in 4 rows: bad_date 2, bad_id 1, field_count 1
  r.csv: line 4: shop bad id: an id has 1 to 256 bytes, not 0
  r.csv: line 4: day "2024-1-1": not in the format %Y-%m-%d
  r.csv: line 5: day "2023-02-29": not a day of the calendar
  r.csv: line 6: 1 fields, the header has 3`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	_, _, err = forecast.ReadRequests(strings.NewReader("shop,day\n"+strings.Repeat("north,x\n", 50)), "r.csv", b.Spec)
	data, ok := errors.AsType[*table.DataError](err)
	if !ok || len(data.First) != 20 || data.Counts[table.CodeBadDate] != 50 || data.Rows != 50 {
		t.Errorf("error = %v, want the first 20 of 50", err)
	}
}

// TestParsePeriodOfEveryFreq has dates of the grid of a frequency and beside it.
func TestParsePeriodOfEveryFreq(t *testing.T) {
	t.Parallel()
	const beside = " is not a date of the frequency "
	tests := []struct {
		freq         calendar.Freq
		format, text string
		want, code   string // want: the date, or the error
	}{
		{calendar.WeekSun, "%Y-%m-%d", "2024-01-07", "2024-01-07", ""},
		{calendar.WeekSun, "%Y-%m-%d", "2024-01-03", "2024-01-03" + beside + "W-SUN; the nearest are 2023-12-31 and 2024-01-07", table.CodeOffGrid},
		{calendar.BusinessDay, "%Y-%m-%d", "2024-01-06", "2024-01-06" + beside + "B; the nearest are 2024-01-05 and 2024-01-08", table.CodeOffGrid},
		{calendar.Month, "%Y-%m-%d", "2024-02-29", "2024-02-29" + beside + "MS; the nearest are 2024-02-01 and 2024-03-01", table.CodeOffGrid},
		{calendar.Month, "%b %Y", "Feb 2024", "2024-02-01", ""},
		{calendar.Quarter, "%Y-%m-%d", "2024-02-01", "2024-02-01" + beside + "QS; the nearest are 2024-01-01 and 2024-04-01", table.CodeOffGrid},
		{calendar.Year, "%d.%m.%Y", "01.01.2025", "2025-01-01", ""},
		{calendar.Hour, "%Y-%m-%d", "2024-01-07T13:00:00", "2024-01-07T13:00:00", ""},
		{calendar.Hour, "%Y-%m-%d", "2024-01-07 13:00", "2024-01-07T13:00:00", ""},
		{calendar.Hour, "%Y-%m-%d", "2024-01-07T13:00Z", "2024-01-07T13:00:00", ""},
		{calendar.Hour, "%d/%m/%Y %H", "07/01/2024 13", "2024-01-07T13:00:00", ""},
		{calendar.Hour, "%Y-%m-%d", "2024-01-07", `"2024-01-07": no hour; the data are hourly`, table.CodeBadDate},
		{calendar.Hour, "%Y-%m-%d", "2024-01-07T13:30:00", `"2024-01-07T13:30:00": not a whole hour; minutes and seconds must be 0`, table.CodePartHour},
		{calendar.Hour, "%Y-%m-%d", "2024-02-30T13:00:00", `"2024-02-30T13:00:00": not an hour of a day of the calendar`, table.CodeBadDate},
		{calendar.Day, "%Y-%m-%d %H:%M", "2024-01-07 06:00", "2024-01-07T06:00:00" + beside + "D; the nearest are 2024-01-07 and 2024-01-08", table.CodeOffGrid},
		{calendar.Day, "%Y-%m-%d", "2024-01-07T00:00:00", "2024-01-07", ""},
		{calendar.Day, "%Y-%m-%d", "2024-01-07T06:00:00", "2024-01-07T06:00:00" + beside + "D; the nearest are 2024-01-07 and 2024-01-08", table.CodeOffGrid},
		{calendar.Month, "%Y-%m-%d", "2024-02-01 00:00", "2024-02-01", ""},
		{calendar.Day, "%d/%m/%Y", "2024-01-07T00:00:00", `"2024-01-07T00:00:00": not in the format %d/%m/%Y`, table.CodeBadDate},
	}
	for _, tt := range tests {
		t.Run(tt.freq.String()+" "+tt.text, func(t *testing.T) {
			t.Parallel()
			period, code, err := forecast.ParsePeriod(tt.text, &features.Spec{Freq: tt.freq, DateFormat: tt.format})
			got := tt.freq.Format(period)
			if err != nil {
				got = err.Error()
			}
			if got != tt.want || code != tt.code {
				t.Errorf("got %q, code %q, want %q, %q", got, code, tt.want, tt.code)
			}
		})
	}
}

func TestParsePeriodReadsWhatFormatPeriodWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &features.Spec{Freq: calendar.Freq(rapid.IntRange(int(calendar.Hour), int(calendar.Year)).Draw(t, "freq"))}
		s.DateFormat = rapid.SampledFrom([]string{"%Y-%m-%d", "%d/%m/%Y %H:%M", "%-d %b %Y, %H"}).Draw(t, "format")
		at := calendar.Time{Date: calendar.Date(rapid.IntRange(-100_000, 100_000).Draw(t, "day")), Hour: rapid.IntRange(0, 23).Draw(t, "hour")}
		want, _ := s.Freq.Around(at)
		text := forecast.FormatPeriod(want, s)
		if got, _, err := forecast.ParsePeriod(text, s); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", text, got, err, want)
		}
	})
}

// TestReadRequestsOfEveryFreq has the dates that files of sales may have too, and one off the grid.
func TestReadRequestsOfEveryFreq(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freq       calendar.Freq
		text, want string
	}{
		{calendar.Day, "shop,day\nx,2024-01-07 00:00:00\n", "2024-01-07"},
		{calendar.Hour, "shop,day\nx,2024-01-07 13:00:00\n", "2024-01-07T13:00:00"},
		{calendar.Hour, "shop,day\nx,2024-01-07 13:00:00\ny,2024-01-07 13:30:00\n", "r.csv: 1 problem in 2 rows: part_hour 1\n" +
			`  r.csv: line 3: day "2024-01-07 13:30:00": not a whole hour; minutes and seconds must be 0`},
		{calendar.WeekSun, "shop,day\nx,2024-01-07\ny,2024-01-08\n", "r.csv: 1 problem in 2 rows: off_grid 1\n" +
			"  r.csv: line 3: day 2024-01-08 is not a date of the frequency W-SUN; the nearest are 2024-01-07 and 2024-01-14"},
	}
	for _, tt := range tests {
		t.Run(tt.freq.String(), func(t *testing.T) {
			t.Parallel()
			b, err := bundleOf(tt.freq)
			if err != nil {
				t.Fatal(err)
			}
			requests, _, err := forecast.ReadRequests(strings.NewReader(tt.text), "r.csv", b.Spec)
			got := fmt.Sprint(err)
			if err == nil {
				got = tt.freq.Format(requests[0].Period)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("first date or error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePeriod(t *testing.T) {
	t.Parallel()
	s := &features.Spec{Freq: calendar.Day, DateFormat: "%d/%m/%Y", LastDate: calendar.Time{Date: calendar.NewDate(2021, 3, 1)}}
	tests := []struct{ name, text, hint string }{
		{"good", "29/02/2024", ""},
		{"another format", "2024-02-29", "write it as the bundle's data do, for example 01/03/2021"},
		{"no day", "29/02/2023", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, code, err := forecast.ParsePeriod(tt.text, s)
			if _, bad := errors.AsType[*calendar.DateError](err); bad != (tt.name != "good") || bad != (code == table.CodeBadDate) ||
				!bad && got != day(2024, 2, 29) {
				t.Errorf("ParsePeriod = %d, %q, %v", got, code, err)
			}
			if got := hint.Of(err); got != tt.hint {
				t.Errorf("hint %q, want %q", got, tt.hint)
			}
		})
	}
}

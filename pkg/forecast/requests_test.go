package forecast_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/panel"
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
		{IDs: []string{"west, old"}, Date: panel.NewDate(2024, 1, 1)},
		{IDs: []string{"east"}, Date: panel.NewDate(2024, 2, 29)},
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
			got, err := forecast.ReadRequests(strings.NewReader(tt.text), "r.csv", b.Spec)
			if err != nil {
				t.Fatal(err)
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
		{"Parquet", "PAR1\x15\x04\x15\x10", "r.csv: this is a Parquet file, not CSV text", "convert it to CSV"},
		{"a cut gzip", zipped(t, "shop,day\nnorth,2024-01-01\n")[:20], "r.csv: broken gzip data: the file ends too early", "get the file again, or unpack what is left of it: gzip -dc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := forecast.ReadRequests(strings.NewReader(tt.text), "r.csv", b.Spec)
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
	_, err = forecast.ReadRequests(strings.NewReader(text), "r.csv", b.Spec)
	want := `r.csv: 4 problems in 4 rows: bad_date 2, bad_id 1, field_count 1
  r.csv: line 4: shop bad id: an id has 1 to 256 bytes, not 0
  r.csv: line 4: day "2024-1-1": not in the format %Y-%m-%d
  r.csv: line 5: day "2023-02-29": not a day of the calendar
  r.csv: line 6: 1 fields, the header has 3`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	_, err = forecast.ReadRequests(strings.NewReader("shop,day\n"+strings.Repeat("north,x\n", 50)), "r.csv", b.Spec)
	data, ok := errors.AsType[*panel.DataError](err)
	if !ok || len(data.First) != 20 || data.Counts[panel.CodeBadDate] != 50 || data.Rows != 50 {
		t.Errorf("error = %v, want the first 20 of 50", err)
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	s := &features.Spec{DateFormat: "%d/%m/%Y", LastDate: panel.NewDate(2021, 3, 1)}
	tests := []struct{ name, text, hint string }{
		{"good", "29/02/2024", ""},
		{"another format", "2024-02-29", "write it as the bundle's data do, for example 01/03/2021"},
		{"no day", "29/02/2023", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := forecast.ParseDate(tt.text, s)
			if _, bad := errors.AsType[*panel.DateError](err); bad != (tt.name != "good") || !bad && got != panel.NewDate(2024, 2, 29) {
				t.Errorf("ParseDate = %s, %v", got, err)
			}
			if got := hint.Of(err); got != tt.hint {
				t.Errorf("hint %q, want %q", got, tt.hint)
			}
		})
	}
}

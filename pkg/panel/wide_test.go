package panel_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// A column whose name is meant as a date is never left out in silence.
func TestReadWideRefusesOddDates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ header, format, code, want string }{
		{"2024-01-29,2024-02-30,01/02/2024", "%Y-%m-%d", table.CodeBadDate, `f.csv: the column "2024-02-30" is not of a day of the calendar`},
		{"2024-01-29,01/02/2024", "%Y-%m-%d", table.CodeBadDate, `f.csv: the column "01/02/2024" has its date in another form than the other columns`},
		{"2024-01-29,1.2.24", "%Y-%m-%d", table.CodeBadDate, `f.csv: the column "1.2.24" has`},
		{"2024-01-29,30 Jan 2024", "%Y-%m-%d", table.CodeBadDate, `f.csv: the column "30 Jan 2024" has`},
		{"2024-01,2024-13", "%Y-%m-%d", table.CodeBadDate, `f.csv: the column "2024-13" is not of a day`},
		{"31/01/2024,31/02/2024", "%d/%m/%Y", table.CodeBadDate, `f.csv: the column "31/02/2024" is not of a day`},
		{"31/01/2024,2024-02-01", "%d/%m/%Y", table.CodeBadDate, `f.csv: the column "2024-02-01" has`},
		{"2024-01-01T00:00:00,2024-01-01T00:30:00", "%Y-%m-%d", table.CodePartHour, `f.csv: the column "2024-01-01T00:30:00" is not of a whole hour`},
		{"2024-01-01T00:30:00,2024-01-01T01:30:00", "%Y-%m-%d", table.CodePartHour, `f.csv: the column "2024-01-01T00:30:00" is not`},
		{"01/02/2024,31/02/2024", "%Y-%m-%d", table.CodeWide, "f.csv: no column has a date for its name"},
	} {
		t.Run(tt.header, func(t *testing.T) {
			t.Parallel()
			cfg := panel.Default()
			cfg.DateFormat = tt.format
			text := "store,item," + tt.header + "\n1,1" + strings.Repeat(",5", strings.Count(tt.header, ",")+1) + "\n"
			_, err := panel.ReadWide(t.Context(), inputs("f.csv", text)[0], cfg)
			if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != tt.code || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error = %v\nwant %s", err, tt.want)
			}
		})
	}
	cfg := panel.Default()
	p, err := panel.ReadWide(t.Context(), inputs("f.csv", "store,item,2024-01-01, 2024-01-02 ,total 2024,2024,1.5\n1,1,5,6,11,11,0\n")[0], cfg)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"total 2024", "2024", "1.5"}, p.Ignored); diff != "" || p.Len() != 2 {
		t.Errorf("%d observations, columns left out (-want +got):\n%s", p.Len(), diff)
	}
}

// A file whose column names are dates in any common form is known for a wide one, and the flag that
// reads them is named.
func TestWideHintNamesTheFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ header, flag string }{
		{"2024-01-01,2024-01-02,2024-01-03", ""},
		{"2024-01,2024-02,2024-03", ""},
		{"01/01/2024,02/01/2024,03/01/2024", " --date-format '%d/%m/%Y' or '%m/%d/%Y'"},
		{"1/1/2024,2/1/2024,11/1/2024", " --date-format '%-d/%-m/%Y' or '%-m/%-d/%Y'"},
		{"1.1.2024,2.1.2024,11.1.2024", " --date-format '%-d.%-m.%Y'"},
		{"1/1/24,1/2/24,1/13/24", " --date-format '%-m/%-d/%y'"},
		{"01/01/2024,01/02/2024, 13/01/2024", " --date-format '%d/%m/%Y'"},
		{"01/13/2024,01/14/2024,01/15/2024", " --date-format '%m/%d/%Y'"},
		{"1 Jan 2024,2024/01/02,03/01/2024", ""}, // no format reads all
	} {
		t.Run(tt.header, func(t *testing.T) {
			t.Parallel()
			text := "store,item," + tt.header + "\n1,1,5,5,5\n"
			_, err := read(t, text)
			want := "salesctl data convert f.csv --from wide --output long.csv" + tt.flag
			if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != table.CodeWide || hint.Of(err) != want {
				t.Errorf("error = %v\nhint = %s\nwant %s", err, hint.Of(err), want)
			}
			if tt.flag == "" {
				return
			}
			_, err = panel.ReadWide(t.Context(), inputs("f.csv", text)[0], panel.Default())
			if got := hint.Of(err); !strings.HasPrefix(got, strings.TrimSpace(tt.flag)+" reads ") {
				t.Errorf("error = %v\nhint of ReadWide = %s, want one with %s", err, got, tt.flag)
			}
		})
	}
}

// What WriteWide writes, ReadWide reads, however wide it is; it writes nothing wider.
func TestWriteWideAtTheLimit(t *testing.T) {
	t.Parallel()
	const kilobytes64 = 64 << 10
	first := calendar.NewDate(2000, 1, 1)
	long := strings.Repeat("s", 256)
	small, large := "5", "-1.2345678901234567e+300"
	tests := []struct {
		name, store, sales string
		days               int
		want               string // the error
	}{
		{"the header", "s", small, (kilobytes64 - len("store,item")) / len(",2000-01-01"), ""},
		{"a header too long", "s", small, (kilobytes64-len("store,item"))/len(",2000-01-01") + 1, "write wide: the header of 5957 periods from 2000-01-01 to 2016-04-22 is longer than 64 KiB"},
		{"a record", long, large, (kilobytes64 - len(long) - len(",i")) / (1 + len(large)), ""},
		{"a record too long", long, large, (kilobytes64-len(long)-len(",i"))/(1+len(large)) + 1, "write wide: the line of store " + long + ", item i is longer than 64 KiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			text.WriteString(header)
			for i := range tt.days {
				text.WriteString((first + calendar.Date(i)).String() + "," + tt.store + ",i," + tt.sales + "\n")
			}
			cfg := with(func(*panel.Config) {})
			want := mustRead(t, text.String(), cfg)
			var b strings.Builder
			if err := want.WriteWide(&b); tt.want != "" || err != nil {
				if tt.want == "" || err == nil || !strings.HasPrefix(err.Error(), tt.want) {
					t.Errorf("error = %v\nwant %s", err, tt.want)
				}
				return
			}
			got, err := panel.ReadWide(t.Context(), inputs("f.csv", b.String())[0], cfg)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(panel.Panel{}, "Warnings")); diff != "" {
				t.Errorf("panel (-want +read again):\n%s", diff)
			}
		})
	}
}

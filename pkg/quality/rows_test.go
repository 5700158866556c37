package quality_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/table"
)

func TestUnreadable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		text string
		want quality.Finding
	}{
		{"nothing", "", quality.Finding{Code: "empty", Severity: "error", Count: 1}},
		{"no target column", "date,store,item,sold\n2024-01-01,1,1,2\n", quality.Finding{Code: "missing_column", Severity: "error", Count: 1}},
		{"bad rows alone", header + "2024-01-01,1,1,x\n2024-01-02,1,1,y\n", quality.Finding{Code: "bad_number", Severity: "error", Count: 2}},
		{"no frequency", header + "2024-01-01,1,1,1\n2024-01-04,1,1,1\n", quality.Finding{Code: "frequency", Severity: "error", Count: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := panel.ReadFrom(t.Context(), strings.NewReader(tt.text), "test.csv", lenient())
			r, ok := quality.Unreadable(err, quality.Config{})
			if !ok || len(r.Findings) == 0 {
				t.Fatalf("no report for %v", err)
			}
			got := r.Findings[0]
			if got.Message == "" {
				t.Error("no message")
			}
			got.Message, got.Hint, got.Places = "", "", nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("finding (-want +got):\n%s", diff)
			}
		})
	}
	several := errors.Join(table.NewFileError("a.csv", table.CodeFrequency, "no frequency"), &table.DataError{
		First: []*table.RowError{{File: "a.csv", Code: table.CodeNUL, Err: errors.New("a NUL byte")}}, Counts: map[string]int{table.CodeNUL: 3}, Rows: 9,
	})
	if r, _ := quality.Unreadable(several, quality.Config{Files: []string{"a.csv"}}); len(r.Findings) != 2 || r.Findings[1].Count != 3 || r.RejectedRows != 9 {
		t.Errorf("report of two errors: %+v", r)
	}
	if r, _ := quality.Unreadable(several, quality.Config{Files: []string{"b.csv"}}); len(r.Findings) != 2 || r.RejectedRows != 0 {
		t.Errorf("rows of another file than the sales are counted: %+v", r)
	}
	for _, err := range []error{fs.ErrNotExist, errors.New("disk"), nil} {
		if _, ok := quality.Unreadable(err, quality.Config{}); ok {
			t.Errorf("%v is taken for a fault of the data", err)
		}
	}
}

// TestMixedDates has files in which the format of the file reads some dates, or none.
func TestMixedDates(t *testing.T) {
	t.Parallel()
	other := strings.Repeat("31/01/2024,1,1,3\n", 30)
	tests := []struct {
		name    string
		text    string
		mixed   int
		message string
	}{
		{"one format, another than asked for", other, 0, ""},
		{"one format, and a broken line", other + "2024-01-01,1\n", 0, ""},
		{"some dates fit", daily("1", "4", "5") + other, 30, "dates are written in another format than the file's"},
		{"some dates fit, in bad rows alone", "2024-01-01,1,1,x\n" + other, 19, "at least so many dates are written in another format than the file's"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := lenient()
			cfg.DateFormat = "%Y-%m-%d"
			var r *quality.Report
			p, err := panel.ReadFrom(t.Context(), strings.NewReader(header+tt.text), "test.csv", cfg)
			if err == nil {
				r = quality.Check(p, quality.Config{})
			} else {
				r, _ = quality.Unreadable(err, quality.Config{})
			}
			if n := find(r, "bad_date").Count; n != 30 {
				t.Errorf("bad_date is found %d times, want 30", n)
			}
			if got := find(r, "mixed_dates"); got.Count != tt.mixed || got.Message != tt.message {
				t.Errorf("mixed_dates is found %d times: %q, want %d: %q", got.Count, got.Message, tt.mixed, tt.message)
			}
		})
	}
}

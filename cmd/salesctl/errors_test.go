package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/table"
	"github.com/salesctl/salesctl/pkg/train"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	type test struct {
		name string
		err  error
		code string
		exit int
	}
	tests := []test{
		{"plain", errors.New("x"), "failure", 1},
		{"usage", usagef("x"), "usage", 2},
		{"usage about a missing file", asUsage(newVersionCmd(nil), fs.ErrNotExist), "usage", 2},
		{"config", &configError{Problems: []problem{{Err: errors.New("x")}}}, "config", 2},
		{"config file that is missing", &configError{Problems: []problem{{Err: fs.ErrNotExist}}}, "config", 2},
		{"findings of data check", &checkError{errors.New("x")}, "check_failed", 3},
		{"bad rows", &table.DataError{}, "bad_data", 3},
		{"bad row", &table.RowError{Err: errors.New("x")}, "bad_data", 3},
		{"missing column", &table.ColumnError{}, "bad_data", 3},
		{"unreadable file", &table.FileError{Err: fs.ErrPermission}, "bad_data", 3},
		{"missing sales", &table.FileError{Err: fs.ErrNotExist}, "not_found", 6},
		{"bad reference", model.ErrBadRef, "usage", 2},
		{"LightGBM that is not installed", &installError{fs.ErrNotExist}, "no_lightgbm", 5},
		{"no LightGBM", train.ErrNoLightGBM, "no_lightgbm", 5},
		{"named LightGBM that is missing", &train.NamedError{Err: fs.ErrNotExist}, "no_lightgbm", 5},
		{"another LightGBM", &train.UnfitError{Err: errors.New("x")}, "no_lightgbm", 5},
		{"damaged bundle", &model.BundleError{Err: model.ErrDamaged}, "bad_bundle", 1},
		{"bundle without a file", &model.BundleError{Err: fs.ErrNotExist}, "bad_bundle", 1},
		{"held job directory", &sqlitestore.LockedError{}, "jobs_locked", 1},
		{"damaged jobs", sqlitestore.ErrDamaged, "bad_jobs", 1},
		{"jobs of another program", sqlitestore.ErrForeign, "bad_jobs", 1},
		{"busy port", &listenError{Err: syscall.EADDRINUSE}, "listen", 1},
		{"missing bundle", model.ErrNotFound, "not_found", 6},
		{"damaged matrix", features.ErrBadMatrix, "bad_data", 3},
		{"columns that cannot be features", features.ErrBadSpec, "bad_data", 3},
		{"a covariate that is not known ahead", &forecast.FutureError{}, "known_future_missing", 3},
		{"holidays of no column", holidays.ErrBadSpec, "bad_data", 3},
		{"a country that is none", holidays.ErrUnknownCountry, "bad_data", 3},
		{"no requests", forecast.ErrNoRequests, "bad_data", 3},
		{"sales of too few days", train.ErrTooShort, "bad_data", 3},
		{"interrupted", errInterrupted, "interrupted", 130},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, exit := classify(fmt.Errorf("train: %w", hint.Wrap(tt.err, "do it")))
			if code != tt.code || exit != tt.exit {
				t.Errorf("got %s, %d, want %s, %d", code, exit, tt.code, tt.exit)
			}
		})
	}
	for i, f := range failures() {
		if !slices.ContainsFunc(tests, func(tt test) bool { return f.Is(tt.err) }) {
			t.Errorf("entry %d of the table, %s, is not tested", i, f.Code)
		}
	}
}

func TestErrorTextKeepsTheTerminalSafe(t *testing.T) {
	t.Parallel()
	err := &table.DataError{
		File: "sales.csv", Rows: 3, Counts: map[string]int{table.CodeBadNumber: 1},
		First: []*table.RowError{{File: "sales.csv", Line: 2, Column: "sales\x1b[31m", Code: table.CodeBadNumber, Err: errors.New("\"\u202e\rx\": not a number")}},
	}
	got := errorText(hint.Wrap(fmt.Errorf("read sales: %w", err), "mend\a it"))
	want := `salesctl: error: read sales: sales.csv: 1 problem in 3 rows: bad_number 1
  sales.csv: line 2: sales\x1b[31m "\u202e\rx": not a number
salesctl: hint: mend\a it
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestErrorJSON(t *testing.T) {
	t.Parallel()
	type object struct {
		Error  string   `json:"error"`
		Code   string   `json:"code"`
		Hint   string   `json:"hint"`
		Errors []detail `json:"errors"`
	}
	data := &table.DataError{
		File: "sales.csv", Rows: 3, Counts: map[string]int{table.CodeBadNumber: 1},
		First: []*table.RowError{{File: "sales.csv", Line: 2, Column: "sales", Code: table.CodeBadNumber, Err: errors.New(`"x": not a number`)}},
	}
	tests := []struct {
		name string
		err  error
		want object
	}{
		{"plain", errors.New("no \xff good"), object{Error: "no \ufffd good", Code: "failure"}},
		{"hinted", hint.Wrap(usagef("which?"), "that"), object{Error: "which?", Code: "usage", Hint: "that"}},
		{"bad rows", fmt.Errorf("read: %w", data), object{
			Error: "read: sales.csv: 1 problem in 3 rows: bad_number 1", Code: "bad_data",
			Errors: []detail{{File: "sales.csv", Line: 2, Column: "sales", Code: "bad_number", Message: `"x": not a number`}},
		}},
		{"unreadable file", &table.FileError{File: "sales.csv", Code: table.CodeGzip, Err: errors.New("truncated")}, object{
			Error: "sales.csv: truncated", Code: "bad_data", Errors: []detail{{File: "sales.csv", Code: "gzip", Message: "truncated"}},
		}},
		{"config", &configError{Problems: []problem{
			{Origin: origin{"file", "a.yaml", 3}, Err: errors.New("first")}, {Origin: origin{Source: "flag", Name: "--set"}, Err: errors.New("second")},
		}}, object{Error: "2 problems in the configuration", Code: "config", Errors: []detail{
			{File: "a.yaml", Line: 3, Message: "first"}, {Message: "flag --set: second"},
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := errorJSON(tt.err)
			var got object
			if err := json.Unmarshal([]byte(text), &got, json.RejectUnknownMembers(true)); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Count(text, "\n") != 1 {
				t.Errorf("not one line: %q", text)
			}
		})
	}
}

func TestJSONErrorsEvenForWrongCommandLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		want bool
	}{
		{[]string{"version", "-o", "json", "--no-such"}, true},
		{[]string{"version", "--no-such", "-o", "json"}, true},
		{[]string{"version", "--no-such", "-ojson"}, true},
		{[]string{"version", "--no-such", "--output-format=json"}, true},
		{[]string{"version", "extra", "--output-format", "json"}, true},
		{[]string{"no-such", "-o", "json"}, true},
		{[]string{"version", "-o", "xml"}, false},
		{[]string{"version", "extra"}, false},
		{[]string{"version", "extra", "-o", "table"}, false},
		{[]string{"version", "--", "-o", "json"}, false},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, tt.args...)
			if code := p.run(t.Context()); code != exitUsage {
				t.Errorf("exit %d, want %d", code, exitUsage)
			}
			if got := strings.HasPrefix(p.Stderr.String(), "{"); got != tt.want {
				t.Errorf("JSON %t, want %t: %s", got, tt.want, &p.Stderr)
			}
			if p.Stdout.Len() > 0 {
				t.Errorf("stdout is for results: %s", &p.Stdout)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := newProcess(t, "version")
	if code := p.run(ctx); code != exitInterrupted {
		t.Errorf("exit %d, want %d", code, exitInterrupted)
	}
	if got, want := p.Stderr.String(), "salesctl: error: interrupted\n"; got != want {
		t.Errorf("stderr %q, want %q", got, want)
	}
	if p.Stdout.Len() > 0 {
		t.Errorf("an interrupted verb printed %q", &p.Stdout)
	}
}

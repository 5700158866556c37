package quality_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/table"
)

const header = "date,store,item,sales\n"

// lenient returns the Config that the report wants: bad rows left out, changes tracked.
func lenient() panel.Config {
	cfg := panel.Default()
	cfg.OnError = "quarantine the report"
	cfg.Track = panel.TrackChanges
	return cfg
}

// read returns the panel of a text.
func read(tb testing.TB, text string, cfg panel.Config) *panel.Panel {
	tb.Helper()
	p, err := panel.ReadFrom(tb.Context(), strings.NewReader(text), "test.csv", cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// find returns the finding of a code, the zero value for none.
func find(r *quality.Report, code string) quality.Finding {
	i := slices.IndexFunc(r.Findings, func(f quality.Finding) bool { return f.Code == code })
	if i < 0 {
		return quality.Finding{}
	}
	return r.Findings[i]
}

// daily writes a row for each value of a series, from 2024-01-01, a Monday, on. An empty value
// leaves the day out.
func daily(store string, values ...string) string {
	var b strings.Builder
	for i, v := range values {
		if v != "" {
			fmt.Fprintf(&b, "%s,%s,1,%s\n", calendar.NewDate(2024, 1, 1)+calendar.Date(i), store, v)
		}
	}
	return b.String()
}

// steps writes a row for each value of one series of a frequency.
func steps(freq calendar.Freq, first calendar.Period, values ...string) string {
	var b strings.Builder
	for i, v := range values {
		fmt.Fprintf(&b, "%s,1,1,%s\n", freq.Format(first+calendar.Period(i)), v)
	}
	return b.String()
}

// wave returns so many values that go up and down a little.
func wave(n int) []string {
	values := make([]string, n)
	for i := range values {
		values[i] = strconv.Itoa(20 + (i*7)%5)
	}
	return values
}

func TestRules(t *testing.T) {
	t.Parallel()
	set := func(values []string, changes map[int]string) []string {
		for i, v := range changes {
			values[i] = v
		}
		return values
	}
	tests := []struct {
		name   string
		text   string
		change func(*panel.Config)
		code   string
		want   quality.Finding // without its code; a message is a part of the whole one
	}{
		{
			"bad numbers", daily("1", "4", "x", "y", "5", "6"), nil, "bad_number",
			quality.Finding{Severity: "error", Count: 2, Places: []string{`line 3: sales "x": not a number`, `line 4: sales "y": not a number`}},
		},
		{
			"dates in other formats", header + daily("1", "4", "5") + "17/01/2024,1,1,3\n31.01.2024,1,1,3\n18/01/2024,1,1,3\n2024-02-30,1,1,3\n", nil, "mixed_dates",
			quality.Finding{
				Severity: "error", Count: 3, Hint: "a file has one format; --date-format '%d/%m/%Y' reads a file that is written so throughout",
				Places: []string{`2 dates %d/%m/%Y, such as "17/01/2024" on line 4`, `1 date %d.%m.%Y, such as "31.01.2024" on line 5`},
			},
		},
		{
			"duplicates", daily("1", "4", "5") + daily("1", "4", "5"), nil, "duplicate_key",
			quality.Finding{
				Severity: "error", Count: 2, Hint: "--duplicates sum adds such rows; mean, first and last are the other ways to bring them together",
				Places: []string{"line 4: store 1, item 1, 2024-01-01: already on line 2", "line 5: store 1, item 1, 2024-01-02: already on line 3"},
			},
		},
		{
			"duplicates by a policy", daily("1", "4", "5") + daily("1", "4", "5"), func(c *panel.Config) { c.Duplicates = "sum" }, "duplicates",
			quality.Finding{Severity: "warning", Count: 2, Places: []string{"line 4", "line 5"}},
		},
		{
			"missing target", "2024-01-01,1,1,\n2024-01-02,1,1,3\n", nil, "missing_target",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"line 2"}},
		},
		{
			"negative target", daily("1", "-1", "3"), nil, "negative_target",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"line 2"}},
		},
		{
			"unsorted", "2024-01-02,1,1,4\n2024-01-01,1,1,3\n", nil, "unsorted",
			quality.Finding{Severity: "info", Count: 1, Places: []string{"store 1, item 1"}},
		},
		{
			"dates after today", daily("1", "1", "3", "2"), func(c *panel.Config) { c.Today = calendar.NewDate(2024, 1, 1) }, "future_dates",
			quality.Finding{Severity: "warning", Count: 2, Places: []string{"store 1, item 1"}},
		},
		{
			"gaps", daily("1", "4", "", "3", "", "", "", "0") + daily("2", "4", "3"), nil, "gaps",
			quality.Finding{
				Severity: "warning", Count: 4, Message: "inside 1 series have no row; the longest of 2 gaps has 3 days",
				Places: []string{"store 1, item 1: 2024-01-04 to 2024-01-06 (3 days)", "store 1, item 1: 2024-01-02"},
			},
		},
		{
			"gaps that are filled", daily("1", "4", "", "3", "", "", "5", "6"), func(c *panel.Config) { c.Gaps = "zero" }, "gaps",
			quality.Finding{
				Severity: "warning", Count: 3, Message: "--gaps zero fills them",
				Places: []string{"store 1, item 1: 2024-01-04 to 2024-01-05 (2 days)", "store 1, item 1: 2024-01-02"},
			},
		},
		{
			"zeros left out", daily("1", "4", "", "3", "5"), nil, "zeros_left_out",
			quality.Finding{Severity: "warning", Count: 1, Hint: "--gaps zero fills them"},
		},
		{
			"late", daily("1", "4", "5", "3") + daily("2", "", "5", "3"), nil, "late",
			quality.Finding{Severity: "info", Count: 1, Message: "after the first date, 2024-01-01", Places: []string{"store 2, item 1: 2024-01-02"}},
		},
		{
			"ended", daily("1", "4", "5", "3") + daily("2", "4", "5"), nil, "ended",
			quality.Finding{Severity: "info", Count: 1, Message: "before the last date, 2024-01-03", Places: []string{"store 2, item 1: 2024-01-02"}},
		},
		{
			"last rows without a target",
			daily("1", "4", "5", "6", "4") + "2024-01-05,1,1,\n2024-01-06,1,1,\n" + // at the end
				daily("2", "4", "5", "6") + "2024-01-04,2,1,\n" + // one
				"2024-01-01,3,1,1\n2024-01-02,3,1,\n2024-01-03,3,1,2\n" + // in the middle
				"2024-01-01,4,1,\n", // nowhere else
			nil, "trailing_missing",
			quality.Finding{
				Severity: "warning", Count: 2, Message: "in their last rows, 3 days in all",
				Hint:   "forecasts start after the last row: leave rows without a target out, and give their covariates by --future FILE",
				Places: []string{"store 1, item 1: 2024-01-05 to 2024-01-06 (2 days)", "store 2, item 1: 2024-01-04"},
			},
		},
		{
			"constant", daily("1", "4", "4", "4") + daily("2", "4", "5", "4") + "2024-01-01,3,1,4\n2024-01-02,3,1,\n", nil, "constant",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"store 1, item 1: 4"}},
		},
		{
			"all zero", daily("1", "0", "0") + daily("2", "4", "5"), nil, "all_zero",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"store 1, item 1"}},
		},
		{
			"no target", "2024-01-01,1,1,\n2024-01-02,1,1,\n", nil, "no_target",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"store 1, item 1"}},
		},
		{
			"short", daily("1", wave(13)...) + daily("2", wave(14)...), nil, "short",
			quality.Finding{Severity: "warning", Count: 1, Message: "fewer than 14 targets, 2 seasons", Places: []string{"store 1, item 1: 13"}},
		},
		{
			"a last month that is not over", steps(calendar.Month, 600, set(wave(20), map[int]string{19: "3"})...), nil, "incomplete_last",
			quality.Finding{
				Severity: "warning", Count: 1, Message: "the last month sells less than 50 % of the least of the 8 before it",
				Hint: "leave a period out until it is over", Places: []string{"2021-08-01: 3, before at least 20"},
			},
		},
		{
			"outliers", daily("1", set(wave(80), map[int]string{40: "900", 41: "25"})...), nil, "outliers",
			quality.Finding{Severity: "warning", Count: 1, Message: "from the median of the series and of its weekday", Places: []string{"store 1, item 1: 900 on 2024-02-10, median 22"}},
		},
		{
			"outliers that were added up", daily("1", set(wave(80), map[int]string{40: "4013.0000000000005"})...), nil, "outliers",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"store 1, item 1: 4013 on 2024-02-10, median 22"}},
		},
		{
			"runs of zeros", daily("1", set(wave(60), map[int]string{20: "0", 21: "0", 22: "0", 23: "0", 24: "0"})...), nil, "stockouts",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"store 1, item 1: 2024-01-21 to 2024-01-25 (5 days)"}},
		},
		{
			"a few fractions", daily("1", set(wave(200), map[int]string{20: "0.5"})...), nil, "fractions",
			quality.Finding{Severity: "info", Count: 1, Places: []string{"store 1, item 1: 0.5 on 2024-01-21"}},
		},
		{
			"ids that look the same", daily("Nord", "1", "2") + daily("nord ", "1", "2") + daily("Süd", "1", "2") + daily("Su\u0308d", "1", "2"), nil, "alike_ids",
			quality.Finding{Severity: "warning", Count: 2, Places: []string{`store "Nord", "nord "`, `store "Su\u0308d", "S\u00fcd"`}},
		},
		{
			"leading zeros", daily("01", "1", "2") + daily("1", "1", "2") + daily("001", "1", "2"), nil, "leading_zeros",
			quality.Finding{Severity: "warning", Count: 2, Places: []string{`store "001", "01", "1"`}},
		},
		{
			"columns without a role", "price\n2024-01-01,1,1,2,3\n", nil, "ignored_columns",
			quality.Finding{Severity: "info", Count: 1, Hint: "--known-future, --past-only and --static give them one", Places: []string{"price"}},
		},
		{
			"missing covariate", "price\n2024-01-01,1,1,2,3\n2024-01-02,1,1,2,\n", func(c *panel.Config) { c.PastOnly = []string{"price"} }, "missing_covariate",
			quality.Finding{Severity: "warning", Count: 1, Places: []string{"price: 1 of 2"}},
		},
		{
			"constant covariate", "price\n2024-01-01,1,1,2,3\n2024-01-02,1,1,2,3\n", func(c *panel.Config) { c.PastOnly = []string{"price"} }, "constant_covariate",
			quality.Finding{Severity: "info", Count: 1, Places: []string{"price"}},
		},
		{
			"rare texts", "event\n2024-01-01,1,1,2,no\n2024-01-02,1,1,2,no\n2024-01-03,1,1,2,Fair\n", func(c *panel.Config) { c.KnownFuture = []string{"event"} }, "rare_levels",
			quality.Finding{Severity: "info", Count: 1, Places: []string{"event: Fair"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := lenient()
			if tt.change != nil {
				tt.change(&cfg)
			}
			text := tt.text
			switch line, _, _ := strings.Cut(text, "\n"); {
			case !strings.Contains(line, ","): // more columns
				text = strings.TrimSuffix(header, "\n") + "," + text
			case !strings.HasPrefix(text, header):
				text = header + text
			}
			got := find(quality.Check(read(t, text, cfg), quality.Config{Files: []string{"test.csv"}, Gaps: cfg.Gaps}), tt.code)
			if !strings.Contains(got.Message, tt.want.Message) || got.Message == "" {
				t.Errorf("message %q has no %q", got.Message, tt.want.Message)
			}
			tt.want.Code, tt.want.Message = tt.code, got.Message
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("finding (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCleanSales is the other half of TestRules: nothing is found where nothing is odd.
func TestCleanSales(t *testing.T) {
	t.Parallel()
	r := quality.Check(read(t, header+daily("1", wave(60)...)+daily("2", wave(60)...), lenient()), quality.Config{})
	if len(r.Findings) > 0 || r.Reaches(quality.Info) {
		t.Errorf("findings: %+v", r.Findings)
	}
}

// TestReaches orders the severities.
func TestReaches(t *testing.T) {
	t.Parallel()
	severities := []quality.Severity{quality.Info, quality.Warning, quality.Error}
	for worst, has := range severities {
		r := quality.Report{Findings: []quality.Finding{{Severity: quality.Info}, {Severity: has}, {Severity: quality.Info}}}
		for asked, s := range severities {
			if got := r.Reaches(s); got != (worst >= asked) {
				t.Errorf("a report with %s reaches %s: %t", has, s, got)
			}
		}
	}
}

func TestGapsMayBeErrors(t *testing.T) {
	t.Parallel()
	p := read(t, header+daily("1", "4", "", "3", "5"), lenient())
	if got := find(quality.Check(p, quality.Config{Gaps: panel.GapsError}), quality.CodeGaps); got.Severity != quality.Error {
		t.Errorf("severity %q with the policy error", got.Severity)
	}
}

func TestWorstComesFirst(t *testing.T) {
	t.Parallel()
	r := quality.Check(read(t, "date,store,item,sales,x\n2024-01-01,1,1,,1\n2024-01-02,1,1,,1\n2024-01-03,1,1,z,1\n", lenient()), quality.Config{})
	var got []string
	for _, f := range r.Findings {
		got = append(got, string(f.Severity)+" "+f.Code)
	}
	want := []string{"error bad_number", "warning missing_target", "warning short", "warning no_target", "info ignored_columns"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if !r.Reaches(quality.Error) || r.Count(quality.Warning) != 3 || r.RejectedRows != 1 || r.Rows != 2 {
		t.Errorf("%d errors, %d warnings, %d rows, %d rejected", r.Count(quality.Error), r.Count(quality.Warning), r.Rows, r.RejectedRows)
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	text := header + daily("1", wave(60)...) + "2024-03-01,1,1,\n" + daily("2", wave(50)...) + daily("3", append(wave(58), "7000", "20")...)
	got := quality.Notices(read(t, text, panel.Default()))
	want := []table.Warning{
		{Code: "ended", Count: 2, Places: []string{"store 2, item 1: 2024-02-19", "store 3, item 1: 2024-02-29"}},
		{Code: "trailing_missing", Count: 1, Places: []string{"store 1, item 1: 2024-03-01"}},
		{Code: "outliers", Count: 1, Places: []string{"store 3, item 1: 7000 on 2024-02-28, median 22"}},
	}
	for i := range got {
		if hinted := strings.HasSuffix(got[i].Message, "--future FILE"); hinted != (got[i].Code == "trailing_missing") {
			t.Errorf("message of %s: %s", got[i].Code, got[i].Message)
		}
		got[i].Message = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

// TestRulesStop has sales just this side of a rule's limit, and just that side.
func TestRulesStop(t *testing.T) {
	t.Parallel()
	with := func(values []string, at int, more ...string) []string {
		copy(values[at:], more)
		return values
	}
	week := func(values []string) string { return steps(calendar.WeekSun, 2600, values...) }
	tests := []struct {
		name string
		text string
		code string
		want int
	}{
		{"1 % of fractions", daily("1", with(wave(200), 5, "0.5", "1.5")...), "fractions", 2},
		{"more than 1 % of fractions", daily("1", with(wave(200), 5, "0.5", "1.5", "2.5")...), "fractions", 0},
		{"99 targets, one a fraction", daily("1", with(wave(99), 5, "0.5")...), "fractions", 0},
		{"10 targets have outliers", week(with(wave(10), 5, "900")), "outliers", 1},
		{"9 targets have none", week(with(wave(9), 5, "900")), "outliers", 0},
		{"no spread, no outliers", week(with(slices.Repeat([]string{"7"}, 30), 5, "900", "901")), "outliers", 0},
		{"3 zeros", daily("1", with(wave(300), 40, "0", "0", "0")...), "stockouts", 1},
		{"2 zeros", daily("1", with(wave(3000), 40, "0", "0")...), "stockouts", 0},
		{"zeros with a gap between", daily("1", with(wave(300), 40, "0", "0", "", "0")...), "stockouts", 0},
		{"zeros are usual", daily("1", with(slices.Repeat([]string{"0", "4"}, 100), 40, "0", "0", "0", "0", "0")...), "stockouts", 0},
		{"the last day", daily("1", with(wave(60), 59, "1")...), "incomplete_last", 0},
		{"half of the least week", week(with(wave(60), 59, "10")), "incomplete_last", 0},
		{"less than half of the least week", week(with(wave(60), 59, "9.9")), "incomplete_last", 1},
		{"a last week that is not known", week(with(wave(60), 58, "25", "")), "incomplete_last", 0},
		{"a week before that is not known", week(with(wave(60), 55, "", "20", "20", "20", "1")), "incomplete_last", 0},
		{"a series whose weeks are known", week(with(wave(60), 55, "", "20", "20", "20", "20")) +
			strings.ReplaceAll(week(with(wave(60), 59, "1")), ",1,1,", ",2,1,"), "incomplete_last", 1},
		{"a last row without a target", daily("1", wave(20)...) + "2024-01-21,1,1,\n", "trailing_missing", 1},
		{"a row before the last without a target", daily("1", wave(20)...) + "2024-01-21,1,1,\n2024-01-22,1,1,3\n", "trailing_missing", 0},
		{"gaps, and a zero", daily("1", "4", "", "0", "5"), "zeros_left_out", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := find(quality.Check(read(t, header+tt.text, lenient()), quality.Config{}), tt.code); got.Count != tt.want {
				t.Errorf("%s is found %d times, want %d", tt.code, got.Count, tt.want)
			}
		})
	}
}

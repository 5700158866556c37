package panel_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// with returns the default Config with a change.
func with(change func(*panel.Config)) panel.Config {
	cfg := panel.Default()
	cfg.Freq = "D"
	change(&cfg)
	return cfg
}

// full writes a panel as rows does, with the covariates; "?" is a missing one.
func full(p *panel.Panel) []string {
	lines := rows(p)
	for s := range p.NumSeries() {
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			for _, c := range p.Covariates {
				at := i
				if c.Use == panel.Static {
					at = s
				}
				text := c.Text(at)
				if text == "" {
					text = "?"
				}
				lines[i] += fmt.Sprintf(" %s=%s", c.Name, text)
			}
		}
	}
	return lines
}

func dataError(tb testing.TB, err error) *table.DataError {
	tb.Helper()
	bad, ok := errors.AsType[*table.DataError](err)
	if !ok {
		tb.Fatalf("error = %v, want a *DataError", err)
	}
	return bad
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	const text = "date,store,item,sales,promo,price,size\n" +
		"2024-01-01,1,1,1,a,1,\n" +
		"2024-01-02,1,1,5,a,2,L\n" + // lines 3, 5, 7 and 8 are of one day
		"2024-01-01,2,1,9,c,4,S\n" +
		"2024-01-02,1,1,,b,3,L\n" +
		"2024-01-03,1,1,,a,,L\n" +
		"2024-01-02,1,1,-2,,5,L\n" +
		"2024-01-02,1,1,12,b,6,\n" +
		"2024-01-03,1,1,,b,7,L\n"
	tests := []struct {
		policy  string
		second  string // the observation of 2024-01-02
		third   string
		taken   string // the row whose covariates count
		changes []string
	}{
		{panel.DuplicatesSum, "15 #1 size=L promo=a price=2", "NaN #3 size=L promo=a price=?", "first", []string{
			"line 3 5 -> 15", `line 5  -> `, "line 7 -2 -> ", "line 8 12 -> ", `line 9  -> `,
		}},
		{panel.DuplicatesMean, "5 #1 size=L promo=a price=2", "NaN #3 size=L promo=a price=?", "first", []string{
			`line 5  -> `, "line 7 -2 -> ", "line 8 12 -> ", `line 9  -> `,
		}},
		{panel.DuplicatesFirst, "5 #1 size=L promo=a price=2", "NaN #3 size=L promo=a price=?", "first", []string{
			`line 5  -> `, "line 7 -2 -> ", "line 8 12 -> ", `line 9  -> `,
		}},
		{panel.DuplicatesLast, "12 #1 size=L promo=b price=6", "NaN #3 size=L promo=b price=7", "last", []string{
			"line 3 5 -> 12", `line 5  -> `, "line 7 -2 -> ", "line 8 12 -> ", `line 9  -> `,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.policy, func(t *testing.T) {
			t.Parallel()
			p := mustRead(t, text, with(func(c *panel.Config) {
				c.Duplicates, c.Track = tt.policy, panel.TrackChanges
				c.KnownFuture, c.PastOnly, c.Static = []string{"promo"}, []string{"price"}, []string{"size"}
			}))
			want := []string{
				"1/1 2024-01-01 1 #0 size=L promo=a price=1", "1/1 2024-01-02 " + tt.second, "1/1 2024-01-03 " + tt.third,
				"2/1 2024-01-01 9 #2 size=S promo=c price=4",
			}
			if diff := cmp.Diff(want, full(p)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			wantWarnings := []table.Warning{
				{
					Code: panel.WarnUnsorted, Count: 1, Message: "series whose dates do not ascend in the file are sorted",
					Places: []string{"store 1, item 1"},
				},
				{
					Code: panel.WarnDuplicates, Count: 4,
					Message: "rows of a series and date that has one already are brought together: " + tt.policy +
						"; 4 of the rows had other covariates than the " + tt.taken + ", whose values are taken",
					Places: []string{"line 5", "line 7", "line 8", "line 9"},
				},
				{Code: panel.WarnMissing, Count: 1, Message: "rows without a target are missing observations", Places: []string{"line 6"}},
			}
			if diff := cmp.Diff(wantWarnings, p.Warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			var changes []string
			for _, c := range p.Changes {
				changes = append(changes, c.Place+" "+c.Before+" -> "+c.After)
			}
			if diff := cmp.Diff(tt.changes, changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
	_, err := read(t, text)
	bad := dataError(t, err)
	want := []string{
		"f.csv: line 5: store 1, item 1, 2024-01-02: already on line 3",
		"f.csv: line 7: store 1, item 1, 2024-01-02: already on line 5",
		"f.csv: line 8: store 1, item 1, 2024-01-02: already on line 7",
		"f.csv: line 9: store 1, item 1, 2024-01-03: already on line 6",
	}
	if diff := cmp.Diff(want, messages(bad.First)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if !strings.Contains(hint.Of(err), "--duplicates sum") {
		t.Errorf("hint = %q, want one with --duplicates sum", hint.Of(err))
	}
}

// Rows whose covariates are the same lose nothing; missing ones are the same, too.
func TestDuplicatesOfTheSameCovariates(t *testing.T) {
	t.Parallel()
	const text = "date,store,item,sales,promo,price\n2024-01-01,1,1,1,a,\n2024-01-01,1,1,2,a,\n2024-01-02,1,1,3,b,1\n2024-01-02,1,1,4,%s,1.0\n"
	for promo, want := range map[string]string{
		"b": "rows of a series and date that has one already are brought together: sum",
		"":  "rows of a series and date that has one already are brought together: sum; 1 of the rows had other covariates than the first, whose values are taken",
	} {
		p := mustRead(t, fmt.Sprintf(text, promo), with(func(c *panel.Config) {
			c.Duplicates, c.KnownFuture = panel.DuplicatesSum, []string{"promo", "price"}
		}))
		if len(p.Warnings) != 1 || p.Warnings[0].Message != want {
			t.Errorf("warnings = %v\nwant %s", p.Warnings, want)
		}
	}
}

func messages(problems []*table.RowError) []string {
	var list []string
	for _, e := range problems {
		list = append(list, e.Error())
	}
	return list
}

func TestDuplicatesTooLargeTogether(t *testing.T) {
	t.Parallel()
	const text = header + "2024-01-01,1,1,1.5e308\n2024-01-01,1,1,1.5e308\n2024-01-02,1,1,1\n"
	cfg := with(func(c *panel.Config) { c.Duplicates = panel.DuplicatesSum })
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(text), "f.csv", cfg)
	want := []string{"f.csv: line 3: sales 1.5e+308: too large together with the other rows of store 1, item 1, 2024-01-01"}
	if diff := cmp.Diff(want, messages(dataError(t, err).First)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	cfg.Duplicates = panel.DuplicatesMean
	if got := mustRead(t, text, cfg).Y; !slices.Equal(got, []float64{1.5e308, 1}) {
		t.Errorf("means = %v", got)
	}
}

// All rows that are too many for a sum are found at once: finding them one by one would not end.
func TestDuplicatesOfManyLargeTargets(t *testing.T) {
	t.Parallel()
	const n = 20_000
	text := header + "2024-01-02,1,1,3\n" + strings.Repeat("2024-01-01,1,1,6e307\n", n)
	p := mustRead(t, text, quarantine(func(c *panel.Config) { c.Duplicates = panel.DuplicatesSum }))
	if !slices.Equal(p.Y, []float64{6e307 + 6e307, 3}) || p.Rejected.Rows != n-2 || p.Rejected.Problems[0].Line != 5 {
		t.Errorf("targets = %v, %d rows are left out, the first is %v; want the sum of the first two rows",
			p.Y, p.Rejected.Rows, p.Rejected.Problems[0])
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	// Gaps of two days and of one behind a missing target, one that begins after a missing start, a
	// series of one row.
	const text = "date,store,item,sales,promo\n" +
		"2024-01-06,1,1,11,a\n2024-01-01,1,1,2,a\n2024-01-04,1,1,8,b\n2024-01-05,1,1,,a\n2024-01-08,1,1,7,c\n" +
		"2024-01-01,1,2,,a\n2024-01-03,1,2,5,a\n2024-01-05,1,2,,a\n" +
		"2024-01-09,1,3,4,b\n"
	tests := []struct {
		policy  string
		fill    [5]string // 2024-01-02, -03 and -07 of item 1; -02 and -04 of item 2
		filled  int       // the others stay gaps
		message string
	}{
		{
			panel.GapsZero,
			[5]string{"0", "0", "0", "0", "0"},
			5,
			"periods inside series without a row are filled with 0; their covariates are missing",
		},
		{
			panel.GapsInterpolate,
			[5]string{"4", "6", "9", "", ""},
			3,
			"periods inside series without a row are filled on the line between those around them; their covariates are missing; " +
				"2 more stay missing observations: no target is known on one side of them",
		},
	}
	for _, tt := range tests {
		t.Run(tt.policy, func(t *testing.T) {
			t.Parallel()
			p := mustRead(t, text, with(func(c *panel.Config) {
				c.Gaps, c.Track, c.KnownFuture = tt.policy, panel.TrackChanges, []string{"promo"}
			}))
			want := []string{
				"1/1 2024-01-01 2 #1 promo=a", "1/1 2024-01-02 " + tt.fill[0] + " #9 promo=?", "1/1 2024-01-03 " + tt.fill[1] + " #10 promo=?",
				"1/1 2024-01-04 8 #2 promo=b", "1/1 2024-01-05 NaN #3 promo=a", "1/1 2024-01-06 11 #0 promo=a",
				"1/1 2024-01-07 " + tt.fill[2] + " #11 promo=?", "1/1 2024-01-08 7 #4 promo=c",
				"1/2 2024-01-01 NaN #5 promo=a", "1/2 2024-01-02 " + tt.fill[3] + " #12 promo=?", "1/2 2024-01-03 5 #6 promo=a",
				"1/2 2024-01-04 " + tt.fill[4] + " #13 promo=?", "1/2 2024-01-05 NaN #7 promo=a",
				"1/3 2024-01-09 4 #8 promo=b",
			}
			want = slices.DeleteFunc(want, func(row string) bool { return strings.Contains(row, "  #") })
			if diff := cmp.Diff(want, full(p)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if n, _ := p.Gaps(); n != 5-tt.filled || len(p.Changes) != tt.filled {
				t.Errorf("%d gaps are left, %d changes; want %d and %d", n, len(p.Changes), 5-tt.filled, tt.filled)
			}
			i := slices.IndexFunc(p.Warnings, func(w table.Warning) bool { return w.Code == panel.WarnGaps })
			wantWarning := table.Warning{
				Code: panel.WarnGaps, Count: tt.filled, Message: tt.message, Places: []string{"store 1, item 1", "store 1, item 2"},
			}
			if diff := cmp.Diff(wantWarning, p.Warnings[i]); diff != "" {
				t.Errorf("warning (-want +got):\n%s", diff)
			}
		})
	}
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(text), "f.csv", with(func(c *panel.Config) { c.Gaps = panel.GapsError }))
	bad := dataError(t, err)
	want := []string{
		"f.csv: line 4: date 2024-01-04: store 1, item 1 has no row for the 2 days before",
		"f.csv: line 6: date 2024-01-08: store 1, item 1 has no row for the 1 day before",
		"f.csv: line 8: date 2024-01-03: store 1, item 2 has no row for the 1 day before",
		"f.csv: line 9: date 2024-01-05: store 1, item 2 has no row for the 1 day before",
	}
	if diff := cmp.Diff(want, messages(bad.First)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// What interpolate cannot fill is said not to be.
func TestInterpolateFillsNothing(t *testing.T) {
	t.Parallel()
	p := mustRead(t, header+"2024-01-01,1,1,\n2024-01-03,1,1,5\n", with(func(c *panel.Config) {
		c.Gaps, c.Track = panel.GapsInterpolate, panel.TrackChanges
	}))
	if diff := cmp.Diff([]string{"1/1 2024-01-01 NaN #0", "1/1 2024-01-03 5 #1"}, rows(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	want := []table.Warning{
		{Code: panel.WarnMissing, Count: 1, Message: "rows without a target are missing observations", Places: []string{"line 2"}},
		{
			Code: panel.WarnGaps, Count: 1, Places: []string{"store 1, item 1"},
			Message: "periods inside series without a row stay missing observations: no target is known on one side of them",
		},
	}
	if diff := cmp.Diff(want, p.Warnings); diff != "" || len(p.Changes) != 0 {
		t.Errorf("changes %v, warnings (-want +got):\n%s", p.Changes, diff)
	}
}

// A wrong year asks for more room than there is.
func TestGapsOfAWrongYear(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(header)
	for item := range 50 {
		fmt.Fprintf(&b, "0001-01-01,1,%d,1\n9999-12-31,1,%d,1\n", item, item)
	}
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(b.String()), "f.csv", with(func(c *panel.Config) { c.Gaps = panel.GapsZero }))
	if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != table.CodeTooManyRows {
		t.Errorf("error = %v, want a *FileError of code %s", err, table.CodeTooManyRows)
	}
}

// A few rows may not ask for millions of others.
func TestGapsAreBoundByTheRows(t *testing.T) {
	t.Parallel()
	zero := with(func(c *panel.Config) { c.Gaps, c.Freq, c.Track = panel.GapsZero, "h", panel.TrackChanges })
	const text = header + "2024-01-01T00:00:00,1,1,1\n2024-01-01T01:00:00,1,1,1\n%s,1,1,1\n"
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(fmt.Sprintf(text, "5024-01-01T00:00:00")), "f.csv", zero)
	const want = "f.csv: 26297446 periods without a row; beside 3 rows at most 1000000 are filled"
	if err == nil || err.Error() != want || !strings.Contains(hint.Of(err), "a wrong year") {
		t.Errorf("error = %v\nwant %s", err, want)
	}
	if p := mustRead(t, fmt.Sprintf(text, "2138-01-29T18:00:00"), zero); p.Len() != 1_000_003 || len(p.Changes) != 1_000_000 {
		t.Errorf("%d rows and %d changes, want a million of them filled", p.Len(), len(p.Changes))
	}
}

// The line between the largest numbers is finite.
func TestInterpolateLargeNumbers(t *testing.T) {
	t.Parallel()
	p := mustRead(t, header+"2024-01-01,1,1,-1.7e308\n2024-01-03,1,1,1.7e308\n2024-01-07,1,1,1.7e308\n", with(func(c *panel.Config) { c.Gaps = panel.GapsInterpolate }))
	if p.Y[1] != 0 || p.Y[4] != 1.7e308 {
		t.Errorf("values = %v, want 0 and 1.7e308 between", p.Y)
	}
}

func TestNegative(t *testing.T) {
	t.Parallel()
	const text = header + "2024-01-01,1,1,-3\n2024-01-02,1,1,0\n2024-01-03,1,1,-0\n2024-01-04,1,1,\n2024-01-01,2,1,-1\n"
	p := mustRead(t, text, with(func(c *panel.Config) { c.Negative, c.Track = panel.NegativeZero, panel.TrackChanges }))
	want := []string{"1/1 2024-01-01 0 #0", "1/1 2024-01-02 0 #1", "1/1 2024-01-03 0 #2", "1/1 2024-01-04 NaN #3", "2/1 2024-01-01 0 #4"}
	if diff := cmp.Diff(want, rows(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	wantChanges := []panel.Change{
		{Code: panel.WarnNegative, File: "f.csv", Place: "line 2", Series: 0, Period: p.Period[0], Before: "-3", After: "0"},
		{Code: panel.WarnNegative, File: "f.csv", Place: "line 6", Series: 1, Period: p.Period[0], Before: "-1", After: "0"},
	}
	if diff := cmp.Diff(wantChanges, p.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if p := mustRead(t, text, with(func(*panel.Config) {})); p.Y[0] != -3 || p.Changes != nil {
		t.Errorf("kept: %v, %v", p.Y, p.Changes)
	}
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(text), "f.csv", with(func(c *panel.Config) { c.Negative = panel.NegativeError }))
	wantMessages := []string{
		"f.csv: line 2: sales -3: below zero, which --negative error does not allow",
		"f.csv: line 6: sales -1: below zero, which --negative error does not allow",
	}
	if diff := cmp.Diff(wantMessages, messages(dataError(t, err).First)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// Rows below zero are refused as they stand, not what they come to with others.
func TestNegativeRowsAreRefusedBeforeTheyAreBroughtTogether(t *testing.T) {
	t.Parallel()
	const text = header + "2024-01-01,1,1,-5\n2024-01-01,1,1,10\n2024-01-02,1,1,1\n"
	for _, policy := range panel.DuplicatePolicies() {
		_, err := panel.ReadFrom(t.Context(), strings.NewReader(text), "f.csv", with(func(c *panel.Config) {
			c.Negative, c.Duplicates = panel.NegativeError, policy
		}))
		want := []string{"f.csv: line 2: sales -5: below zero, which --negative error does not allow"}
		if diff := cmp.Diff(want, messages(dataError(t, err).First)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", policy, diff)
		}
	}
	p := mustRead(t, text, quarantine(func(c *panel.Config) { c.Negative, c.Duplicates = panel.NegativeError, panel.DuplicatesSum }))
	if !slices.Equal(p.Y, []float64{10, 1}) || p.Rejected.Rows != 1 {
		t.Errorf("targets = %v, rejected are %+v; want 10 and 1 without line 2", p.Y, p.Rejected)
	}
}

// A column that changes in many series is none of a static covariate; its rows are not bad.
func TestStaticColumnThatIsNot(t *testing.T) {
	t.Parallel()
	file := func(series, changing, days int) string {
		var b strings.Builder
		b.WriteString("date,store,item,sales,price\n")
		for item := range series {
			for day := range days {
				price := 7
				if item < changing && day == days-1 {
					price = 8
				}
				fmt.Fprintf(&b, "2024-01-%02d,1,%d,1,%d\n", day+1, item, price)
			}
		}
		fmt.Fprintf(&b, "2024-01-01,2,1,1,9\n") // a series of one row
		return b.String()
	}
	one := func(days int) string { return strings.TrimSuffix(file(1, 1, days), "2024-01-01,2,1,1,9\n") }
	const refused = "file:" + table.CodeStaticChanges
	for _, tt := range []struct {
		name, text, want string
	}{
		{"two of 19", file(19, 2, 3), refused},
		{"two of 20", file(20, 2, 3), "row:" + table.CodeStaticChanges + "=2"},
		{"one of two", file(2, 1, 3), "row:" + table.CodeStaticChanges},
		{"two of two", file(2, 2, 3), refused},
		{"one of nine rows of the only series", one(9), refused},
		{"one of ten rows of the only series", one(10), "row:" + table.CodeStaticChanges},
	} {
		for _, cfg := range []panel.Config{
			with(func(c *panel.Config) { c.Static = []string{"price"} }),
			quarantine(func(c *panel.Config) { c.Static = []string{"price"} }),
		} {
			p, err := panel.ReadFrom(t.Context(), strings.NewReader(tt.text), "f.csv", cfg)
			got, _ := outcomeOf(p, err)
			if p != nil {
				got = "row:" + table.CodeStaticChanges
				if n := p.Rejected.Counts[table.CodeStaticChanges]; n > 1 {
					got += fmt.Sprintf("=%d", n)
				}
			}
			if got != tt.want {
				t.Errorf("%s, on error %s: outcome = %s, want %s", tt.name, cfg.OnError, got, tt.want)
			}
		}
	}
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(file(3, 2, 3)), "f.csv", with(func(c *panel.Config) { c.Static = []string{"price"} }))
	const want = "f.csv: price is not static: it changes in 2 of 3 series with more than one row; store 1, item 0 has 7 on line 2 and 8 on line 4"
	if err == nil || err.Error() != want || !strings.Contains(hint.Of(err), "--known-future price or --past-only price") {
		t.Errorf("error = %v, hint %q\nwant %s", err, hint.Of(err), want)
	}
}

func TestStaticCovariates(t *testing.T) {
	t.Parallel()
	const good = "date,store,item,sales,size,area\n" +
		"2024-01-02,1,1,1,L,\n2024-01-01,1,1,1,,20\n2024-01-01,2,1,1,S,\n2024-01-03,1,1,1,L,20.0\n"
	cfg := with(func(c *panel.Config) { c.Static = []string{"size", "area"} })
	p := mustRead(t, good, cfg)
	want := []panel.Covariate{
		{Name: "size", Use: panel.Static, Levels: []string{"L", "S"}, Values: []float64{0, 1}},
		{Name: "area", Use: panel.Static, Values: []float64{20, nan()}},
	}
	if diff := cmp.Diff(want, p.Covariates, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("covariates (-want +got):\n%s", diff)
	}
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(good+"2024-01-04,1,1,1,M,21\n2024-01-02,2,1,1,S,3\n"), "f.csv", cfg)
	wantMessages := []string{
		"f.csv: line 6: size M: store 1, item 1 has L on line 2; a static column holds one value a series",
		"f.csv: line 6: area 21: store 1, item 1 has 20 on line 3; a static column holds one value a series",
	}
	if diff := cmp.Diff(wantMessages, messages(dataError(t, err).First)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCovariatesOfNumbersAndTexts(t *testing.T) {
	t.Parallel()
	const text = "date,store,item,sales,promo,price,flag,none\n" +
		"2024-01-02,1,1,1,no,1.5,1,\n2024-01-01,1,1,1,yes,,0,\n2024-01-01,2,1,1,,2,x,\n2024-01-03,1,1,1,no,1e3,y,\n2024-01-04,1,1,1,no,-1,x,\n"
	p := mustRead(t, text, with(func(c *panel.Config) {
		c.KnownFuture, c.PastOnly = []string{"promo", "price"}, []string{"flag", "none"}
	}))
	want := []panel.Covariate{
		{Name: "promo", Use: panel.KnownFuture, Levels: []string{"no", "yes"}, Values: []float64{1, 0, 0, 0, nan()}},
		{Name: "price", Use: panel.KnownFuture, Values: []float64{nan(), 1.5, 1000, -1, 2}},
		{Name: "flag", Use: panel.PastOnly, Levels: []string{"1", "0", "x", "y"}, Values: []float64{1, 0, 3, 2, 2}},
		{Name: "none", Use: panel.PastOnly, Values: []float64{nan(), nan(), nan(), nan(), nan()}},
	}
	if diff := cmp.Diff(want, p.Covariates, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("covariates (-want +got):\n%s", diff)
	}
	mixed := table.Warning{
		Code: panel.WarnMixed, Count: 2, Places: []string{"line 4"},
		Message: `flag is read as text: 2 of its 4 distinct values are not numbers, the first is "x"`,
	}
	if diff := cmp.Diff([]table.Warning{mixed}, p.Warnings[:1]); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	for numbers, want := range map[int]string{
		9:  `price is read as text: 1 of its 10 distinct values are not numbers, the first is "n/a"`,
		10: `price is read as text: 1 of its 11 distinct values are not numbers, the first is "n/a"; write a number there or leave the cell empty: as text every number is a level of its own`,
	} {
		var text strings.Builder
		text.WriteString("date,store,item,sales,price\n2024-02-01,1,1,1,n/a\n")
		for i := range numbers {
			fmt.Fprintf(&text, "2024-01-%02d,1,1,1,%d\n", i+1, i)
		}
		p := mustRead(t, text.String(), with(func(c *panel.Config) { c.PastOnly = []string{"price"} }))
		if p.Warnings[0].Message != want {
			t.Errorf("message = %s\nwant %s", p.Warnings[0].Message, want)
		}
	}
	promo, price := p.Covariates[0], p.Covariates[1]
	for _, tt := range []struct {
		of    panel.Covariate
		text  string
		want  float64
		known bool
	}{{promo, "yes", 1, true}, {promo, "", nan(), true}, {promo, "maybe", nan(), false}, {price, "2.5", 2.5, true}, {price, "", nan(), true}} {
		if v, known, err := tt.of.Code(tt.text); err != nil || known != tt.known || !cmp.Equal(v, tt.want, cmpopts.EquateNaNs()) {
			t.Errorf("%s.Code(%q) = %v, %v, %v; want %v, %v", tt.of.Name, tt.text, v, known, err, tt.want, tt.known)
		}
	}
	if _, _, err := price.Code("cheap"); err == nil {
		t.Error("text is taken for a number")
	}
}

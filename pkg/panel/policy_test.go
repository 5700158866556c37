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
		changes []string
	}{
		{panel.DuplicatesSum, "15 #1 size=L promo=a price=2", "NaN #3 size=L promo=a price=?", []string{
			"line 3 5 -> 15", `line 5  -> `, "line 7 -2 -> ", "line 8 12 -> ", `line 9  -> `,
		}},
		{panel.DuplicatesMean, "5 #1 size=L promo=a price=2", "NaN #3 size=L promo=a price=?", []string{
			`line 5  -> `, "line 7 -2 -> ", "line 8 12 -> ", `line 9  -> `,
		}},
		{panel.DuplicatesFirst, "5 #1 size=L promo=a price=2", "NaN #3 size=L promo=a price=?", []string{
			`line 5  -> `, "line 7 -2 -> ", "line 8 12 -> ", `line 9  -> `,
		}},
		{panel.DuplicatesLast, "12 #1 size=L promo=b price=6", "NaN #3 size=L promo=b price=7", []string{
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
					Code: panel.WarnDuplicates, Count: 4, Message: "rows of a series and date that has one already are brought together: " + tt.policy,
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
		policy string
		fill   [5]string // 2024-01-02, -03 and -07 of item 1; -02 and -04 of item 2
	}{
		{panel.GapsZero, [5]string{"0", "0", "0", "0", "0"}},
		{panel.GapsInterpolate, [5]string{"4", "6", "9", "NaN", "NaN"}},
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
			if diff := cmp.Diff(want, full(p)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if n, _ := p.Gaps(); n != 0 || len(p.Changes) != 5 {
				t.Errorf("%d gaps are left, %d changes; want 0 and 5", n, len(p.Changes))
			}
			i := slices.IndexFunc(p.Warnings, func(w table.Warning) bool { return w.Code == panel.WarnGaps })
			if i < 0 || p.Warnings[i].Count != 5 || !slices.Equal(p.Warnings[i].Places, []string{"store 1, item 1", "store 1, item 2"}) {
				t.Errorf("warnings = %v, want 5 gaps of two series", p.Warnings)
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

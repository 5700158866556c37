package report_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/report"
)

// wave returns n values with a season of a length that rise.
func wave(n, season int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = 1000 + float64(i)/2 + 200*math.Sin(2*math.Pi*float64(i)/float64(season))
	}
	return values
}

// months returns a part for each month of the years, with what is missing by "2006-01".
func months(from, to, expected int, missing map[string]int) []report.Part {
	var parts []report.Part
	for year := from; year <= to; year++ {
		for month := 1; month <= 12; month++ {
			lost := missing[fmt.Sprintf("%04d-%02d", year, month)]
			parts = append(parts, report.Part{Year: year, Month: month, Missing: lost, Expected: expected})
		}
	}
	return parts
}

// tenDays is the page of one series of ten days, one of which is missing.
func tenDays(p *report.Page) {
	p.Title("kiosk.csv")
	p.Facts([]report.Fact{{"rows", "9"}, {"series", "1"}, {"time", "date, daily, 2026-02-24 to 2026-03-05"}})
	p.Section("Total of sales")
	p.Sparkline([]float64{20, 22, 21, math.NaN(), 30, 38, 35, 19, 23, 22}, "2026-02-24", "2026-03-05")
	p.Section("Gaps")
	var parts []report.Part
	for day := 24; day <= 28; day++ {
		parts = append(parts, report.Part{Year: 2026, Month: 2, Day: day, Expected: 1})
	}
	for day := 1; day <= 5; day++ {
		parts = append(parts, report.Part{Year: 2026, Month: 3, Day: day, Expected: 1})
	}
	parts[3].Missing = 1
	p.Gaps(parts)
}

// stores is the page of 500 daily series with a month that is missing in all.
func stores(p *report.Page) {
	p.Title("stores.csv.gz")
	p.Facts([]report.Fact{
		{"rows", report.Integer(897_500)},
		{"series", "500 (store, item)"},
		{"time", "date, daily, 2013-01-01 to 2017-12-31; 480 series begin on the first day, 12 begin later, 8 end earlier"},
	})
	p.Section("Total of sales")
	p.Sparkline(wave(1826, 365), "2013-01-01", "2017-12-31")
	p.Section("Gaps")
	p.Gaps(months(2013, 2017, 15_500, map[string]int{
		"2015-03": 15_500, "2013-01": 31, "2013-02": 2_400, "2014-07": 9_000, "2016-11": 775, "2016-12": 11_625,
	}))
	p.Section("Columns")
	p.Table([]string{"column", "type", "missing", "median", "maximum", "use"}, [][]string{
		{"sales", "number", report.Integer(39_331), "52.0", "1,214.2", "target"},
		{"promotion", "number", "0", "0.0", "1.0", "known ahead, because a future file has it for all dates"},
		{"町", "text", report.Integer(1_200)},
	}, []report.Align{report.Left, report.Left, report.Right, report.Right, report.Right})
	p.Section("Findings")
	p.Items([]report.Item{
		{report.MarkError, "duplicate_key", 3, "one series has several rows for one day", []string{"stores.csv:12", "stores.csv:40"}},
		{
			report.MarkWarning, "gaps", 39_331, "observations are missing inside the life of a series; as the file has no zeros, days without sales may have been left out",
			[]string{"store 1, item 2: 2015-03-01 to 2015-03-31", "store 1, item 3: 2015-03-01 to 2015-03-31", "store 2, item 1: 2015-03-01"},
		},
		{Mark: report.MarkInfo, Name: "constant", Text: "no series is constant"},
	})
	p.Text("2 of 14 rules found something; an error has to be mended in the file or by a policy before the data can be used.")
}

// weekly is the page of 14 years of weekly data.
func weekly(p *report.Page) {
	p.Title("weekly.parquet")
	p.Section("Total of sales")
	p.Sparkline(wave(730, 52), "2004-01-04", "2017-12-31")
	p.Section("Gaps")
	p.Gaps(months(2004, 2017, 40, map[string]int{"2005-06": 4, "2011-01": 1}))
	p.Section("Gaps of the second half")
	p.Gaps(months(2004, 2017, 40, map[string]int{"2016-12": 40}))
}

// hostile is a page of texts that try to do something to a terminal.
func hostile(p *report.Page) {
	evil := "\x1b[31mred\x1b[0m \a bell\r\nnew\tline \u202egnp.exe\u2066 zero\u200bwidth\u00ad \ufeff \u009b31m \x9b \u3164 a\ufe0f \u00a0 \U000e0041"
	p.Title(evil)
	p.Section(evil)
	p.Text(evil)
	p.Facts([]report.Fact{{"name\x1b]0;title\a", evil}, {"日本語の店", "🛒 emoji, שלום, مرحبا, Ångström, e\u0301"}})
	p.Table([]string{"id\n", "n"}, [][]string{{evil, "1"}, {"東京ストア", "22"}, {"🛒", "3"}, {"שלום", "4"}, {"x"}, {"y", "5", "no such column"}},
		[]report.Align{report.Left, report.Right})
	p.Items([]report.Item{{report.MarkError, evil, 1, evil, []string{evil, evil}}})
	p.Sparkline([]float64{1, 2}, evil, evil)
}

// styles are the styles of the golden files.
func styles() map[string]report.Style {
	return map[string]report.Style{
		"":        {},
		"_ascii":  {Glyphs: report.ASCII},
		"_narrow": {Width: 1},
		"_40":     {Width: 40},
		"_colour": {Colour: report.ANSI},
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	pages := map[string]func(*report.Page){"ten_days": tenDays, "stores": stores, "weekly": weekly, "hostile": hostile}
	for name, write := range pages {
		for suffix, style := range styles() {
			t.Run(name+suffix, func(t *testing.T) {
				t.Parallel()
				got := render(t, style, write)
				checkLines(t, style, got)
				checkGolden(t, "page_"+name+suffix+".txt", got)
			})
		}
	}
}

func render(t *testing.T, style report.Style, write func(*report.Page)) string {
	t.Helper()
	var b strings.Builder
	p := report.NewPage(&b, style)
	write(p)
	if b.Len() > 0 {
		t.Errorf("the page wrote %q before Flush", b.String())
	}
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// failer is what tests of testing and of rapid have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// checkLines checks that no line is too wide, or holds what no line of the style may hold.
func checkLines(t failer, style report.Style, page string) {
	t.Helper()
	widest := max(style.Width, 20)
	if style.Width == 0 {
		widest = 80
	}
	if page != "" && !strings.HasSuffix(page, "\n") {
		t.Errorf("the page does not end in a line end")
	}
	if !utf8.ValidString(page) {
		t.Errorf("the page is not UTF-8: %q", page)
	}
	if style.Colour == report.ANSI { // the sequences of the page itself
		page = strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[33m", "", "\x1b[36m", "").Replace(page)
	}
	narrow := runewidth.Condition{StrictEmojiNeutral: true}
	for line := range strings.SplitSeq(page, "\n") {
		if got := narrow.StringWidth(line); got > widest {
			t.Errorf("%d columns, want at most %d: %q", got, widest, line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("a blank ends %q", line)
		}
		for _, r := range line {
			if !unicode.IsPrint(r) || style.Glyphs == report.ASCII && r > unicode.MaxASCII {
				t.Errorf("%q in %q", r, line)
			}
		}
	}
}

func TestPageStaysInItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.StringOf(rapid.OneOf(
			rapid.SampledFrom([]rune("\x00\a\b\t\n\r\x1b\x7f\u009b\u00a0\u00ad\u034f\u115f\u200b\u200d\u202e\u2066\u2800\u3000\u3164\ufe0f\ufeff\U000e0101店é🛒ש ab,")),
			rapid.Rune()))
		raw := rapid.Custom(func(t *rapid.T) string {
			if rapid.Bool().Draw(t, "bytes") {
				return string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "raw"))
			}
			return hostile.Draw(t, "text")
		})
		texts := rapid.SliceOfN(raw, 0, 5)
		style := report.Style{
			Width: rapid.IntRange(-1, 120).Draw(t, "width"), Glyphs: rapid.SampledFrom([]report.Glyphs{report.Unicode, report.ASCII}).Draw(t, "glyphs"),
			Colour: rapid.SampledFrom([]report.Colour{report.NoColour, report.ANSI}).Draw(t, "colour"),
		}
		var b strings.Builder
		p := report.NewPage(&b, style)
		p.Title(raw.Draw(t, "title"))
		p.Text(raw.Draw(t, "text"))
		p.Facts([]report.Fact{{raw.Draw(t, "name"), raw.Draw(t, "value")}, {raw.Draw(t, "name"), raw.Draw(t, "value")}})
		p.Table(texts.Draw(t, "header"), rapid.SliceOfN(texts, 0, 4).Draw(t, "rows"), rapid.SliceOfN(rapid.SampledFrom([]report.Align{report.Left, report.Right}), 0, 6).Draw(t, "align"))
		p.Items([]report.Item{{rapid.SampledFrom([]report.Mark{report.MarkInfo, report.MarkWarning, report.MarkError}).Draw(t, "mark"), raw.Draw(t, "name"), rapid.Int().Draw(t, "count"), raw.Draw(t, "text"), texts.Draw(t, "places")}})
		p.Sparkline(rapid.SliceOf(rapid.Float64()).Draw(t, "values"), raw.Draw(t, "first"), raw.Draw(t, "last"))
		p.Gaps(rapid.SliceOf(rapid.Custom(func(t *rapid.T) report.Part {
			return report.Part{
				Year: rapid.IntRange(-1, 10_001).Draw(t, "year"), Month: rapid.IntRange(-1, 13).Draw(t, "month"), Day: rapid.IntRange(-1, 32).Draw(t, "day"),
				Missing: rapid.IntRange(-3, 1<<40).Draw(t, "missing"), Expected: rapid.IntRange(-3, 1<<40).Draw(t, "expected"),
			}
		})).Draw(t, "parts"))
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		checkLines(t, style, b.String())
	})
}

func TestPageOfNothing(t *testing.T) {
	t.Parallel()
	got := render(t, report.Style{}, func(p *report.Page) {
		p.Facts(nil)
		p.Table(nil, [][]string{{"a cell"}}, nil)
		p.Items(nil)
		p.Sparkline(nil, "first", "last")
		p.Gaps(nil)
	})
	if got != "" {
		t.Errorf("a page of nothing is %q, want nothing", got)
	}
}

func TestPageKeepsWhatFits(t *testing.T) {
	t.Parallel()
	got := render(t, report.Style{}, func(p *report.Page) {
		p.Facts([]report.Fact{{"id", "two  blanks"}})
		p.Table([]string{"id"}, [][]string{{" a  b"}}, nil)
	})
	if want := "  id  two  blanks\n\n  id\n   a  b\n"; got != want {
		t.Errorf("got %q, want %q: ids that differ by blanks must not look the same", got, want)
	}
}

func TestPageSparklineLabels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		values int
		want   string
	}{
		{"room for both", 9, "  ▁▂▃▄▅▆▇██\n  from   to\n"},
		{"a blank between", 7, "  ▁▂▃▅▆▇█\n  from to\n"},
		{"no blank between", 6, "  ▁▂▄▅▇█\n  from to to\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			values := make([]float64, tt.values)
			for i := range values {
				values[i] = float64(i)
			}
			got := render(t, report.Style{}, func(p *report.Page) { p.Sparkline(values, "from", "to") })
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestPageKeepsMarksWithTheirLetters(t *testing.T) {
	t.Parallel()
	got := render(t, report.Style{Width: 20}, func(p *report.Page) { p.Text(strings.Repeat("e\u0301", 40)) })
	for line := range strings.Lines(got) {
		if first, _ := utf8.DecodeRuneInString(strings.TrimSpace(line)); first != 'e' {
			t.Errorf("the line %q begins with %q", line, first)
		}
	}
}

// brokenWriter fails on every write.
type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestPageFlush(t *testing.T) {
	t.Parallel()
	p := report.NewPage(brokenWriter{}, report.Style{})
	p.Text("lost")
	if err := p.Flush(); !errors.Is(err, errBroken) {
		t.Errorf("Flush() = %v, want %v", err, errBroken)
	}
	var b strings.Builder
	p = report.NewPage(&b, report.Style{})
	for _, s := range []string{"one", "two"} {
		p.Text(s)
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := b.String(), "  one\n\n  two\n"; got != want {
		t.Errorf("two flushes wrote %q, want %q", got, want)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, got, want string }{
		{"zero", report.Integer(0), "0"},
		{"three digits", report.Integer(-999), "-999"},
		{"four digits", report.Integer(1000), "1,000"},
		{"negative", report.Integer(-1_234_567), "-1,234,567"},
		{"least", report.Integer(math.MinInt64), "-9,223,372,036,854,775,808"},
		{"none", report.Count(0, "day"), "0 days"},
		{"one", report.Count(1, "day"), "1 day"},
		{"several", report.Count(1000, "day"), "1,000 days"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

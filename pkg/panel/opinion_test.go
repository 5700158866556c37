package panel_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// dialect is how a generated file is written.
type dialect struct {
	columns   []string
	comma     string
	lineEnd   string
	mark      string
	quote     int // 0 where needed, 1 always, 2 now and then
	lastEnd   bool
	blankLine bool
}

func drawDialect(t *rapid.T) dialect {
	columns := []string{"date", "store", "item", "sales", "note", "promo"}
	return dialect{
		columns:   rapid.Permutation(columns).Draw(t, "columns"),
		comma:     rapid.SampledFrom([]string{",", ";", "\t"}).Draw(t, "comma"),
		lineEnd:   rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end"),
		mark:      rapid.SampledFrom([]string{"", "\ufeff"}).Draw(t, "mark"),
		quote:     rapid.IntRange(0, 2).Draw(t, "quote"),
		lastEnd:   rapid.Bool().Draw(t, "last end"),
		blankLine: rapid.Bool().Draw(t, "blank line"),
	}
}

func (d dialect) write(records []map[string]string) string {
	var b strings.Builder
	b.WriteString(d.mark + strings.Join(d.columns, d.comma))
	for i, r := range records {
		b.WriteString(d.lineEnd)
		if d.blankLine && i%3 == 1 {
			b.WriteString(d.lineEnd)
		}
		for c, name := range d.columns {
			if c > 0 {
				b.WriteString(d.comma)
			}
			cell := r[name]
			if d.quote == 1 || d.quote == 2 && (i+c)%3 == 0 || strings.ContainsAny(cell, d.comma+"\"\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
	}
	if d.lastEnd {
		b.WriteString(d.lineEnd)
	}
	return b.String()
}

// drawRecords returns rows of daily sales, shuffled, in which no key stands twice.
func drawRecords(t *rapid.T) []map[string]string {
	ids := rapid.SampledFrom([]string{"1", "2", "10", "001", "-3", "a", "A", "a b", `say "x"`, "x,y", "x;y", "p\tq", "two\nlines", "größe", "日本", "1234567", "12345678"})
	numbers := rapid.SampledFrom([]string{"", "0", "5", "-7", "12.5", "1e3", "0.1", "123456789012345678", ".5", "7."})
	notes := rapid.SampledFrom([]string{"", "x", `"`, "a,b;c", "1\n2"})
	type key struct {
		store, item string
		day         int
	}
	seen := make(map[key]bool)
	var records []map[string]string
	for range rapid.IntRange(1, 40).Draw(t, "rows") {
		k := key{ids.Draw(t, "store"), ids.Draw(t, "item"), rapid.IntRange(0, 9).Draw(t, "day")}
		if seen[k] {
			continue
		}
		seen[k] = true
		records = append(records, map[string]string{
			"date": (calendar.NewDate(2023, 12, 27) + calendar.Date(k.day)).String(), "store": k.store, "item": k.item,
			"sales": numbers.Draw(t, "sales"), "note": notes.Draw(t, "note"), "promo": "1",
		})
	}
	return records
}

// sortedRows returns what rows of a panel with these records must be, whatever their order.
func sortedRows(t *rapid.T, records []map[string]string) []string {
	lines := make([]string, len(records))
	for i, r := range records {
		day, err := time.Parse(time.DateOnly, r["date"])
		if err != nil {
			t.Fatal(err)
		}
		y := math.NaN()
		if r["sales"] != "" {
			if y, err = strconv.ParseFloat(r["sales"], 64); err != nil {
				t.Fatal(err)
			}
		}
		lines[i] = fmt.Sprintf("%s/%s %s %v #%d", r["store"], r["item"], day.Format(time.DateOnly), y, i)
	}
	slices.Sort(lines)
	return lines
}

// TestReadAgainstEncodingCSVAndGota writes the same records in many dialects and asks the
// standard library and gota what they are.
func TestReadAgainstEncodingCSVAndGota(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		records, d := drawRecords(rt), drawDialect(rt)
		text := d.write(records)
		cfg := panel.Default()
		cfg.Freq, cfg.KnownFuture, cfg.PastOnly = "D", []string{"note"}, []string{"promo"}
		p, err := panel.ReadFrom(t.Context(), strings.NewReader(text), "f.csv", cfg)
		if err != nil {
			rt.Fatalf("ReadFrom: %v\n%q", err, text)
		}
		checkPanel(t, p)
		got := rows(p)
		slices.Sort(got)
		if diff := cmp.Diff(sortedRows(rt, records), got); diff != "" {
			rt.Fatalf("records (-want +got):\n%s\n%q", diff, text)
		}

		unmarked := strings.TrimPrefix(text, "\ufeff")
		if diff := cmp.Diff(sortedRows(rt, byEncodingCSV(rt, unmarked, d.comma)), got); diff != "" {
			rt.Fatalf("encoding/csv (-csv +panel):\n%s\n%q", diff, text)
		}
		df := dataframe.ReadCSV(strings.NewReader(unmarked), dataframe.WithDelimiter(rune(d.comma[0])),
			dataframe.DetectTypes(false), dataframe.DefaultType(series.String))
		byGota, err := panel.FromDataFrame(df, cfg)
		if err != nil {
			rt.Fatalf("FromDataFrame: %v\n%q", err, text)
		}
		opts := cmp.Options{cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Warnings")} // places and blank lines differ
		if diff := cmp.Diff(p, byGota, opts); diff != "" {
			rt.Fatalf("gota (-panel +gota):\n%s\n%q", diff, text)
		}
	})
}

func byEncodingCSV(t *rapid.T, text, comma string) []map[string]string {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = rune(comma[0])
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatalf("encoding/csv: %v\n%q", err, text)
	}
	var records []map[string]string
	for _, line := range lines[1:] {
		record := make(map[string]string)
		for i, cell := range line {
			record[lines[0][i]] = cell
		}
		records = append(records, record)
	}
	return records
}

// TestReadManyBlocks reads a file of many blocks whose records straddle their ends.
func TestReadManyBlocks(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("note,date,store,item,sales\n")
	var want []string
	for i := range 12_000 {
		date := calendar.NewDate(2000, 1, 1) + calendar.Date(i)
		note := strings.Repeat("x", i%97)
		if i%5 == 0 {
			note = `"` + strings.Repeat("line\n", i%83) + `"`
		}
		fmt.Fprintf(&b, "%s,%s,1,1,%d\n", note, date, i)
		want = append(want, fmt.Sprintf("1/1 %s %d #%d", date, i, i))
	}
	if b.Len() < 1<<20 {
		t.Fatalf("the file has %d bytes, too few for several blocks", b.Len())
	}
	if diff := cmp.Diff(want, rows(mustRead(t, b.String(), panel.Default()))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

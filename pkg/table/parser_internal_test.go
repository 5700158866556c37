package table

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// newTestParser reads a column of each kind, two keys, and one that is not read.
func newTestParser(t interface{ Fatal(args ...any) }, keep Keep) *parser {
	columns := []Column{
		{Name: "date", Kind: Time, Place: 2},
		{Name: "sales", Kind: Number, Place: 4},
		{Name: "store", Kind: Key, Place: 1},
		{Name: "item", Kind: Key, Place: 3},
		{Name: "promo", Kind: Text, Place: 5},
	}
	p, err := newParser("f.csv", ',', 6, columns, Options{DateFormat: calendar.DefaultDateFormat, Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// parseSlowly is parse without the quick way.
func (p *parser) parseSlowly(data []byte) *Batch {
	b := newBatch(p.keys, p.counts, bytes.Count(data, []byte("\n")), p.keep)
	for len(data) > 0 {
		n := p.rec.read(data)
		p.record(b)
		b.lines += bytes.Count(data[:n], []byte("\n"))
		data = data[n:]
	}
	return b
}

// testLines draws records, good and bad, made of the bytes that matter.
func testLines(t *rapid.T) string {
	cell := func(label string, usual ...string) string {
		odd := []string{"", `"`, `""`, `"a"`, `"a,b"`, "\"x\ny\"", "a,b", `a"b`, "a\rb", "\r", "1", "-1", "1e3", "x", " ", ";", "\x00", "\xff", "ä"}
		if rapid.IntRange(0, 9).Draw(t, label+"?") > 0 {
			return rapid.SampledFrom(usual).Draw(t, label)
		}
		return rapid.SampledFrom(odd).Draw(t, label)
	}
	var text strings.Builder
	for range rapid.IntRange(1, 12).Draw(t, "lines") {
		fields := []string{
			cell("none", "", "x", "y z"),
			cell("store", "1", "2", "1234567", "12345678", "12345678901", "Store Number 0123", "Store Number 0124"),
			cell("date", "2024-01-01", "2024-02-29", "2024-02-30", "2023-12-31"),
			cell("item", "a", "aa", "1", "ab"),
			cell("sales", "1", "20", "3.25", "123456789012345", "1234567890123456", ""),
			cell("promo", "yes", "no", "", "", "a long word of text", "Store Number 0123"),
		}
		text.WriteString(strings.Join(fields, ","))
		text.WriteString(rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\n\n"}).Draw(t, "end"))
	}
	return text.String()
}

// TestQuickEqualsSlow feeds both ways the same text, in more than one block.
func TestQuickEqualsSlow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fast, slow := newTestParser(t, KeepFirst), newTestParser(t, KeepFirst)
		for range 2 {
			text := []byte(testLines(t))
			got, want := rowsOf(fast.parse(text)), rowsOf(slow.parseSlowly(text))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q (-slow +quick):\n%s", text, diff)
			}
		}
	})
}

// TestQuickTakesEmptyCells has records that the quick way must not leave to the slow one.
func TestQuickTakesEmptyCells(t *testing.T) {
	t.Parallel()
	p := newTestParser(t, KeepFirst)
	b := newBatch(p.keys, p.counts, 4, KeepFirst)
	for _, line := range []string{
		"x,12,2024-01-05,345,67,\n", "x,12,2024-01-05,345,,yes\n", ",12,2024-01-05,345,,\r\n", ",12,2024-01-05,345,,\n",
	} {
		if n := p.quick(b, []byte(line)); n != len(line) {
			t.Errorf("quick(%q) = %d, want %d", line, n, len(line))
		}
	}
	want := []string{
		`line 0: "12" "345" 19727 4050c00000000000 "-"`, `line 1: "12" "345" 19727 7ff8000000000001 "yes"`,
		`line 2: "12" "345" 19727 7ff8000000000001 "-"`, `line 3: "12" "345" 19727 7ff8000000000001 "-"`, "4 {0 []}",
	}
	if diff := cmp.Diff(want, rowsOf(b)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestQuickLeavesBlankLines has a file of one column, in which a blank line looks like an empty cell.
func TestQuickLeavesBlankLines(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Text, Number} {
		p, err := newParser("f.csv", ',', 1, []Column{{Name: "promo", Kind: kind}}, Options{DateFormat: calendar.DefaultDateFormat})
		if err != nil {
			t.Fatal(err)
		}
		if b := p.parse([]byte("1\n\n\r\n2\n")); b.Rows != 2 || b.blank.count != 2 {
			t.Errorf("kind %d: %d rows and %d blank lines, want 2 and 2", kind, b.Rows, b.blank.count)
		}
	}
}

// TestDistinctTextsAreFewAllocations numbers texts of which no two are the same.
func TestDistinctTextsAreFewAllocations(t *testing.T) { //nolint:paralleltest // AllocsPerRun forbids it
	const most = 1000 // for 100000 texts
	for _, start := range []string{"", "a price of "} {
		var buf []byte
		got := testing.AllocsPerRun(1, func() {
			d := newDictionary()
			for i := range 100_000 {
				buf = strconv.AppendInt(append(buf[:0], start...), int64(i), 10)
				if code := d.look(buf); code != int32(i) || d.ids[i] != string(buf) {
					t.Fatalf("look(%q) = %d, want %d", buf, code, i)
				}
			}
		})
		if got > most {
			t.Errorf("%q: %v allocations, want at most %d", start, got, most)
		}
	}
}

// rowsOf writes what a batch holds: a line a row with its place and values, and a line a problem.
func rowsOf(b *Batch) []string {
	var rows []string
	for i := range b.Rows {
		if b.Group[i] == BadRow {
			rows = append(rows, fmt.Sprintf("line %d: bad", b.lineOf(i)))
			continue
		}
		key := b.Keys.Group(int(b.Group[i]))
		text := "-"
		if code := b.Texts[0][i]; code != NoText {
			text = b.Keys.Words(0)[code]
		}
		rows = append(rows, fmt.Sprintf("line %d: %q %q %d %x %q", b.lineOf(i), b.Keys.Values(0)[key[0]], b.Keys.Values(1)[key[1]],
			b.Ticks[i], math.Float64bits(b.Numbers[0][i]), text))
	}
	for _, e := range b.bad.rows {
		rows = append(rows, fmt.Sprintf("%d %s", b.bad.counts[e.Code], e))
	}
	return append(rows, fmt.Sprint(b.lines, b.blank))
}

// TestCutAgreesWithParser checks that records found with a block's end in sight are those found
// in the whole text: cut and parse go through recordLen with different amounts of data.
func TestCutAgreesWithParser(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`[",\na]{0,60}`).Draw(t, "text"))
		var ends []int
		for at := 0; at < len(text); {
			n, _ := recordLen(text[at:], ',')
			at += n
			ends = append(ends, at)
		}
		for size := range text {
			s := source{comma: ','}
			cut := s.cut(text[:size])
			for at := 0; at < cut; {
				n, _ := recordLen(text[at:cut], ',')
				at += n
				if !slices.Contains(ends, at) {
					t.Fatalf("%q cut at %d: a record ends at %d, want one of %v", text, cut, at, ends)
				}
			}
		}
	})
}

// TestParseAllocates checks that a block costs the same number of allocations whatever its rows,
// by all ways of a good record.
func TestParseAllocates(t *testing.T) { //nolint:paralleltest // AllocsPerRun forbids it
	for name, line := range map[string]string{
		"quick":      "x,12,2024-01-05,345,67,yes\n",
		"quoted":     "x,\"12\",2024-01-05,\"3\"\"45\",67,\"no\"\n",
		"long texts": "x,a key of more than eight bytes,2024-01-05,345,67,a text of more than eight bytes\n",
		"others":     "x,1,2024-01-05,a,1,no\nx,Store Number 0123,2024-01-06,bb,2,a text of more than eight bytes\n",
		"long float": "x,12,2024-01-05,345,67.123456789012345678e-3,\n",
	} {
		const most = 10 // the batch, its columns and problems, and room for change
		p := newTestParser(t, KeepFirst)
		data := []byte(strings.Repeat(line, 5000))
		p.parse(data)
		if got := testing.AllocsPerRun(10, func() { p.parse(data) }); got > most {
			t.Errorf("%s: %v allocations in 5000 rows, want at most %d", name, got, most)
		}
	}
}

// TestDictionaryNumbersByFirstAppearance draws many ids, so that places in the tables of recent
// ones are shared.
func TestDictionaryNumbersByFirstAppearance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDictionary()
		want := make(map[string]int32)
		id := rapid.OneOf(rapid.StringMatching(`[ab]{1,4}`), rapid.StringMatching(`Store Number [0-9]{1,4}`), rapid.StringMatching(`[a-c]{7,10}`))
		for range rapid.IntRange(1, 200).Draw(t, "ids") {
			id := id.Draw(t, "id")
			if _, known := want[id]; !known {
				want[id] = int32(len(want))
			}
			if got := d.look([]byte(id)); got != want[id] || d.ids[got] != id {
				t.Fatalf("look(%q) = %d, want %d", id, got, want[id])
			}
			d.remember([]byte(id), ',')
			for text, repeats := range map[string]bool{id + ",12345678": true, id + "\n12345678": false, id + "x,2345678": false, id[1:] + ",12345678": false} {
				if n, ok := d.repeats([]byte(text)); ok != repeats || ok && n != len(id) {
					t.Fatalf("after %q: repeats(%q) = %d, %v; want %v", id, text, n, ok, repeats)
				}
			}
		}
	})
}

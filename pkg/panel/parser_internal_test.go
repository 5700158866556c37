package panel

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func newTestParser(t interface{ Fatal(args ...any) }, head string) *parser {
	h, err := parseHeader("f.csv", []byte(head), sniffComma([]byte(head)), Default())
	if err != nil {
		t.Fatal(err)
	}
	p, err := newParser("f.csv", h)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// parseSlowly is parse without the quick way.
func (p *parser) parseSlowly(data []byte) *block {
	b := newBlock(p.coder, bytes.Count(data, []byte("\n")))
	for len(data) > 0 {
		n := p.rec.read(data)
		p.record(b)
		b.lines += bytes.Count(data[:n], []byte("\n"))
		data = data[n:]
	}
	return b
}

// TestQuickEqualsSlow feeds both ways the same text, good and bad, made of the bytes that matter.
func TestQuickEqualsSlow(t *testing.T) {
	t.Parallel()
	line := rapid.Custom(func(t *rapid.T) string {
		cell := func(label string, usual ...string) string {
			odd := []string{"", `"`, `""`, `"a"`, `"a,b"`, "\"x\ny\"", "a,b", `a"b`, "a\rb", "\r", "1", "-1", "1e3", "x", " ", ";", "\x00", "\xff", "ä"}
			if rapid.IntRange(0, 9).Draw(t, label+"?") > 0 {
				return rapid.SampledFrom(usual).Draw(t, label)
			}
			return rapid.SampledFrom(odd).Draw(t, label)
		}
		fields := []string{
			cell("none", "", "x", "y z"),
			cell("store", "1", "2", "1234567", "12345678", "12345678901"),
			cell("date", "2024-01-01", "2024-02-29", "2024-02-30", "2023-12-31"),
			cell("item", "a", "aa", "1", "ab"),
			cell("sales", "1", "20", "3.25", "123456789012345", "1234567890123456", ""),
		}
		return strings.Join(fields, ",") + rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\n\n"}).Draw(t, "end")
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 1, 12).Draw(t, "lines"), "")
		const head = "x,store,date,item,sales"
		fast := newTestParser(t, head)
		slow := newTestParser(t, head)
		got, want := fast.parse([]byte(text)), slow.parseSlowly([]byte(text))
		opts := cmp.Options{
			cmp.AllowUnexported(block{}, jump{}, notes{}, tally{}, problems{}),
			cmp.Comparer(func(a, b *coder) bool { return cmp.Equal(allIDs(a), allIDs(b)) }),
			cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
			cmp.Comparer(func(a, b error) bool { return a.Error() == b.Error() }),
		}
		if diff := cmp.Diff(want, got, opts); diff != "" {
			t.Fatalf("%q (-slow +quick):\n%s", text, diff)
		}
	})
}

// allIDs returns the ids of every series of a coder, column by column.
func allIDs(c *coder) []string {
	var ids []string
	for i, code := range c.tuples {
		ids = append(ids, c.columns[i%len(c.columns)].ids[code])
	}
	return ids
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
// by all three ways of a good record.
func TestParseAllocates(t *testing.T) { //nolint:paralleltest // AllocsPerRun forbids it
	for name, line := range map[string]string{
		"quick":      "2024-01-05,12,345,67\n",
		"quoted":     "2024-01-05,\"12\",\"3\"\"45\",67\n",
		"long id":    "2024-01-05,12,an id of more than seven bytes,67\n",
		"long float": "2024-01-05,12,345,67.123456789012345678e-3\n",
	} {
		const most = 6 // the block and its three columns, and room for change
		p := newTestParser(t, "date,store,item,sales")
		data := []byte(strings.Repeat(line, 5000))
		p.parse(data)
		if got := testing.AllocsPerRun(10, func() { p.parse(data) }); got > most {
			t.Errorf("%s: %v allocations in 5000 rows, want at most %d", name, got, most)
		}
	}
}

func TestOpenError(t *testing.T) {
	t.Parallel()
	err := openError("f.csv", &fs.PathError{Op: "open", Path: "f.csv", Err: fs.ErrPermission})
	if e, ok := errors.AsType[*FileError](err); !ok || e.Code != CodePermission || err.Error() != "f.csv: permission denied" {
		t.Errorf("error = %v, want a *FileError of code permission", err)
	}
	if err := openError("f.csv", fs.ErrNotExist); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error = %v, want fs.ErrNotExist", err)
	}
}

package table_test

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/table"
)

// TestReaderKeepsItsPlace reads more than one block, with records of several lines.
func TestReaderKeepsItsPlace(t *testing.T) {
	t.Parallel()
	const rows = 30_000
	var text strings.Builder
	text.WriteString("\nid,note\n")
	for i := range rows {
		fmt.Fprintf(&text, "%d,\"a\nb\"\n", i)
	}
	text.WriteString("x\xff,\nx\x00,\n\"x,\n" + strings.Repeat("x", 70_000) + "\nx\n")
	r, err := table.NewReader(iotest.HalfReader(strings.NewReader(text.String())), "f.csv", [][]string{{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for cells := range r.Rows() {
		if want := strconv.Itoa(n); len(cells) != 1 || cells[0] != want {
			t.Fatalf("row %d = %q, want %s", n, cells, want)
		}
		if n++; n == rows {
			r.Report(0, table.CodeBadID, errors.New("is the last"))
		}
	}
	data, ok := errors.AsType[*table.DataError](r.Err())
	if !ok || data.Rows != rows+5 {
		t.Fatalf("error = %v, want one of %d rows", r.Err(), rows+5)
	}
	var got []string
	for _, e := range data.First {
		got = append(got, fmt.Sprintf("+%d %s %s", e.Line-2*rows, e.Column, e.Code))
	}
	want := []string{"+1 id bad_id", "+3  utf8", "+4  nul", "+5  quote", "+6  long_line", "+7  field_count"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestReaderRefuses(t *testing.T) {
	t.Parallel()
	columns := [][]string{{"id"}, {"day", "date"}}
	for text, column := range map[string]string{"id,when\n1,2\n": "day", "iD,x\n1,2\n": "day", "date\n1\n": "id"} {
		_, err := table.NewReader(strings.NewReader(text), "f.csv", columns)
		if e, ok := errors.AsType[*table.ColumnError](err); !ok || e.Column != column {
			t.Errorf("NewReader of %q: %v, want no column %s", text, err, column)
		}
	}
	if _, err := table.NewReader(strings.NewReader("a\n"), "f.csv", [][]string{{"a"}, {"A"}}); err == nil {
		t.Error("one column serves as two")
	}
}

func TestFindHintsAtAMissingHeader(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2024-01-01,north,10,5\n":    "the first line must name the columns",
		"day,2023,2024,sales\n":      "name the column with --time",
		"2024-01-01,2024-01-02,id\n": "name the column with --time",
	} {
		f, err := table.Open(strings.NewReader(text), "f.csv", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.Find([]table.Wanted{{Name: "when", Kind: table.Time, Flag: "--time"}}); hint.Of(err) != want {
			t.Errorf("%q: %v, hint %q; want %q", text, err, hint.Of(err), want)
		}
	}
}

func TestReaderReportsWhatBreaksOff(t *testing.T) {
	t.Parallel()
	broken := errors.New("no more")
	text := strings.NewReader("id\n" + strings.Repeat("x\n", 300_000))
	r, err := table.NewReader(io.MultiReader(text, iotest.ErrReader(broken)), "f.csv", [][]string{{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	for range r.Rows() {
		r.Report(0, table.CodeBadID, errors.New("is x"))
	}
	if e, ok := errors.AsType[*table.FileError](r.Err()); !ok || e.Code != table.CodeRead || !errors.Is(r.Err(), broken) {
		t.Errorf("error = %v, want a FileError of %v", r.Err(), broken)
	}
}

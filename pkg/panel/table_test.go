package panel_test

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
)

// TestTableKeepsItsPlace reads more than one block, with records of several lines.
func TestTableKeepsItsPlace(t *testing.T) {
	t.Parallel()
	const rows = 30_000
	var text strings.Builder
	text.WriteString("\nid,note\n")
	for i := range rows {
		fmt.Fprintf(&text, "%d,\"a\nb\"\n", i)
	}
	text.WriteString("x\xff,\nx\x00,\n\"x,\n" + strings.Repeat("x", 70_000) + "\nx\n")
	table, err := panel.NewTable(iotest.HalfReader(strings.NewReader(text.String())), "f.csv", [][]string{{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for cells := range table.Rows() {
		if want := strconv.Itoa(n); len(cells) != 1 || cells[0] != want {
			t.Fatalf("row %d = %q, want %s", n, cells, want)
		}
		if n++; n == rows {
			table.Report(0, panel.CodeBadID, errors.New("is the last"))
		}
	}
	data, ok := errors.AsType[*panel.DataError](table.Err())
	if !ok || data.Rows != rows+5 {
		t.Fatalf("error = %v, want one of %d rows", table.Err(), rows+5)
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

func TestTableRefuses(t *testing.T) {
	t.Parallel()
	columns := [][]string{{"id"}, {"day", "date"}}
	for text, column := range map[string]string{"id,when\n1,2\n": "day", "iD,x\n1,2\n": "day", "date\n1\n": "id"} {
		_, err := panel.NewTable(strings.NewReader(text), "f.csv", columns)
		if e, ok := errors.AsType[*panel.ColumnError](err); !ok || e.Column != column {
			t.Errorf("NewTable of %q: %v, want no column %s", text, err, column)
		}
	}
	if _, err := panel.NewTable(strings.NewReader("a\n"), "f.csv", [][]string{{"a"}, {"A"}}); err == nil {
		t.Error("one column serves as two")
	}
}

func TestTableReportsWhatBreaksOff(t *testing.T) {
	t.Parallel()
	broken := errors.New("no more")
	text := strings.NewReader("id\n" + strings.Repeat("x\n", 300_000))
	table, err := panel.NewTable(io.MultiReader(text, iotest.ErrReader(broken)), "f.csv", [][]string{{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	for range table.Rows() {
		table.Report(0, panel.CodeBadID, errors.New("is x"))
	}
	if e, ok := errors.AsType[*panel.FileError](table.Err()); !ok || e.Code != panel.CodeRead || !errors.Is(table.Err(), broken) {
		t.Errorf("error = %v, want a FileError of %v", table.Err(), broken)
	}
}

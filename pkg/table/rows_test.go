package table_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/table"
)

func TestReadRows(t *testing.T) {
	t.Parallel()
	cells := [][]string{
		{"2024-01-01", "5", "north", "yes"},
		{"2024-01-02", "", "north", ""},
		{"2024-01-03", "nan", "", "yes"},
		{"2024-01-04", "1e3", "a\x00", "\xff"},
		{"2024-01-05", "1e3", "a", "no"},
	}
	columns := []table.Column{
		{Name: "date", Kind: table.Time},
		{Name: "sales", Kind: table.Number, Place: 1},
		{Name: "store", Kind: table.Key, Place: 2},
		{Name: "promo", Kind: table.Text, Place: 3},
	}
	appendCell := func(dst []byte, row, column int) []byte { return append(dst, cells[row][column]...) }
	d, err := table.ReadRows("frame", columns, len(cells), appendCell, defaults())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"row 1 north 2024-01-01 5 yes", "row 2 north 2024-01-02 - -", "row 3 bad", "row 4 bad", "row 5 a 2024-01-05 1000 no"}
	if diff := cmp.Diff(want, rows(d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	want = []string{
		`not_finite: frame: row 3: sales "nan": not a finite number; leave the cell empty where the value is not known`,
		"empty_id: frame: row 3: store is empty", "nul: frame: row 4: store holds a NUL byte", "utf8: frame: row 4: promo is not UTF-8 text",
	}
	if diff := cmp.Diff(want, problems(d)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if _, err := table.ReadRows("frame", columns, 0, appendCell, defaults()); !isFileError(err, table.CodeNoRows) {
		t.Errorf("no rows: %v, want a *FileError of code no_rows", err)
	}
	o := defaults()
	o.DateFormat = "%d"
	if _, err := table.ReadRows("frame", columns, 1, appendCell, o); err == nil {
		t.Error("a date format without a year is taken")
	}
}

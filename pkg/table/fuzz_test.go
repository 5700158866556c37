package table_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/table"
)

// FuzzReadCSV feeds any bytes to the reader of text: it gives data in which everything has its
// place, the same cells as a Reader, or an error that says what it is about.
func FuzzReadCSV(f *testing.F) {
	const header = "date,store,item,sales\n"
	for _, text := range []string{
		header + "2024-01-01,1,1,5\n2024-01-02,1,1,\n",
		"\ufeffsales;item;store;date\r\n-1.5e3;\"a\"\"b\";ä;2024-01-01\r\n\r\n0;x;y;2024-01-02",
		"sep=\t\nitem\tdate\tsales\tstore\n\"a\nb\"\t2024-02-29\t0.1\tx\n\"a\nb\"\t2024-02-29\t0.1\n",
		header + "2024-01-01,1,\"1,5\n2024-13-01,,\x00,nan\n",
		header + "2024-01-02T13:00:00,1,1,1\n2024-01-01T13:30:00,Store Number 1,1,1\n,,,\n",
		"date,store,item,sales\r2024-01-01,1,1,1\r",
		"\xff\xfed\x00",
		header + "2024-01-01," + strings.Repeat("x", 70_000) + ",1,1\n",
		gzipped(f, header+"2024-01-01,1,1,5\n"),
		gzipped(f, header, "2024-01-01,1,1,5\n")[:40],
		zstdPacked(f, header+"2024-01-01,1,1,5\n"),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(checkReading)
}

// FuzzReadParquet feeds any bytes to the reader of Parquet, with the same demands.
func FuzzReadParquet(f *testing.F) {
	for _, name := range []string{
		"sales-none.parquet", "sales-snappy.parquet", "sales-zstd.parquet", "types.parquet", "types-plain.parquet", "no-rows.parquet", "int96.parquet",
	} {
		f.Add(testFile(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkReading(t, data)
		// The columns that the file has, as any kind.
		file, err := table.Open(bytes.NewReader(data), "f", 0)
		if err != nil {
			return
		}
		for i, name := range file.Names {
			for _, kind := range []table.Kind{table.Key, table.Time, table.Number, table.Text} {
				d, err := file.Read(t.Context(), []table.Column{{Name: name, Kind: kind, Place: i}}, defaults())
				checkData(t, d, err)
			}
			if data[0] != 'P' {
				return // text is read once
			}
		}
	})
}

func checkReading(t *testing.T, data []byte) {
	t.Helper()
	d, err := read(t, bytes.NewReader(data), "f", salesColumns(), defaults())
	if !checkData(t, d, err) {
		return
	}
	r, err := table.NewReader(bytes.NewReader(data), "f", [][]string{{"store"}})
	if err != nil {
		return // the name is there in another case, or twice
	}
	n := 0
	for cells := range r.Rows() {
		var row int
		if _, err := fmt.Sscanf(r.Place()[len("line"):], "%d", &row); err != nil {
			t.Fatalf("place %q: %v", r.Place(), err)
		}
		if n++; len(cells) != 1 {
			t.Fatalf("%d cells, want 1", len(cells))
		}
	}
	if n > d.Rows {
		t.Errorf("%d rows, want at most %d", n, d.Rows)
	}
}

// checkData reports whether there are data. They, or the error, must follow the rules.
func checkData(t *testing.T, d *table.Data, err error) bool {
	t.Helper()
	if err != nil {
		_, file := errors.AsType[*table.FileError](err)
		_, column := errors.AsType[*table.ColumnError](err)
		if !file && !column {
			t.Errorf("error = %v, want one that names its place", err)
		}
		return false
	}
	bad, total, n := 0, 0, 0
	for _, b := range d.Batches {
		if b.FirstRow != n || len(b.Group) < b.Rows || len(b.Ticks) < b.Rows {
			t.Fatalf("a batch of %d rows from %d, with %d groups", b.Rows, b.FirstRow, len(b.Group))
		}
		n += b.Rows
		for _, g := range b.Group[:b.Rows] {
			if g == table.BadRow {
				bad++
			}
		}
	}
	rows(d) // every code names a value
	for _, count := range d.Bad.Counts() {
		total += count
	}
	problems := d.Bad.Rows([]string{d.File})
	if n != d.Rows || bad > total || (bad == 0) != (total == 0) || len(problems) != min(total, 20) {
		t.Errorf("%d rows, want %d; %d bad ones with %d problems, %d kept", n, d.Rows, bad, total, len(problems))
	}
	for i, e := range problems {
		if e.Line < 0 || e.Line == 0 && (e.Row < 1 || e.Row > d.Rows) || e.Error() == "" {
			t.Errorf("problem %d: %+v", i, e)
		}
		if i > 0 && max(e.Line, e.Row) < max(problems[i-1].Line, problems[i-1].Row) {
			t.Errorf("problem %d is of %s, before %s", i, e.Place(), problems[i-1].Place())
		}
	}
	return true
}

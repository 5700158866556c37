package panel_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/panel"
)

// FuzzRead feeds any bytes to the reader: it gives a panel that keeps every rule, or an error
// that says where.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		header + "2024-01-01,1,1,5\n2024-01-02,1,1,\n",
		"\ufeffsales;item;store;date\r\n-1.5e3;\"a\"\"b\";ä;2024-01-01\r\n\r\n0;x;y;2024-01-02",
		"unique_id\tds\ty\n\"a\nb\"\t2024-02-29\t0.1\n\"a\nb\"\t2024-02-29\t0.1\n",
		header + "2024-01-01,1,\"1,5\n2024-13-01,,\x00,nan\n",
		header + "2024-01-02,1,1,1\n2024-01-01,1,1,1\n2024-01-01,1,1,1\n,,,\n",
		"date,store,item,sales\r2024-01-01,1,1,1\r",
		"\xff\xfed\x00",
		header + "2024-01-01," + strings.Repeat("x", 70_000) + ",1,1\n",
		gzipped(f, header+"2024-01-01,1,1,5\n"),
		gzipped(f, header, "2024-01-01,1,1,5\n")[:40],
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := panel.ReadFrom(t.Context(), bytes.NewReader(data), "f.csv", panel.Default())
		if err == nil {
			checkPanel(t, p)
			if len(p.Label(0)) == 0 || p.Describe().Rows != p.Len() {
				t.Errorf("label %q, description %+v", p.Label(0), p.Describe())
			}
			return
		}
		if bad, ok := errors.AsType[*panel.DataError](err); ok {
			checkDataError(t, bad, bytes.Count(data, []byte("\n"))+1)
			return
		}
		_, file := errors.AsType[*panel.FileError](err)
		_, column := errors.AsType[*panel.ColumnError](err)
		if !file && !column {
			t.Errorf("error = %v, want one that names its place", err)
		}
	})
}

func checkDataError(t *testing.T, e *panel.DataError, mostLines int) {
	t.Helper()
	total := 0
	for _, n := range e.Counts {
		total += n
	}
	if len(e.First) != min(total, 20) {
		t.Errorf("%d row errors of %d", len(e.First), total)
	}
	for i, row := range e.First {
		// A gzip file has more lines than its bytes show.
		if row.Line < 2 || row.Line > mostLines && mostLines > 1 && e.Rows < mostLines || e.Counts[row.Code] == 0 {
			t.Errorf("row error %d: %+v", i, row)
		}
		if i > 0 && row.Line < e.First[i-1].Line {
			t.Errorf("row error %d is of line %d, before line %d", i, row.Line, e.First[i-1].Line)
		}
	}
}

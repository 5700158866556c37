package panel_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
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
			if first, last := p.Range(); len(p.Label(0)) == 0 || first > last {
				t.Errorf("label %q, periods %d to %d", p.Label(0), first, last)
			}
			return
		}
		if bad, ok := errors.AsType[*table.DataError](err); ok {
			checkDataError(t, bad, bytes.Count(data, []byte("\n"))+1)
			return
		}
		_, file := errors.AsType[*table.FileError](err)
		_, column := errors.AsType[*table.ColumnError](err)
		if !file && !column {
			t.Errorf("error = %v, want one that names its place", err)
		}
	})
}

// FuzzReadByPolicies feeds any bytes to the reader under the policies that change most: bad rows are
// left out, and what is left keeps every rule, and is what a file of it gives.
func FuzzReadByPolicies(f *testing.F) {
	for _, text := range []string{
		"date,store,item,sales,promo,size\n2024-01-01,1,1,5,a,L\n2024-01-04,1,1,-2,,L\n2024-01-04,1,1,7,b,L\n",
		"date,store,item,sales,promo,size\n2024-01-01,1,1,5,1,L\n2024-01-02,1,1,x,2,M\n2024-01-03,1,,5,x,L\n2024-01-04,1,1,5,x,M\n",
		"date,store,item,sales,promo,size\n2024-01-07,1,1,5,a,\n2024-01-14,1,1,,b,\n2024-01-28,1,1,3,\"b\n\",\n",
		"date,store,item,sales,promo,size\n2024-01-01T01:00:00,1,1,5,a,\n2024-01-01T05:00:00,1,1,1e308,b,\n2024-01-01T05:00:00,1,1,1e308,b,\n",
		"store,item,size,2024-01-01,2024-03-01,2024-02-01\n1,1,L,5,,6\n1,2,,x,1,2\n,2,,1,1,2\n1,1,M,1,,\n",
		"store,item,size,2024-01,01/01/2024,2024-01-01 05:00\n1,1,L,5,,6\n",
	} {
		f.Add([]byte(text))
	}
	cfg := panel.Default()
	cfg.Duplicates, cfg.Gaps, cfg.Negative, cfg.OnError = panel.DuplicatesSum, panel.GapsInterpolate, panel.NegativeZero, "quarantine f"
	long := cfg
	long.KnownFuture, long.Static = []string{"promo"}, []string{"size"}
	cfg.Static = long.Static
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := panel.ReadWide(t.Context(), inputs("f.csv", string(data))[0], cfg); err == nil {
			checkPanel(t, p)
		}
		p, err := panel.ReadFrom(t.Context(), bytes.NewReader(data), "f.csv", long)
		if err != nil {
			return
		}
		checkPanel(t, p)
		var b bytes.Buffer
		if err := p.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		long := long
		long.Freq = p.Freq.String()
		again, err := panel.ReadFrom(t.Context(), &b, "f.csv", long)
		if err != nil || again.Rejected != nil {
			t.Fatalf("the panel of %q is written as one with bad rows: %v", data, err)
		}
		checkPanel(t, again)
		opts := cmp.Options{
			cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Row", "Ignored", "Warnings", "Rejected"),
			cmp.Comparer(sameCovariate),
		}
		if diff := cmp.Diff(p, again, opts); diff != "" {
			t.Errorf("the panel of %q is written as another one (-panel +read again):\n%s", data, diff)
		}
	})
}

// sameCovariate reports whether the values of two covariates are the same texts, or numbers where the
// texts that made one a text are of no row that is left.
func sameCovariate(a, b panel.Covariate) bool {
	if a.Name != b.Name || a.Use != b.Use || len(a.Values) != len(b.Values) {
		return false
	}
	for i := range a.Values {
		x, y := a.Text(i), b.Text(i)
		if x == y {
			continue
		}
		v, err := table.ParseNumber(x)
		if w, other := table.ParseNumber(y); err != nil || other != nil || v != w || (a.Levels == nil) == (b.Levels == nil) {
			return false
		}
	}
	return true
}

func checkDataError(t *testing.T, e *table.DataError, mostLines int) {
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

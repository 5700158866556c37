package panel_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

const header = "date,store,item,sales\n"

func read(tb testing.TB, text string) (*panel.Panel, error) {
	tb.Helper()
	return panel.ReadFrom(tb.Context(), strings.NewReader(text), "f.csv", panel.Default())
}

func mustRead(tb testing.TB, text string, cfg panel.Config) *panel.Panel {
	tb.Helper()
	p, err := panel.ReadFrom(tb.Context(), strings.NewReader(text), "f.csv", cfg)
	if err != nil {
		tb.Fatalf("ReadFrom: %v", err)
	}
	checkPanel(tb, p)
	return p
}

// rows writes a panel as "ids date y" lines.
func rows(p *panel.Panel) []string {
	var lines []string
	for s := range p.NumSeries() {
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			var ids []string
			for c, id := range p.IDs {
				ids = append(ids, id.Values[p.Codes[c][s]])
			}
			lines = append(lines, fmt.Sprintf("%s %s %v #%d", strings.Join(ids, "/"), p.Freq.Format(p.Period[i]), p.Y[i], p.Row[i]))
		}
	}
	return lines
}

func TestReadAcceptsEveryDialect(t *testing.T) {
	t.Parallel()
	want := []string{
		"1/10 2024-01-01 5 #0",
		"1/10 2024-01-02 -0.5 #1",
		"2/10 2024-01-01 NaN #2",
		"2/10 2024-01-02 1000 #3",
	}
	const plain = header + "2024-01-01,1,10,5\n2024-01-02,1,10,-.5\n2024-01-01,2,10,\n2024-01-02,2,10,1e3\n"
	tests := []struct{ name, text string }{
		{"plain", plain},
		{"no line feed at the end", strings.TrimSuffix(plain, "\n")},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n")},
		{"CRLF without the last line feed", strings.TrimSuffix(strings.ReplaceAll(plain, "\n", "\r\n"), "\n")},
		{"byte order mark", "\ufeff" + plain},
		{"semicolons", strings.ReplaceAll(plain, ",", ";")},
		{"tabs", strings.ReplaceAll(plain, ",", "\t")},
		{"all quoted", strings.NewReplacer(",", `","`, "\n", "\"\n\"").Replace(`"`+strings.TrimSuffix(plain, "\n")) + "\"\n"},
		{"blank lines", "\n\r\n" + strings.ReplaceAll(plain, "\n", "\n\n\r\n")},
		{"other columns, other order", "x,sales,y z,item,store,date\n,5,\"a,b\",10,1,2024-01-01\n\"\n\",-0.5,,10,1,2024-01-02\n" +
			"0,,\"\",10,2,2024-01-01\n0,+1000.0,0,10,2,2024-01-02\n"},
		{"exact names beside others", "DATE,SALES,Store," + strings.ReplaceAll(strings.TrimSuffix(plain, "\n"), "\n", "\nx,x,x,")},
		{"other case", " Date,STORE,item,\"Sales \"" + plain[len(header)-1:]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := mustRead(t, tt.text, panel.Default())
			if diff := cmp.Diff(want, rows(p)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadReportsEveryBadCell(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, row    string // put on line 3
		code, column string
		message      string // of line 3
	}{
		{"too few fields", "2024-01-02,1,1", table.CodeFieldCount, "", "3 fields, the header has 4"},
		{"too many fields", "2024-01-02,1,1,5,", table.CodeFieldCount, "", "5 fields, the header has 4"},
		{"blanks alone", "  ", table.CodeFieldCount, "", "1 fields, the header has 4"},
		{"quote in a field", `2024-01-02,1",1,5`, table.CodeQuote, "", "a quote that is not closed or inside a field; a field with quotes is written \"like \"\"this\"\"\""},
		{"text behind a quote", `2024-01-02,"1" ,1,5`, table.CodeQuote, "", ""},
		{"open quote", `2024-01-02,1,1,"5`, table.CodeQuote, "", ""},
		{"open quote in the first field", `"2024-01-02,1,1,5`, table.CodeQuote, "", ""},
		{"NUL", "2024-01-02,1,\x00,5", table.CodeNUL, "", "a NUL byte"},
		{"not UTF-8", "2024-01-02,1,\xe4,5", table.CodeUTF8, "", "not UTF-8 text"},
		{"long line", "2024-01-02,1,1," + strings.Repeat("5", 64<<10), table.CodeLongLine, "", "longer than 64 KiB"},
		{"line of a megabyte", "2024-01-02,1,1," + strings.Repeat("5", 1<<20), table.CodeLongLine, "", "longer than 64 KiB"},
		{"quoted line of a megabyte", `2024-01-02,1,"` + strings.Repeat("5", 1<<20) + `",5`, table.CodeLongLine, "", "longer than 64 KiB"},
		{"no such day", "2023-02-29,1,1,5", table.CodeBadDate, "date", `date "2023-02-29": not a day of the calendar`},
		{"day 0 of the month of the row before", "2024-01-00,1,1,5", table.CodeBadDate, "date", `date "2024-01-00": not a day of the calendar`},
		{"empty date", ",1,1,5", table.CodeBadDate, "date", `date "": not in the format %Y-%m-%d`},
		{"other date format", "2/1/2024,1,1,5", table.CodeBadDate, "date", `date "2/1/2024": not in the format %Y-%m-%d`},
		{"date with blank", "2024-01-02 ,1,1,5", table.CodeBadDate, "date", `date "2024-01-02 ": not in the format %Y-%m-%d`},
		{"empty id", "2024-01-02,,1,5", table.CodeEmptyID, "store", "store is empty"},
		{"quoted empty id", `2024-01-02,1,"",5`, table.CodeEmptyID, "item", "item is empty"},
		{"long id", "2024-01-02,1," + strings.Repeat("i", 257) + ",5", table.CodeLongID, "item", `item "` + strings.Repeat("i", 40) + `"...: 257 bytes, an id has at most 256`},
		{"text", "2024-01-02,1,1,12x", table.CodeBadNumber, "sales", `sales "12x": not a number`},
		{"blank before the number", "2024-01-02,1,1, 12", table.CodeBadNumber, "sales", `sales " 12": not a number`},
		{"blank target", "2024-01-02,1,1, ", table.CodeBadNumber, "sales", `sales " ": not a number`},
		{"hexadecimal", "2024-01-02,1,1,0x1p4", table.CodeBadNumber, "sales", `sales "0x1p4": not a number`},
		{"underscore", "2024-01-02,1,1,1_000", table.CodeBadNumber, "sales", `sales "1_000": not a number`},
		{"two points", "2024-01-02,1,1,1.0.0", table.CodeBadNumber, "sales", `sales "1.0.0": not a number`},
		{"point alone", "2024-01-02,1,1,.", table.CodeBadNumber, "sales", `sales ".": not a number`},
		{"sign alone", "2024-01-02,1,1,-", table.CodeBadNumber, "sales", `sales "-": not a number`},
		{"Arabic digit", "2024-01-02,1,1,٣", table.CodeBadNumber, "sales", `sales "٣": not a number`},
		{"NaN", "2024-01-02,1,1,NaN", table.CodeNotFinite, "sales", `sales "NaN": not a finite number; leave the cell empty where the value is not known`},
		{"infinite", "2024-01-02,1,1,-inf", table.CodeNotFinite, "sales", ""},
		{"too large", "2024-01-02,1,1,1e999", table.CodeNotFinite, "sales", ""},
		{"duplicate", "2024-01-01,1,1,7", table.CodeDuplicateKey, "", "store 1, item 1, 2024-01-01: already on line 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, header+"2024-01-01,1,1,5\n"+tt.row+"\n2024-01-03,1,1,5\n")
			data, ok := errors.AsType[*table.DataError](err)
			if !ok {
				t.Fatalf("error = %v, want a *DataError", err)
			}
			if want := map[string]int{tt.code: 1}; !cmp.Equal(data.Counts, want) || len(data.First) != 1 {
				t.Fatalf("counts = %v, want %v", data.Counts, want)
			}
			got := *data.First[0]
			want := table.RowError{File: "f.csv", Line: 3, Column: tt.column, Code: tt.code}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(table.RowError{}, "Err"), cmpopts.IgnoreUnexported(table.RowError{})); diff != "" {
				t.Errorf("row error (-want +got):\n%s", diff)
			}
			if want := "f.csv: line 3: " + tt.message; tt.message != "" && got.Error() != want {
				t.Errorf("message = %s\n     want %s", got.Error(), want)
			}
			if data.Rows != 3 {
				t.Errorf("rows = %d, want 3", data.Rows)
			}
		})
	}
}

func TestReadReportsTheFirstTwentyInLineOrder(t *testing.T) {
	t.Parallel()
	// The file is many blocks long; line 2 is good, every third line after it has two bad cells,
	// and the last line repeats line 2, which is found last of all.
	var b strings.Builder
	b.WriteString(header + "2000-01-01,1,1,5\n")
	const n = 60_000
	for i := range n {
		if i%3 == 0 {
			b.WriteString("2000-99-01,1,1,x\n")
		} else {
			fmt.Fprintf(&b, "%s,1,%d,5\n", calendar.NewDate(2000, 1, 2)+calendar.Date(i%1000), i/1000+1)
		}
	}
	b.WriteString("2000-01-01,1,1,5\n")
	_, err := read(t, b.String())
	data, ok := errors.AsType[*table.DataError](err)
	if !ok {
		t.Fatalf("error = %v, want a *DataError", err)
	}
	want := map[string]int{table.CodeBadDate: n / 3, table.CodeBadNumber: n / 3, table.CodeDuplicateKey: 1}
	if diff := cmp.Diff(want, data.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if len(data.First) != 20 {
		t.Fatalf("%d row errors, want 20", len(data.First))
	}
	for i, e := range data.First {
		if want := 3 + i/2*3; e.Line != want {
			t.Errorf("row error %d is of line %d, want %d", i, e.Line, want)
		}
	}
	if !strings.Contains(err.Error(), fmt.Sprintf("f.csv: %d problems in %d rows: bad_date %d, bad_number %d, duplicate_key 1\n", 2*n/3+1, n+2, n/3, n/3)) ||
		!strings.HasSuffix(err.Error(), fmt.Sprintf("\n  and %d more", 2*n/3+1-20)) {
		t.Errorf("message = %.200s", err.Error())
	}
	if _, ok := errors.AsType[*table.RowError](err); !ok {
		t.Error("a DataError hides its row errors from errors.AsType")
	}
}

func TestReadNamesLinesNotRecords(t *testing.T) {
	t.Parallel()
	text := header + // line 1
		"2024-01-01,1,\"a\nb\nc\",5\n" + // lines 2-4
		"\n" + // line 5
		"2024-01-02,1,\"a\nb\nc\",x\n" + // line 6
		"2024-01-03,1,1,5\n" + // line 9
		"2024-01-03,1,1,6\n" // line 10
	_, err := read(t, text)
	want := "f.csv: 2 problems in 4 rows: bad_number 1, duplicate_key 1\n" +
		"  f.csv: line 6: sales \"x\": not a number\n" +
		"  f.csv: line 10: store 1, item 1, 2024-01-03: already on line 9"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v\nwant %s", err, want)
	}
}

func TestReadReportsDuplicatesInLineOrder(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(header)
	for range 2 {
		for store := 30; store > 0; store-- {
			fmt.Fprintf(&b, "2024-01-01,%d,1,5\n", store)
		}
	}
	_, err := read(t, b.String())
	data, ok := errors.AsType[*table.DataError](err)
	if !ok || data.Counts[table.CodeDuplicateKey] != 30 || len(data.First) != 20 {
		t.Fatalf("error = %v, want 30 duplicates", err)
	}
	for i, e := range data.First {
		want := fmt.Sprintf("f.csv: line %d: store %d, item 1, 2024-01-01: already on line %d", 32+i, 30-i, 2+i)
		if e.Error() != want {
			t.Errorf("row error %d = %v\nwant %s", i, e, want)
		}
	}
}

func TestReadNamesLinesFarInTheFile(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(header)
	const n = 30_000
	for i := range n { // every record with its blank line is three lines
		fmt.Fprintf(&b, "%s,1,\"1\n\",5\n\n", calendar.NewDate(2000, 1, 1)+calendar.Date(i))
	}
	fmt.Fprintf(&b, "%s,1,\"1\n\",5\n", calendar.NewDate(2000, 1, 1)+calendar.Date(n-2))
	_, err := read(t, b.String())
	data, ok := errors.AsType[*table.DataError](err)
	if !ok {
		t.Fatalf("error = %v, want a *DataError", err)
	}
	want := fmt.Sprintf("already on line %d", 2+3*(n-2))
	if e := data.First[0]; e.Line != 2+3*n || !strings.HasSuffix(e.Error(), want) {
		t.Errorf("error = %v, want one of line %d, %s", e, 2+3*n, want)
	}
}

func TestReadLongestLine(t *testing.T) {
	t.Parallel()
	const row = "2024-01-01,1,1,5,"
	for _, end := range []string{"\n", "\r\n"} {
		for _, cell := range []func(n int) string{
			func(n int) string { return strings.Repeat("x", n) },
			func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` },
		} {
			text := "date,store,item,sales,note\n" + row + cell(64<<10-len(row)) + end
			mustRead(t, text, panel.Default())
			_, err := read(t, text+row+cell(64<<10-len(row)+1)+end)
			if data, ok := errors.AsType[*table.DataError](err); !ok || data.Counts[table.CodeLongLine] != 1 || data.First[0].Line != 3 {
				t.Errorf("error = %.200v, want a long line on line 3", err)
			}
		}
	}
}

func TestReadOneStrayQuoteIsOneProblem(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(header)
	for i := range 20_000 {
		quote := ""
		if i == 7 {
			quote = `"`
		}
		fmt.Fprintf(&b, "%s,1,%s1,5\n", calendar.NewDate(2000, 1, 1)+calendar.Date(i), quote)
	}
	_, err := read(t, b.String())
	data, ok := errors.AsType[*table.DataError](err)
	if !ok || data.Rows != 20_000 || data.First[0].Line != 9 || !cmp.Equal(data.Counts, map[string]int{table.CodeQuote: 1}) {
		t.Errorf("error = %v, want one quote problem on line 9 of 20000 rows", err)
	}
}

func TestReadWarns(t *testing.T) {
	t.Parallel()
	cfg := panel.Default()
	cfg.Today = calendar.NewDate(2024, 1, 7)
	tests := []struct {
		name, text string
		want       []table.Warning
	}{
		{"nothing odd", header + "2024-01-01,1,1,0\n2024-01-02,1,1,5\n", nil},
		{"header case", "DATE,store,item, sales\n2024-01-01,1,1,0\n2024-01-02,1,1,0\n", []table.Warning{{
			Code: table.WarnHeaderCase, Count: 2,
			Message: `header names were matched without regard to case and blanks: "DATE" for date, " sales" for sales`,
		}}},
		{"nixtla names", "y,ds,unique_id\n0,2024-01-01,a\n0,2024-01-02,a\n", []table.Warning{{
			Code: panel.WarnNixtlaNames, Count: 1, Message: "the columns unique_id, ds and y are read as id, date and target",
		}}},
		{"blank lines", header + "\n2024-01-01,1,1,0\n2024-01-02,1,1,0\n\n\n\n\n\n", []table.Warning{{
			Code: table.WarnBlankLines, Count: 6, Message: "blank lines are skipped",
			Places: []string{"line 2", "line 5", "line 6", "line 7", "line 8"},
		}}},
		{"missing and negative", header + "2024-01-01,1,1,\n2024-01-02,1,1,-3\n2024-01-03,1,1,\n", []table.Warning{
			{Code: panel.WarnMissing, Count: 2, Message: "rows without a target are missing observations", Places: []string{"line 2", "line 4"}},
			{Code: panel.WarnNegative, Count: 1, Message: "negative targets are kept", Places: []string{"line 3"}},
		}},
		{"unsorted", header + "2024-01-02,1,1,0\n2024-01-01,1,1,5\n", []table.Warning{{
			Code: panel.WarnUnsorted, Count: 1, Message: "series whose dates do not ascend in the file are sorted", Places: []string{"store 1, item 1"},
		}}},
		{"gaps with zeros", header + "2024-01-01,1,1,0\n2024-01-02,1,1,5\n2024-01-05,1,1,5\n", []table.Warning{{
			Code: panel.WarnGaps, Count: 2, Message: "periods inside series without a row are missing observations", Places: []string{"store 1, item 1"},
		}}},
		{"gaps without zeros", header + "2024-01-01,1,1,1\n2024-01-02,1,1,5\n2024-01-05,1,1,5\n", []table.Warning{{
			Code: panel.WarnGaps, Count: 2, Places: []string{"store 1, item 1"},
			Message: "periods inside series without a row are missing observations; " +
				"no target is 0, so periods without sales may have been left out of the file: --gaps zero fills them",
		}}},
		{"future", header + "2024-01-07,1,1,0\n2024-01-07,1,2,0\n2024-01-08,1,2,0\n2024-01-09,1,2,0\n", []table.Warning{{
			Code: panel.WarnFuture, Count: 2, Message: "rows with a date after today, 2024-01-07", Places: []string{"store 1, item 2"},
		}}},
		{"single dates", header + "2024-01-01,1,1,0\n2023-01-08,1,2,5\n2023-01-07,2,2,5\n", []table.Warning{{
			Code: panel.WarnSingleDates, Count: 3, Places: []string{"store 1, item 1", "store 1, item 2", "store 2, item 2"},
			Message: "series have a single date each, so that the frequency is D by default: --freq names another",
		}}},
		{"a single hour", header + "2024-01-01T05:00:00,1,1,0\n", []table.Warning{{
			Code: panel.WarnSingleDates, Count: 1, Places: []string{"store 1, item 1"},
			Message: "series have a single date each, so that the frequency is h by default: --freq names another",
		}}},
		{"rounded", header + "2024-01-01,1,1,9007199254740991\n2024-01-02,1,1,9007199254740993\n2024-01-03,1,1,0\n2024-01-04,1,1,-9007199254740993\n", []table.Warning{
			{Code: panel.WarnRounded, Count: 2, Message: "targets of 2^53 and more may be rounded", Places: []string{"line 3", "line 5"}},
			{Code: panel.WarnNegative, Count: 1, Message: "negative targets are kept", Places: []string{"line 5"}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := mustRead(t, tt.text, cfg)
			if diff := cmp.Diff(tt.want, p.Warnings, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadIDs(t *testing.T) {
	t.Parallel()
	text := "date,a,b,c,sales\n" +
		"2024-01-01,10,-2,010,1\n" +
		"2024-01-01,9,0,10,2\n" +
		"2024-01-01,9,0, 10,3\n" +
		"2024-01-01,9,-10,10,4\n"
	cfg := panel.Default()
	cfg.IDs = []string{"a", "b", "c"}
	p := mustRead(t, text, cfg)
	wantIDs := []panel.IDColumn{
		{Name: "a", Rule: panel.PositiveInteger, Values: []string{"9", "10"}},
		{Name: "b", Rule: panel.Integer, Values: []string{"-10", "-2", "0"}},
		{Name: "c", Rule: panel.Text, Values: []string{" 10", "010", "10"}},
	}
	if diff := cmp.Diff(wantIDs, p.IDs); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	want := []string{
		"9/-10/10 2024-01-01 4 #3", "9/0/ 10 2024-01-01 3 #2", "9/0/10 2024-01-01 2 #1", "10/-2/010 2024-01-01 1 #0",
	}
	if diff := cmp.Diff(want, rows(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestReadKeepsTextThatJoinsAlikeApart(t *testing.T) {
	t.Parallel()
	p := mustRead(t, header+"2024-01-01,a_b,c,1\n2024-01-01,a,b_c,2\n2024-01-01,\"a,b\",c,3\n2024-01-01,a,\"b,c\",4\n", panel.Default())
	if got := p.NumSeries(); got != 4 {
		t.Errorf("%d series, want 4", got)
	}
}

func TestReadColumns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header string
		column       string
		hint         string
	}{
		{"typing error", "date,stroe,item,sales", "store", `did you mean "stroe"? name the column with --id`},
		{"other word", "date,store,item,quantity", "sales", "name the column with --target"},
		{"no date", "day,store,item,sales", "date", `name the column with --time`},
		{"other delimiter", "date|store|item|sales", "date", "the fields of a line stand between commas, semicolons or tabs; name another delimiter with --delimiter"},
		{"nixtla with a default name", "unique_id,ds,y,sales", "date", "name the column with --time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, tt.header+"\n")
			e, ok := errors.AsType[*table.ColumnError](err)
			if !ok || e.Column != tt.column || e.File != "f.csv" {
				t.Fatalf("error = %v, want a *ColumnError of %s", err, tt.column)
			}
			if got := hint.Of(err); got != tt.hint {
				t.Errorf("hint = %s\nwant %s", got, tt.hint)
			}
		})
	}
	_, err := read(t, "day,store,item,sales\n")
	if want := `f.csv: no column "date"; the header has "day", "store", "item", "sales"`; err == nil || err.Error() != want {
		t.Errorf("error = %v\nwant %s", err, want)
	}
}

func TestReadGivesAColumnOneRole(t *testing.T) {
	t.Parallel()
	cfg := panel.Default()
	cfg.IDs = []string{"item", "Item"}
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(header+"2024-01-01,1,1,5\n"), "f.csv", cfg)
	if e, ok := errors.AsType[*table.ColumnError](err); !ok || e.Column != "Item" {
		t.Errorf("error = %v, want a *ColumnError of Item", err)
	}
}

func TestReadNamesManyColumnsInPart(t *testing.T) {
	t.Parallel()
	_, err := read(t, "day"+strings.Repeat(",x", 24)+"\n")
	if err == nil || !strings.HasSuffix(err.Error(), `"x", "x", and 5 more`) {
		t.Errorf("error = %v, want 20 of 25 columns", err)
	}
}

func TestReadHintsAtDecimalCommas(t *testing.T) {
	t.Parallel()
	_, err := read(t, "date;store;item;sales\n2024-01-01;1;1;12,5\n")
	if want := "write decimals with a point and thousands without a mark"; hint.Of(err) != want {
		t.Errorf("error = %v, hint = %q, want %q", err, hint.Of(err), want)
	}
}

func TestReadFrequency(t *testing.T) {
	t.Parallel()
	const weekly = header + "2024-01-01,1,1,0\n2024-01-08,1,1,5\n2024-01-15,1,1,5\n2024-02-15,1,1,5\n"
	_, err := read(t, weekly)
	e, ok := errors.AsType[*table.FileError](err)
	if !ok || e.Code != table.CodeFrequency {
		t.Fatalf("error = %v, want a *FileError of code frequency", err)
	}
	if want := "f.csv: no two dates are a day apart: 2 of 3 steps are 7 days, 1 is 31 days; 3 dates on Monday, 1 on Thursday"; err.Error() != want {
		t.Errorf("error = %v\nwant %s", err, want)
	}
	if want := "--freq D reads them as days with gaps; --freq W-MON names every date that is on another weekday"; hint.Of(err) != want {
		t.Errorf("hint = %s\nwant %s", hint.Of(err), want)
	}
	cfg := panel.Default()
	cfg.Freq = "D"
	if p := mustRead(t, weekly, cfg); p.Freq != calendar.Day || p.Len() != 4 {
		t.Errorf("freq %q, %d rows; want D, 4", p.Freq, p.Len())
	}
	if p := mustRead(t, header+"2024-01-01,1,1,0\n2024-01-08,1,2,5\n", panel.Default()); p.Freq != calendar.Day {
		t.Errorf("freq of single dates = %q, want D", p.Freq)
	}
}

func TestReadRefusesFiles(t *testing.T) {
	t.Parallel()
	utf16 := "d\x00a\x00t\x00e\x00,\x00"
	packed := gzipped(t, header+strings.Repeat("2024-01-01,1,1,0\n", 1000))
	tests := []struct{ name, file, text, code string }{
		{"empty", "f.csv", "", table.CodeEmpty},
		{"byte order mark alone", "f.csv", "\ufeff", table.CodeEmpty},
		{"blank lines alone", "f.csv", "\n\r\n\n", table.CodeEmpty},
		{"header alone", "f.csv", header, table.CodeNoRows},
		{"header and blank lines", "f.csv", header + "\n\n", table.CodeNoRows},
		{"UTF-16 with mark", "f.csv", "\xff\xfe" + utf16, table.CodeUTF16},
		{"UTF-16 big endian with mark", "f.csv", "\xfe\xff\x00d\x00a", table.CodeUTF16},
		{"UTF-16", "f.csv", utf16, table.CodeUTF16},
		{"UTF-16 big endian", "f.csv", "\x00d\x00a\x00t", table.CodeUTF16},
		{"CR only", "f.csv", strings.ReplaceAll(header+"2024-01-01,1,1,0\n", "\n", "\r"), table.CodeCROnly},
		{"Parquet", "f.csv", "PAR1\x15\x00", table.CodeParquet},
		{"zip", "f.csv", "PK\x03\x04....", table.CodeNotCSV},
		{"zstd", "f.csv", "\x28\xb5\x2f\xfd....", table.CodeZstd},
		{"header with NUL", "f.csv", "date,store,item,sales,\x00\n", table.CodeBadHeader},
		{"header not UTF-8", "f.csv", "date,store,item,sales,\xe4\n", table.CodeBadHeader},
		{"header with a stray quote", "f.csv", "date,store,item,sales,a\"b\n", table.CodeBadHeader},
		{"header of a megabyte", "f.csv", strings.Repeat("date,", 1<<18), table.CodeBadHeader},
		{"name twice", "f.csv", "date,store,item,sales,store\n2024-01-01,1,1,0,1\n", table.CodeDuplicateColumn},
		{"name twice but for case", "f.csv", "date,Store,STORE,item,sales\n2024-01-01,1,1,1,0\n", table.CodeDuplicateColumn},
		{"plain text named gz", "f.csv.gz", header + "2024-01-01,1,1,0\n", table.CodeGzip},
		{"empty gz", "f.csv.gz", "", table.CodeGzip},
		{"gzip without end", "f.csv.gz", packed[:len(packed)-9], table.CodeGzip},
		{"gzip header cut", "f.csv.gz", packed[:5], table.CodeGzip},
		{"gzip with a wrong checksum", "f.csv.gz", packed[:len(packed)-6] + "!" + packed[len(packed)-5:], table.CodeGzip},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := panel.ReadFrom(t.Context(), strings.NewReader(tt.text), tt.file, panel.Default())
			e, ok := errors.AsType[*table.FileError](err)
			if !ok || e.Code != tt.code || e.File != tt.file {
				t.Errorf("error = %v, want a *FileError of %s with code %s", err, tt.file, tt.code)
			}
		})
	}
}

func gzipped(tb testing.TB, members ...string) string {
	tb.Helper()
	var b bytes.Buffer
	for _, text := range members {
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(text)); err != nil {
			tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return b.String()
}

func TestReadTruncatedGzip(t *testing.T) {
	t.Parallel()
	packed := gzipped(t, header+"2024-01-01,1,1,0\n2024-01-02,1,1,5\n")
	for n := range len(packed) {
		if _, err := panel.ReadFrom(t.Context(), strings.NewReader(packed[:n]), "f.csv.gz", panel.Default()); err == nil {
			t.Errorf("%d of %d bytes are read as if they were all", n, len(packed))
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode fs.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const body = "2024-01-01,1,1,0\n2024-01-02,1,1,5\n"
	for _, path := range []string{
		write("a.csv", header+body, 0o600),
		write("a.csv.gz", gzipped(t, header+body), 0o600),
		write("members.gz", gzipped(t, header, body[:20], body[20:]), 0o600),
		write("packed-but-not-so-named", gzipped(t, header+body), 0o600),
	} {
		p, err := panel.Read(t.Context(), []string{path}, panel.Default())
		if err != nil {
			t.Errorf("Read(%s): %v", filepath.Base(path), err)
			continue
		}
		if got := rows(p); len(got) != 2 {
			t.Errorf("Read(%s) = %v, want 2 rows", filepath.Base(path), got)
		}
	}

	if _, err := panel.Read(t.Context(), []string{filepath.Join(dir, "missing.csv")}, panel.Default()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v, want fs.ErrNotExist", err)
	}
	_, err := panel.Read(t.Context(), []string{dir}, panel.Default())
	if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != table.CodeDirectory {
		t.Errorf("directory: %v, want a *FileError of code directory", err)
	}
	if _, err := panel.Read(t.Context(), []string{filepath.Join(dir, "a.csv")}, panel.Config{}); err == nil {
		t.Error("an empty Config is taken")
	}
}

func TestReadStopsWhenItsReaderBreaks(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken pipe")
	for _, n := range []int{0, 10, 1000, 500_000} {
		text := (header + strings.Repeat("2024-01-01,1,1,0\n", 40_000))[:n]
		_, err := panel.ReadFrom(t.Context(), &failing{strings.NewReader(text), broken}, "f.csv", panel.Default())
		if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != table.CodeRead || !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v, want a *FileError of code read", n, err)
		}
	}
}

type failing struct {
	r   *strings.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.r.Len() == 0 {
		return 0, f.err
	}
	return f.r.Read(p)
}

func TestReadSmallReads(t *testing.T) {
	t.Parallel()
	text := header + "2024-01-01,1,\"a\nb\",5\n2024-01-02,1,\"a\nb\",6\n"
	p, err := panel.ReadFrom(t.Context(), iotest.DataErrReader(iotest.OneByteReader(strings.NewReader(text))), "f.csv", panel.Default())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1/a\nb 2024-01-01 5 #0", "1/a\nb 2024-01-02 6 #1"}, rows(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestReadIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	text := header + strings.Repeat("2024-01-01,1,1,0\n", 100_000)
	if _, err := panel.ReadFrom(ctx, strings.NewReader(text), "f.csv", panel.Default()); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkPanel fails the test when a rule that every Panel follows is broken.
func checkPanel(tb tester, p *panel.Panel) {
	tb.Helper()
	n := p.Len()
	if len(p.Period) != n || len(p.Row) != n || p.Offset[0] != 0 || p.Offset[len(p.Offset)-1] != n || len(p.Codes) != len(p.IDs) {
		tb.Fatalf("lengths: %d periods, %d targets, %d rows, offsets %v, %d code columns of %d",
			len(p.Period), n, len(p.Row), p.Offset, len(p.Codes), len(p.IDs))
	}
	for c, id := range p.IDs {
		if id.Rule != panel.RuleOf(id.Values) {
			tb.Errorf("column %q: rule %s, want %s", id.Name, id.Rule, panel.RuleOf(id.Values))
		}
		for i, v := range id.Values {
			if v == "" || len(v) > 256 || i > 0 && id.Rule.Compare(id.Values[i-1], v) >= 0 {
				tb.Errorf("column %q: value %d, %q, is empty, long or not after the one before", id.Name, i, v)
			}
		}
		if len(p.Codes[c]) != p.NumSeries() {
			tb.Fatalf("column %q: %d codes for %d series", id.Name, len(p.Codes[c]), p.NumSeries())
		}
	}
	seen := make(map[int32]bool, n)
	for s := range p.NumSeries() {
		if p.Offset[s] >= p.Offset[s+1] {
			tb.Errorf("series %d is empty", s)
		}
		if s > 0 && compareSeries(p, s-1, s) >= 0 {
			tb.Errorf("series %d, %s, is not after the one before", s, p.Label(s))
		}
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			if i > p.Offset[s] && p.Period[i] <= p.Period[i-1] {
				tb.Errorf("%s: %s is not after %s", p.Label(s), p.Freq.Format(p.Period[i]), p.Freq.Format(p.Period[i-1]))
			}
			if math.IsInf(p.Y[i], 0) {
				tb.Errorf("observation %d is infinite", i)
			}
			if seen[p.Row[i]] {
				tb.Errorf("row %d stands twice", p.Row[i])
			}
			seen[p.Row[i]] = true
		}
	}
}

func compareSeries(p *panel.Panel, a, b int) int {
	for c := range p.IDs {
		if d := int(p.Codes[c][a]) - int(p.Codes[c][b]); d != 0 {
			return d
		}
	}
	return 0
}

// The form of the dates is that of the first that has one: a bad first line condemns no other.
func TestReadLooksAtSeveralDates(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	lines.WriteString(header + "2024-01-01T25:0x,1,1,3\n")
	for hour := range 48 {
		fmt.Fprintf(&lines, "2024-01-%02dT%02d:00:00,1,1,5\n", 1+hour/24, hour%24)
	}
	_, err := read(t, lines.String())
	if bad := dataError(t, err); len(bad.First) != 1 || bad.First[0].Line != 2 {
		t.Errorf("error = %v, want one of line 2 alone", err)
	}
	var b bytes.Buffer
	type row struct {
		Date  string `parquet:"date"`
		Store int64  `parquet:"store"`
		Item  int64  `parquet:"item"`
		Sales int64  `parquet:"sales"`
	}
	list := []row{{"", 1, 1, 1}, {"soon", 1, 1, 1}, {"2024-01-01 00:00", 1, 1, 1}, {"2024-01-01 01:00", 1, 1, 1}}
	if err := parquet.Write(&b, list, parquet.MaxRowsPerRowGroup(1)); err != nil {
		t.Fatal(err)
	}
	_, err = read(t, b.String())
	if bad := dataError(t, err); len(bad.First) != 2 || bad.First[1].Row != 2 {
		t.Errorf("error = %v, want one of the rows 1 and 2 alone", err)
	}
}

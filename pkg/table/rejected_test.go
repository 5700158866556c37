package table_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/table"
)

func TestRejectedKeepsTheRowsAsTheyStand(t *testing.T) {
	t.Parallel()
	text := header +
		"2024-01-01,1,1,5,yes\n" + // line 2
		"2024-01-32,1,1,x,\"a \"\"b\"\"\"\r\n" + // line 3
		"\n" + // line 4
		"2024-01-02,1,1,6,\"two\nlines\"\n" + // line 5
		"2024-01-02,1\n" + // line 7
		"2024-01-03,1,1,7,\n" // line 8
	o := defaults()
	o.Keep = table.KeepAll
	d, err := read(t, strings.NewReader(text), "f.csv", withPromo(), o)
	if err != nil {
		t.Fatal(err)
	}
	d.Bad.Add(table.CodeDuplicateKey, func() *table.RowError {
		return d.RowError(2, "", table.CodeDuplicateKey, fmt.Errorf("already on %s", d.Place(0)))
	})
	r := table.NewRejected(d.Bad, []string{"f.csv"})
	if want := map[string]int{"bad_date": 1, "bad_number": 1, "field_count": 1, "duplicate_key": 1}; !cmp.Equal(want, r.Counts) || r.Rows != 3 {
		t.Errorf("%d rows, counts %v; want 3, %v", r.Rows, r.Counts, want)
	}
	var got strings.Builder
	if err := r.WriteCSV(&got); err != nil {
		t.Fatal(err)
	}
	want := "file,line,code,column,reason,record\n" +
		`f.csv,3,bad_date; bad_number,date; sales,"date ""2024-01-32"": not a day of the calendar; sales ""x"": not a number","2024-01-32,1,1,x,""a """"b"""""""` + "\n" +
		`f.csv,5,duplicate_key,,already on line 2,"2024-01-02,1,1,6,""two` + "\nlines\"\"\"\n" +
		`f.csv,7,field_count,,"2 fields, the header has 5","2024-01-02,1"` + "\n"
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if err := r.WriteCSV(failingWriter{}); err == nil {
		t.Error("a full disk goes unnoticed")
	}
}

// TestRejectedCutsOverLongRows has one that fits a block and one that does not.
func TestRejectedCutsOverLongRows(t *testing.T) {
	t.Parallel()
	o := defaults()
	o.Keep = table.KeepAll
	const start = "2024-01-02,"
	text := "date,store,item,sales\n2024-01-01,1,1,5\n" +
		start + strings.Repeat("ä", 50_000) + "\n" + start + strings.Repeat("ä", 150_000) + "\n"
	d, err := read(t, strings.NewReader(text), "f.csv", salesColumns(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := start + strings.Repeat("ä", (64<<10-len(start))/2) + "..."
	problems := table.NewRejected(d.Bad, []string{"f.csv"}).Problems
	if len(problems) != 2 {
		t.Fatalf("%d problems, want 2", len(problems))
	}
	for _, e := range problems {
		if got := e.Record(); e.Code != table.CodeLongLine || got != want {
			t.Errorf("%s: %s: a record of %d bytes that ends in %q, want %d", e.Place(), e.Code, len(got), got[len(got)-8:], len(want))
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestRejectedIsNilWithoutProblems(t *testing.T) {
	t.Parallel()
	if r := table.NewRejected(table.NewProblems(table.KeepAll), nil); r != nil {
		t.Errorf("rejected = %+v, want nil", r)
	}
}

// TestProblemsOfManyFilesAreInTheirOrder adds the files' problems out of order.
func TestProblemsOfManyFilesAreInTheirOrder(t *testing.T) {
	t.Parallel()
	all := table.NewProblems(table.KeepFirst)
	for _, name := range []string{"b.csv", "a.csv"} {
		text := "date,store,item,sales\n" + strings.Repeat("2024-01-01,1,1,x\n", 15)
		all.Join(mustRead(t, strings.NewReader(text), name, salesColumns()).Bad)
	}
	data, ok := errors.AsType[*table.DataError](all.Err([]string{"b.csv", "a.csv"}, 30))
	if !ok || data.Rows != 30 || data.Counts[table.CodeBadNumber] != 30 || len(data.First) != 20 {
		t.Fatalf("error = %v, want 30 problems, 20 kept", data)
	}
	var got []string
	for _, e := range data.First[13:17] {
		got = append(got, e.File+" "+e.Place())
	}
	if diff := cmp.Diff([]string{"b.csv line 15", "b.csv line 16", "a.csv line 2", "a.csv line 3"}, got); diff != "" {
		t.Errorf("problems 13 to 17 (-want +got):\n%s", diff)
	}
}

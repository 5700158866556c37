package table_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/table"
)

// TestParquetEqualsCSV reads the same rows from both, in every codec.
func TestParquetEqualsCSV(t *testing.T) {
	t.Parallel()
	const text = header +
		"2024-01-01,north,10,5,\n2024-01-02,north,10,,yes\n2024-01-03,north,10,7.5,\n" +
		"2024-01-01,south,2,0,yes\n2024-01-02,south,2,-1,no\n2024-01-03,south,2,,yes\n"
	want := rows(mustRead(t, strings.NewReader(text), "f.csv", withPromo()))
	for i := range want {
		_, want[i], _ = strings.Cut(strings.TrimPrefix(want[i], "line "), " ")
	}
	for _, codec := range []string{"none", "snappy", "gzip", "brotli", "lz4", "zstd"} {
		name := "sales-" + codec + ".parquet"
		data := testFile(t, name)
		file, err := os.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []*table.Data{
			mustRead(t, file, name, withPromo()),
			mustRead(t, bytes.NewReader(data), name, withPromo()),
			mustRead(t, strings.NewReader(gzipped(t, string(data))), name+".gz", withPromo()),
		} {
			got := rows(d)
			for i := range got {
				_, got[i], _ = strings.Cut(strings.TrimPrefix(got[i], "row "), " ")
			}
			if diff := cmp.Diff(want, got); diff != "" || len(d.Batches) != 2 {
				t.Errorf("%s: rows of %d groups, want 2 (-CSV +Parquet):\n%s", codec, len(d.Batches), diff)
			}
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestAnyRowsAreTheSameInParquetAndCSV draws rows, good and bad, and writes them as both.
func TestAnyRowsAreTheSameInParquetAndCSV(t *testing.T) {
	t.Parallel()
	type row struct {
		Date  *string  `parquet:"date,dict"`
		Store string   `parquet:"store"`
		Item  *string  `parquet:"item,dict"`
		Sales *float64 `parquet:"sales"`
		Promo *string  `parquet:"promo"`
	}
	text := func(values ...string) *rapid.Generator[*string] {
		return rapid.Ptr(rapid.SampledFrom(values), true)
	}
	drawn := rapid.Custom(func(t *rapid.T) row {
		return row{
			Date:  text("2024-01-31", "2024-02-29", "2023-02-29", "").Draw(t, "date"),
			Store: rapid.SampledFrom([]string{"", "1", "01", "Store Number 1", "\xff", "a\x00", "a", strings.Repeat("x", 257)}).Draw(t, "store"),
			Item:  text("", " ", "ä,\"b\"\n", "Item Number 0123").Draw(t, "item"),
			Sales: rapid.Ptr(rapid.Float64(), true).Draw(t, "sales"),
			Promo: text("", "no", "a long text of a promotion").Draw(t, "promo"),
		}
	})
	or := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	rapid.Check(t, func(rt *rapid.T) {
		all := rapid.SliceOfN(drawn, 1, 50).Draw(rt, "rows")
		var lines bytes.Buffer
		w := csv.NewWriter(&lines)
		records := [][]string{{"date", "store", "item", "sales", "promo"}}
		for _, r := range all {
			sales := ""
			if r.Sales != nil {
				sales = strconv.FormatFloat(*r.Sales, 'g', -1, 64)
			}
			records = append(records, []string{or(r.Date), r.Store, or(r.Item), sales, or(r.Promo)})
		}
		if err := w.WriteAll(records); err != nil {
			rt.Fatal(err)
		}
		want := rows(mustRead(t, &lines, "f.csv", withPromo()))
		got := rows(mustRead(t, bytes.NewReader(parquetFile(t, all, parquet.PageBufferSize(64), parquet.MaxRowsPerRowGroup(20))), "f.parquet", withPromo()))
		for i := range want {
			want[i] = "row " + strconv.Itoa(i+1) + strings.TrimLeft(strings.TrimPrefix(want[i], "line "), "0123456789")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("rows (-CSV +Parquet):\n%s", diff)
		}
	})
}

func TestParquetTypesAsText(t *testing.T) {
	t.Parallel()
	want := map[string][3]string{
		"date":     {"2024-02-29", "", "1969-12-31"},
		"ms":       {"2024-02-29T13:00:00", "", "1969-12-31T23:00:00"},
		"us":       {"2024-02-29T13:00:00", "", "1969-12-31T23:00:00"},
		"ns":       {"2024-02-29T13:00:00", "", "1969-12-31T23:00:00"},
		"midnight": {"2024-01-01", "", "2024-01-01T00:00:00.000005"},
		"int8":     {"-128", "", "127"},
		"int64":    {"-9223372036854775808", "", "9223372036854775807"},
		"uint32":   {"0", "", "4294967295"},
		"uint64":   {"0", "", "18446744073709551615"},
		"float":    {"0.1", "", ""},
		"double":   {"-0.1", "", "1e+21"},
		"dec9":     {"-1.5", "", "0.01"},
		"dec18":    {"-123456789012.345", "", "0"},
		"dec38":    {"-1" + strings.Repeat("0", 37), "", "1"},
		"bool":     {"1", "", "0"},
		"text":     {"a", "", "ä b"},
		"large":    {"", "", `x "y", z`},
		"category": {"q", "", "q"},
		"bytes":    {"raw", "", "\x01"},
		"null":     {"", "", ""},
	}
	for file, names := range map[string][]string{
		"types.parquet": nil, "types-plain.parquet": nil, "int96.parquet": {"ms", "midnight"},
	} {
		for name, cells := range want {
			if names != nil && name != names[0] && name != names[1] {
				continue
			}
			r, err := table.NewReader(bytes.NewReader(testFile(t, file)), file, [][]string{{name}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for row := range r.Rows() {
				got = append(got, row...)
			}
			if diff := cmp.Diff(cells[:], got); diff != "" || r.Err() != nil {
				t.Errorf("%s: %s: %v (-want +got):\n%s", file, name, r.Err(), diff)
			}
		}
	}
}

// TestParquetTypes reads each type as each kind that it can be, with keys and times that are null
// or not what they must be.
func TestParquetTypes(t *testing.T) {
	t.Parallel()
	const nan = "-"
	tests := []struct {
		name string
		kind table.Kind
		want []string // the rows, without their places
		bad  string   // a part of the only problem
	}{
		{"date", table.Time, []string{"2024-02-29", "bad", "1969-12-31"}, "bad_date: f.parquet: row 2: date is missing"},
		{"ms", table.Time, []string{"2024-02-29T13:00:00", "bad", "1969-12-31T23:00:00"}, "row 2: ms is missing"},
		{"us", table.Time, []string{"2024-02-29T13:00:00", "bad", "1969-12-31T23:00:00"}, "row 2: us is missing"},
		{"ns", table.Time, []string{"2024-02-29T13:00:00", "bad", "1969-12-31T23:00:00"}, "row 2: ns is missing"},
		{"int8", table.Number, []string{"-128", nan, "127"}, ""},
		{"int64", table.Number, []string{"-9.223372036854776e+18", nan, "9.223372036854776e+18"}, ""},
		{"uint32", table.Number, []string{"0", nan, "4.294967295e+09"}, ""},
		{"uint64", table.Number, []string{"0", nan, "1.8446744073709552e+19"}, ""},
		{"float", table.Number, []string{"0.10000000149011612", nan, nan}, ""},
		{"double", table.Number, []string{"-0.1", nan, "1e+21"}, ""},
		{"dec9", table.Number, []string{"-1.5", nan, "0.01"}, ""},
		{"dec18", table.Number, []string{"-1.23456789012345e+11", nan, "0"}, ""},
		{"dec38", table.Number, []string{"-1e+37", nan, "1"}, ""},
		{"null", table.Number, []string{nan, nan, nan}, ""},
		{"int64", table.Key, []string{"-9223372036854775808", "bad", "9223372036854775807"}, "empty_id: f.parquet: row 2: int64 is empty"},
		{"dec38", table.Key, []string{"-1" + strings.Repeat("0", 37), "bad", "1"}, "row 2: dec38 is empty"},
		{"category", table.Key, []string{"q", "bad", "q"}, "row 2: category is empty"},
		{"large", table.Key, []string{"bad", "bad", "x"}, "empty_id: f.parquet: row 1: large is empty; empty_id: f.parquet: row 2: large is empty"},
		{"text", table.Text, []string{"a", "-", "ä b"}, ""},
		{"float", table.Text, []string{"0.1", "-", "-"}, ""},
		{"bool", table.Text, []string{"1", "-", "0"}, ""},
		{"date", table.Text, []string{"2024-02-29", "-", "1969-12-31"}, ""},
	}
	for _, file := range []string{"types.parquet", "types-plain.parquet"} {
		for _, tt := range tests {
			d := mustRead(t, bytes.NewReader(testFile(t, file)), "f.parquet", []table.Wanted{{Name: tt.name, Kind: tt.kind}})
			var got []string
			for _, row := range rows(d) {
				cells := strings.SplitN(row, " ", 4) // row, its number, the key or the time, the value
				if tt.kind == table.Time || tt.kind == table.Key || cells[2] == "bad" {
					got = append(got, cells[2])
					continue
				}
				got = append(got, cells[3])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: %s as kind %d (-want +got):\n%s", file, tt.name, tt.kind, diff)
			}
			if bad := strings.Join(problems(d), "; "); (bad == "") != (tt.bad == "") || !strings.Contains(bad, tt.bad) {
				t.Errorf("%s: %s as kind %d: problems %q, want %q", file, tt.name, tt.kind, bad, tt.bad)
			}
		}
	}
}

func TestParquetRefusesTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		kind table.Kind
		hint string
	}{
		{"double", table.Key, "cast the column to text or to an integer"},
		{"date", table.Key, "cast the column to text or to an integer"},
		{"dec9", table.Key, "cast the column to text or to an integer"},
		{"double", table.Time, "cast the column to a date; in pandas: pd.to_datetime"},
		{"time", table.Time, "cast the column to a date; in pandas: pd.to_datetime"},
		{"text", table.Number, "cast the column to a number; in pandas: pd.to_numeric"},
		{"bool", table.Number, "cast the column to a number; in pandas: pd.to_numeric"},
		{"list", table.Text, "leave the column out, or cast it to text or to a number"},
		{"struct", table.Text, "leave the column out, or cast it to text or to a number"},
	}
	for _, tt := range tests {
		_, err := read(t, bytes.NewReader(testFile(t, "types.parquet")), "types.parquet", []table.Wanted{{Name: tt.name, Kind: tt.kind}}, defaults())
		if !isFileError(err, table.CodeColumnType) || hint.Of(err) != tt.hint || !strings.Contains(err.Error(), tt.name) {
			t.Errorf("%s as kind %d: %v (hint %q), want a *FileError of code column_type", tt.name, tt.kind, err, hint.Of(err))
		}
	}
	_, err := table.NewReader(bytes.NewReader(testFile(t, "types.parquet")), "types.parquet", [][]string{{"none"}})
	if _, ok := errors.AsType[*table.ColumnError](err); !ok {
		t.Errorf("error = %v, want a *ColumnError", err)
	}
	_, err = read(t, bytes.NewReader(testFile(t, "no-rows.parquet")), "no-rows.parquet", salesColumns(), defaults())
	if !isFileError(err, table.CodeNoRows) {
		t.Errorf("error = %v, want a *FileError of code no_rows", err)
	}
}

// parquetFile writes rows, structs with parquet tags, as a file.
func parquetFile[T any](tb testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	_, err := w.Write(rows)
	if err := errors.Join(err, w.Close()); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

type textRow struct {
	Date  string   `parquet:"date"`
	Store *string  `parquet:"store,dict"`
	Item  []byte   `parquet:"item"`
	Sales *float64 `parquet:"sales"`
}

// TestParquetFollowsTheRulesOfText writes what a CSV file may hold in text and numbers.
func TestParquetFollowsTheRulesOfText(t *testing.T) {
	t.Parallel()
	long, store, empty, five, inf := strings.Repeat("s", 257), "001", "", 5.0, math.Inf(-1)
	file := parquetFile(t, []textRow{
		{"29/02/2024", &store, []byte("a"), &five},
		{"30/02/2024", &empty, []byte("a"), nil},
		{"2024-02-01", &long, []byte("a\x00"), &inf},
		{"", nil, []byte("\xff"), &five},
		{"01/03/2024", &store, []byte("ä"), nil},
		{"29/02/2024", &store, []byte("a"), &five},
	})
	o := defaults()
	o.DateFormat, o.Keep = "%d/%m/%Y", table.KeepAll
	d, err := read(t, bytes.NewReader(file), "f.parquet", salesColumns(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"row 1 001 a 2024-02-29 5", "row 2 bad", "row 3 bad", "row 4 bad", "row 5 001 ä 2024-03-01 -", "row 6 001 a 2024-02-29 5"}
	if diff := cmp.Diff(want, rows(d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	want = []string{
		`bad_date: f.parquet: row 2: date "30/02/2024": not a day of the calendar`,
		`empty_id: f.parquet: row 2: store is empty`,
		`bad_date: f.parquet: row 3: date "2024-02-01": not in the format %d/%m/%Y`,
		`not_finite: f.parquet: row 3: sales "-Inf": not a finite number; leave the cell empty where the value is not known`,
		`long_id: f.parquet: row 3: store "` + strings.Repeat("s", 40) + `"...: 257 bytes, an id has at most 256`,
		`nul: f.parquet: row 3: item holds a NUL byte`,
		`bad_date: f.parquet: row 4: date "": not in the format %d/%m/%Y`,
		`empty_id: f.parquet: row 4: store is empty`,
		`utf8: f.parquet: row 4: item is not UTF-8 text`,
	}
	if diff := cmp.Diff(want, problems(d)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if e := d.RowError(4, "sales", table.CodeGap, errors.New("is 0")); e.Row != 5 || e.Line != 0 || e.Error() != "f.parquet: row 5: sales is 0" {
		t.Errorf("row error = %+v", e)
	}
}

// TestParquetReadsTimesByTheLayout has dates as integers and date-times as text.
func TestParquetReadsTimesByTheLayout(t *testing.T) {
	t.Parallel()
	type row struct {
		Day int64   `parquet:"day"`
		At  *string `parquet:"at"`
	}
	at := "2024-01-31T13:00:00"
	file := parquetFile(t, []row{{20240131, &at}, {20240230, nil}})
	o := defaults()
	for name, want := range map[string][]string{"day": {"row 1 2024-01-31", "row 2 bad"}, "at": {"row 1 2024-01-31T13:00:00", "row 2 bad"}} {
		if o.DateFormat = "%Y-%m-%d"; name == "day" {
			o.DateFormat = "%Y%m%d"
		}
		d, err := read(t, bytes.NewReader(file), "f.parquet", []table.Wanted{{Name: name, Kind: table.Time}}, o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, rows(d)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestParquetTimesAreText has bytes that are no text where a date is asked for, after a day that the
// month does not have.
func TestParquetTimesAreText(t *testing.T) {
	t.Parallel()
	type row struct {
		Day string `parquet:"day"`
	}
	file := parquetFile(t, []row{{"2024-02-30"}, {strings.Repeat("\x00", 8) + "15"}, {"\xff024-02-15"}, {"2024-02-15"}})
	d := mustRead(t, bytes.NewReader(file), "f.parquet", []table.Wanted{{Name: "day", Kind: table.Time}})
	if diff := cmp.Diff([]string{"row 1 bad", "row 2 bad", "row 3 bad", "row 4 2024-02-15"}, rows(d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	want := []string{
		`bad_date: f.parquet: row 1: day "2024-02-30": not a day of the calendar`,
		`nul: f.parquet: row 2: day holds a NUL byte`,
		`utf8: f.parquet: row 3: day is not UTF-8 text`,
	}
	if diff := cmp.Diff(want, problems(d)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestReaderOfParquetReportsWhatIsNotText(t *testing.T) {
	t.Parallel()
	file := parquetFile(t, []textRow{{Date: "a", Item: []byte("\xff")}, {Date: "b", Item: []byte("\x00")}, {Date: "c", Item: []byte("good")}})
	r, err := table.NewReader(bytes.NewReader(file), "f.parquet", [][]string{{"date"}, {"item"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for cells := range r.Rows() {
		got = append(got, r.Place()+" "+strings.Join(cells, " "))
		r.Report(0, table.CodeBadID, errors.New("is the last"))
	}
	data, ok := errors.AsType[*table.DataError](r.Err())
	if !ok || data.Rows != 3 {
		t.Fatalf("error = %v, want a *DataError of 3 rows", r.Err())
	}
	for _, e := range data.First {
		got = append(got, e.Place()+" "+e.Code)
	}
	if diff := cmp.Diff([]string{"row 3 c good", "row 1 utf8", "row 2 nul", "row 3 bad_id"}, got); diff != "" {
		t.Errorf("rows and problems (-want +got):\n%s", diff)
	}
}

func TestReaderStopsWhereItsUserStops(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sales-none.parquet", "no-rows.parquet"} {
		r, err := table.NewReader(bytes.NewReader(testFile(t, name)), name, [][]string{{"store"}, {"date"}})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for range r.Rows() {
			if n++; n == 2 {
				break
			}
		}
		if r.Err() != nil || n > 2 {
			t.Errorf("%s: %d rows, %v", name, n, r.Err())
		}
	}
	r, err := table.NewReader(bytes.NewReader(testFile(t, "sales-none.parquet")), "f", [][]string{{"store"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() != "the user's own" {
			t.Error("a panic of the user is taken for damage")
		}
	}()
	for range r.Rows() {
		panic("the user's own")
	}
}

func TestParquetInstants(t *testing.T) {
	t.Parallel()
	type row struct {
		At int64 `parquet:"at,timestamp(millisecond)"`
	}
	const hour = 3_600_000
	file := parquetFile(t, []row{{0}, {-hour}, {1}, {-1}, {math.MaxInt64}, {math.MinInt64}, {-719_162 * 24 * hour}, {-719_162*24*hour - hour}})
	d := mustRead(t, bytes.NewReader(file), "f.parquet", []table.Wanted{{Name: "at", Kind: table.Time}})
	want := []string{"row 1 1970-01-01", "row 2 1969-12-31T23:00:00", "row 3 bad", "row 4 bad", "row 5 bad", "row 6 bad", "row 7 0001-01-01", "row 8 bad"}
	if diff := cmp.Diff(want, rows(d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if len(d.Warnings) != 1 || d.Warnings[0].Code != table.WarnUTC {
		t.Errorf("warnings = %v, want one of code utc_times", d.Warnings)
	}
	if got := d.Bad.Counts(); got[table.CodePartHour] != 2 || got[table.CodeBadDate] != 3 {
		t.Errorf("counts = %v, want 2 part_hour and 3 bad_date", got)
	}
	if got := problems(d)[0]; got != "part_hour: f.parquet: row 3: at 1970-01-01T00:00:00.001: not a whole hour; minutes and seconds must be 0" {
		t.Errorf("problem = %s", got)
	}
}

func TestParquetTellsOfZonesOnlyWhereTheyMatter(t *testing.T) {
	t.Parallel()
	type local struct {
		At int64 `parquet:"at,timestamp(millisecond:local)"`
	}
	type zoned struct {
		At int64 `parquet:"at,timestamp(millisecond)"`
	}
	const hour = 3_600_000
	for name, file := range map[string][]byte{
		"local hours":   parquetFile(t, []local{{hour}, {2 * hour}}),
		"UTC midnights": parquetFile(t, []zoned{{0}, {24 * hour}}),
	} {
		d := mustRead(t, bytes.NewReader(file), "f.parquet", []table.Wanted{{Name: "at", Kind: table.Time}})
		if len(d.Warnings) != 0 {
			t.Errorf("%s: warnings = %v, want none", name, d.Warnings)
		}
	}
}

// TestParquetKeepsItsPlace has many pages and row groups.
func TestParquetKeepsItsPlace(t *testing.T) {
	t.Parallel()
	type row struct {
		Date  int32    `parquet:"date,date"`
		Store string   `parquet:"store"`
		Item  int64    `parquet:"item,dict"`
		Sales *float64 `parquet:"sales"`
	}
	const n = 30_000
	all := make([]row, n)
	var text strings.Builder
	text.WriteString("date,store,item,sales\n")
	for i := range all {
		all[i] = row{Date: int32(i % 1000), Store: "Store Number " + string(rune('a'+i/1000)), Item: int64(i / 7)}
		if i%5 > 0 {
			v := float64(i)
			all[i].Sales = &v
		}
	}
	file := parquetFile(t, all, parquet.PageBufferSize(2000), parquet.MaxRowsPerRowGroup(7001))
	d := mustRead(t, bytes.NewReader(file), "f.parquet", salesColumns())
	if d.Rows != n || len(d.Batches) != 5 {
		t.Fatalf("%d rows in %d batches, want %d in 5", d.Rows, len(d.Batches), n)
	}
	for _, b := range d.Batches {
		for i := range b.Rows {
			want := all[b.FirstRow+i]
			key := b.Keys.Group(int(b.Group[i]))
			if b.Keys.Values(0)[key[0]] != want.Store || b.Ticks[i] != want.Date || (want.Sales == nil) != math.IsNaN(b.Numbers[0][i]) ||
				want.Sales != nil && *want.Sales != b.Numbers[0][i] {
				t.Fatalf("row %d differs from %+v", b.FirstRow+i, want)
			}
		}
	}
}

func TestReadIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	text := "date,store,item,sales\n" + strings.Repeat("2024-01-01,1,1,0\n", 100_000)
	for name, data := range map[string][]byte{"f.csv": []byte(text), "f.parquet": testFile(t, "sales-none.parquet")} {
		f, err := table.Open(bytes.NewReader(data), name, 0)
		if err != nil {
			t.Fatal(err)
		}
		columns, _, err := f.Find(salesColumns())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Read(ctx, columns, defaults()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
}

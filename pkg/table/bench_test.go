package table_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// The benchmarks read 500 series of 1826 days, the shape of the Kaggle store item demand data.
const (
	benchSeries = 500
	benchDays   = 1826
)

// benchRow appends a line of the columns date, store, item and sales, the ids by a format.
type benchRow func(dst []byte, day, series, sales int) []byte

func idsLike(store, item string) benchRow {
	return func(dst []byte, day, series, sales int) []byte {
		date := calendar.NewDate(2013, 1, 1) + calendar.Date(day)
		return fmt.Appendf(dst, "%s,"+store+","+item+",%d\n", date, series%10+1, series/10+1, sales)
	}
}

func benchFile(row benchRow, seriesFirst bool) []byte {
	rng := rand.New(rand.NewPCG(1, 1))
	text := []byte("date,store,item,sales\n")
	for i := range benchSeries * benchDays {
		series, day := i/benchDays, i%benchDays
		if !seriesFirst {
			series, day = i%benchSeries, i/benchSeries
		}
		text = row(text, day, series, 10+rng.IntN(90))
	}
	return text
}

func benchmarkRead(b *testing.B, file []byte, wanted ...table.Wanted) {
	b.Helper()
	b.ReportAllocs()
	if len(wanted) == 0 {
		wanted = salesColumns()
	}
	for b.Loop() {
		f, err := table.Open(bytes.NewReader(file), "f", 0)
		if err != nil {
			b.Fatal(err)
		}
		columns, _, err := f.Find(wanted)
		if err != nil {
			b.Fatal(err)
		}
		d, err := f.Read(b.Context(), columns, table.Options{DateFormat: calendar.DefaultDateFormat})
		if err != nil || d.Rows != benchSeries*benchDays {
			b.Fatalf("%d rows (%v), want %d", d.Rows, err, benchSeries*benchDays)
		}
	}
	b.ReportMetric(benchSeries*benchDays*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkRead(b *testing.B) {
	for _, bb := range []struct {
		name        string
		row         benchRow
		seriesFirst bool
	}{
		{"ids=integer/order=series", idsLike("%d", "%d"), true},
		{"ids=text/order=series", idsLike("Store Number %04d", "Item Name %04d"), true},
		{"ids=integer/order=date", idsLike("%d", "%d"), false},
		{"ids=text/order=date", idsLike("Store Number %04d", "Item Name %04d"), false},
	} {
		b.Run(fmt.Sprintf("%s/rows=%d", bb.name, benchSeries*benchDays), func(b *testing.B) {
			benchmarkRead(b, benchFile(bb.row, bb.seriesFirst))
		})
	}
}

// BenchmarkReadCovariate reads a text column beside the others: empty, the same in all rows, a price
// of each row's own.
func BenchmarkReadCovariate(b *testing.B) {
	for name, price := range map[string]func(i int) string{
		"empty":    func(int) string { return "" },
		"same":     func(int) string { return "x" },
		"distinct": func(i int) string { return fmt.Sprintf("%d.%02d", i/100, i%100) },
	} {
		b.Run(fmt.Sprintf("prices=%s/rows=%d", name, benchSeries*benchDays), func(b *testing.B) {
			row := idsLike("%d", "%d")
			i := 0
			file := benchFile(func(dst []byte, day, series, sales int) []byte {
				dst = bytes.TrimSuffix(row(dst, day, series, sales), []byte("\n"))
				i++
				return fmt.Appendf(dst, ",%s\n", price(i))
			}, true)
			benchmarkRead(b, bytes.Replace(file, []byte("\n"), []byte(",promo\n"), 1), withPromo()...)
		})
	}
}

// BenchmarkReadParquet reads integer ids, and text ids of which one column has no dictionary.
func BenchmarkReadParquet(b *testing.B) {
	b.Run(fmt.Sprintf("ids=integer/rows=%d", benchSeries*benchDays), func(b *testing.B) {
		type row struct {
			Date  int32 `parquet:"date,date"`
			Store int64 `parquet:"store,dict"`
			Item  int64 `parquet:"item,dict"`
			Sales int64 `parquet:"sales"`
		}
		benchmarkRead(b, parquetFile(b, benchRows(func(day, series, sales int) row {
			return row{int32(15706 + day), int64(series%10 + 1), int64(series/10 + 1), int64(sales)}
		}), parquet.Compression(&parquet.Snappy)))
	})
	b.Run(fmt.Sprintf("ids=text/rows=%d", benchSeries*benchDays), func(b *testing.B) {
		type row struct {
			Date  int64   `parquet:"date,timestamp(nanosecond)"`
			Store string  `parquet:"store,dict"`
			Item  string  `parquet:"item"`
			Sales float64 `parquet:"sales"`
		}
		benchmarkRead(b, parquetFile(b, benchRows(func(day, series, sales int) row {
			return row{
				int64(15706+day) * 24 * 3600e9, fmt.Sprintf("Store Number %04d", series%10+1),
				fmt.Sprintf("Item Name %04d", series/10+1), float64(sales),
			}
		}), parquet.Compression(&parquet.Snappy)))
	})
}

func benchRows[T any](row func(day, series, sales int) T) []T {
	rng := rand.New(rand.NewPCG(1, 1))
	rows := make([]T, benchSeries*benchDays)
	for i := range rows {
		rows[i] = row(i%benchDays, i/benchDays, 10+rng.IntN(90))
	}
	return rows
}

func salesColumns() []table.Wanted {
	return []table.Wanted{
		{Name: "date", Kind: table.Time, Flag: "--time"},
		{Name: "sales", Kind: table.Number, Flag: "--target"},
		{Name: "store", Kind: table.Key, Flag: "--id"},
		{Name: "item", Kind: table.Key, Flag: "--id"},
	}
}

package panel_test

import (
	"bufio"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-gota/gota/dataframe"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// dataFile makes the benchmarks read a file of the columns date, store, item and sales:
//
//	go test ./pkg/panel -run '^$' -bench . -args -data train.csv
var dataFile = flag.String("data", "", "file that the benchmarks read instead of a generated one")

// benchFile returns a file to read and its number of rows. The generated one has the shape of the
// Kaggle store item demand data: 500 series of 1826 days, 17 MB.
func benchFile(b *testing.B) (path string, rows int) {
	b.Helper()
	path = *dataFile
	if path == "" {
		path = filepath.Join(b.TempDir(), "sales.csv")
		if err := writeBenchFile(path); err != nil {
			b.Fatal(err)
		}
	}
	p, err := panel.Read(b.Context(), []string{path}, panel.Default())
	if err != nil {
		b.Fatal(err)
	}
	return path, p.Len()
}

func writeBenchFile(path string) error {
	rng := rand.New(rand.NewPCG(1, 1))
	text := []byte("date,store,item,sales\n")
	for series := range 500 {
		for day := range 1826 {
			text = fmt.Appendf(text, "%s,%d,%d,%d\n", calendar.NewDate(2013, 1, 1)+calendar.Date(day), series%10+1, series/10+1, 10+rng.IntN(90))
		}
	}
	return os.WriteFile(path, text, 0o600)
}

// benchmark runs a reader that returns the number of rows it found.
func benchmark(b *testing.B, read func(path string) (int, error)) {
	b.Helper()
	path, want := benchFile(b)
	b.Run(fmt.Sprintf("rows=%d", want), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if got, err := read(path); err != nil || got != want {
				b.Fatalf("%d rows, %v; want %d", got, err, want)
			}
		}
		b.ReportMetric(float64(want)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

func BenchmarkRead(b *testing.B) {
	benchmark(b, func(path string) (int, error) {
		p, err := panel.Read(b.Context(), []string{path}, panel.Default())
		if err != nil {
			return 0, err
		}
		return p.Len(), nil
	})
}

// BenchmarkEncodingCSV only cuts the records into fields: no dates, no numbers, no series.
func BenchmarkEncodingCSV(b *testing.B) {
	benchmark(b, func(path string) (rows int, err error) {
		f, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
		r.ReuseRecord = true
		for rows = -1; ; rows++ {
			if _, err := r.Read(); errors.Is(err, io.EOF) {
				return rows, nil
			} else if err != nil {
				return rows, err
			}
		}
	})
}

// BenchmarkGota makes a data frame: no dates, no series.
func BenchmarkGota(b *testing.B) {
	benchmark(b, func(path string) (rows int, err error) {
		f, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		df := dataframe.ReadCSV(f)
		return df.Nrow(), df.Err
	})
}

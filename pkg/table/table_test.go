package table_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

const header = "date,store,item,sales,promo\n"

// withPromo are the columns of header.
func withPromo() []table.Wanted {
	return append(salesColumns(), table.Wanted{Name: "promo", Kind: table.Text, Flag: "--known-future"})
}

func defaults() table.Options { return table.Options{DateFormat: calendar.DefaultDateFormat} }

// read reads columns of a file whose bytes come from r.
func read(tb testing.TB, r io.Reader, name string, wanted []table.Wanted, o table.Options) (*table.Data, error) {
	tb.Helper()
	f, err := table.Open(r, name, o.Comma)
	if err != nil {
		return nil, err
	}
	columns, _, err := f.Find(wanted)
	if err != nil {
		return nil, err
	}
	for _, cell := range f.Sample(columns[0], 1) {
		o.DateFormat = calendar.SniffLayout(cell, o.DateFormat)
	}
	return f.Read(tb.Context(), columns, o)
}

func mustRead(tb testing.TB, r io.Reader, name string, wanted []table.Wanted) *table.Data {
	tb.Helper()
	d, err := read(tb, r, name, wanted, defaults())
	if err != nil {
		tb.Fatalf("read %s: %v", name, err)
	}
	return d
}

// rows writes the rows of data: place, keys, time, numbers and texts.
func rows(d *table.Data) []string {
	var lines []string
	for _, b := range d.Batches {
		for i := range b.Rows {
			line := []string{d.Place(b.FirstRow + i)}
			if b.Group[i] == table.BadRow {
				lines = append(lines, line[0]+" bad")
				continue
			}
			for c, code := range b.Keys.Group(int(b.Group[i])) {
				line = append(line, b.Keys.Values(c)[code])
			}
			line = append(line, d.Unit.Time(b.Ticks[i]).String())
			for _, v := range b.Numbers {
				text := "-"
				if !math.IsNaN(v[i]) {
					text = fmt.Sprint(v[i])
				}
				line = append(line, text)
			}
			for c, codes := range b.Texts {
				word := "-"
				if codes[i] != table.NoText {
					word = b.Keys.Words(c)[codes[i]]
				}
				line = append(line, word)
			}
			lines = append(lines, strings.Join(line, " "))
		}
	}
	return lines
}

// problems writes what is wrong with the rows of data.
func problems(d *table.Data) []string {
	var lines []string
	for _, e := range d.Bad.Rows([]string{d.File}) {
		lines = append(lines, fmt.Sprintf("%s: %s", e.Code, e))
	}
	return lines
}

func gzipped(tb testing.TB, members ...string) string {
	tb.Helper()
	var b bytes.Buffer
	for _, text := range members {
		w := gzip.NewWriter(&b)
		_, err := io.WriteString(w, text)
		if err := errors.Join(err, w.Close()); err != nil {
			tb.Fatal(err)
		}
	}
	return b.String()
}

func zstdPacked(tb testing.TB, text string) string {
	tb.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func testFile(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

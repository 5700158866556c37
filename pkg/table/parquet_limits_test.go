package table_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/table"
)

// TestParquetOfFewBytes has rows that are all the same: as many as any file may have are read, more
// are refused, though no byte is damaged.
func TestParquetOfFewBytes(t *testing.T) {
	t.Parallel()
	type row struct {
		Date  int32   `parquet:"date,date,dict"`
		Store int64   `parquet:"store,dict"`
		Item  int64   `parquet:"item,dict"`
		Sales float64 `parquet:"sales,dict"`
	}
	const free = 1 << 20
	file := parquetFile(t, make([]row, free))
	if d := mustRead(t, bytes.NewReader(file), "f.parquet", salesColumns()); d.Rows != free {
		t.Errorf("%d rows in %d bytes, want %d", d.Rows, len(file), free)
	}
	_, err := table.Open(bytes.NewReader(parquetFile(t, make([]row, 2*free), parquet.PageBufferSize(1<<30))), "f.parquet", 0)
	if !isFileError(err, table.CodeTooManyRows) || hint.Of(err) != "if the rows are meant, write them as CSV or in several files" {
		t.Errorf("error = %v (hint %q), want a *FileError of code too_many_rows", err, hint.Of(err))
	}
}

// TestPackedParquetIsBounded has few packed bytes that stand for many.
func TestPackedParquetIsBounded(t *testing.T) {
	t.Parallel()
	bomb := "PAR1" + strings.Repeat("\x00", 70<<20)
	for name, packed := range map[string]string{"f.gz": gzipped(t, bomb), "f.zst": zstdPacked(t, bomb)} {
		_, err := table.Open(strings.NewReader(packed), name, 0)
		if !isFileError(err, table.CodeParquet) || hint.Of(err) != "unpack the file: gzip -d or zstd -d" {
			t.Errorf("%s: error = %v (hint %q), want a *FileError of code bad_parquet", name, err, hint.Of(err))
		}
	}
}

// TestParquetDamaged cuts a file at every byte and flips every byte: an error or data, but no
// panic and no other error.
func TestParquetDamaged(t *testing.T) {
	t.Parallel()
	data := testFile(t, "sales-snappy.parquet")
	check := func(data []byte, what string, n int) {
		d, err := read(t, bytes.NewReader(data), "f.parquet", withPromo(), defaults())
		if err == nil {
			rows(d)
			return
		}
		_, file := errors.AsType[*table.FileError](err)
		_, column := errors.AsType[*table.ColumnError](err)
		if !file && !column {
			t.Errorf("%s at byte %d: %v, want a *FileError or a *ColumnError", what, n, err)
		}
	}
	for n := range data {
		if n >= 4 {
			if _, err := table.Open(bytes.NewReader(data[:n]), "f.parquet", 0); !isFileError(err, table.CodeParquet) {
				t.Errorf("cut after %d bytes: %v, want a *FileError of code bad_parquet", n, err)
			}
		}
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			flipped := bytes.Clone(data)
			flipped[n] ^= flip
			check(flipped, "flipped", n)
		}
	}
	greedy := bytes.Clone(data)
	binary.LittleEndian.PutUint32(greedy[len(greedy)-8:], math.MaxUint32)
	if _, err := table.Open(bytes.NewReader(greedy), "f.parquet", 0); !isFileError(err, table.CodeParquet) {
		t.Errorf("greedy footer: %v, want a *FileError of code bad_parquet", err)
	}
}

package columnar_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/internal/hint"
)

// withFooter puts another footer on a file's data.
func withFooter(data, footer []byte) []byte {
	size := binary.LittleEndian.Uint32(data[len(data)-8:])
	file := bytes.Clone(data[:len(data)-8-int(size)])
	file = append(file, footer...)
	return append(binary.LittleEndian.AppendUint32(file, uint32(len(footer))), "PAR1"...)
}

// check opens a file and walks all its pages.
func check(data []byte) error {
	return columnar.Guard(func() error {
		f, err := columnar.Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		for g, group := range f.Metadata().RowGroups {
			for c := range group.Columns {
				if err := columnar.CheckPages(f, g, c); err != nil {
					return err
				}
				if err := columnar.CheckData(f, g, c); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func TestGuardRefusesLies(t *testing.T) {
	t.Parallel()
	data := write(t, testColumns())
	if err := check(data); err != nil {
		t.Fatalf("a good file: %v", err)
	}
	pages := func(m *format.FileMetaData) *format.ColumnMetaData { return &m.RowGroups[0].Columns[0].MetaData }
	tests := []struct {
		name string
		lie  func(*format.FileMetaData)
		want string
	}{
		{"rows without bytes", func(m *format.FileMetaData) { m.NumRows = math.MaxInt32 }, "3 of the 2147483647 rows of the file"},
		{"a negative count", func(m *format.FileMetaData) { m.NumRows = -1 }, "negative"},
		{"too few rows", func(m *format.FileMetaData) { m.NumRows = 2 }, "more than the 2 rows of the file"},
		{"too many rows", func(m *format.FileMetaData) { m.NumRows = 4 }, "3 of the 4 rows of the file"},
		{"a larger group", func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 4, 4 }, "the pages hold 3 of the 4 rows of their group"},
		{"a smaller group", func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 2, 2 }, "more than the 2 rows of their group"},
		{"pages before the file", func(m *format.FileMetaData) { pages(m).DictionaryPageOffset = -1 }, "pages outside of the file"},
		{"pages behind the file", func(m *format.FileMetaData) { pages(m).TotalCompressedSize = math.MaxInt64 }, "pages outside of the file"},
		{"pages of a byte less", func(m *format.FileMetaData) { pages(m).TotalCompressedSize-- }, "behind its column's end"},
		{"pages elsewhere", func(m *format.FileMetaData) { pages(m).DictionaryPageOffset++ }, ""},
		{"a missing column", func(m *format.FileMetaData) { m.Schema = m.Schema[:2] }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var meta format.FileMetaData
			size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
			if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[len(data)-8-size:len(data)-8], &meta); err != nil {
				t.Fatal(err)
			}
			tt.lie(&meta)
			footer, err := thrift.Marshal(new(thrift.CompactProtocol), &meta)
			if err != nil {
				t.Fatal(err)
			}
			if err := check(withFooter(data, footer)); !errors.Is(err, columnar.ErrDamaged) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrDamaged that says %q", err, tt.want)
			}
		})
	}
}

// TestGuardRefusesWhatIsNotRead has data that may be whole.
func TestGuardRefusesWhatIsNotRead(t *testing.T) {
	t.Parallel()
	data := write(t, testColumns())
	var meta format.FileMetaData
	size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[len(data)-8-size:len(data)-8], &meta); err != nil {
		t.Fatal(err)
	}
	meta.RowGroups[0].Columns[0].MetaData.Codec = format.LZO
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &meta)
	if err != nil {
		t.Fatal(err)
	}
	long := write(t, []columnar.Column{{Name: "a", Kind: columnar.Text, Codes: []int32{0}, Words: []string{strings.Repeat("a", 17<<20)}}})
	for want, data := range map[string][]byte{
		"write the file again with snappy, zstd or gzip":     withFooter(data, footer),
		"write the file again with smaller pages, or as CSV": long,
	} {
		if err := check(data); !errors.Is(err, columnar.ErrNotRead) || hint.Of(err) != want {
			t.Errorf("got %v with the hint %q, want ErrNotRead with %q", err, hint.Of(err), want)
		}
		if _, err := columnar.Read(bytes.NewReader(data), int64(len(data)), 10); !errors.Is(err, columnar.ErrFormat) {
			t.Errorf("got %v, want ErrFormat", err)
		}
	}
}

// TestOpenRefusesGreedyLists has lists that claim billions of elements: a decoder that believed
// them would allocate hundreds of gigabytes.
func TestOpenRefusesGreedyLists(t *testing.T) {
	t.Parallel()
	data := write(t, testColumns())
	for name, footer := range map[string]string{
		"structs":  "\x29\xfc\xff\xff\xff\xff\x07\x00",
		"numbers":  "\x29\xf5\xff\xff\xff\xff\x07\x00",
		"map":      "\x2b\xff\xff\xff\xff\x07\x55\x00",
		"text":     "\x28\xff\xff\xff\xff\x07\x00",
		"nesting":  strings.Repeat("\x1c", 100) + strings.Repeat("\x00", 101),
		"type":     "\x1e\x00",
		"nothing":  "",
		"no end":   "\x15\x02",
		"no value": "\x15",
	} {
		err := check(withFooter(data, []byte(footer)))
		if !errors.Is(err, columnar.ErrDamaged) || !strings.Contains(err.Error(), "footer") {
			t.Errorf("%s: got %v, want ErrDamaged that names the footer", name, err)
		}
	}
	if err := check(append(bytes.Clone(data[:len(data)-4]), "PARE"...)); !errors.Is(err, columnar.ErrDamaged) || !strings.Contains(err.Error(), "encrypted") {
		t.Errorf("got %v, want ErrDamaged of an encrypted footer", err)
	}
}

package columnar_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"github.com/salesctl/salesctl/internal/columnar"
)

func testColumns() []columnar.Column {
	return []columnar.Column{
		{Name: "z date", Kind: columnar.Date, Ticks: []int32{-1, 0, 19000}},
		{Name: "hour", Kind: columnar.Hour, Ticks: []int32{-1, 0, math.MaxInt32}},
		{Name: "id, \"quoted\"", Kind: columnar.Text, Codes: []int32{0, 1, 0}, Words: []string{"001", "ä b"}},
		{Name: "a", Kind: columnar.Int, Ints: []int64{1, -9007199254740993, 3}},
		{Name: "y", Kind: columnar.Float, Floats: []float64{0.1, math.NaN(), math.Inf(-1)}},
	}
}

func write(t *testing.T, cols []columnar.Column) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := columnar.Write(&b, cols); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	want := testColumns()
	data := write(t, want)
	got, err := columnar.Read(bytes.NewReader(data), int64(len(data)), 3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("read columns differ (-want +got):\n%s", diff)
	}
	if !bytes.Equal(data, write(t, want)) {
		t.Error("the same columns gave other bytes")
	}
}

func TestRoundTripOfManyRows(t *testing.T) {
	t.Parallel()
	const rows = 1<<20 + 17 // two row groups
	want := columnar.Column{Name: "y", Kind: columnar.Float}
	for i := range rows {
		want.Floats = append(want.Floats, float64(i)/3)
	}
	data := write(t, []columnar.Column{want})
	got, err := columnar.Read(bytes.NewReader(data), int64(len(data)), rows)
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(want, got[0]) {
		t.Error("the values changed")
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	data := write(t, testColumns())
	if _, err := columnar.Read(bytes.NewReader(data), int64(len(data)), 2); !errors.Is(err, columnar.ErrFormat) {
		t.Errorf("too many rows: got %v, want ErrFormat", err)
	}
	for n := range data {
		if _, err := columnar.Read(bytes.NewReader(data[:n]), int64(n), 3); !errors.Is(err, columnar.ErrFormat) {
			t.Fatalf("cut after %d of %d bytes: got %v, want ErrFormat", n, len(data), err)
		}
	}
}

// TestReadRefusesAGreedyFooter has a footer that claims to be larger than the file: a reader that
// believed it would allocate 4 GiB.
func TestReadRefusesAGreedyFooter(t *testing.T) {
	t.Parallel()
	data := write(t, testColumns())
	binary.LittleEndian.PutUint32(data[len(data)-8:], math.MaxUint32)
	_, err := columnar.Read(bytes.NewReader(data), int64(len(data)), 3)
	if !errors.Is(err, columnar.ErrFormat) || !strings.Contains(err.Error(), "footer") {
		t.Errorf("got %v, want ErrFormat that names the footer", err)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := columnar.Write(&b, testColumns()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		cols, err := columnar.Read(bytes.NewReader(data), int64(len(data)), 1000)
		if err != nil {
			return
		}
		for _, c := range cols {
			if c.Len() != cols[0].Len() {
				t.Errorf("column %q has %d rows, column %q %d", c.Name, c.Len(), cols[0].Name, cols[0].Len())
			}
		}
	})
}

// TestReadRefusesPartsOfAnHour has timestamps that the kind Hour cannot hold.
func TestReadRefusesPartsOfAnHour(t *testing.T) {
	t.Parallel()
	const hour = 3_600_000
	for _, ms := range []int64{1, hour - 1, -1, hour << 31} {
		var b bytes.Buffer
		schema := parquet.NewSchema("rows", parquet.Group{"at": parquet.TimestampAdjusted(parquet.Millisecond, false)})
		w := parquet.NewWriter(&b, schema)
		if _, err := w.ColumnWriters()[0].WriteRowValues([]parquet.Value{parquet.Int64Value(hour), parquet.Int64Value(ms)}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := columnar.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), 3)
		if !errors.Is(err, columnar.ErrFormat) || !strings.Contains(fmt.Sprint(err), "row 2: ") {
			t.Errorf("%d ms: got %v, want ErrFormat that names row 2", ms, err)
		}
	}
}

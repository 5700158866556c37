package columnar

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// TestUnpackMakesNoMoreRoom has packed zeros that are more than their page says.
func TestUnpackMakesNoMoreRoom(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 1<<20)
	for _, codec := range []format.CompressionCodec{format.Snappy, format.Gzip, format.Brotli, format.Zstd, format.Lz4Raw} {
		packed, err := parquet.LookupCompressionCodec(codec).Encode(nil, zeros)
		if err != nil {
			t.Fatal(err)
		}
		u := unpacker{codec: codec}
		if got, err := u.unpack(packed, 1000); err == nil || max(cap(got), cap(u.data)) > 64<<10 {
			t.Errorf("%s: %d bytes in room for %d, %v; want an error", codec, len(got), max(cap(got), cap(u.data)), err)
		}
		if got, err := u.unpack(packed, int32(len(zeros))); err != nil || !bytes.Equal(got, zeros) {
			t.Errorf("%s: %d bytes, %v; want %d", codec, len(got), err, len(zeros))
		}
		if got, err := u.unpack([]byte("\xff\xff damaged"), 1000); err == nil {
			t.Errorf("%s: damaged data are %q", codec, got)
		}
		u.close()
	}
}

// TestCheckValuesRefusesBombs has data of a few bytes that stand for billions of values.
func TestCheckValuesRefusesBombs(t *testing.T) {
	t.Parallel()
	huge := binary.AppendUvarint(nil, 1<<32-2)
	delta := append(append([]byte{128, 1, 4}, binary.AppendUvarint(nil, 1<<31-1)...), 0)
	run := append(bytes.Clone(huge), 0)
	tests := []struct {
		name     string
		encoding format.Encoding
		data     []byte
	}{
		{"a run", format.RLEDictionary, append([]byte{2}, run...)},
		{"packed bits", format.RLEDictionary, append([]byte{2}, binary.AppendUvarint(nil, 1<<30|1)...)},
		{"many runs", format.RLEDictionary, append([]byte{0}, bytes.Repeat([]byte{0xfe, 0x07}, 100)...)},
		{"values of 33 bits", format.RLEDictionary, []byte{33, 2, 0, 0, 0, 0, 0}},
		{"booleans", format.RLE, append([]byte{byte(len(run)), 0, 0, 0}, run...)},
		{"booleans without end", format.RLE, []byte{9, 0, 0, 0, 2}},
		{"differences", format.DeltaBinaryPacked, delta},
		{"lengths", format.DeltaLengthByteArray, delta},
		{"suffixes", format.DeltaByteArray, append([]byte{128, 1, 4, 1, 0}, delta...)},
		{"blocks of nothing", format.DeltaBinaryPacked, []byte{0, 4, 2, 0, 0}},
	}
	for _, tt := range tests {
		if err := checkValues(tt.encoding, tt.data, 3); err == nil {
			t.Errorf("%s: taken", tt.name)
		}
	}
}

// TestCheckValuesTakesWhatTheLibraryWrites walks the library's own data of many lengths.
func TestCheckValuesTakesWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	var ints []int64
	var words []byte
	offsets := []uint32{0}
	for n := range int64(700) {
		delta, err := parquet.DeltaBinaryPacked.EncodeInt64(nil, ints)
		if err != nil {
			t.Fatal(err)
		}
		lengths, err := parquet.DeltaLengthByteArray.EncodeByteArray(nil, words, offsets)
		if err != nil {
			t.Fatal(err)
		}
		prefixes, err := parquet.DeltaByteArray.EncodeByteArray(nil, words, offsets)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := skipDeltas(append(bytes.Clone(delta), "rest"...), n)
		if err != nil || string(rest) != "rest" {
			t.Fatalf("%d integers: rest %q, %v", n, rest, err)
		}
		for encoding, data := range map[format.Encoding][]byte{format.DeltaLengthByteArray: lengths, format.DeltaByteArray: prefixes} {
			if err := checkValues(encoding, data, n); err != nil {
				t.Fatalf("%d texts, %s: %v", n, encoding, err)
			}
			if n > 0 && checkValues(encoding, data, n-1) == nil {
				t.Fatalf("%d texts for %d, %s: taken", n, n-1, encoding)
			}
		}
		ints = append(ints, n*n%97-n)
		words = append(words, "abcdefghij"[:n%10]...)
		offsets = append(offsets, uint32(len(words)))
	}
}

// TestUnpackRefusesBombs packs a megabyte for a page that says it has a hundred bytes.
func TestUnpackRefusesBombs(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	zeros := make([]byte, size)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(zeros); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	zw, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for codec, packed := range map[format.CompressionCodec][]byte{
		format.Snappy: snappy.Encode(nil, zeros), format.Gzip: zipped.Bytes(), format.Zstd: zw.EncodeAll(zeros, nil),
	} {
		u := unpacker{codec: codec}
		if data, err := u.unpack(packed, size); err != nil || !bytes.Equal(data, zeros) {
			t.Errorf("%s: %d bytes, %v", codec, len(data), err)
		}
		if _, err := u.unpack(packed, 100); err == nil {
			t.Errorf("%s: a page of 100 bytes that unpacks to %d is taken", codec, size)
		}
		u.close()
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := prefixed([]byte{4, 0, 0, 0, 1}); err != io.ErrUnexpectedEOF { //nolint:errorlint // the value itself
		t.Errorf("a length behind the end: %v", err)
	}
}

package table

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
)

// foreign is a kind of data that is not read.
type foreign struct{ magic, code, what, remedy string }

// refuseForeign recognises by its first bytes what is neither UTF-8 text nor Parquet, and by its
// name what should be Parquet.
func refuseForeign(name string, start []byte) error {
	f, ok := foreignText(start)
	if !ok {
		f, ok = foreignData(start)
	}
	switch {
	case f.code != CodeParquet && len(start) > 0 && strings.HasSuffix(unpackedName(name), ".parquet"):
		err := NewFileError(name, CodeParquet, "the name ends in .parquet, but the data are "+cmp.Or(f.what, "not Parquet"))
		return hint.Wrap(err, "get the file again, or name it after what it is")
	case !ok:
		return nil
	}
	return hint.Wrap(NewFileError(name, f.code, "this is "+f.what+", not CSV text"), f.remedy)
}

// unpackedName returns a name without the ending that says how the file is packed.
func unpackedName(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
}

// foreignText recognises text in another encoding, by its mark or by the zeros beside its letters.
func foreignText(start []byte) (foreign, bool) {
	utf32 := foreign{"", CodeUTF16, "UTF-32 text", "convert it: iconv -f UTF-32 -t UTF-8"}
	utf16 := foreign{"", CodeUTF16, "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"}
	switch mark := string(start[:min(4, len(start))]); {
	case mark == "\xff\xfe\x00\x00" || mark == "\x00\x00\xfe\xff":
		return utf32, true
	case strings.HasPrefix(mark, "\xff\xfe") || strings.HasPrefix(mark, "\xfe\xff"):
		return utf16, true
	case len(mark) < 4:
		return foreign{}, false
	}
	zeros := [4]bool{start[0] == 0, start[1] == 0, start[2] == 0, start[3] == 0}
	utf16.remedy = "convert it: iconv -f UTF-16LE (or UTF-16BE) -t UTF-8"
	utf32.remedy = "convert it: iconv -f UTF-32LE (or UTF-32BE) -t UTF-8"
	switch zeros {
	case [4]bool{false, true, true, true}, [4]bool{true, true, true, false}:
		return utf32, true
	case [4]bool{false, true, false, true}, [4]bool{true, false, true, false}:
		return utf16, true
	}
	return foreign{}, false
}

// foreignData recognises another format.
func foreignData(start []byte) (foreign, bool) {
	for _, f := range []foreign{
		{"PK\x03\x04", CodeNotCSV, "a zip file or a workbook", "unzip it, or export the sheet as CSV"},
		{"PK\x05\x06", CodeNotCSV, "an empty zip file", "get the file again"},
		{"\xd0\xcf\x11\xe0", CodeNotCSV, "an old workbook", "export the sheet as CSV"},
		{gzipMagic, CodeNotCSV, "gzip data inside packed data", "unpack it once: gzip -d"},
		{zstdMagic, CodeNotCSV, "zstd data inside packed data", "unpack it once: zstd -d"},
		{"\xfd7zXZ", CodeNotCSV, "xz data", "unpack it: xz -d"},
		{"BZh", CodeNotCSV, "bzip2 data", "unpack it: bzip2 -d"},
		{"PARE", CodeParquet, "encrypted Parquet data", "write the file again without encryption"},
		{"ARROW1", CodeNotCSV, "an Arrow file", "write it as Parquet or CSV"},
		{"%PDF-", CodeNotCSV, "a PDF document", "get the data as CSV"},
	} {
		if bytes.HasPrefix(start, []byte(f.magic)) {
			return f, true
		}
	}
	dense := strings.ToLower(strings.Join(strings.Fields(string(start)), ""))
	for _, f := range []foreign{
		{"<!doctypehtml", CodeNotCSV, "an HTML page", "get the data as CSV: the page may ask to sign in"},
		{"<html", CodeNotCSV, "an HTML page", "get the data as CSV: the page may ask to sign in"},
		{"<?xml", CodeNotCSV, "XML", "export the data as CSV"},
		{`{"`, CodeNotCSV, "JSON", "export the data as CSV"},
		{`[{"`, CodeNotCSV, "JSON", "export the data as CSV"},
		{`[["`, CodeNotCSV, "JSON", "export the data as CSV"},
	} {
		if strings.HasPrefix(dense, f.magic) {
			return f, true
		}
	}
	return foreign{}, false
}

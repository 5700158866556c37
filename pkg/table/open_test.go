package table_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/table"
)

func TestReadDialects(t *testing.T) {
	t.Parallel()
	const plain = header + "2024-01-01,1,10,5,yes\n2024-01-02,1,10,-.5,\n2024-01-03,2,10,,\"no, \"\"never\"\"\"\n"
	with := func(comma string) string {
		return strings.ReplaceAll(strings.ReplaceAll(plain, ",", comma), "no"+comma, "no,")
	}
	tests := []struct {
		name, file, text string
		comma            byte
	}{
		{"plain", "f.csv", plain, 0},
		{"CRLF and byte order mark", "f.csv", "\ufeff" + strings.ReplaceAll(plain, "\n", "\r\n"), 0},
		{"semicolons", "f.csv", with(";"), 0},
		{"tabs", "f.csv", with("\t"), 0},
		{"bars when told", "f.csv", with("|"), '|'},
		{"semicolons when told, more commas in the header", "f.csv", strings.NewReplacer("promo\n", "promo;n,o,t,e,s,!\n", "yes\n", "yes;\n", "-.5;\n", "-.5;;\n", "\"\"\"\n", "\"\"\";\n").Replace(with(";")), ';'},
		{"sep line", "f.csv", "sep=|\n" + with("|"), 0},
		{"sep line after a blank one, CRLF", "f.csv", "\r\nsep=;\r\n" + with(";"), 0},
		{"gzip", "f.csv.gz", gzipped(t, plain), 0},
		{"gzip members", "f.csv.gz", gzipped(t, plain[:40], plain[40:50], plain[50:]), 0},
		{"zstd", "f.csv.zst", zstdPacked(t, plain), 0},
		{"zstd frames", "f.csv.zst", zstdPacked(t, plain[:40]) + zstdPacked(t, plain[40:]), 0},
		{"zstd named gz", "f.csv.gz", zstdPacked(t, plain), 0},
		{"gzip by content", "f", gzipped(t, plain), 0},
		{"zstd by content", "f", zstdPacked(t, plain), 0},
	}
	want := []string{"1 10 2024-01-01 5 yes", "1 10 2024-01-02 -0.5 -", `2 10 2024-01-03 - no, "never"`}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := defaults()
			o.Comma = tt.comma
			d, err := read(t, iotest.HalfReader(strings.NewReader(tt.text)), tt.file, withPromo(), o)
			if err != nil {
				t.Fatal(err)
			}
			got := rows(d)
			for i := range got {
				_, got[i], _ = strings.Cut(strings.TrimPrefix(got[i], "line "), " ")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheSepLineCountsAsALine(t *testing.T) {
	t.Parallel()
	d := mustRead(t, strings.NewReader("sep=;\ndate;store;item;sales\n2024-01-01;1;1;x\n"), "f.csv", salesColumns())
	if diff := cmp.Diff([]string{`bad_number: f.csv: line 3: sales "x": not a number`}, problems(d)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	const body = header + "2024-01-01,1,1,0,\n"
	packed, zpacked := gzipped(t, strings.Repeat(body, 100)), zstdPacked(t, strings.Repeat(body, 100))
	tests := []struct{ name, file, text, code, hint string }{
		{"plain text named gz", "f.csv.gz", body, table.CodeGzip, "if the file is not packed, take .gz off its name; else get it again"},
		{"plain text named zst", "f.csv.zst", body, table.CodeZstd, "if the file is not packed, take .zst off its name; else get it again"},
		{"empty gz", "f.csv.gz", "", table.CodeGzip, ""},
		{"empty zst", "f.csv.zst", "", table.CodeZstd, ""},
		{"gzip header cut", "f.csv.gz", packed[:5], table.CodeGzip, ""},
		{"zstd header cut", "f.csv.zst", zpacked[:5], table.CodeZstd, ""},
		{"gzip in gzip", "f.csv.gz", gzipped(t, packed), table.CodeNotCSV, "unpack it once: gzip -d"},
		{"zip", "f.csv", "PK\x03\x04....", table.CodeNotCSV, "unzip it, or export the sheet as CSV"},
		{"UTF-32 big endian", "f.csv", "\x00\x00\xfe\xff\x00\x00\x00d", table.CodeUTF16, "convert it: iconv -f UTF-32 -t UTF-8"},
		{"UTF-32 without a mark", "f.csv", "d\x00\x00\x00a\x00\x00\x00", table.CodeUTF16, "convert it: iconv -f UTF-32LE (or UTF-32BE) -t UTF-8"},
		{"UTF-16 without a mark", "f.csv", "\x00d\x00a\x00t", table.CodeUTF16, "convert it: iconv -f UTF-16LE (or UTF-16BE) -t UTF-8"},
		{"HTML", "f.csv", "\n<!DOCTYPE html>\n<html>", table.CodeNotCSV, "get the data as CSV: the page may ask to sign in"},
		{"JSON", "f.csv", "[\n  {\n    \"date\": \"2024-01-01\"", table.CodeNotCSV, "export the data as CSV"},
		{"JSON lines", "f.csv", "{\"date\":1}\n", table.CodeNotCSV, "export the data as CSV"},
		{"text named parquet", "f.parquet", body, table.CodeParquet, "get the file again, or name it after what it is"},
		{"zip named parquet", "f.parquet.gz", gzipped(t, "PK\x03\x04...."), table.CodeParquet, "get the file again, or name it after what it is"},
		{"encrypted Parquet", "f.parquet", "PARE\x15\x00", table.CodeParquet, "write the file again without encryption"},
		{"UTF-16", "f.csv", "\xff\xfed\x00a\x00", table.CodeUTF16, "convert it: iconv -f UTF-16 -t UTF-8"},
		{"Latin-1 header", "f.csv", "date,gr\xf6\xdfe\n", table.CodeBadHeader, "convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8"},
		{"nothing but the sep line", "f.csv", "sep=;\n", table.CodeEmpty, ""},
		{"Parquet cut", "f.parquet", "PAR1\x15\x00", table.CodeParquet, "get the file again, or write it again as CSV"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := table.Open(strings.NewReader(tt.text), tt.file, 0)
			e, ok := errors.AsType[*table.FileError](err)
			if !ok || e.Code != tt.code || e.File != tt.file {
				t.Fatalf("error = %v, want a *FileError of %s with code %s", err, tt.file, tt.code)
			}
			if got := hint.Of(err); tt.hint != "" && got != tt.hint {
				t.Errorf("hint = %q, want %q", got, tt.hint)
			}
		})
	}
}

func TestReadTruncatedPackedFiles(t *testing.T) {
	t.Parallel()
	const body = header + "2024-01-01,1,1,0,\n2024-01-02,1,1,5,\n"
	for name, packed := range map[string]string{"f.csv.gz": gzipped(t, body), "f.csv.zst": zstdPacked(t, body)} {
		for n := range len(packed) {
			_, err := read(t, strings.NewReader(packed[:n]), name, salesColumns(), defaults())
			if e, ok := errors.AsType[*table.FileError](err); !ok || e.Code != table.CodeGzip && e.Code != table.CodeZstd {
				t.Errorf("%s: %d of %d bytes: %v, want a *FileError of code gzip or zstd", name, n, len(packed), err)
			}
		}
	}
}

func TestReadHintsAtLatin1(t *testing.T) {
	t.Parallel()
	d := mustRead(t, strings.NewReader(header+"2024-01-01,1,K\xf6ln,0,\n"), "f.csv", salesColumns())
	bad := d.Bad.Rows([]string{"f.csv"})
	if len(bad) != 1 || bad[0].Code != table.CodeUTF8 || hint.Of(bad[0]) != "convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8" {
		t.Errorf("problems = %v, want one of code utf8 with the hint to convert", bad)
	}
}

func TestParseDelimiter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]byte{"": 0, ",": ',', ";": ';', "tab": '\t', `\t`: '\t', "\t": '\t', "|": '|'} {
		if got, err := table.ParseDelimiter(text); err != nil || got != want {
			t.Errorf("ParseDelimiter(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"x", ",,", " ", `"`} {
		if _, err := table.ParseDelimiter(text); err == nil || hint.Of(err) == "" {
			t.Errorf("ParseDelimiter(%q): %v, want an error with a hint", text, err)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"b.csv", "a.csv", "odd[1].csv", "c.txt"} {
		if err := os.WriteFile(at(name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inputs, err := table.Files(at("c.txt"), at("[ab].csv"), at("odd[1].csv"), at("missing.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, in := range inputs {
		names = append(names, filepath.Base(in.Name))
		r, err := in.Open()
		if in.Name == at("missing.csv") {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("missing file: %v, want fs.ErrNotExist", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(r); err != nil || string(text) != filepath.Base(in.Name) {
			t.Errorf("%s holds %q (%v)", in.Name, text, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]string{"c.txt", "a.csv", "b.csv", "odd[1].csv", "missing.csv"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, err := table.Files(at("*.parquet")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("pattern without a match: %v, want fs.ErrNotExist", err)
	}
	if _, err := table.Files(at("[")); err == nil {
		t.Error("a broken pattern is taken")
	}
	inputs, err = table.Files(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inputs[0].Open(); !isFileError(err, table.CodeDirectory) {
		t.Errorf("directory: %v, want a *FileError of code directory", err)
	}
}

func isFileError(err error, code string) bool {
	e, ok := errors.AsType[*table.FileError](err)
	return ok && e.Code == code
}

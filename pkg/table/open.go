package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/salesctl/salesctl/internal/hint"
)

// Input is a file to read, by the name that errors give it.
type Input struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// OpenTo opens the input to read what it is said to be: "sales". An error of the system tells so; a
// *FileError speaks for itself.
func (in Input) OpenTo(read string) (io.ReadCloser, error) {
	r, err := in.Open()
	if _, ok := errors.AsType[*FileError](err); err == nil || ok {
		return r, err
	}
	return nil, fmt.Errorf("read %s: %w", read, err)
}

// Files returns the inputs of paths in their order. A path with * ? or [ that names no file stands
// for the files that match it, sorted; one that matches none is an error that wraps
// fs.ErrNotExist.
func Files(paths ...string) ([]Input, error) {
	var inputs []Input
	for _, path := range paths {
		matches := []string{path}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?[") {
			if matches, err = filepath.Glob(path); err != nil {
				return nil, fmt.Errorf("read %s: %w", path, err)
			}
			if len(matches) == 0 {
				return nil, fmt.Errorf("read %s: no file matches: %w", path, fs.ErrNotExist)
			}
			slices.Sort(matches)
		}
		for _, name := range matches {
			inputs = append(inputs, Input{Name: name, Open: func() (io.ReadCloser, error) { return openFile(name) }})
		}
	}
	return inputs, nil
}

// openFile opens a file; a missing one is fs.ErrNotExist, a directory or one that may not be read
// a *FileError.
func openFile(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, hint.Wrap(&FileError{File: path, Code: CodePermission, Err: fs.ErrPermission}, "make the file readable: chmod u+r")
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(hint.Wrap(NewFileError(path, CodeDirectory, "this is a directory"), "name its files: '"+path+"/*.csv'"), f.Close())
	}
	return f, nil
}

// latin1Remedy is the hint for bytes that are not UTF-8: mostly they are of a Windows code page.
const latin1Remedy = "convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8"

// errGzip and errZstd are wrapped by what damaged packed data give.
var (
	errGzip = errors.New("broken gzip data")
	errZstd = errors.New("broken zstd data")
)

// packedReader marks the errors of unpacking.
type packedReader struct {
	r    io.Reader
	kind error
}

func (p packedReader) Read(buf []byte) (int, error) {
	n, err := p.r.Read(buf)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's contract is the value itself
		err = packedError(p.kind, err)
	}
	return n, err
}

func packedError(kind, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the file ends too early", kind)
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// unpack looks at the first bytes of r and takes gzip or zstd off, by content; data that are not
// packed must not have a name that ends in .gz or .zst. head holds r's first bytes, unpacked.
func unpack(name string, r io.Reader) (rest *bufio.Reader, head []byte, err error) {
	const peek = 64
	rest = bufio.NewReaderSize(r, 64<<10)
	if head, err = rest.Peek(peek); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, broken(name, err)
	}
	var packed io.Reader
	var kind error
	isGzip, isZstd := bytes.HasPrefix(head, []byte(gzipMagic)), bytes.HasPrefix(head, []byte(zstdMagic))
	switch {
	case isGzip || !isZstd && strings.HasSuffix(name, ".gz"):
		kind = errGzip
		packed, err = gzip.NewReader(rest)
	case isZstd || strings.HasSuffix(name, ".zst"):
		kind = errZstd
		// One at a time starts no goroutine, so there is nothing to close. 128 MiB is the largest
		// window that the zstd program writes without being asked to.
		packed, err = zstd.NewReader(rest, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	default:
		return rest, head, nil
	}
	first := head
	if err == nil {
		rest = bufio.NewReaderSize(packedReader{packed, kind}, 64<<10)
		head, err = rest.Peek(peek)
	}
	switch {
	case len(first) == 0:
		err = packedError(kind, io.EOF)
	case err == nil || errors.Is(err, io.EOF) && !errors.Is(err, kind):
		return rest, head, nil
	case !isGzip && !isZstd && len(first) >= len(zstdMagic):
		return nil, nil, misnamed(name, kind)
	case !errors.Is(err, kind):
		err = packedError(kind, err)
	}
	return nil, nil, broken(name, err)
}

// The first bytes of packed data.
const (
	gzipMagic = "\x1f\x8b"
	zstdMagic = "\x28\xb5\x2f\xfd"
)

// broken makes an error of what stopped the reading.
func broken(name string, err error) error {
	switch {
	case errors.Is(err, errGzip):
		return hint.Wrap(&FileError{File: name, Code: CodeGzip, Err: err}, "get the file again, or unpack what is left of it: gzip -dc")
	case errors.Is(err, errZstd):
		return hint.Wrap(&FileError{File: name, Code: CodeZstd, Err: err}, "get the file again, or unpack what is left of it: zstd -dc")
	}
	return &FileError{File: name, Code: CodeRead, Err: err}
}

// misnamed returns the error of a file that is not packed as the ending of its name says.
func misnamed(name string, kind error) error {
	code, ending, what := CodeGzip, ".gz", "gzip"
	if errors.Is(kind, errZstd) {
		code, ending, what = CodeZstd, ".zst", "zstd"
	}
	err := NewFileError(name, code, "the name ends in "+ending+", but the data are not "+what)
	return hint.Wrap(err, "if the file is not packed, take "+ending+" off its name; else get it again")
}

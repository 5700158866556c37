package panel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/internal/hint"
)

// maxParsers bounds the goroutines that read one file. More than a few wait for the disk.
const maxParsers = 8

// Read reads the sales in a CSV file, plain or gzip. Bad rows are a *DataError, a file that
// cannot be read a *FileError, a column that is not there a *ColumnError; a missing file is
// fs.ErrNotExist. There is a Panel only when every row is good. ctx is looked at between blocks
// of the file.
func Read(ctx context.Context, path string, cfg Config) (*Panel, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer f.Close() //nolint:errcheck // only read from
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read sales: %w", err)
	}
	if info.IsDir() {
		return nil, hint.Wrap(fileError(path, CodeDirectory, "this is a directory"), "name a CSV file")
	}
	return ReadFrom(ctx, f, path, cfg)
}

func openError(path string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return hint.Wrap(&FileError{File: path, Code: CodePermission, Err: fs.ErrPermission}, "make the file readable: chmod u+r")
	}
	return fmt.Errorf("read sales: %w", err)
}

// ReadFrom reads sales as Read does. The name stands for the file in errors; if it ends in .gz,
// the data must be gzip.
func ReadFrom(ctx context.Context, r io.Reader, name string, cfg Config) (*Panel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	src, err := openSource(name, r)
	if err != nil {
		return nil, err
	}
	line, lines, err := src.header()
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(name, line, src.comma, cfg)
	if err != nil {
		return nil, err
	}
	blocks, err := parseAll(ctx, src, h)
	if err != nil {
		return nil, err
	}
	return assemble(name, h, blocks, lines+1)
}

// piece is a part of the file on its way through a parser.
type piece struct {
	data  []byte
	block *block
}

// parseAll reads the file piece by piece and parses the pieces side by side. The blocks are in
// the order of the file, whichever goroutine made them.
func parseAll(ctx context.Context, src *source, h *header) ([]*block, error) {
	parsers := min(runtime.GOMAXPROCS(0), maxParsers)
	group, ctx := errgroup.WithContext(ctx)
	work := make(chan *piece)
	free := make(chan []byte, parsers+1) // buffers go round
	for range cap(free) {
		free <- nil
	}
	var pieces []*piece
	group.Go(func() error {
		defer close(work)
		for {
			var buf []byte
			select {
			case buf = <-free:
			case <-ctx.Done():
				return fmt.Errorf("read %s: %w", src.file, ctx.Err())
			}
			data, err := src.next(buf)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			p := &piece{data: data}
			pieces = append(pieces, p)
			select {
			case work <- p:
			case <-ctx.Done():
				return fmt.Errorf("read %s: %w", src.file, ctx.Err())
			}
		}
	})
	for range parsers {
		group.Go(func() error {
			parser, err := newParser(src.file, h)
			if err != nil {
				return err
			}
			for p := range work {
				p.block = parser.parse(p.data)
				free <- p.data
				p.data = nil
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	blocks := make([]*block, len(pieces))
	for i, p := range pieces {
		blocks[i] = p.block
	}
	return blocks, nil
}

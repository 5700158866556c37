package features

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/salesctl/salesctl/internal/hint"
)

// Format is the file format of a matrix.
type Format string

// The formats of a matrix file.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
)

// ErrBadMatrix is wrapped by the errors of matrix files that cannot be used.
var ErrBadMatrix = errors.New("bad matrix")

// maxRows bounds the rows of a matrix file, and so the memory that one can ask for.
const maxRows = 1 << 30

// SpecPath returns the path of the Spec beside the matrix at path.
func SpecPath(path string) string { return path + ".spec.json" }

// WriteFile writes the matrix to path and its Spec to SpecPath(path). Both are complete before
// either gets its name; after an error, or when ctx ends early, neither is changed.
func (m *Matrix) WriteFile(ctx context.Context, path string, format Format) (err error) {
	spec, err := MarshalSpec(m.Spec)
	if err != nil {
		return err
	}
	rows, err := pending(path, func(w io.Writer) error {
		w = &contextWriter{ctx: ctx, w: w}
		if format == Parquet {
			return m.writeParquet(w)
		}
		return m.writeCSV(w)
	})
	if err != nil {
		return fmt.Errorf("write matrix %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, rows.Cleanup()) }()
	side, err := pending(SpecPath(path), func(w io.Writer) error {
		_, err := w.Write(spec)
		return err
	})
	if err != nil {
		return fmt.Errorf("write matrix %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, side.Cleanup()) }()
	if err := errors.Join(rows.CloseAtomicallyReplace(), side.CloseAtomicallyReplace()); err != nil {
		return fmt.Errorf("write matrix %s: %w", path, err)
	}
	return nil
}

// pending writes a temporary file that is to become path, and brings it to the disk.
func pending(path string, write func(io.Writer) error) (*renameio.PendingFile, error) {
	t, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(0o644))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(write(t), t.Sync()); err != nil {
		return nil, errors.Join(err, t.Cleanup())
	}
	return t, nil
}

// ReadFile reads a matrix that WriteFile wrote, and the Spec beside it. What does not fit the
// Spec, or is damaged, is an error that wraps ErrBadMatrix or ErrBadSpec.
func ReadFile(ctx context.Context, path string) (*Matrix, error) {
	data, err := os.ReadFile(SpecPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hint.Wrap(fmt.Errorf("read matrix %s: %w", path, err),
			"a matrix and its .spec.json belong together: write both with 'salesctl preprocess FILE --output "+path+"'")
	}
	if err != nil {
		return nil, fmt.Errorf("read matrix %s: %w", path, err)
	}
	spec, err := ParseSpec(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", SpecPath(path), err)
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("read matrix: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	m, err := readMatrix(ctx, spec, f)
	if err != nil {
		return nil, hint.Wrap(fmt.Errorf("read matrix %s: %w", path, err), "make it again with 'salesctl preprocess'")
	}
	return m, nil
}

func readMatrix(ctx context.Context, spec *Spec, f *os.File) (*Matrix, error) {
	magic := make([]byte, 4)
	n, err := f.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.Equal(magic[:n], []byte("PAR1")) {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		return readParquet(spec, f, info.Size())
	}
	return readCSV(ctx, spec, f)
}

// contextWriter fails once its context has ended, which stops a long write.
type contextWriter struct {
	ctx context.Context //nolint:containedctx // one write's own context
	w   io.Writer
}

// Write passes p on while the context lives.
func (c *contextWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

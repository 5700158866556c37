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

// maxRows bounds the rows of a matrix file, and so the memory that one can ask for: about 100
// bytes a row with the seed recipe.
const maxRows = 1 << 27

// SpecPath returns the path of the Spec beside the matrix at path.
func SpecPath(path string) string { return path + ".spec.json" }

// WriteFile writes the matrix to path and its Spec to SpecPath(path). Both are complete on the disk
// before either gets its name, the matrix first; before that, an error or the end of ctx changes
// neither. ReadFile refuses a matrix beside a Spec that it was not made by.
func (m *Matrix) WriteFile(ctx context.Context, path string, format Format) (err error) {
	spec, err := m.sideFile()
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
	if err := rows.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("write matrix %s: %w", path, err)
	}
	if err := side.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("write %s, the spec of the matrix: %w", SpecPath(path), err)
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
	spec, digest, err := parseSideFile(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", SpecPath(path), err)
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("read matrix: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	m, err := readMatrix(ctx, spec, f)
	if err == nil && m.Digest() != digest {
		err = fmt.Errorf("%w: it is not the matrix that its spec was written with", ErrBadMatrix)
	}
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
		return readParquet(spec, contextReader{ctx, f}, info.Size())
	}
	return readCSV(ctx, spec, f)
}

// contextReader fails once its context has ended, which stops a long read.
type contextReader struct {
	ctx context.Context //nolint:containedctx // one read's own context
	r   io.ReaderAt
}

// ReadAt passes on while the context lives.
func (c contextReader) ReadAt(p []byte, off int64) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.ReadAt(p, off)
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

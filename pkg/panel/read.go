package panel

import (
	"context"
	"io"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// Read reads the sales in files, CSV (plain, gzip, zstd) or Parquet, as one; a path may be a
// pattern. Bad rows are a *table.DataError unless the Config leaves them out, a file that cannot be
// read is a *table.FileError, a column that is not there a *table.ColumnError; a missing file is
// fs.ErrNotExist. ctx is looked at between stretches of a file.
func Read(ctx context.Context, paths []string, cfg Config) (*Panel, error) {
	inputs, err := table.Files(paths...)
	if err != nil {
		return nil, err
	}
	return ReadInputs(ctx, inputs, cfg)
}

// ReadFrom reads sales as Read does. The name stands for the file in errors.
func ReadFrom(ctx context.Context, r io.Reader, name string, cfg Config) (*Panel, error) {
	open := func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
	return ReadInputs(ctx, []table.Input{{Name: name, Open: open}}, cfg)
}

// ReadInputs reads the sales of all inputs as Read does.
func ReadInputs(ctx context.Context, inputs []table.Input, cfg Config) (*Panel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	a := newAssembly(cfg)
	if err := a.expect(inputs); err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if err := a.read(ctx, in); err != nil {
			return nil, err
		}
	}
	p, err := a.assemble()
	if err != nil {
		return nil, err
	}
	if err := a.joinAttributes(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// expect notes how many inputs there are. Rows are known by the names of their files, so that none
// may come twice.
func (a *assembly) expect(inputs []table.Input) error {
	a.inputs = len(inputs)
	seen := make(map[string]bool, len(inputs))
	for _, in := range inputs {
		if seen[in.Name] {
			return hint.Wrap(table.NewFileError(in.Name, CodeNamedTwice, "the file is named twice"), "name it once; a pattern may stand for it, too")
		}
		seen[in.Name] = true
	}
	return nil
}

// read adds the rows of one input of sales.
func (a *assembly) read(ctx context.Context, in table.Input) error {
	return a.open(in, func(f *table.File) error {
		if err := a.resolve(f); err != nil {
			return err
		}
		return a.readFile(ctx, f)
	})
}

// open has do look at the file of an input.
func (a *assembly) open(in table.Input, do func(*table.File) error) error {
	comma, err := table.ParseDelimiter(a.cfg.Delimiter)
	if err != nil {
		return err
	}
	r, err := in.OpenTo(a.what)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only read from
	f, err := table.Open(r, in.Name, comma)
	if err != nil {
		return err
	}
	return do(f)
}

// readFile adds the rows of a file in the columns that have names.
func (a *assembly) readFile(ctx context.Context, f *table.File) error {
	columns, warnings, err := f.Find(a.names.wanted())
	if err != nil {
		return err
	}
	a.note(f.Name, warnings)
	format := a.cfg.DateFormat
	if a.names.time != "" {
		if format, err = sniffLayout(f.Sample(columns[0], sniffed), format); err != nil {
			return err
		}
	}
	data, err := f.Read(ctx, columns, table.Options{DateFormat: format, Keep: a.cfg.keep()})
	if err != nil {
		return err
	}
	a.note(f.Name, data.Warnings)
	a.ignore(f.Names, columns)
	a.add(data)
	return nil
}

// sniffed is how many of the first dates of a file are looked at: some of them may be bad.
const sniffed = 100

// sniffLayout returns the format in which to read a file that begins with these dates, by the first
// that has the shape of format or of one that calendar.SniffLayout takes for it.
func sniffLayout(cells []string, format string) (string, error) {
	plain, err := calendar.CompileLayout(format)
	if err != nil {
		return "", err
	}
	for _, cell := range cells {
		if found := calendar.SniffLayout(cell, format); found != format {
			return found, nil
		}
		if _, fault := plain.Tick([]byte(cell)); fault != calendar.FaultShape {
			break
		}
	}
	return format, nil
}

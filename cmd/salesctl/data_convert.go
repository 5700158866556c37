package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/table"
)

// The forms of a file of sales.
const (
	formLong = "long" // one row a series and date
	formWide = "wide" // one row a series, one column a date
)

// The formats of a file of sales.
const (
	fileCSV     = "csv"
	fileParquet = "parquet"
)

// dataConvertOptions is what data convert was asked for.
type dataConvertOptions struct {
	salesOptions
	output     string
	fileFormat string
	from, to   string
}

func newDataConvertCmd(e *env) *cobra.Command {
	o := &dataConvertOptions{salesOptions: salesOptions{env: e}, from: formLong, to: formLong}
	cmd := &cobra.Command{
		Use:   "convert FILE... --output OUT",
		Short: "Write sales in another format or form",
		Long: `convert reads and checks sales as all verbs do and writes them again: as CSV (.csv, .txt, .csv.gz,
.csv.zst) or Parquet (.parquet), in the long form with one row a series and date, or in the wide
form with one row a series and one column a date. The rows are sorted by series and date;
columns without a role are not written, and the wide form has no covariates.`,
		Example: indent(`
salesctl data convert sales.csv --output sales.parquet
salesctl data convert sales.parquet --to wide --output wide.csv
salesctl data convert wide.csv --from wide --output long.csv`),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.settle(cmd, args); err != nil {
				return err
			}
			if err := o.check(); err != nil {
				return err
			}
			return runDataConvert(cmd.Context(), o)
		},
	}
	addSalesFiles(cmd, &o.sales)
	f := cmd.Flags()
	f.StringVar(&o.output, "output", "", "where the sales go: `FILE`, - for stdout")
	addChoice(cmd, &o.fileFormat, "format", "FORMAT", "of the file (default: by its ending)", fileCSV, fileParquet)
	addChoice(cmd, &o.from, "from", "FORM", "of what is read", formLong, formWide)
	addChoice(cmd, &o.to, "to", "FORM", "of what is written", formLong, formWide)
	addConfigFlags(cmd, "data")
	return cmd
}

// check refuses combinations of flags that cannot be done.
func (o *dataConvertOptions) check() error {
	switch {
	case o.output == "":
		return usagef("no --output: name the file to write, or - for stdout")
	case o.from == formWide && len(o.sales.paths) > 1:
		return usagef("--from wide reads one file, not %d", len(o.sales.paths))
	}
	format, err := fileFormatOf(o.output, o.fileFormat)
	switch {
	case err != nil:
		return err
	case o.to == formWide && format == fileParquet:
		return hint.Wrap(usagef("--to wide writes CSV, not Parquet"), "write the long form, or CSV")
	}
	return nil
}

func runDataConvert(ctx context.Context, o *dataConvertOptions) error {
	if err := o.checkOutputs(o.output); err != nil {
		return err
	}
	p, err := o.read(ctx)
	if err != nil {
		return err
	}
	if o.to == formWide {
		warn(o.env, notWide(p))
		return writePacked(ctx, o.env, o.output, p.WriteWide)
	}
	return writeSales(ctx, o.env, o.output, o.fileFormat, p)
}

func (o *dataConvertOptions) read(ctx context.Context) (*panel.Panel, error) {
	cfg := o.config.Data
	if o.from == formLong {
		return readSales(ctx, o.env, cfg, o.sales.paths)
	}
	inputs, err := salesInputs(ctx, o.env, o.sales.paths)
	if err != nil {
		return nil, err
	}
	if len(inputs) != 1 {
		return nil, usagef("--from wide reads one file; %s stands for %d", o.sales.String(), len(inputs))
	}
	cfg.Today = today(o.env)
	p, err := panel.ReadWide(ctx, inputs[0], cfg)
	if err != nil {
		return nil, err
	}
	warn(o.env, p.Warnings)
	return p, quarantine(ctx, o.env, cfg.Quarantine(), p.Rejected)
}

// writeSales writes a panel in the long form, in the format or the one that the path ends in.
func writeSales(ctx context.Context, e *env, path, format string, p *panel.Panel) error {
	format, err := fileFormatOf(path, format)
	if err != nil {
		return err
	}
	warn(e, notWritten(p))
	if format == fileParquet {
		return e.writeOutput(ctx, path, p.WriteParquet)
	}
	return writePacked(ctx, e, path, p.WriteCSV)
}

// notWritten tells of the columns that a file of sales had and the next will not have.
func notWritten(p *panel.Panel) []table.Warning {
	if len(p.Ignored) == 0 {
		return nil
	}
	return []table.Warning{{
		Code: quality.CodeIgnored, Count: len(p.Ignored), Places: p.Ignored[:min(len(p.Ignored), table.MaxPlaces)],
		Message: "columns without a role are not written; --known-future, --past-only and --static give them one",
	}}
}

// notWide tells of what a panel has and the wide form has not.
func notWide(p *panel.Panel) []table.Warning {
	list := notWritten(p)
	if n := len(p.Covariates); n > 0 {
		list = append(list, table.Warning{Code: "covariates_left_out", Count: n, Message: "the wide form has no covariates"})
	}
	missing := 0
	for _, y := range p.Y {
		if math.IsNaN(y) {
			missing++
		}
	}
	if missing > 0 {
		list = append(list, table.Warning{
			Code: "missing_as_gaps", Count: missing,
			Message: "rows without a target are empty cells in the wide form, as periods without a row are",
		})
	}
	return list
}

// fileFormatOf returns the format of a file: the one that is asked for, else by the path's ending. What
// is no regular file, such as a pipe, takes CSV without one.
func fileFormatOf(path, asked string) (string, error) {
	if info, err := os.Stat(path); asked == "" && (path == "-" || err == nil && !info.Mode().IsRegular()) {
		return fileCSV, nil
	}
	name, packed := unpackedName(path)
	switch ending := strings.ToLower(filepath.Ext(name)); {
	case asked == fileParquet && packed != "":
		return "", usagef("%s: Parquet is not written as %s", path, packed)
	case asked != "":
		return asked, nil
	case ending == ".csv" || ending == ".txt":
		return fileCSV, nil
	case ending == ".parquet" && packed == "":
		return fileParquet, nil
	}
	return "", hint.Wrap(usagef("%s: the ending is none of .csv, .txt, .csv.gz, .csv.zst and .parquet", path),
		"name the file so, or say --format csv or parquet in data convert")
}

// unpackedName cuts off the ending that says how a file is packed, .gz or .zst in any case.
func unpackedName(path string) (name, packed string) {
	packed = strings.ToLower(filepath.Ext(path))
	if packed != ".gz" && packed != ".zst" {
		return path, ""
	}
	return path[:len(path)-len(packed)], packed
}

// writePacked writes text to path, compressed where the path says so.
func writePacked(ctx context.Context, e *env, path string, write func(io.Writer) error) error {
	return e.writeOutput(ctx, path, func(w io.Writer) error {
		var packer io.WriteCloser
		switch _, packed := unpackedName(path); packed {
		case ".gz":
			packer = gzip.NewWriter(w)
		case ".zst":
			z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
			if err != nil {
				return fmt.Errorf("zstd: %w", err)
			}
			packer = z
		default:
			return write(w)
		}
		return errors.Join(write(packer), packer.Close())
	})
}

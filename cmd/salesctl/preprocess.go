package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
)

// preprocessOptions is what preprocess was asked for.
type preprocessOptions struct {
	salesOptions
	output string
	matrix string // csv, parquet; "": by the name of the output
	format format
}

func newPreprocessCmd(e *env) *cobra.Command {
	o := &preprocessOptions{salesOptions: salesOptions{env: e}}
	cmd := &cobra.Command{
		Use:   "preprocess FILE... --output MATRIX",
		Short: "Make the training matrix of a sales file",
		Long: `preprocess reads and checks sales and writes the training matrix of the configured
method, one row per observation: those of FILE, in their order, after duplicates are brought
together and gaps filled as asked. Beside MATRIX it writes MATRIX.spec.json, which names
the columns and what each is for; 'salesctl train --features MATRIX' reads both.`,
		Example: indent(`
salesctl preprocess sales.csv --output matrix.csv
salesctl preprocess sales.csv --output matrix.parquet
salesctl preprocess sales.csv --gaps zero --on-error quarantine bad-rows.csv --output matrix.csv
salesctl preprocess --input sales.csv --format csv --output matrix`),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.settle(cmd, args); err != nil {
				return err
			}
			return runPreprocess(cmd.Context(), o)
		},
	}
	addSalesFiles(cmd, &o.sales)
	cmd.Flags().StringVar(&o.output, "output", "", "where the matrix goes: `MATRIX`")
	cmd.Flags().StringVar(&o.matrix, "format", "", "`FORMAT` of the matrix: csv, parquet (default: by the ending of MATRIX, else csv)")
	addFormat(cmd, &o.format, formatTable, formatJSON)
	addConfigFlags(cmd, "data", "holidays", "model.method")
	return cmd
}

// matrixFormat settles the format of the matrix file.
func (o *preprocessOptions) matrixFormat() (features.Format, error) {
	switch f := features.Format(o.matrix); {
	case f == features.CSV || f == features.Parquet:
		return f, nil
	case f != "":
		return "", usagef("--format %q is neither csv nor parquet", o.matrix)
	case strings.EqualFold(filepath.Ext(o.output), ".parquet"):
		return features.Parquet, nil
	}
	return features.CSV, nil
}

// checkPlace reports why the matrix and its spec could not be written: they are two files beside
// each other, which take the place of earlier ones.
func (o *preprocessOptions) checkPlace() error {
	switch o.output {
	case "":
		return usagef("no place for the matrix: give --output MATRIX")
	case "-":
		return usagef("a matrix has its spec beside it and cannot go to stdout: give --output MATRIX")
	}
	outputs := []string{o.output, features.SpecPath(o.output)}
	if err := o.checkOutputs(outputs...); err != nil {
		return err
	}
	for _, path := range outputs {
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return hint.Wrap(fmt.Errorf("write %s: this is a link or a device", path), "name a file, or one that is not there yet")
		}
	}
	return nil
}

func runPreprocess(ctx context.Context, o *preprocessOptions) error {
	f, err := o.matrixFormat()
	if err != nil {
		return err
	}
	if err := o.checkPlace(); err != nil {
		return err
	}
	m, err := buildMatrix(ctx, o.env, o.config, o.sales.paths)
	if err != nil {
		return err
	}
	if err := m.WriteFile(ctx, o.output, f); err != nil {
		return writeFailed(o.output, err)
	}
	result := struct {
		Matrix   string `json:"matrix"`
		Spec     string `json:"spec"`
		Format   string `json:"format"`
		Rows     int    `json:"rows"`
		Features int    `json:"features"`
		Digest   string `json:"digest"`
	}{o.output, features.SpecPath(o.output), string(f), m.Len(), m.Spec.NumFeatures(), m.Digest()}
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		return o.format.write(w, result, grid{
			Header: []string{"matrix", "spec", "rows", "features"},
			Rows:   [][]string{{result.Matrix, result.Spec, strconv.Itoa(result.Rows), strconv.Itoa(result.Features)}},
		})
	})
}

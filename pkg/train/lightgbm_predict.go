package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// PredictRaw returns LightGBM's own raw scores of rows, row by row, as many for each as the model
// has outputs. rows are row-major, of features values each; NaN is missing. The model's features
// must be named f0, f1, ... It works in a directory of its own inside dir and removes it.
//
// LightGBM reads values of 1e-35 and less, in magnitude, as 0. Its reader of models trusts what
// it reads: model must come from a LightGBM or have passed the strict reader of package trees.
func (l *LightGBM) PredictRaw(ctx context.Context, dir string, model []byte, features int, rows []float64) (_ []float64, err error) {
	if features < 1 || len(rows) == 0 || len(rows)%features != 0 {
		return nil, fmt.Errorf("predict: %d values are not rows of %d", len(rows), features)
	}
	work, err := os.MkdirTemp(dir, "predict-")
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	for name, content := range map[string][]byte{
		"model.txt": model,
		"rows.csv":  predictRowsCSV(features, rows),
		"predict.conf": []byte("task=predict\ndata=rows.csv\ninput_model=model.txt\noutput_result=raw.tsv\nheader=true\n" +
			"predict_raw_score=true\nprecise_float_parser=true\nnum_threads=1\nverbosity=1\n"),
	} {
		if err := os.WriteFile(filepath.Join(work, name), content, 0o600); err != nil {
			return nil, fmt.Errorf("predict: %w", err)
		}
	}
	log := &progress{}
	if err := l.run(ctx, work, log, "predict.conf"); err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	for _, w := range log.outcome.Warnings {
		// A feature that is not found by its name would count as missing in every row.
		if strings.Contains(w, "is missed in data file") {
			return nil, fmt.Errorf("predict: the features of the model are not named f0 to f%d: lightgbm: %s", features-1, w)
		}
	}
	text, err := os.ReadFile(filepath.Join(work, "raw.tsv"))
	if err != nil {
		return nil, fmt.Errorf("predict: lightgbm ended without an error, but %w", err)
	}
	return parseScores(text, len(rows)/features)
}

// predictRowsCSV returns the rows as LightGBM reads them, by column name. The last column belongs
// to no feature: LightGBM does not recognise a file of one column.
func predictRowsCSV(features int, rows []float64) []byte {
	var b bytes.Buffer
	for i := range features {
		fmt.Fprintf(&b, "f%d,", i)
	}
	b.WriteString("end\n")
	for i, v := range rows {
		b.Write(appendNumber(b.AvailableBuffer(), v))
		b.WriteByte(',')
		if (i+1)%features == 0 {
			b.WriteString("0\n")
		}
	}
	return b.Bytes()
}

// appendNumber appends v in the shortest form from which LightGBM reads exactly v.
func appendNumber(dst []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "nan"...)
	case math.IsInf(v, 1):
		return append(dst, "inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-inf"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// parseScores reads a line of tab-separated scores for each of n rows.
func parseScores(text []byte, n int) ([]float64, error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != n {
		return nil, fmt.Errorf("predict: lightgbm wrote scores of %d rows, not of %d", len(lines), n)
	}
	var scores []float64
	for i, line := range lines {
		for field := range strings.SplitSeq(line, "\t") {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return nil, fmt.Errorf("predict: score of row %d: %w", i, err)
			}
			scores = append(scores, v)
		}
		if len(scores)%(i+1) != 0 {
			return nil, fmt.Errorf("predict: lightgbm wrote another number of scores for row %d than before", i)
		}
	}
	return scores, nil
}

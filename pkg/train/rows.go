package train

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/trees"
)

// block is how many rows are written or predicted between two looks at the context.
const block = 4096

// writeRows writes rows as LightGBM.Train reads them: a header, then the target and the
// features of each row; a missing feature is nan.
func (f *fit) writeRows(ctx context.Context, path string, rows []int) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil && e != nil {
			err = fmt.Errorf("train: %w", e)
		}
	}()
	w := bufio.NewWriterSize(file, 1<<16)
	line := make([]byte, 0, 256)
	row := make([]float64, len(f.m.Values))
	line = append(line, 'y')
	for c := range row {
		line = strconv.AppendInt(append(line, ",f"...), int64(c), 10)
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	for n, i := range rows {
		if n%block == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line = strconv.AppendFloat(line[:0], f.m.Target[i], 'g', -1, 64)
		f.m.Row(row, i)
		for _, v := range row {
			line = append(line, ',')
			if math.IsNaN(v) {
				line = append(line, "nan"...)
				continue
			}
			line = strconv.AppendFloat(line, v, 'g', -1, 64)
		}
		line = append(line, '\n')
		if _, err := w.Write(line); err != nil {
			return fmt.Errorf("train: %w", err)
		}
	}
	return w.Flush()
}

// predictRows returns the prediction of every row, computed by all cores.
func predictRows(ctx context.Context, t *trees.Model, m *features.Matrix, rows []int) ([]float64, error) {
	out := make([]float64, len(rows))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for start := 0; start < len(rows); start += block {
		g.Go(func() error {
			part := rows[start:min(start+block, len(rows))]
			dst := out[start : start+len(part)]
			t.RawBatch(dst, denseRows(m, part))
			t.Transform(dst)
			return ctx.Err()
		})
	}
	return out, g.Wait()
}

// denseRows returns the features of rows, one row after another.
func denseRows(m *features.Matrix, rows []int) []float64 {
	width := len(m.Values)
	dense := make([]float64, len(rows)*width)
	for k, i := range rows {
		m.Row(dense[k*width:(k+1)*width], i)
	}
	return dense
}

// goldenRows is how many rows a bundle holds to prove that it predicts what LightGBM does.
const goldenRows = 256

// golden returns evenly spread rows with LightGBM's own raw predictions, after comparing these
// with the trees' bit for bit.
func (f *fit) golden(ctx context.Context, text []byte, t *trees.Model) (*model.Golden, error) {
	n := min(goldenRows, f.m.Len())
	rows := make([]int, n)
	for k := range rows {
		rows[k] = k * (f.m.Len() - 1) / max(n-1, 1)
	}
	dense := denseRows(f.m, rows)
	raw, err := f.lgb.PredictRaw(ctx, f.dir, text, t.NumFeatures(), dense)
	if err != nil {
		return nil, err
	}
	own := make([]float64, n)
	t.RawBatch(own, dense)
	for k := range own {
		if math.Float64bits(own[k]) != math.Float64bits(raw[k]) {
			return nil, fmt.Errorf("%w: data row %d: LightGBM %v, this program %v", ErrUnlikeLightGBM, rows[k], raw[k], own[k])
		}
	}
	g := &model.Golden{Features: f.m.Spec.FeatureNames(), Raw: raw}
	for r := range slices.Chunk(dense, t.NumFeatures()) {
		g.Rows = append(g.Rows, r)
	}
	return g, nil
}

// history returns the tail that a forecast needs: the last observation of each series, with its
// static covariates.
func history(m *features.Matrix) *model.History {
	last := make(map[string]int)
	key := make([]byte, 0, 64)
	for i := range m.Len() {
		key = key[:0]
		for c := range m.Codes {
			key = strconv.AppendInt(append(key, ' '), int64(m.Codes[c][i]), 10)
		}
		if j, ok := last[string(key)]; !ok || m.Period[i] > m.Period[j] {
			last[string(key)] = i
		}
	}
	rows := make([]int, 0, len(last))
	for _, i := range last {
		rows = append(rows, i)
	}
	slices.SortFunc(rows, func(a, b int) int {
		for c := range m.Codes {
			if d := int(m.Codes[c][a]) - int(m.Codes[c][b]); d != 0 {
				return d
			}
		}
		return 0
	})
	h := &model.History{Values: make([][]string, len(m.Spec.IDs))}
	for c, id := range m.Spec.IDs {
		h.IDs = append(h.IDs, id.Name)
		for _, i := range rows {
			h.Values[c] = append(h.Values[c], m.ID(c, i))
		}
	}
	for _, i := range rows {
		h.Period = append(h.Period, m.Period[i])
		h.Y = append(h.Y, m.Target[i])
	}
	for c := range m.Spec.NumStatic() {
		values := make([]float64, len(rows))
		for k, i := range rows {
			values[k] = m.Covariate(c)[i]
		}
		h.Static = append(h.Static, values)
	}
	return h
}

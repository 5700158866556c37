package forecast

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/trees"
)

// Engine names an evaluator of trees.
type Engine string

// The engines. Both give the same numbers where leaves supports the model.
const (
	EngineTrees  Engine = "trees"  // package trees
	EngineLeaves Engine = "leaves" // github.com/dmitryikh/leaves
)

// Config says how a Forecaster answers.
type Config struct {
	// Levels are the intervals of a row, in percent; the default is 80 and 95.
	Levels []float64
	// Engine evaluates the trees; the default is EngineTrees.
	Engine Engine
	// Horizon is how many days after the data a forecast is not yet called extrapolated;
	// the default is 90.
	Horizon int
}

// Default returns the default Config.
func Default() Config {
	return Config{Levels: []float64{80, 95}, Engine: EngineTrees, Horizon: 90}
}

// Validate reports every field that a Forecaster could not use.
func (c Config) Validate() error {
	var errs []error
	for i, l := range c.Levels {
		if !(l > 0 && l < 100) || (i > 0 && l <= c.Levels[i-1]) {
			errs = append(errs, fmt.Errorf("levels: %v: want percents between 0 and 100, ascending", c.Levels))
			break
		}
	}
	if c.Engine != EngineTrees && c.Engine != EngineLeaves {
		errs = append(errs, fmt.Errorf("engine: %q is neither %s nor %s", c.Engine, EngineTrees, EngineLeaves))
	}
	if c.Horizon < 1 {
		errs = append(errs, fmt.Errorf("horizon: %d is not positive", c.Horizon))
	}
	return errors.Join(errs...)
}

// Request asks for one day of one series. IDs are in the order of the bundle's id columns.
type Request struct {
	IDs  []string
	Date panel.Date
}

// Row is one forecast.
type Row struct {
	IDs            []string
	Date           panel.Date
	PredictedSales float64
	Intervals      []Interval // one per level of the Config
	Method         string
	Horizon        int  // days after the last day of the series; of the data for a new series
	Extrapolated   bool // before the data, or further after it than the Config's horizon
	ColdStart      bool // the data of the bundle held no such series
	ModelVersion   string
}

// Interval is the range that holds the outcome with the probability of its level. Both ends are
// NaN when the bundle holds no calibration.
type Interval struct{ Lo, Hi float64 }

// Forecaster answers from one bundle. It is safe for concurrent use.
type Forecaster struct {
	bundle *model.Bundle
	cfg    Config
	leaves *trees.Leaves
	last   map[string]panel.Date // series -> its last day
	json   *encoder
}

// New returns a Forecaster for a loaded bundle. It fails when the Config is not valid, or asks
// for an engine that cannot evaluate the bundle's trees.
func New(b *model.Bundle, cfg Config) (*Forecaster, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	f := &Forecaster{
		bundle: b, cfg: cfg, last: make(map[string]panel.Date, len(b.History.Date)),
		json: newEncoder(b.Spec.IDs, cfg.Levels),
	}
	for i, d := range b.History.Date {
		key := string(appendSeriesKey(nil, b.History.Series(i)))
		if last, known := f.last[key]; !known || d > last {
			f.last[key] = d
		}
	}
	if cfg.Engine == EngineLeaves {
		var err error
		if f.leaves, err = trees.NewLeaves(b.TreesText); err != nil {
			return nil, hint.Wrap(fmt.Errorf("engine leaves: %w", err), "use --engine trees")
		}
	}
	return f, nil
}

// Bundle returns the bundle that answers.
func (f *Forecaster) Bundle() *model.Bundle { return f.bundle }

// Next returns the requests for the horizon days after the last day of the bundle's data, for
// every series: series by series, day by day. A series that ended early gets the same days as
// the others.
func Next(b *model.Bundle, horizon int) []Request {
	seen := make(map[string]bool)
	var out []Request
	for i := range b.History.Date {
		ids := b.History.Series(i)
		if key := string(appendSeriesKey(nil, ids)); !seen[key] {
			seen[key] = true
			for step := range horizon {
				out = append(out, Request{IDs: ids, Date: b.Spec.LastDate + panel.Date(step+1)})
			}
		}
	}
	return out
}

// block is how many requests are evaluated between two looks at the context.
const block = 1024

// Run answers requests in their order. It panics if a request has not one id per id column. An
// id that breaks its column's rule is an error that names the request, counted from 1, and wraps
// features.ErrBadID; then nothing is answered.
func (f *Forecaster) Run(ctx context.Context, requests []Request) ([]Row, error) {
	rows := make([]Row, len(requests))
	levels := len(f.cfg.Levels)
	intervals := slices.Repeat([]Interval{{math.NaN(), math.NaN()}}, len(rows)*levels)
	width := f.bundle.Spec.NumFeatures()
	dense := make([]float64, width*min(block, len(rows)))
	values := make([]float64, min(block, len(rows)))
	var key []byte
	for start := 0; start < len(rows); start += block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part := requests[start:min(start+block, len(rows))]
		for i, r := range part {
			if err := f.bundle.Spec.Row(dense[i*width:(i+1)*width], r.Date, r.IDs); err != nil {
				return nil, fmt.Errorf("request %d: %w", start+i+1, err)
			}
		}
		if err := f.evaluate(values[:len(part)], dense[:len(part)*width]); err != nil {
			return nil, err
		}
		for i, r := range part {
			key = appendSeriesKey(key[:0], r.IDs)
			rows[start+i] = f.row(r, key, values[i])
			rows[start+i].Intervals, intervals = intervals[:levels:levels], intervals[levels:]
		}
	}
	return rows, nil
}

// AppendJSON appends a row of Run as a JSON object: the bytes of WriteJSONL without the line
// feed.
func (f *Forecaster) AppendJSON(dst []byte, r *Row) []byte { return f.json.appendRow(dst, r) }

func (f *Forecaster) evaluate(dst, dense []float64) error {
	if f.leaves != nil {
		if err := f.leaves.RawBatch(dst, dense); err != nil {
			return fmt.Errorf("engine leaves: %w", err)
		}
	} else {
		f.bundle.Trees.RawBatch(dst, dense)
	}
	f.bundle.Trees.Transform(dst)
	return nil
}

// row returns the answer to a request for the series of that key, without its intervals.
func (f *Forecaster) row(r Request, key []byte, value float64) Row {
	last, known := f.last[string(key)]
	spec := f.bundle.Spec
	if !known {
		last = spec.LastDate
	}
	return Row{
		IDs: r.IDs, Date: r.Date, PredictedSales: value, Method: spec.Method,
		Horizon: int(r.Date - last), ColdStart: !known, ModelVersion: f.bundle.ID,
		Extrapolated: r.Date < spec.FirstDate || int(r.Date-spec.LastDate) > f.cfg.Horizon,
	}
}

// appendSeriesKey joins ids in a way that no two series share: each id is preceded by its length.
func appendSeriesKey(dst []byte, ids []string) []byte {
	for _, id := range ids {
		dst = append(strconv.AppendInt(dst, int64(len(id)), 10), ':')
		dst = append(dst, id...)
	}
	return dst
}

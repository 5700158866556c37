package forecast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/model"
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
	// Horizon is how many periods after the data a forecast is not yet called extrapolated;
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

// Request asks for one period of one series. IDs are in the order of the bundle's id columns,
// Covariates in that of its Spec's: nil where none are given, NaN for one that is missing,
// OfSeries() for a static one that is not given.
type Request struct {
	IDs        []string
	Period     calendar.Period // of the bundle's frequency
	Covariates []float64
}

// OfSeries returns what stands for a static covariate that a Request does not give: the value of the
// series in the bundle's data, a missing one for a new series. No covariate has this value itself.
func OfSeries() float64 { return math.Inf(1) }

// Row is one forecast.
type Row struct {
	IDs            []string
	Period         calendar.Period
	Freq           calendar.Freq
	PredictedSales float64
	Intervals      []Interval // one per level of the Config
	Method         string
	Horizon        int  // periods after the last one of the series; of the data for a new series
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
	last   map[string]int // series -> its last row in the bundle's history
	json   *encoder
}

// New returns a Forecaster for a loaded bundle. It fails when the Config is not valid, or asks
// for an engine that cannot evaluate the bundle's trees.
func New(b *model.Bundle, cfg Config) (*Forecaster, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	f := &Forecaster{
		bundle: b, cfg: cfg, last: make(map[string]int, b.History.Len()),
		json: newEncoder(b.Spec.IDs, cfg.Levels),
	}
	for i, t := range b.History.Period {
		key := string(appendSeriesKey(nil, b.History.Series(i)))
		if last, known := f.last[key]; !known || t > b.History.Period[last] {
			f.last[key] = i
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

// Next returns the requests for the horizon periods after the last one of the bundle's data, for
// every series: series by series, in the order of time. A series that ended early gets the same
// periods as the others.
func Next(b *model.Bundle, horizon int) []Request {
	seen := make(map[string]bool)
	var series [][]string
	for i := range b.History.Period {
		ids := b.History.Series(i)
		if key := string(appendSeriesKey(nil, ids)); !seen[key] {
			seen[key] = true
			series = append(series, ids)
		}
	}
	return next(b.Spec, series, horizon)
}

// NextOf returns what Next does for a bundle that is trained on m.
func NextOf(m *features.Matrix, horizon int) []Request {
	seen := make(map[string]bool)
	var rows []int // the first of each series
	var key []byte
	for i := range m.Len() {
		key = key[:0]
		for _, codes := range m.Codes {
			key = strconv.AppendInt(append(key, ' '), int64(codes[i]), 10)
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			rows = append(rows, i)
		}
	}
	slices.SortFunc(rows, func(a, b int) int {
		for _, codes := range m.Codes {
			if order := cmp.Compare(codes[a], codes[b]); order != 0 {
				return order
			}
		}
		return 0
	})
	series := make([][]string, len(rows))
	for k, i := range rows {
		for c := range m.Codes {
			series[k] = append(series[k], m.ID(c, i))
		}
	}
	return next(m.Spec, series, horizon)
}

func next(s *features.Spec, series [][]string, horizon int) []Request {
	out := make([]Request, 0, len(series)*horizon)
	for _, ids := range series {
		for step := range horizon {
			out = append(out, Request{IDs: ids, Period: s.Last() + calendar.Period(step+1)})
		}
	}
	return out
}

// block is how many requests are evaluated between two looks at the context.
const block = 1024

// Run answers requests in their order. A static covariate that a request does not give is the one of
// its series in the bundle's data, one that is missing stays so; where the Spec must know some ahead, a request without covariates is
// a *FutureError. An id that breaks its column's rule is an error that names the request, counted
// from 1, and wraps features.ErrBadID. After an error nothing is answered. Run panics if a request
// has not one id per id column, or covariates of another number than the Spec.
func (f *Forecaster) Run(ctx context.Context, requests []Request) ([]Row, error) {
	spec := f.bundle.Spec
	if err := CheckKnown(spec, requests); err != nil {
		return nil, err
	}
	rows := make([]Row, len(requests))
	levels := len(f.cfg.Levels)
	intervals := slices.Repeat([]Interval{{math.NaN(), math.NaN()}}, len(rows)*levels)
	width := spec.NumFeatures()
	covariates := make([]float64, len(spec.Covariates))
	dense := make([]float64, width*min(block, len(rows)))
	values := make([]float64, min(block, len(rows)))
	var key []byte
	for start := 0; start < len(rows); start += block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part := requests[start:min(start+block, len(rows))]
		for i, r := range part {
			f.setCovariates(covariates, r)
			if err := spec.Row(dense[i*width:(i+1)*width], r.Period, r.IDs, covariates); err != nil {
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

// setCovariates sets dst to the covariates of a request.
func (f *Forecaster) setCovariates(dst []float64, r Request) {
	if r.Covariates != nil && len(r.Covariates) != len(dst) {
		panic("forecast: Run needs a request to have one covariate per covariate of the Spec")
	}
	if len(dst) == 0 {
		return
	}
	if copy(dst, r.Covariates) == 0 {
		ownCovariates(dst, f.bundle.Spec)
	}
	row, known := f.last[string(appendSeriesKey(nil, r.IDs))]
	for c, values := range f.bundle.History.Static {
		switch {
		case dst[c] != OfSeries():
		case known:
			dst[c] = values[row]
		default:
			dst[c] = math.NaN()
		}
	}
}

// ownCovariates sets dst to the covariates of a request that gives none.
func ownCovariates(dst []float64, s *features.Spec) {
	for c := range dst {
		dst[c] = math.NaN()
		if c < s.NumStatic() {
			dst[c] = OfSeries()
		}
	}
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
	spec := f.bundle.Spec
	last := spec.Last()
	row, known := f.last[string(key)]
	if known {
		last = f.bundle.History.Period[row]
	}
	return Row{
		IDs: r.IDs, Period: r.Period, Freq: spec.Freq, PredictedSales: value, Method: spec.Method,
		Horizon: int(r.Period - last), ColdStart: !known, ModelVersion: f.bundle.ID,
		Extrapolated: r.Period < spec.First() || int(r.Period-spec.Last()) > f.cfg.Horizon,
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

package quality

import (
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// Description is a summary of a panel for people and programs.
type Description struct {
	Files     []string        `json:"files"`
	Time      string          `json:"time"`
	Freq      string          `json:"freq"`
	FirstDate string          `json:"first_date"` // as panel.Panel.Freq formats it
	LastDate  string          `json:"last_date"`
	Rows      int             `json:"rows"`
	Series    int             `json:"series"`
	Lengths   *Lengths        `json:"lengths"` // of the series; null where there are none
	IDs       []IDDescription `json:"ids"`

	Target   string            `json:"target"`
	Observed int               `json:"observed"` // rows with a target
	Missing  int               `json:"missing"`  // rows with an empty target
	Values   *ValueDescription `json:"values"`   // of the observed targets; null where there are none

	GapPeriods int         `json:"gap_periods"` // periods inside series without a row
	Gaps       SeriesCount `json:"gaps"`        // series with such periods
	Late       SeriesCount `json:"late"`        // series that start after the first date
	Ended      SeriesCount `json:"ended"`       // series that end before the last date

	SampledRows int                 `json:"sampled_rows"` // that the columns other than the target are described by
	Columns     []ColumnDescription `json:"columns"`
	Total       Total               `json:"total"`
	Calendar    []Part              `json:"calendar"` // of gaps; empty where nothing is missing

	Ignored  []string        `json:"ignored"` // columns without a role
	Warnings []table.Warning `json:"warnings"`
}

// Lengths says how many observations the series have.
type Lengths struct {
	Min    int `json:"min"`
	Median int `json:"median"`
	Max    int `json:"max"`
}

// IDDescription is a summary of an id column.
type IDDescription struct {
	Name     string     `json:"name"`
	Rule     panel.Rule `json:"rule"`
	Distinct int        `json:"distinct"`
}

// ValueDescription is a summary of the targets that are known.
type ValueDescription struct {
	Min      float64 `json:"min"`
	Mean     float64 `json:"mean"`
	Max      float64 `json:"max"`
	Zeros    int     `json:"zeros"`
	Negative int     `json:"negative"`
}

// SeriesCount says how many series have a property and names the first of them.
type SeriesCount struct {
	Count  int      `json:"count"`
	Places []string `json:"places"` // at most table.MaxPlaces
}

// countSeries counts and names series.
func countSeries(p *panel.Panel, series []int) SeriesCount {
	c := SeriesCount{Count: len(series)}
	for _, s := range series[:min(len(series), table.MaxPlaces)] {
		c.Places = append(c.Places, p.Label(s))
	}
	return c
}

// DescribeConfig says what to describe beside the panel.
type DescribeConfig struct {
	Files  []string // names of the files that were read
	Unused []panel.ColumnSummary
}

// sampledRows bounds the rows that columns other than the target are described by.
const sampledRows = 10_000

// Describe summarises a panel. An empty panel has no dates.
func Describe(p *panel.Panel, cfg DescribeConfig) Description {
	d := Description{
		Files: cfg.Files,
		Time:  p.Time, Freq: p.Freq.String(), Series: p.NumSeries(), Rows: p.Len(),
		Target: p.Target, Ignored: p.Ignored, Warnings: p.Warnings,
	}
	for _, id := range p.IDs {
		d.IDs = append(d.IDs, IDDescription{Name: id.Name, Rule: id.Rule, Distinct: len(id.Values)})
	}
	d.describeTarget(p.Y)
	if p.Len() == 0 {
		return d
	}
	first, last := p.Range()
	d.FirstDate, d.LastDate = p.Freq.Format(first), p.Freq.Format(last)
	lengths := make([]int, p.NumSeries())
	for s := range lengths {
		lengths[s] = p.Offset[s+1] - p.Offset[s]
	}
	slices.Sort(lengths)
	d.Lengths = &Lengths{Min: lengths[0], Median: lengths[len(lengths)/2], Max: lengths[len(lengths)-1]}
	periods, gapped := p.Gaps()
	late, ended := lives(p)
	d.GapPeriods, d.Gaps, d.Late, d.Ended = periods, countSeries(p, gapped), countSeries(p, late), countSeries(p, ended)
	d.Total, d.Calendar = totalOf(p), calendarOfGaps(p)
	d.SampledRows = min(p.Len(), sampledRows)
	d.Columns = describeColumns(p, cfg.Unused)
	return d
}

func (d *Description) describeTarget(y []float64) {
	v := ValueDescription{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, x := range y {
		if math.IsNaN(x) {
			d.Missing++
			continue
		}
		d.Observed++
		v.Min, v.Max = min(v.Min, x), max(v.Max, x)
		v.Mean += 2 * ((x/2 - v.Mean/2) / float64(d.Observed)) // a sum or a difference could overflow
		if x == 0 {
			v.Zeros++
		}
		if x < 0 {
			v.Negative++
		}
	}
	if d.Observed > 0 {
		d.Values = &v
	}
}

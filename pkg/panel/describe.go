package panel

import "math"

// Description is a summary of a panel for people and programs.
type Description struct {
	Time      string          `json:"time"`
	Freq      string          `json:"freq"`
	FirstDate string          `json:"first_date"` // YYYY-MM-DD
	LastDate  string          `json:"last_date"`
	Series    int             `json:"series"`
	Rows      int             `json:"rows"`
	IDs       []IDDescription `json:"ids"`

	Target   string            `json:"target"`
	Observed int               `json:"observed"` // rows with a target
	Missing  int               `json:"missing"`  // rows with an empty target
	Values   *ValueDescription `json:"values"`   // of the observed targets; null where there are none

	GapDays int         `json:"gap_days"` // days inside series without a row
	Gaps    SeriesCount `json:"gaps"`     // series with such days
	Late    SeriesCount `json:"late"`     // series that start after the first date
	Ended   SeriesCount `json:"ended"`    // series that end before the last date

	Ignored  []string  `json:"ignored"` // columns without a role
	Warnings []Warning `json:"warnings"`
}

// IDDescription is a summary of an id column.
type IDDescription struct {
	Name     string `json:"name"`
	Rule     Rule   `json:"rule"`
	Distinct int    `json:"distinct"`
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
	Places []string `json:"places"` // at most 5
}

func (c *SeriesCount) add(p *Panel, series int) {
	c.Count++
	if len(c.Places) < maxPlaces {
		c.Places = append(c.Places, p.Label(series))
	}
}

// Describe summarises the panel. An empty panel has no dates.
func (p *Panel) Describe() Description {
	d := Description{
		Time: p.Time, Freq: p.Freq, Series: p.NumSeries(), Rows: p.Len(),
		Target: p.Target, Ignored: p.Ignored, Warnings: p.Warnings,
	}
	for _, id := range p.IDs {
		d.IDs = append(d.IDs, IDDescription{Name: id.Name, Rule: id.Rule, Distinct: len(id.Values)})
	}
	d.describeTarget(p.Y)
	if p.Len() == 0 {
		return d
	}
	first, last := p.Date[0], p.Date[0]
	for s := range p.NumSeries() {
		first = min(first, p.Date[p.Offset[s]])
		last = max(last, p.Date[p.Offset[s+1]-1])
	}
	d.FirstDate, d.LastDate = first.String(), last.String()
	for s := range p.NumSeries() {
		if p.Date[p.Offset[s]] > first {
			d.Late.add(p, s)
		}
		if p.Date[p.Offset[s+1]-1] < last {
			d.Ended.add(p, s)
		}
	}
	days, gapped := p.gaps()
	d.GapDays = days
	for _, s := range gapped {
		d.Gaps.add(p, s)
	}
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
		v.Mean += (x - v.Mean) / float64(d.Observed) // a plain sum could overflow
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

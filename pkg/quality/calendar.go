package quality

import (
	"math"
	"sort"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// Total is the target summed over all series, period by period.
type Total struct {
	FirstDate string `json:"first_date"`
	LastDate  string `json:"last_date"`
	Periods   int    `json:"periods"` // that a value is the mean of; the last may have fewer
	Values    Values `json:"values"`
}

// Values are numbers that JSON writes as null where they are NaN: nothing is known.
type Values []float64

// MarshalJSONTo writes an array.
func (v Values) MarshalJSONTo(enc *jsontext.Encoder) error {
	if err := enc.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for _, x := range v {
		token := jsontext.Float(x)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			token = jsontext.Null
		}
		if err := enc.WriteToken(token); err != nil {
			return err
		}
	}
	return enc.WriteToken(jsontext.EndArray)
}

// maxTotals bounds the values of a Total: more than a page draws.
const maxTotals = 400

// totalOf sums the target of all series. Longer time is told in means of several periods.
func totalOf(p *panel.Panel) Total {
	if p.Len() == 0 {
		return Total{}
	}
	first, last := p.Range()
	periods := int(int64(last) - int64(first) + 1)
	step := (periods + maxTotals - 1) / maxTotals
	t := Total{
		FirstDate: p.Freq.Format(first), LastDate: p.Freq.Format(last), Periods: step,
		Values: make(Values, (periods+step-1)/step),
	}
	known := make([]bool, len(t.Values))
	for i, y := range p.Y {
		if y != y {
			continue
		}
		k := int(p.Period[i]-first) / step
		t.Values[k] += y
		known[k] = true
	}
	for k := range t.Values {
		t.Values[k] /= float64(min(step, periods-k*step))
		if !known[k] {
			t.Values[k] = math.NaN()
		}
	}
	return t
}

// Part is how complete the observations of one part of the calendar are, over all series.
type Part struct {
	Year     int `json:"year"`
	Month    int `json:"month"`
	Day      int `json:"day,omitzero"` // 0 for a whole month
	Expected int `json:"expected"`     // periods inside series
	Missing  int `json:"missing"`      // of those, the ones without a row
}

// maxDays bounds the span of sales whose calendar has days, about a year; longer ones have months.
const maxDays = 366

// calendarOfGaps returns the parts in which anything is expected, nil where nothing is missing.
func calendarOfGaps(p *panel.Panel) []Part {
	gaps, _ := gapsOf(p)
	if len(gaps) == 0 {
		return nil
	}
	c := newParts(p)
	for s := range p.NumSeries() {
		if from, to := p.Offset[s], p.Offset[s+1]; from < to {
			c.add(p.Period[from], p.Period[to-1]+1, c.expected)
		}
	}
	for _, g := range gaps {
		c.add(g.first, g.end, c.missing)
	}
	return c.list()
}

// parts counts periods by parts of the calendar. The counts are kept as differences between
// neighbours, so that a long stretch costs no more than a short one.
type parts struct {
	starts   []calendar.Period // of the parts, ascending
	dates    []calendar.Date
	byDay    bool
	expected *tally
	missing  *tally
}

// tally counts the periods of each part.
type tally struct {
	some  []int // of stretches that begin or end in the part
	whole []int // how many more stretches than in the part before hold all of it
}

func newTally(n int) *tally { return &tally{some: make([]int, n), whole: make([]int, n+1)} }

// newParts returns the days from the first to the last date, or the months of a longer time.
func newParts(p *panel.Panel) *parts {
	first, last := p.Range()
	from, to := p.Freq.Start(first).Date, p.Freq.Start(last).Date
	c := &parts{byDay: p.Freq <= calendar.BusinessDay && to-from < maxDays}
	for d := c.floor(from); d <= to; d = c.next(d) {
		_, start := p.Freq.Around(calendar.Time{Date: d})
		c.starts, c.dates = append(c.starts, start), append(c.dates, d)
	}
	c.expected, c.missing = newTally(len(c.starts)), newTally(len(c.starts))
	return c
}

func (c *parts) floor(d calendar.Date) calendar.Date {
	if c.byDay {
		return d
	}
	year, month, _ := d.Civil()
	return calendar.NewDate(year, month, 1)
}

func (c *parts) next(d calendar.Date) calendar.Date {
	if c.byDay {
		return d + 1
	}
	year, month, _ := d.Civil()
	if month == 12 {
		year, month = year+1, 0
	}
	return calendar.NewDate(year, month+1, 1)
}

// find returns the part that holds a period.
func (c *parts) find(t calendar.Period) int {
	return sort.Search(len(c.starts), func(k int) bool { return c.starts[k] > t }) - 1
}

// add counts the periods from first to before end.
func (c *parts) add(first, end calendar.Period, to *tally) {
	a, b := c.find(first), c.find(end-1)
	if a == b {
		to.some[a] += int(end - first)
		return
	}
	to.some[a] += int(c.starts[a+1] - first)
	to.some[b] += int(end - c.starts[b])
	to.whole[a+1]++
	to.whole[b]--
}

func (c *parts) list() []Part {
	list := make([]Part, 0, len(c.starts))
	expected, missing := 0, 0 // stretches that hold all of the part
	for k, d := range c.dates {
		expected += c.expected.whole[k]
		missing += c.missing.whole[k]
		size := 0
		if k+1 < len(c.starts) {
			size = int(c.starts[k+1] - c.starts[k])
		}
		year, month, day := d.Civil()
		part := Part{
			Year: year, Month: month,
			Expected: c.expected.some[k] + expected*size, Missing: c.missing.some[k] + missing*size,
		}
		if c.byDay {
			part.Day = day
		}
		if part.Expected > 0 {
			list = append(list, part)
		}
	}
	return list
}

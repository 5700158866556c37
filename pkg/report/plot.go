package report

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// Point is one period of a series. A value that is not finite is a period without one.
type Point struct {
	Period calendar.Period
	Value  float64
}

// Series is what one plot shows. The points stand in any order; of two for one period the later
// one counts.
type Series struct {
	Title    string
	Freq     calendar.Freq // of the points
	History  []Point       // what was sold
	Forecast []Point       // what is expected; may be empty

	// Width is the number of columns of the whole plot; the zero value means 80. Where there
	// are more periods than columns, only every so many-th is drawn. Less than 40 is taken
	// as 40.
	Width int
	// Height is the number of steps of the vertical axis; the zero value means 12.
	Height int

	Glyphs Glyphs
	Colour Colour
}

// Glyphs says which characters a plot is drawn with.
type Glyphs int

// The glyphs.
const (
	Unicode Glyphs = iota // box-drawing characters
	ASCII                 // none but ASCII, for terminals that know no other
)

// Colour says whether a plot may hold the escape sequences of colours.
type Colour int

// The colours.
const (
	NoColour Colour = iota // plain text
	ANSI                   // the forecast stands out by ANSI colours
)

const (
	defaultWidth, minWidth = 80, 40
	defaultHeight          = 12
	axisWidth              = 3 // a blank before the label, a blank and the axis behind it
)

// ErrNoPoints is returned for a series without any finite value.
var ErrNoPoints = errors.New("nothing to plot: no period has a value")

// Plot draws s: a title, the lines of both parts with a vertical line on the first period of the
// forecast, the first and last periods below them, and a legend. Every line ends in \n. What a
// terminal would act on in the title is escaped.
func Plot(w io.Writer, s Series) error {
	d, err := newDrawing(s)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(text.Snip(s.Glyphs.escape(s.Title), d.width, "..."))
	b.WriteString("\n")
	b.WriteString(d.inGlyphs(d.graph()))
	b.WriteString("\n")
	b.WriteString(d.inGlyphs(d.dates()))
	b.WriteString("\n")
	b.WriteString(d.inGlyphs(d.legend()))
	b.WriteString("\n")
	_, err = io.WriteString(w, b.String())
	return err
}

// drawing is a Series laid out in columns.
type drawing struct {
	Series
	width, height int
	label         func(float64) string
	labelWidth    int

	first, last      calendar.Period
	forecast         calendar.Period // its first; last+1 without one
	columns          int
	low, high        float64
	history, expects []float64 // by column; NaN: nothing
}

func newDrawing(s Series) (*drawing, error) {
	d := &drawing{
		Series: s,
		width:  max(cmp.Or(s.Width, defaultWidth), minWidth), height: max(cmp.Or(s.Height, defaultHeight), 1),
		low: math.Inf(1), high: math.Inf(-1),
	}
	all := slices.Concat(s.History, s.Forecast)
	for _, p := range all {
		if isFinite(p.Value) {
			d.low, d.high = min(d.low, p.Value), max(d.high, p.Value)
		}
	}
	if d.low > d.high {
		return nil, ErrNoPoints
	}
	if d.low == d.high { // a line needs an axis that is more than a point
		d.low, d.high = min(d.low, 0), max(d.high, 0)
	}
	if d.low == d.high {
		d.high = 1
	}
	d.label = labeller((d.high - d.low) / float64(d.height))
	d.labelWidth = max(len(d.label(d.low)), len(d.label(d.high)))

	byPeriod := func(a, b Point) int { return cmp.Compare(a.Period, b.Period) }
	d.first, d.last = slices.MinFunc(all, byPeriod).Period, slices.MaxFunc(all, byPeriod).Period
	d.forecast = d.last + 1
	if len(s.Forecast) > 0 {
		d.forecast = slices.MinFunc(s.Forecast, byPeriod).Period
	}
	d.columns = min(max(int(d.last)-int(d.first)+1, 2), d.width-d.labelWidth-axisWidth)
	d.history, d.expects = d.spread(s.History), d.spread(s.Forecast)
	return d, nil
}

// spread returns the values of points by column.
func (d *drawing) spread(points []Point) []float64 {
	byPeriod := make(map[calendar.Period]float64, len(points))
	for _, p := range points {
		byPeriod[p.Period] = p.Value
	}
	columns := make([]float64, d.columns)
	for c := range columns {
		columns[c] = math.NaN()
		if v, ok := byPeriod[d.at(c)]; ok && isFinite(v) {
			columns[c] = v
		}
	}
	return columns
}

// at returns the period of a column: those of the first and the last column are d's.
func (d *drawing) at(column int) calendar.Period {
	return d.first + calendar.Period(column*(int(d.last)-int(d.first))/(d.columns-1))
}

// boundary returns the first column of the forecast.
func (d *drawing) boundary() int {
	for c := range d.columns {
		if d.at(c) >= d.forecast {
			return c
		}
	}
	return d.columns
}

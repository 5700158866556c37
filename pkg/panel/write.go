package panel

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// WriteCSV writes the panel as a long file: the columns of date, ids, target and covariates, one row
// an observation, series by series. Dates are those that periods start with, numbers the shortest
// text that reads as the same one, missing values empty. [Read] with the same names and frequency
// gives the same observations; their Row, and the order of Levels, are then those of the file.
func (p *Panel) WriteCSV(w io.Writer) error {
	out := newRecords(w)
	out.add(p.Time)
	for _, id := range p.IDs {
		out.add(id.Name)
	}
	out.add(p.Target)
	for _, c := range p.Covariates {
		out.add(c.Name)
	}
	out.end()
	for s := range p.NumSeries() {
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			out.addRaw(func(dst []byte) []byte { return p.Freq.Append(dst, p.Period[i]) })
			for c := range p.IDs {
				out.add(p.ID(c, s))
			}
			out.addRaw(func(dst []byte) []byte { return appendNumber(dst, p.Y[i]) })
			for _, c := range p.Covariates {
				at := c.at(s, i)
				if c.Levels != nil {
					out.add(c.Text(at))
					continue
				}
				out.addRaw(func(dst []byte) []byte { return appendNumber(dst, c.Values[at]) })
			}
			out.end()
		}
	}
	return out.flush()
}

// at returns the index of the value that an observation of a series has.
func (c Covariate) at(series, observation int) int {
	if c.Use == Static {
		return series
	}
	return observation
}

// maxRecord is the longest record that package table reads.
const maxRecord = 64 << 10

// WriteWide writes the panel as a wide file: the ids, then a column for each period from the first to
// the last of all series, one row a series. A missing target and a period without a row are both
// empty, so that [ReadWide] takes missing targets, the NaN of Panel.Y, for gaps; covariates are left out. Lines that [ReadWide] would not read, of more than 64 KiB, are an
// error: 5,956 days or 3,276 hours leave room for little more than the dates.
func (p *Panel) WriteWide(w io.Writer) error {
	first, last := p.Range()
	out := newRecords(w)
	for _, id := range p.IDs {
		out.add(id.Name)
	}
	for t := first; t <= last && len(out.buf) <= maxRecord; t++ {
		out.addRaw(func(dst []byte) []byte { return p.Freq.Append(dst, t) })
	}
	if len(out.buf) > maxRecord {
		n := int(last) - int(first) + 1
		return tooWide(fmt.Sprintf("the header of %d periods from %s to %s", n, p.Freq.Format(first), p.Freq.Format(last)))
	}
	out.end()
	for s := range p.NumSeries() {
		for c := range p.IDs {
			out.add(p.ID(c, s))
		}
		i := p.Offset[s]
		for t := first; t <= last; t++ {
			y := math.NaN()
			if i < p.Offset[s+1] && p.Period[i] == t {
				y = p.Y[i]
				i++
			}
			out.addRaw(func(dst []byte) []byte { return appendNumber(dst, y) })
		}
		if len(out.buf)-out.start > maxRecord {
			return tooWide("the line of " + p.Label(s))
		}
		out.end()
	}
	return out.flush()
}

func tooWide(what string) error {
	return hint.Wrap(fmt.Errorf("write wide: %s is longer than %d KiB, the most that a line may have", what, maxRecord>>10),
		"write the long form, or split the sales by years")
}

// WriteParquet writes what WriteCSV does as Parquet: dates as DATE, hours as TIMESTAMP, integer ids
// as INT64, other ids and text as STRING, in which "" is missing, numbers as DOUBLE, in which NaN is.
func (p *Panel) WriteParquet(w io.Writer) error {
	date := columnar.Column{Name: p.Time, Kind: columnar.Date, Ticks: make([]int32, p.Len())}
	if p.Freq.Unit() == calendar.Hours {
		date.Kind = columnar.Hour
	}
	for i := range date.Ticks {
		date.Ticks[i] = p.Freq.Unit().Tick(p.Start(i))
	}
	columns := []columnar.Column{date}
	for c, id := range p.IDs {
		columns = append(columns, p.idColumn(id, p.Codes[c]))
	}
	columns = append(columns, columnar.Column{Name: p.Target, Kind: columnar.Float, Floats: p.Y})
	for _, c := range p.Covariates {
		columns = append(columns, p.covariateColumn(c))
	}
	if err := columnar.Write(w, columns); err != nil {
		return fmt.Errorf("write sales: %w", err)
	}
	return nil
}

func (p *Panel) idColumn(id IDColumn, codes []int32) columnar.Column {
	if id.Rule == Text {
		of := perObservation(p, func(s int) int32 { return codes[s] })
		return columnar.Column{Name: id.Name, Kind: columnar.Text, Codes: of, Words: id.Values}
	}
	numbers := make([]int64, len(id.Values))
	for i, v := range id.Values {
		numbers[i], _ = strconv.ParseInt(v, 10, 64) // the rule says that it is one
	}
	of := perObservation(p, func(s int) int64 { return numbers[codes[s]] })
	return columnar.Column{Name: id.Name, Kind: columnar.Int, Ints: of}
}

func (p *Panel) covariateColumn(c Covariate) columnar.Column {
	values := c.Values
	if c.Use == Static {
		values = perObservation(p, func(s int) float64 { return c.Values[s] })
	}
	if c.Levels == nil {
		return columnar.Column{Name: c.Name, Kind: columnar.Float, Floats: values}
	}
	codes := make([]int32, len(values))
	for i, v := range values {
		codes[i] = int32(len(c.Levels)) // the word of a missing one
		if v == v {
			codes[i] = int32(v)
		}
	}
	return columnar.Column{Name: c.Name, Kind: columnar.Text, Codes: codes, Words: append(slices.Clip(c.Levels), "")}
}

// appendNumber appends the shortest text of a number, without an exponent unless the number is very
// large or small, as package table writes those of Parquet; nothing for a missing one.
func appendNumber(dst []byte, v float64) []byte {
	switch size := math.Abs(v); {
	case v != v:
		return dst
	case size < 1e21 && (size >= 1e-6 || size == 0):
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// number writes a number as appendNumber does.
func number(v float64) string { return string(appendNumber(nil, v)) }

// records writes the records of a CSV file. The first error stays until flush.
type records struct {
	w     io.Writer
	buf   []byte
	start int  // of the record, in buf
	begun bool // whether it has a field
	err   error
}

func newRecords(w io.Writer) *records { return &records{w: w} }

// add adds a field of any text.
func (r *records) add(text string) {
	r.addRaw(func(dst []byte) []byte {
		if strings.ContainsAny(text, ",;\t\"\r\n") {
			return append(append(append(dst, '"'), strings.ReplaceAll(text, `"`, `""`)...), '"')
		}
		return append(dst, text...)
	})
}

// addRaw adds a field of which nothing needs quotes.
func (r *records) addRaw(field func(dst []byte) []byte) {
	if r.begun {
		r.buf = append(r.buf, ',')
	}
	r.begun = true
	r.buf = field(r.buf)
}

func (r *records) end() {
	const chunk = 64 << 10
	r.buf, r.begun = append(r.buf, '\n'), false
	if len(r.buf) > chunk {
		r.write()
	}
	r.start = len(r.buf)
}

func (r *records) write() {
	if r.err == nil {
		_, r.err = r.w.Write(r.buf)
	}
	r.buf = r.buf[:0]
}

func (r *records) flush() error {
	if r.write(); r.err != nil {
		return fmt.Errorf("write sales: %w", r.err)
	}
	return nil
}

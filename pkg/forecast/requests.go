package forecast

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/table"
)

// ErrNoRequests is returned for a file of requests without a row.
var ErrNoRequests = errors.New("no requests")

var errNoValue = errors.New("has no value and must be known ahead")

// ReadRequests reads a file of requests, CSV text or Parquet, by the rules of a table.Reader: a
// header that names the id columns, the date column of the Spec (or "date") and the covariates that
// must be known ahead, in any order, then one request a row. Static covariates may be there, and then
// hold for every row: an empty cell is a missing value, not the one of the series. Other columns are
// ignored. Cells that cannot be used are a *table.DataError, all of them together; name
// stands for the file in errors. The warnings say what was odd: texts that the data of the Spec did
// not hold are missing values.
func ReadRequests(r io.Reader, name string, s *features.Spec) ([]Request, []table.Warning, error) {
	f, err := table.Open(r, name, 0)
	if err != nil {
		return nil, nil, err
	}
	columns, warnings, err := f.Find(wanted(f, s))
	if err != nil {
		return nil, nil, withColumnHint(err, s)
	}
	rows := newRequestReader(f.Reader(columns), s, columns[len(s.IDs)+1:])
	var out []Request
	for cells := range rows.t.Rows() {
		out = append(out, rows.read(cells))
	}
	if err := rows.t.Err(); err != nil {
		return nil, nil, err
	}
	if len(out) == 0 {
		return nil, nil, fmt.Errorf("%s: %w", name, ErrNoRequests)
	}
	if rows.unseen.Count > 0 {
		warnings = append(warnings, rows.unseen)
	}
	return out, warnings, nil
}

// wanted returns the columns of requests that f must have or has: ids, the date, covariates.
func wanted(f *table.File, s *features.Spec) []table.Wanted {
	var list []table.Wanted
	for _, id := range s.IDs {
		list = append(list, table.Wanted{Name: id.Name})
	}
	date := table.Wanted{Name: s.Time}
	if !f.Has(s.Time) && f.Has("date") {
		date.Name = "date"
	}
	list = append(list, date)
	for c, covariate := range s.Covariates {
		if c >= s.NumStatic() || f.Has(covariate.Name) {
			list = append(list, table.Wanted{Name: covariate.Name})
		}
	}
	return list
}

// withColumnHint adds to the error of a missing column what a file of requests has.
func withColumnHint(err error, s *features.Spec) error {
	missing, ok := errors.AsType[*table.ColumnError](err)
	if !ok {
		return err
	}
	remedy := "a file of requests has one column for each id of the model and one for the date"
	if s.NumStatic() < len(s.Covariates) {
		remedy += ", and those that must be known ahead"
	}
	if meant := hint.Nearest(missing.Column, missing.Have); meant != "" {
		remedy = fmt.Sprintf("did you mean %q? %s", meant, remedy)
	}
	return hint.Wrap(missing, remedy)
}

// requestReader makes requests of the rows of a table, whose cells are ids, the date, covariates.
type requestReader struct {
	t          *table.Reader
	spec       *features.Spec
	layout     *calendar.Layout // as the first row has its date
	covariates []int            // the Spec's, of the last cells
	unseen     table.Warning
}

func newRequestReader(t *table.Reader, s *features.Spec, covariates []table.Column) *requestReader {
	r := &requestReader{t: t, spec: s, unseen: table.Warning{
		Code: WarnUnseen, Message: "texts that the model's data did not hold are taken as missing",
	}}
	for _, column := range covariates {
		r.covariates = append(r.covariates, slices.IndexFunc(s.Covariates, func(c features.CovariateSpec) bool { return c.Name == column.Name }))
	}
	return r
}

// read returns the request of a row. What is wrong with it is reported to the table.
func (r *requestReader) read(cells []string) Request {
	date := len(r.spec.IDs)
	for c := range r.spec.IDs {
		if err := r.spec.CheckID(c, cells[c]); err != nil {
			r.t.Report(c, table.CodeBadID, err)
		}
	}
	period, code, err := r.period(cells[date])
	if err != nil {
		r.t.Report(date, code, err)
	}
	return Request{IDs: slices.Clone(cells[:date]), Period: period, Covariates: r.values(cells, date+1)}
}

func (r *requestReader) period(cell string) (t calendar.Period, code string, err error) {
	if r.layout == nil {
		if r.layout, err = calendar.CompileLayout(calendar.SniffLayout(cell, r.spec.DateFormat)); err != nil {
			return 0, table.CodeBadDate, err
		}
	}
	return readPeriod(cell, r.layout, r.spec)
}

// values returns the covariates of a row, which stand from a cell on.
func (r *requestReader) values(cells []string, from int) []float64 {
	if len(r.spec.Covariates) == 0 {
		return nil
	}
	values := make([]float64, len(r.spec.Covariates))
	ownCovariates(values, r.spec)
	for i, c := range r.covariates {
		text, covariate := cells[from+i], r.spec.Covariates[c]
		v, known, err := covariate.Code(text)
		switch {
		case err != nil:
			r.t.Report(from+i, table.CodeBadNumber, err)
		case text == "" && c >= r.spec.NumStatic():
			r.t.Report(from+i, CodeFutureMissing, errNoValue)
		case !known:
			count(&r.unseen, fmt.Sprintf("%s, %s %s", r.t.Place(), covariate.Name, table.Quote(text)))
		}
		values[c] = v
	}
	return values
}

// ParsePeriod reads the date of a request in the date format of the Spec; where that is the default
// one, also as an ISO date-time with or without seconds, which hourly data need. A date in another format
// has a hint that shows how the Spec's data write one. The code of a date that the frequency does
// not have is table.CodeOffGrid, and the error names the nearest two; other codes are those of dates
// in a table.
func ParsePeriod(text string, s *features.Spec) (t calendar.Period, code string, err error) {
	l, err := calendar.CompileLayout(s.DateFormat)
	if err != nil {
		return 0, table.CodeBadDate, err
	}
	if _, fault := l.Tick([]byte(text)); fault == calendar.FaultShape {
		if l, err = calendar.CompileLayout(calendar.SniffLayout(text, s.DateFormat)); err != nil {
			return 0, table.CodeBadDate, err
		}
	}
	return readPeriod(text, l, s)
}

func readPeriod(text string, l *calendar.Layout, s *features.Spec) (t calendar.Period, code string, err error) {
	tick, fault := l.Tick([]byte(text))
	switch {
	case fault == calendar.FaultPartHour:
		return 0, table.CodePartHour, l.Explain(text, fault)
	case fault != calendar.FaultNone:
		return 0, table.CodeBadDate, withExample(l.Explain(text, fault), s)
	case s.Freq == calendar.Hour && l.Unit() != calendar.Hours:
		none := &calendar.DateError{Text: text, Format: l.Format(), Reason: "no hour; the data are hourly", OtherFormat: true}
		return 0, table.CodeBadDate, withExample(none, s)
	}
	at := l.Unit().Time(tick)
	t, ok := s.Freq.Period(at)
	if !ok {
		return 0, table.CodeOffGrid, s.Freq.OffGrid(at)
	}
	return t, "", nil
}

// withExample adds a hint to the error of a date in another format.
func withExample(e *calendar.DateError, s *features.Spec) error {
	if !e.OtherFormat {
		return e
	}
	return hint.Wrap(e, "write it as the bundle's data do, for example "+FormatPeriod(s.Last(), s))
}

// FormatPeriod writes the date of a request as ParsePeriod reads it.
func FormatPeriod(t calendar.Period, s *features.Spec) string {
	if s.Freq != calendar.Hour || s.DateFormat != calendar.DefaultDateFormat {
		if text, err := calendar.FormatTime(s.Freq.Start(t), s.DateFormat); err == nil {
			return text
		}
	}
	return s.Freq.Format(t)
}

package forecast

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// ErrNoRequests is returned for a file of requests without a row.
var ErrNoRequests = errors.New("no requests")

// ReadRequests reads a CSV of requests by the rules of a panel.Table: a header that names the id
// columns and the date column of the Spec (or "date"), in any order, then one request a line.
// Other columns are ignored. Cells that cannot be used are a *panel.DataError, all of them
// together; name stands for the file in errors.
func ReadRequests(r io.Reader, name string, s *features.Spec) ([]Request, error) {
	columns := make([][]string, 0, len(s.IDs)+1)
	for _, id := range s.IDs {
		columns = append(columns, []string{id.Name})
	}
	t, err := panel.NewTable(r, name, append(columns, []string{s.Time, "date"}))
	if err != nil {
		return nil, withColumnHint(err)
	}
	var out []Request
	for cells := range t.Rows() {
		out = append(out, parseRequest(t, cells, s))
	}
	if err := t.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: %w", name, ErrNoRequests)
	}
	return out, nil
}

// withColumnHint adds to the error of a missing column what a file of requests has.
func withColumnHint(err error) error {
	missing, ok := errors.AsType[*panel.ColumnError](err)
	if !ok {
		return err
	}
	remedy := "a file of requests has one column for each id of the model and one for the date"
	if meant := hint.Nearest(missing.Column, missing.Have); meant != "" {
		remedy = fmt.Sprintf("did you mean %q? %s", meant, remedy)
	}
	return hint.Wrap(err, remedy)
}

// parseRequest returns the request of a row. What is wrong with it is reported to the table.
func parseRequest(t *panel.Table, cells []string, s *features.Spec) Request {
	last := len(s.IDs)
	for c, id := range s.IDs {
		if err := id.Check(cells[c]); err != nil {
			t.Report(c, panel.CodeBadID, err)
		}
	}
	date, err := ParseDate(cells[last], s)
	if err != nil {
		t.Report(last, panel.CodeBadDate, err)
	}
	return Request{IDs: slices.Clone(cells[:last]), Date: date}
}

// ParseDate reads the day of a request, in the date format of the Spec. A day in another format
// has a hint that shows how the Spec's data write one.
func ParseDate(text string, s *features.Spec) (panel.Date, error) {
	date, err := panel.ParseDate(text, s.DateFormat)
	if e, ok := errors.AsType[*panel.DateError](err); ok && e.OtherFormat {
		example, formatErr := panel.FormatDate(s.LastDate, s.DateFormat)
		if formatErr != nil {
			return 0, formatErr
		}
		return 0, hint.Wrap(err, "write it as the bundle's data do, for example "+example)
	}
	return date, err
}

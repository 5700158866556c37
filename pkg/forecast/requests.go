package forecast

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// byteOrderMark starts the UTF-8 files of some programs.
const byteOrderMark = "\ufeff"

// ErrNoRequests is returned for a file of requests without a row.
var ErrNoRequests = errors.New("no requests")

// ReadRequests reads a CSV of requests: a header that names the id columns and the date column
// of the Spec (or "date"), in any order, then one request a line. Other columns are ignored. A
// cell that cannot be used is a *panel.RowError with its line and column; name stands for the
// file in it.
func ReadRequests(r io.Reader, name string, s *features.Spec) ([]Request, error) {
	br := bufio.NewReader(r)
	if mark, err := br.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = br.Discard(len(byteOrderMark)) // it has been peeked
	}
	cr := csv.NewReader(br)
	cr.ReuseRecord = true
	header, err := cr.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, ErrNoRequests)
	}
	if err != nil {
		return nil, rowError(name, err)
	}
	columns, err := requestColumns(name, header, s)
	if err != nil {
		return nil, err
	}
	var out []Request
	for {
		record, err := cr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, rowError(name, err)
		}
		request, column, err := parseRequest(record, columns, s)
		if err != nil {
			line, _ := cr.FieldPos(columns[column])
			return nil, &panel.RowError{File: name, Line: line, Column: columnName(s, column), Code: "bad_request", Err: err}
		}
		out = append(out, request)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: %w", name, ErrNoRequests)
	}
	return out, nil
}

// requestColumns returns where the header has the id columns and, last, the date.
func requestColumns(name string, header []string, s *features.Spec) ([]int, error) {
	columns := make([]int, len(s.IDs)+1)
	var missing []string
	for c := range columns {
		columns[c] = slices.Index(header, columnName(s, c))
		if columns[c] < 0 && c == len(s.IDs) {
			columns[c] = slices.Index(header, "date")
		}
		if columns[c] < 0 {
			missing = append(missing, columnName(s, c))
		}
	}
	if len(missing) > 0 {
		remedy := "a file of requests has one column for each id of the model and one for the date"
		if meant := hint.Nearest(missing[0], header); meant != "" {
			remedy = fmt.Sprintf("did you mean %q? %s", meant, remedy)
		}
		return nil, hint.Wrap(&panel.ColumnError{File: name, Column: missing[0], Have: slices.Clone(header)}, remedy)
	}
	return columns, nil
}

func columnName(s *features.Spec, c int) string {
	if c == len(s.IDs) {
		return s.Time
	}
	return s.IDs[c].Name
}

// parseRequest returns the request of a record, or the index into columns of what is wrong.
func parseRequest(record []string, columns []int, s *features.Spec) (Request, int, error) {
	request := Request{IDs: make([]string, len(s.IDs))}
	for c, id := range s.IDs {
		request.IDs[c] = strings.Clone(record[columns[c]])
		if err := features.CheckID(id.Rule, request.IDs[c]); err != nil {
			return Request{}, c, err
		}
	}
	date, err := panel.ParseDate(record[columns[len(s.IDs)]], s.DateFormat)
	if err != nil {
		return Request{}, len(s.IDs), err
	}
	request.Date = date
	return request, 0, nil
}

// rowError gives an error of encoding/csv its place.
func rowError(name string, err error) error {
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		return &panel.RowError{File: name, Line: p.Line, Code: "bad_csv", Err: p.Err}
	}
	return fmt.Errorf("read %s: %w", name, err)
}

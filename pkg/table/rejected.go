package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Rejected are the rows of files that were left out, in their order.
type Rejected struct {
	Problems []*RowError // all of them
	Counts   map[string]int
	Rows     int // rows that are left out
}

// NewRejected returns the rows that problems were found in, nil for none. The names of the files
// are in their order.
func NewRejected(p *Problems, files []string) *Rejected {
	if len(p.counts) == 0 {
		return nil
	}
	r := &Rejected{Problems: p.Rows(files), Counts: p.Counts()}
	for range r.rows {
		r.Rows++
	}
	return r
}

// rows yields the problems of each row. Files are told apart by their names.
func (r *Rejected) rows(yield func([]*RowError) bool) {
	for from := 0; from < len(r.Problems); {
		first, to := r.Problems[from], from+1
		for to < len(r.Problems) && r.Problems[to].File == first.File && r.Problems[to].Place() == first.Place() {
			to++
		}
		if !yield(r.Problems[from:to]) {
			return
		}
		from = to
	}
}

// WriteCSV writes one line a row: its file, line (or row), the codes and reasons of what is wrong
// with it, and the row as it stands in the file, where it is text, see [RowError.Record].
func (r *Rejected) WriteCSV(w io.Writer) error {
	cw := csv.NewWriter(w)
	_ = cw.Write([]string{"file", "line", "code", "column", "reason", "record"}) // Error tells
	for problems := range r.rows {
		first := problems[0]
		var codes, columns, reasons []string
		for _, e := range problems {
			codes, columns = append(codes, e.Code), append(columns, e.Column)
			reasons = append(reasons, strings.TrimSpace(e.Column+" "+e.Err.Error()))
		}
		_ = cw.Write([]string{
			first.File, strconv.Itoa(max(first.Line, first.Row)), strings.Join(codes, "; "),
			strings.Join(columns, "; "), strings.Join(reasons, "; "), first.record,
		})
	}
	cw.Flush()
	if err := cw.Error(); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	return nil
}

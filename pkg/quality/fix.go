package quality

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// WriteChanges writes, as CSV, what makes a panel differ from the files it was read of: a line for
// every row that was left out, in the order of the files, then one for every value that a policy
// changed, made or took away. The columns are
//
//	code    of the rule; of a row that was left out, those of all its problems
//	file    of the row; empty for a row that is new
//	place   in the file: "line 7"
//	...     the id columns and the date, by their names; empty for a row that was left out
//	before  the target; empty for a missing one, or for a row that is new. Of a row that was left
//	        out the whole line, where it is text
//	after   the target; empty for a missing one, or for a row that is gone
//	reason  why a row was left out, all of it
//
// The panel must have been read with its changes tracked.
func WriteChanges(w io.Writer, p *panel.Panel) error {
	cw := csv.NewWriter(w)
	ids := make([]string, len(p.IDs))
	for i, id := range p.IDs {
		ids[i] = id.Name
	}
	_ = cw.Write(slices.Concat([]string{"code", "file", "place"}, ids, []string{p.Time, "before", "after", "reason"})) // Error tells
	if p.Rejected != nil {
		writeLeftOut(cw, p.Rejected.Problems, len(ids))
	}
	for _, c := range p.Changes {
		for i := range ids {
			ids[i] = p.ID(i, c.Series)
		}
		_ = cw.Write(slices.Concat([]string{c.Code, c.File, c.Place}, ids, []string{p.Freq.Format(c.Period), c.Before, c.After, ""}))
	}
	cw.Flush()
	if err := cw.Error(); err != nil {
		return fmt.Errorf("write changes: %w", err)
	}
	return nil
}

// writeLeftOut writes a line for each row that has problems, which come row by row.
func writeLeftOut(cw *csv.Writer, problems []*table.RowError, ids int) {
	for from, to := 0, 0; from < len(problems); from = to {
		row := problems[from]
		var codes, reasons []string
		for ; to < len(problems) && problems[to].File == row.File && problems[to].Place() == row.Place(); to++ {
			codes = append(codes, problems[to].Code)
			reasons = append(reasons, strings.TrimLeft(problems[to].Column+" "+problems[to].Err.Error(), " "))
		}
		_ = cw.Write(slices.Concat([]string{strings.Join(codes, "; "), row.File, row.Place()},
			make([]string, ids), []string{"", row.Record(), "", strings.Join(reasons, "; ")}))
	}
}

package quality

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/pkg/panel"
)

// WriteChanges writes, as CSV, what makes a panel differ from the files it was read of: a line for
// every row that was left out, in the order of the files, then one for every value that a policy
// changed, made or took away. The columns are
//
//	code    of the rule
//	file    of the row; empty for a row that is new
//	place   in the file: "line 7"
//	...     the id columns and the date, by their names; empty for a row that was left out
//	before  the target; empty for a missing one, or for a row that is new
//	after   the target; empty for a missing one, or for a row that is gone
//	reason  why a row was left out
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
		for _, e := range p.Rejected.Problems {
			reason := strings.TrimLeft(e.Column+" "+e.Err.Error(), " ")
			_ = cw.Write(slices.Concat([]string{e.Code, e.File, e.Place()}, make([]string, len(ids)), []string{"", e.Record(), "", reason}))
		}
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

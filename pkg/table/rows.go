package table

import "github.com/salesctl/salesctl/pkg/calendar"

// ReadRows reads rows that are cells already, such as those of a data frame, by the rules of text:
// appendCell appends the text of a row's cell in a column, counted from 0 among columns, to dst.
// Errors name the row.
func ReadRows(name string, columns []Column, rows int, appendCell func(dst []byte, row, column int) []byte, o Options) (*Data, error) {
	layout, err := calendar.CompileLayout(o.DateFormat)
	if err != nil {
		return nil, err
	}
	width := 0
	for _, c := range columns {
		width = max(width, c.Place+1)
	}
	p, err := newParser(name, 0, width, columns, o)
	if err != nil {
		return nil, err
	}
	p.numbered = true
	b := newBatch(p.keys, p.counts, rows, o.Keep)
	var cell []byte
	for row := range rows {
		good := true
		for i, c := range columns {
			cell = appendCell(cell[:0], row, i)
			if code := textFault(cell); code != "" {
				p.report(b, c.Name, code, func() error { return explainText(code) })
				good = false
			} else if !p.cell(b, c, cell) {
				good = false
			}
		}
		if !good {
			b.add(BadRow)
			continue
		}
		b.add(p.keys.group())
	}
	d := newData(name, layout.Unit(), []*Batch{b}, 0, o.Keep)
	if d.Rows == 0 {
		return nil, NewFileError(name, CodeNoRows, "no rows")
	}
	return d, nil
}

package report

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Align says where the cells of a column stand.
type Align uint8

// The alignments.
const (
	Left  Align = iota // text; it is wrapped where the table is too wide
	Right              // numbers; they are never broken
)

// Table writes rows under a header in aligned columns. A column that align does not name
// stands left, and a cell that a row does not have is empty. A table that does not fit into
// the page even with its texts wrapped is written as facts, a block for each row.
func (p *Page) Table(header []string, rows [][]string, align []Align) {
	if len(header) == 0 {
		return
	}
	t := newTable(header, rows, align, p.escape)
	p.block()
	if !t.fit(p.style.Width - margin) {
		p.records(t)
		return
	}
	for r, row := range t.cells {
		for _, line := range t.lines(row) {
			if r == 0 {
				line = p.paint(line, text.Bold)
			}
			p.line(margin, line)
		}
	}
}

// records writes each row of t as facts named by the header.
func (p *Page) records(t *textTable) {
	for r, row := range t.cells[1:] {
		if r > 0 {
			p.line(0, "")
		}
		facts := make([]Fact, len(row))
		for c, cell := range row {
			facts[c] = Fact{t.cells[0][c], cell}
		}
		p.facts(facts)
	}
}

// textTable is a table of visible text, its header first, all rows of one length.
type textTable struct {
	cells  [][]string
	align  []Align
	widths []int
}

func newTable(header []string, rows [][]string, align []Align, escape func(string) string) *textTable {
	t := &textTable{align: make([]Align, len(header)), widths: make([]int, len(header))}
	copy(t.align, align)
	for _, row := range append([][]string{header}, rows...) {
		cells := make([]string, len(header))
		for c := range min(len(row), len(header)) {
			cells[c] = escape(row[c])
			t.widths[c] = max(t.widths[c], columns(cells[c]))
		}
		t.cells = append(t.cells, cells)
	}
	return t
}

// fit narrows the widest texts until the table has at most width columns, and tells whether
// it could.
func (t *textTable) fit(width int) bool {
	excess := gutter*(len(t.widths)-1) - width
	for c, w := range t.widths {
		if t.align[c] == Left {
			t.widths[c] = min(w, width) // so that the loop below has few rounds
		}
		excess += t.widths[c]
	}
	for ; excess > 0; excess-- {
		widest := -1
		for c, w := range t.widths {
			if t.align[c] == Left && w > minText && (widest < 0 || w > t.widths[widest]) {
				widest = c
			}
		}
		if widest < 0 {
			return false
		}
		t.widths[widest]--
	}
	return true
}

// lines returns a row as one line or, where a text is wrapped, several.
func (t *textTable) lines(row []string) []string {
	height := 1
	parts := make([][]string, len(row))
	for c, cell := range row {
		parts[c] = wrap(cell, t.widths[c])
		height = max(height, len(parts[c]))
	}
	lines := make([]string, height)
	for i := range lines {
		for c, part := range parts {
			cell := ""
			if i < len(part) {
				cell = part[i]
			}
			if t.align[c] == Right {
				cell = padLeft(cell, t.widths[c])
			} else {
				cell = pad(cell, t.widths[c])
			}
			if c > 0 {
				lines[i] += strings.Repeat(" ", gutter)
			}
			lines[i] += cell
		}
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	monthsOfYear, daysOfMonth = 12, 31

	gapHeading = "missing" // of the counts
)

// gapCell is a place in a gapGrid, both numbers from 0.
type gapCell struct{ row, column int }

// gapGrid is the calendar of gaps laid out in cells. By months its rows are years; by days
// they are months, counted from the year 0.
type gapGrid struct {
	cells       map[gapCell]Part // what is expected, added up
	columns     int              // 12 months or 31 days
	first, last int              // rows
	cellWidth   int
	space       int // blanks between cells
	countWidth  int // of the counts of the rows; 0 where there is no room for them
}

// newGapGrid lays parts out in a width, or returns nil if no part is in the calendar.
func newGapGrid(parts []Part, width int) *gapGrid {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return !p.isValid() })
	if len(parts) == 0 {
		return nil
	}
	g := &gapGrid{columns: daysOfMonth, cellWidth: 1}
	g.fill(parts)
	hasMonth := slices.ContainsFunc(parts, func(p Part) bool { return p.Day == 0 })
	if hasMonth || g.last-g.first >= maxGapRows || g.width() > width {
		g.columns = monthsOfYear
		g.fill(parts)
		g.cellWidth, g.space = len("Jan"), 1
		if g.width() > width {
			g.cellWidth, g.space = 1, 0
		}
	}
	for row := g.first; row <= g.last; row++ {
		g.countWidth = max(g.countWidth, len(gapHeading), len(g.count(row)))
	}
	if g.width() > width {
		g.countWidth = 0
	}
	return g
}

// isValid tells whether there is such a part of the calendar and anything is expected in it.
func (p Part) isValid() bool {
	const lastYear = 9999 // the last one of four digits
	return p.Year >= 1 && p.Year <= lastYear && p.Month >= 1 && p.Month <= monthsOfYear &&
		p.Day >= 0 && p.Day <= daysOfMonth && p.Expected > 0
}

// fill adds the parts up in their cells.
func (g *gapGrid) fill(parts []Part) {
	g.cells = make(map[gapCell]Part)
	for i, p := range parts {
		at := gapCell{p.Year, p.Month - 1}
		if g.columns == daysOfMonth {
			at = gapCell{p.Year*monthsOfYear + p.Month - 1, p.Day - 1}
		}
		sum := g.cells[at]
		g.cells[at] = Part{Missing: sum.Missing + p.Missing, Expected: sum.Expected + p.Expected}
		if i == 0 {
			g.first, g.last = at.row, at.row
		}
		g.first, g.last = min(g.first, at.row), max(g.last, at.row)
	}
}

// width returns the columns of a line.
func (g *gapGrid) width() int {
	w := len(g.name(g.last)) + 1 + g.columns*(g.cellWidth+g.space) - g.space
	if g.countWidth > 0 {
		w += gutter + g.countWidth
	}
	return w
}

// name returns the name of a row: a year, or a month.
func (g *gapGrid) name(row int) string {
	if g.columns == monthsOfYear {
		return fmt.Sprintf("%04d", row)
	}
	return fmt.Sprintf("%04d-%02d", row/monthsOfYear, row%monthsOfYear+1)
}

// cellName returns the name of a cell: a month, or a day.
func (g *gapGrid) cellName(c gapCell) string {
	return fmt.Sprintf("%s-%02d", g.name(c.row), c.column+1)
}

// header returns the line over the cells: the months, or the first and every fifth day.
func (g *gapGrid) header() string {
	var line string
	for column := range g.columns {
		switch {
		case g.columns == monthsOfYear:
			line += time.Month(column + 1).String()[:g.cellWidth] + strings.Repeat(" ", g.space)
		case column == 0 || (column+1)%5 == 0:
			line = pad(line, column) + Integer(column+1)
		}
	}
	line = strings.Repeat(" ", len(g.name(g.last))+1) + line
	if g.countWidth > 0 {
		line = pad(line, g.width()-g.countWidth) + padLeft(gapHeading, g.countWidth)
	}
	return line
}

// rowSum returns what is missing and what is expected in a row.
func (g *gapGrid) rowSum(row int) Part {
	var sum Part
	for column := range g.columns {
		part := g.cells[gapCell{row, column}]
		sum.Missing += part.Missing
		sum.Expected += part.Expected
	}
	return sum
}

// count returns what is missing in a row as text, "" for nothing.
func (g *gapGrid) count(row int) string {
	if sum := g.rowSum(row); sum.Missing > 0 {
		return Integer(sum.Missing)
	}
	return ""
}

// earlier returns a line about the rows before from, "" if there are none. By days there
// never are any.
func (g *gapGrid) earlier(from int) string {
	years := 0
	var sum Part
	for row := g.first; row < from; row++ {
		if part := g.rowSum(row); part.Expected > 0 {
			years++
			sum.Missing += part.Missing
			sum.Expected += part.Expected
		}
	}
	if years == 0 {
		return ""
	}
	line := "and " + Count(years, "earlier year")
	if sum.Missing == 0 {
		return line + ", complete"
	}
	return line + ", with gaps: " + sum.lost() + " missing"
}

// worst returns a sentence that names the worst cells, in the parts that stand between commas.
func (g *gapGrid) worst() []string {
	cells := slices.Collect(maps.Keys(g.cells))
	cells = slices.DeleteFunc(cells, func(c gapCell) bool { return g.cells[c].Missing <= 0 })
	if len(cells) == 0 {
		return []string{"Nothing is missing."}
	}
	share := func(c gapCell) float64 { return float64(g.cells[c].Missing) / float64(g.cells[c].Expected) }
	slices.SortFunc(cells, func(a, b gapCell) int {
		return cmp.Or(cmp.Compare(share(b), share(a)), cmp.Compare(g.cells[b].Missing, g.cells[a].Missing),
			cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	var names []string
	for _, c := range cells[:min(maxWorst, len(cells))] {
		names = append(names, g.cellName(c)+" ("+g.cells[c].lost()+")")
	}
	names[0] = "Most is missing in " + names[0]
	if more := len(cells) - len(names); more > 0 {
		unit := "month"
		if g.columns == daysOfMonth {
			unit = "day"
		}
		names = append(names, "some in "+Count(more, "more "+unit))
	}
	names[len(names)-1] += "."
	return names
}

// lost returns what is missing of what is expected.
func (p Part) lost() string { return Integer(p.Missing) + " of " + Integer(p.Expected) }

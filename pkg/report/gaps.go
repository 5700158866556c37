package report

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Part is how complete the observations of one part of the calendar are, over all series.
type Part struct {
	Year, Month int
	Day         int // 0 for a whole month
	Missing     int // of those expected
	Expected    int // with 0 the part is blank
}

const (
	maxGapRows = 12 // the rows that are drawn
	maxWorst   = 3  // the parts that are named
)

// Gaps draws the calendar of gaps: a cell for each part, the darker the larger the share of
// the expected observations that are missing. There is a row for each year with its months.
// Parts that all have a day and lie within twelve months have a row for each month with its
// days, where the page has room: daily and hourly data want parts of days, weekly, monthly
// and longer ones of months. Only the last twelve rows are drawn; a line tells whether the
// years before are complete. The worst parts of all are named below.
//
// Parts come in any order. Those of one cell are added up, and those that no calendar has are
// left out. Without parts nothing is written.
func (p *Page) Gaps(parts []Part) {
	g := newGapGrid(parts, p.style.Width-margin)
	if g == nil {
		return
	}
	p.block()
	p.line(margin, p.paint(g.header(), text.Faint))
	from := max(g.first, g.last-maxGapRows+1)
	for row := from; row <= g.last; row++ {
		p.line(margin, p.gapRow(g, row))
	}
	if earlier := g.earlier(from); earlier != "" {
		p.hang(margin, "", earlier)
	}
	for _, list := range [][]string{legend(p.style.Glyphs), g.worst()} {
		for _, line := range wrapList(list, ",", p.style.Width-margin) {
			p.line(margin, line)
		}
	}
}

// gapRow returns the cells of a row behind its name, and what is missing in all of them.
func (p *Page) gapRow(g *gapGrid, row int) string {
	var b strings.Builder
	b.WriteString(g.name(row) + " ")
	for column := range g.columns {
		cell := strings.Repeat(" ", g.cellWidth)
		if part := g.cells[gapCell{row, column}]; part.Expected > 0 {
			s := shadeOf(part)
			cell = p.paint(strings.Repeat(s.glyph(p.style.Glyphs), g.cellWidth), s.colour)
		}
		b.WriteString(cell + strings.Repeat(" ", g.space))
	}
	if g.countWidth > 0 {
		b.WriteString(strings.Repeat(" ", gutter-g.space) + padLeft(g.count(row), g.countWidth))
	}
	return b.String()
}

// shade is one step of the scale of what is missing.
type shade struct {
	below          float64 // the share that is too large for it
	unicode, ascii string
	colour         text.Color
	legend         string
}

// shades returns the scale. Its steps are uneven, since the first lost hundredth tells more
// than the difference between a half and two thirds.
func shades() [5]shade {
	return [...]shade{
		{0, "·", ".", text.Faint, "none missing"},
		{0.05, "░", "-", text.Reset, "under 5 %"},
		{0.25, "▒", "+", text.FgYellow, "under 25 %"},
		{0.75, "▓", "*", text.FgRed, "under 75 %"},
		{2, "█", "#", text.FgRed, "75 % or more"},
	}
}

// shadeOf returns the shade of a part of which something is expected.
func shadeOf(part Part) shade {
	scale := shades()
	share := float64(part.Missing) / float64(part.Expected)
	for i, s := range scale {
		if share < s.below || i == 0 && part.Missing == 0 {
			return s
		}
	}
	return scale[len(scale)-1]
}

func (s shade) glyph(g Glyphs) string {
	if g == ASCII {
		return s.ascii
	}
	return s.unicode
}

// legend returns the steps of the scale in words.
func legend(g Glyphs) []string {
	scale := shades()
	steps := make([]string, len(scale))
	for i, s := range scale {
		steps[i] = s.glyph(g) + " " + s.legend
	}
	return steps
}

package report

import (
	"cmp"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Style says what the pages for one terminal or file look like.
type Style struct {
	// Width is the number of columns; the zero value means 80. Less than 20 is taken as 20.
	Width  int
	Glyphs Glyphs
	Colour Colour
}

const (
	minPageWidth = 20
	margin       = 2  // blanks before all but titles and headings
	gutter       = 2  // blanks between columns
	minText      = 12 // columns that a text needs beside something else
)

// Page collects what a command shows to a person: titles, headed sections, facts, tables and
// drawings, none wider than its style says. Texts may come from strangers' files: no character
// of theirs reaches the terminal that could move the cursor, change a colour or hide. A line
// with letters of a right-to-left script is put in order by the terminal.
type Page struct {
	w     io.Writer
	style Style
	b     strings.Builder
	began bool // something stands on the page
	under bool // the last line is a heading
}

// NewPage returns an empty page. Nothing is written to w before Flush.
func NewPage(w io.Writer, style Style) *Page {
	style.Width = max(cmp.Or(style.Width, defaultWidth), minPageWidth)
	return &Page{w: w, style: style}
}

// Flush writes what the page has collected since the last Flush.
func (p *Page) Flush() error {
	_, err := io.WriteString(p.w, p.b.String())
	p.b.Reset()
	return err
}

// Title writes a line that stands out, ruled off from what follows.
func (p *Page) Title(title string) {
	p.Section(title)
	rule := "━"
	if p.style.Glyphs == ASCII {
		rule = "="
	}
	p.line(0, strings.Repeat(rule, min(columns(p.escape(title)), p.style.Width)))
	p.under = true
}

// Section writes the heading of what follows, after an empty line. Under it stand one or more
// blocks, one of each call of the other methods, with an empty line between them.
func (p *Page) Section(heading string) {
	p.under = false
	p.block()
	for _, line := range wrap(p.escape(heading), p.style.Width) {
		p.line(0, p.paint(line, text.Bold))
	}
	p.under = true
}

// block begins a part of the page, after an empty line unless it stands under a heading.
func (p *Page) block() {
	if p.began && !p.under {
		p.line(0, "")
	}
	p.under = false
}

// Text writes a paragraph, wrapped to the width of the page.
func (p *Page) Text(paragraph string) {
	p.block()
	p.hang(margin, "", p.escape(paragraph))
}

// Fact is something known by name.
type Fact struct{ Name, Value string }

// Facts writes facts in two aligned columns. A long value goes on below itself, and a value
// that has too little room beside the names stands on the line below its name.
func (p *Page) Facts(facts []Fact) {
	if len(facts) == 0 {
		return
	}
	p.block()
	p.facts(facts)
}

func (p *Page) facts(facts []Fact) {
	names := 0
	for _, f := range facts {
		names = max(names, columns(p.escape(f.Name)))
	}
	beside := margin + names + gutter
	if p.style.Width-beside < minText {
		beside = 0
	}
	for _, f := range facts {
		name, value := p.escape(f.Name), p.escape(f.Value)
		if beside > 0 {
			p.hang(beside, pad(name, names+gutter), value)
			continue
		}
		p.hang(margin, "", name)
		if value != "" {
			p.hang(2*margin, "", value)
		}
	}
}

// Mark says how bad what an Item tells is.
type Mark uint8

// The marks.
const (
	MarkInfo Mark = iota
	MarkWarning
	MarkError
)

// Item is something that was found.
type Item struct {
	Mark   Mark
	Name   string
	Count  int // how often; 0 is not shown
	Text   string
	Places []string // some of the places where it was found
}

// Items writes a line for each item that begins with its mark: ✗ for an error, ! for a
// warning, i for information. The text stands behind the name and the count, or below them
// where there is too little room; the places stand below the text.
func (p *Page) Items(items []Item) {
	if len(items) == 0 {
		return
	}
	p.block()
	names, counts := 0, 0
	for _, it := range items {
		names, counts = max(names, columns(p.escape(it.Name))), max(counts, len(it.count()))
	}
	const mark = 2 // the mark and a blank
	beside := margin + mark + names + gutter
	if counts > 0 {
		beside += counts + gutter
	}
	for _, it := range items {
		below := beside
		lead := p.mark(it.Mark) + " "
		if p.style.Width-beside < 2*minText {
			below = margin + mark
			p.hang(below, lead, strings.TrimRight(p.escape(it.Name)+"  "+it.count(), " "))
			if it.Text != "" {
				p.hang(below, "", p.escape(it.Text))
			}
		} else {
			lead += pad(p.escape(it.Name), names+gutter)
			if counts > 0 {
				lead += padLeft(it.count(), counts) + strings.Repeat(" ", gutter)
			}
			p.hang(below, lead, p.escape(it.Text))
		}
		p.places(below, it.Places)
	}
}

// places writes a list that is wrapped between its items.
func (p *Page) places(indent int, places []string) {
	if len(places) == 0 {
		return
	}
	visible := make([]string, len(places))
	for i, place := range places {
		visible[i] = p.escape(place)
	}
	for _, line := range wrapList(visible, ";", p.style.Width-indent) {
		p.line(indent, p.paint(line, text.Faint))
	}
}

// count returns the count as it is shown.
func (it Item) count() string {
	if it.Count == 0 {
		return ""
	}
	return Integer(it.Count)
}

// mark returns the character of m in its colour.
func (p *Page) mark(m Mark) string {
	switch m {
	case MarkError:
		if p.style.Glyphs == ASCII {
			return p.paint("x", text.FgRed)
		}
		return p.paint("✗", text.FgRed)
	case MarkWarning:
		return p.paint("!", text.FgYellow)
	default:
		return p.paint("i", text.FgCyan)
	}
}

// Sparkline writes values as one line, with a label below its first and its last column. Both
// labels stand in one line where they fit.
func (p *Page) Sparkline(values []float64, first, last string) {
	line := Sparkline(values, p.style.Width-margin, p.style.Glyphs)
	if line == "" {
		return
	}
	p.block()
	p.line(margin, line)
	first, last = p.escape(first), p.escape(last)
	if between := columns(line) - columns(first) - columns(last); between > 0 {
		p.line(margin, first+strings.Repeat(" ", between)+last)
		return
	}
	p.hang(margin, "", first+" to "+last)
}

// escape returns s with nothing but visible characters.
func (p *Page) escape(s string) string { return p.style.Glyphs.escape(s) }

// paint returns s, which is visible text, in a colour where the page has colours.
func (p *Page) paint(s string, colour text.Color) string {
	if p.style.Colour != ANSI || colour == text.Reset || strings.TrimSpace(s) == "" {
		return s
	}
	return colour.EscapeSeq() + strings.TrimRight(s, " ") + text.Reset.EscapeSeq()
}

// hang writes body behind lead, wrapped, each further line indented as the first one is. The
// lead begins at the margin and ends at indent; it may hold colours.
func (p *Page) hang(indent int, lead, body string) {
	for i, line := range wrap(body, p.style.Width-indent) {
		switch {
		case i > 0 || lead == "":
			p.line(indent, line)
		default:
			p.line(margin, lead+line)
		}
	}
}

// line writes one line that fits, without blanks at its end.
func (p *Page) line(indent int, s string) {
	p.began = true
	p.b.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+s, " "))
	p.b.WriteByte('\n')
}

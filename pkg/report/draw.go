package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/guptarohit/asciigraph"
)

// The lines of the three series of a graph, and what stands for each rune in ASCII.
const (
	boundaryLine = "┊"
	historyLine  = "─"
	forecastLine = "╌"

	unicodeGlyphs = "┤┼┊─│╭╮╰╯╴╶╌┆"
	asciiGlyphs   = "|+!-|..''--~:"
)

// graph returns the lines between the axis and the right end, without a last line end.
func (d *drawing) graph() string {
	colours := []asciigraph.AnsiColor{asciigraph.Default, asciigraph.Default, asciigraph.Default}
	if d.Colour == ANSI {
		colours = []asciigraph.AnsiColor{asciigraph.Gray, asciigraph.Default, asciigraph.Green}
	}
	boundary := asciigraph.CreateCharSet(boundaryLine)
	boundary.StartCap, boundary.EndCap = " ", " "
	forecast := asciigraph.DefaultCharSet
	forecast.Horizontal, forecast.VerticalLine, forecast.StartCap, forecast.EndCap = forecastLine, "┆", forecastLine, forecastLine
	return asciigraph.PlotMany([][]float64{d.boundaryLine(), d.history, d.expects},
		asciigraph.Height(d.height),
		asciigraph.LowerBound(d.low), asciigraph.UpperBound(d.high),
		asciigraph.YAxisValueFormatter(d.label),
		asciigraph.SeriesColors(colours...),
		asciigraph.SeriesChars(boundary, asciigraph.DefaultCharSet, forecast))
}

// boundaryLine returns a series that is a vertical line at the first column of the forecast.
func (d *drawing) boundaryLine() []float64 {
	line := make([]float64, d.columns)
	for c := range line {
		line[c] = math.NaN()
	}
	if c := d.boundary(); c > 0 && c < d.columns {
		line[c-1], line[c] = d.low, d.high
	}
	return line
}

// dates returns the line below the graph: the first date of the forecast below its line, the
// first date and the last one, each where there is room.
func (d *drawing) dates() string {
	first, last := d.Freq.Format(d.first), d.Freq.Format(d.last)
	left := d.labelWidth + axisWidth - 1
	line := []byte(strings.Repeat(" ", left+1+max(d.columns, len(first))))
	free := func(from, to int) bool {
		return from >= 0 && to <= len(line) && strings.TrimSpace(string(line[max(from-1, 0):min(to+1, len(line))])) == ""
	}
	put := func(at int, text string) {
		if free(at, at+len(text)) {
			copy(line[at:], text)
		}
	}
	if c := d.boundary(); c > 0 && c < d.columns {
		put(left+c, d.Freq.Format(d.forecast))
	}
	put(left, first)
	put(len(line)-1-len(last), last)
	return strings.TrimRight(string(line), " ")
}

// legend returns the line that says which line is which.
func (d *drawing) legend() string {
	forecast := forecastLine + forecastLine + " forecast"
	if d.Colour == ANSI {
		forecast = asciigraph.Green.String() + forecastLine + forecastLine + asciigraph.Default.String() + " forecast"
	}
	parts := []string{historyLine + historyLine + " sales"}
	if slices.ContainsFunc(d.expects, isFinite) {
		parts = append(parts, forecast)
	}
	return strings.Repeat(" ", d.labelWidth+axisWidth-1) + strings.Join(parts, "   ")
}

// inGlyphs returns lines in the characters that the plot may have.
func (d *drawing) inGlyphs(lines string) string {
	if d.Glyphs == Unicode {
		return lines
	}
	ascii := make(map[rune]rune)
	for i, r := range []rune(unicodeGlyphs) {
		ascii[r] = rune(asciiGlyphs[i])
	}
	return strings.Map(func(r rune) rune {
		if a, ok := ascii[r]; ok {
			return a
		}
		return r
	}, lines)
}

// labeller returns a formatter of numbers that differ by step, with the fewest decimals that
// show it.
func labeller(step float64) func(float64) string {
	const mostDecimals = 6
	decimals := 0
	for s := step; s < 1 && decimals < mostDecimals; s *= 10 {
		decimals++
	}
	zero := step / 2
	return func(v float64) string {
		const longest = 1e9
		switch {
		case math.Abs(v) < zero: // not -0
			v = 0
		case math.Abs(v) >= longest || decimals == mostDecimals:
			return strconv.FormatFloat(v, 'e', 3, 64)
		}
		return strconv.FormatFloat(v, 'f', decimals, 64)
	}
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

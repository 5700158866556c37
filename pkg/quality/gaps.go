package quality

import (
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// Codes of the findings about gaps.
const (
	CodeGaps         = panel.WarnGaps   // periods inside series without a row
	CodeZerosLeftOut = "zeros_left_out" // gaps, and no target is 0
)

// gap is a stretch of a series without a row.
type gap struct {
	series     int
	first, end calendar.Period
}

func (g gap) len() int { return int(g.end - g.first) }

// gapsOf returns the gaps of the file: those that the panel still has, else those that a policy
// filled.
func gapsOf(p *panel.Panel) (list []gap, filled bool) {
	for s := range p.NumSeries() {
		for i := p.Offset[s] + 1; i < p.Offset[s+1]; i++ {
			if p.Period[i] != p.Period[i-1]+1 {
				list = append(list, gap{s, p.Period[i-1] + 1, p.Period[i]})
			}
		}
	}
	if len(list) > 0 {
		return list, false
	}
	for _, c := range p.Changes {
		if c.Code != panel.WarnGaps {
			continue
		}
		if n := len(list) - 1; n >= 0 && list[n].series == c.Series && list[n].end == c.Period {
			list[n].end++
			continue
		}
		list = append(list, gap{c.Series, c.Period, c.Period + 1})
	}
	return list, len(list) > 0
}

func gapFindings(p *panel.Panel, cfg Config) []Finding {
	list, filled := gapsOf(p)
	if len(list) == 0 {
		return nil
	}
	f := Finding{Code: CodeGaps, Severity: Warning}
	series := make(map[int]bool)
	for _, g := range list {
		f.Count += g.len()
		series[g.series] = true
	}
	slices.SortStableFunc(list, func(a, b gap) int { return b.len() - a.len() })
	for _, g := range list[:min(len(list), table.MaxPlaces)] {
		f.Places = append(f.Places, g.describe(p))
	}
	f.Message = fmt.Sprintf("periods inside %d series have no row; the longest of %s has %s",
		len(series), count(len(list), "gap"), count(list[0].len(), p.Freq.Step()))
	switch {
	case cfg.Gaps == panel.GapsError:
		f.Severity, f.Hint = Error, "--gaps missing, zero or interpolate reads the sales"
	case filled:
		f.Message += "; --gaps " + cfg.Gaps + " fills them"
	}
	findings := []Finding{f}
	if !filled && !slices.Contains(p.Y, 0) {
		findings = append(findings, Finding{
			Code: CodeZerosLeftOut, Severity: Warning, Count: f.Count, Hint: "--gaps zero fills them",
			Message: "periods have no row and no target is 0: those without sales may have been left out of the file",
		})
	}
	return findings
}

// describe says where a gap is.
func (g gap) describe(p *panel.Panel) string {
	return p.Label(g.series) + ": " + describeRun(p.Freq, g.first, g.end)
}

// describeRun writes the periods before end: "2024-01-02 to 2024-01-05 (4 days)".
func describeRun(f calendar.Freq, first, end calendar.Period) string {
	if end == first+1 {
		return f.Format(first)
	}
	return fmt.Sprintf("%s to %s (%s)", f.Format(first), f.Format(end-1), count(int(end-first), f.Step()))
}

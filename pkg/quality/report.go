package quality

import (
	"cmp"
	"slices"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// Severity says how bad a finding is.
type Severity string

// The severities, from the mildest.
const (
	Info    Severity = "info"    // a fact that may surprise
	Warning Severity = "warning" // odd, and usable
	Error   Severity = "error"   // what readers of sales refuse
)

// rank orders severities, the mildest first; that of none is below all.
func (s Severity) rank() int { return slices.Index([]Severity{Info, Warning, Error}, s) }

// Finding is what one rule found.
type Finding struct {
	Code     string   `json:"code"` // of the rule, stable: programs may compare it
	Severity Severity `json:"severity"`
	Count    int      `json:"count"` // of what the message names
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitzero"`    // what helps
	Places   []string `json:"places,omitempty"` // the first, at most table.MaxPlaces
}

// Report says what is odd about sales, the worst first.
type Report struct {
	Files        []string `json:"files"`
	Rows         int      `json:"rows"`          // observations
	RejectedRows int      `json:"rejected_rows"` // rows that are not among them: all of them, where none can be used
	Series       int      `json:"series"`
	Time         string   `json:"time,omitzero"`
	Target       string   `json:"target,omitzero"`
	Freq         string   `json:"freq,omitzero"`
	FirstDate    string   `json:"first_date,omitzero"`
	LastDate     string   `json:"last_date,omitzero"`

	Findings []Finding `json:"findings"`

	Total    Total  `json:"total,omitzero"`     // of the target, over all series
	Calendar []Part `json:"calendar,omitempty"` // of gaps
}

// Config says how to judge sales.
type Config struct {
	Files []string // names of the files that were read
	// Gaps is the policy that was asked for. With panel.GapsError gaps are errors; the panel
	// itself must have been read with another policy.
	Gaps string
}

// Count returns how many findings are of a severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Reaches reports whether a finding is of the severity or of a worse one.
func (r *Report) Reaches(s Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity.rank() >= s.rank() })
}

// Check looks at sales by every rule. The panel should have been read with bad rows left out and
// with its changes tracked: the rows and the changes are part of the report.
func Check(p *panel.Panel, cfg Config) *Report {
	r := &Report{
		Files: cfg.Files, Rows: p.Len(), Series: p.NumSeries(), Time: p.Time, Target: p.Target, Freq: p.Freq.String(),
		Total: totalOf(p), Calendar: calendarOfGaps(p),
	}
	if p.Len() > 0 {
		first, last := p.Range()
		r.FirstDate, r.LastDate = p.Freq.Format(first), p.Freq.Format(last)
	}
	if p.Rejected != nil {
		r.RejectedRows = p.Rejected.Rows
		found := rowFindings(p.Rejected.Problems, p.Rejected.Counts, cfg.Files)
		if p.Len() > 0 {
			found = addMixedDates(found, p.Rejected.Problems)
		}
		r.add(found...)
	}
	r.add(told(p)...)
	r.add(gapFindings(p, cfg)...)
	for _, rule := range []func(*panel.Panel) []Finding{
		lifeFindings, trailingMissing, shortSeries, incompleteLast, steadySeries, outliers, stockouts, fractions,
		alikeIDs, covariateFindings, ignoredColumns,
	} {
		r.add(rule(p)...)
	}
	r.sort()
	return r
}

// add takes up the findings that found something.
func (r *Report) add(findings ...Finding) {
	for _, f := range findings {
		if f.Count > 0 {
			r.Findings = append(r.Findings, f)
		}
	}
}

// sort puts the worst first and keeps the order of the rules otherwise.
func (r *Report) sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(b.Severity.rank(), a.Severity.rank()) })
}

// place adds one more place to a finding, which it counts.
func (f *Finding) place(text func() string) {
	f.Count++
	if len(f.Places) < table.MaxPlaces {
		f.Places = append(f.Places, text())
	}
}

// Notices returns what every reader of sales should be told beside the panel's own warnings: the
// series that start late, end early or without a target, never change or have outliers, one entry a
// rule. It costs about
// ten milliseconds for a million observations, and a few times that where all series have outliers.
func Notices(p *panel.Panel) []table.Warning {
	if p.Len() == 0 {
		return nil
	}
	var list []table.Warning
	for _, rule := range []func(*panel.Panel) []Finding{lifeFindings, trailingMissing, steadySeries, outliers} {
		for _, f := range rule(p) {
			if f.Hint != "" {
				f.Message += "; " + f.Hint
			}
			if f.Count > 0 {
				list = append(list, table.Warning{Code: f.Code, Count: f.Count, Message: f.Message, Places: f.Places})
			}
		}
	}
	return list
}

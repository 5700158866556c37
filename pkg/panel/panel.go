package panel

import (
	"cmp"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// Rule says what the values of an id column look like. It decides how they sort, how JSON
// writes them and what a request may hold.
type Rule string

// The rules, from the narrowest to the widest.
const (
	PositiveInteger Rule = "positive_integer" // every id is a canonical integer >= 1
	Integer         Rule = "integer"          // every id is a canonical integer
	Text            Rule = "text"             // anything else, 1 to 256 bytes
)

// maxIntegerDigits keeps integer ids below 2^53, which every reader of JSON and every float64
// feature holds exactly. Longer ids are text.
const maxIntegerDigits = 15

// RuleOf returns the narrowest rule that all ids follow, Text for none. A canonical integer is
// written as a program would: without leading zeros, plus sign or blanks; it has at most 15
// digits.
func RuleOf(ids []string) Rule {
	rule := PositiveInteger
	for _, id := range ids {
		digits, negative := strings.CutPrefix(id, "-")
		if !canonical(digits) || negative && digits == "0" {
			return Text
		}
		if negative || digits == "0" {
			rule = Integer
		}
	}
	if len(ids) == 0 {
		return Text
	}
	return rule
}

func canonical(digits string) bool {
	if len(digits) == 0 || len(digits) > maxIntegerDigits || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// Compare orders ids that follow the rule: integers by number, text by bytes.
func (r Rule) Compare(a, b string) int {
	if r == Text {
		return strings.Compare(a, b)
	}
	negative := strings.HasPrefix(a, "-")
	if negative != strings.HasPrefix(b, "-") {
		if negative {
			return -1
		}
		return 1
	}
	order := cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	if negative {
		return -order
	}
	return order
}

// IDColumn is one id column, dictionary-coded.
type IDColumn struct {
	Name   string
	Rule   Rule
	Values []string // distinct, sorted: by number where Rule is an integer one, else by bytes
}

// Panel holds all series of one or more id columns: flat columns, grouped by series and by
// period within a series. Series are sorted by their ids, column by column.
type Panel struct {
	Time   string // name of the date column, as the Config spells it
	Target string // name of the target column
	Freq   calendar.Freq
	IDs    []IDColumn

	Codes  [][]int32 // [id column][series]: index into IDs[column].Values
	Offset []int     // series i is the observations Offset[i]:Offset[i+1]; len = series + 1

	Period []calendar.Period // per observation, ascending within a series, none twice
	Y      []float64         // per observation; NaN is an empty target: known to be missing
	Row    []int32           // per observation: its place in the order of the input; rows that fill gaps come last

	Covariates []Covariate

	Ignored  []string        // columns of the input that have no role
	Warnings []table.Warning // odd but usable data, one entry a rule
	Changes  []Change        // what policies changed, where the Config tracks it
	Rejected *table.Rejected // the rows left out; nil for none
}

// Use says when the values of a covariate are known.
type Use string

// The uses of covariates.
const (
	Static      Use = "static"       // one value a series
	KnownFuture Use = "known_future" // a value a period, known ahead
	PastOnly    Use = "past_only"    // a value a period, known up to the cutoff
)

// Covariate is a column beside the target. It holds numbers where all its values in the data are
// decimal numbers, else text.
type Covariate struct {
	Name   string
	Use    Use
	Levels []string  // of text: the distinct values by their first row; a value's code is its index. nil for numbers
	Values []float64 // per series where Static, else per observation; the code of a text; NaN is missing
}

// Change is a value that a policy changed.
type Change struct {
	Code   string // of the warning that counts it
	File   string // of the row, "" for a new one
	Place  string // "line 7" of the file; "" for a new row
	Series int
	Period calendar.Period
	Before string // "" for none
	After  string
}

// NumSeries returns the number of series.
func (p *Panel) NumSeries() int { return len(p.Offset) - 1 }

// Len returns the number of observations.
func (p *Panel) Len() int { return len(p.Y) }

// Range returns the first and the last period of all series; 0, -1 for an empty panel.
func (p *Panel) Range() (first, last calendar.Period) {
	if p.Len() == 0 {
		return 0, -1
	}
	return slices.Min(p.Period), slices.Max(p.Period)
}

// ID returns the id of a series in an id column.
func (p *Panel) ID(column, series int) string { return p.IDs[column].Values[p.Codes[column][series]] }

// Label names a series for people: "store 1, item 2".
func (p *Panel) Label(series int) string {
	var b strings.Builder
	for c, id := range p.IDs {
		if c > 0 {
			b.WriteString(", ")
		}
		b.WriteString(id.Name)
		b.WriteByte(' ')
		b.WriteString(p.ID(c, series))
	}
	return b.String()
}

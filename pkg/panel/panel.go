package panel

import (
	"cmp"
	"strings"
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
// date within a series. Series are sorted by their ids, column by column.
type Panel struct {
	Time   string // name of the date column, as the Config spells it
	Target string // name of the target column
	IDs    []IDColumn
	Freq   string // pandas' word; "D"

	Codes  [][]int32 // [id column][series]: index into IDs[column].Values
	Offset []int     // series i is the observations Offset[i]:Offset[i+1]; len = series + 1

	Date []Date    // per observation, ascending within a series, no day twice
	Y    []float64 // per observation; NaN is an empty target: known to be missing
	Row  []int32   // per observation: 0-based data row of the input

	Ignored  []string  // columns of the input that have no role
	Warnings []Warning // odd but usable data, one entry a rule
}

// NumSeries returns the number of series.
func (p *Panel) NumSeries() int { return len(p.Offset) - 1 }

// Len returns the number of observations.
func (p *Panel) Len() int { return len(p.Y) }

// Warning is one rule that odd but usable data met. It is shown once, with its count and the
// first places.
type Warning struct {
	Code    string   `json:"code"`
	Count   int      `json:"count"`
	Message string   `json:"message"`
	Places  []string `json:"places,omitempty"` // "line 7" or "store 1, item 2", at most 5
}

// Label names a series for people: "store 1, item 2".
func (p *Panel) Label(series int) string {
	var b strings.Builder
	for c, id := range p.IDs {
		if c > 0 {
			b.WriteString(", ")
		}
		b.WriteString(id.Name)
		b.WriteByte(' ')
		b.WriteString(id.Values[p.Codes[c][series]])
	}
	return b.String()
}

// gaps returns the number of days inside series that have no row, and the series that have any.
func (p *Panel) gaps() (days int, series []int) {
	for s := range p.NumSeries() {
		first, last := p.Offset[s], p.Offset[s+1]-1
		if n := int(p.Date[last]-p.Date[first]) - (last - first); n > 0 {
			days += n
			series = append(series, s)
		}
	}
	return days, series
}

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

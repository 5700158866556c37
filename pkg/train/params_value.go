package train

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// domain is what LightGBM takes as the value of a parameter.
type domain struct {
	kind   kind
	bounds []bound
}

// kind is the form of a value; the items of a list have commas between them.
type kind int

const (
	textValue kind = iota
	boolValue
	intValue
	floatValue
	intList
	floatList
)

type bound struct {
	relation relation
	limit    float64
}

type relation string

const (
	above   relation = "greater than"
	atLeast relation = "at least"
	below   relation = "less than"
	atMost  relation = "at most"
)

// validate reports a value that is not of d. It is stricter than LightGBM, which reads the
// digits that an item of a list starts with, and what is too large for it as another number.
func (d domain) validate(value string) error {
	switch d.kind {
	case textValue:
		return nil
	case boolValue:
		if !slices.Contains([]string{"true", "+", "false", "-"}, strings.ToLower(value)) {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		return nil
	case intValue, floatValue:
		return d.validateNumber(value)
	case intList, floatList:
		for item := range strings.SplitSeq(value, ",") {
			if err := d.validateNumber(item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d domain) validateNumber(text string) error {
	number, err := d.parse(text)
	if err != nil {
		return err
	}
	for _, b := range d.bounds {
		if !b.holds(number) {
			return fmt.Errorf("%s is not %s %v", text, b.relation, b.limit)
		}
	}
	return nil
}

// parse reads a number in decimal digits: LightGBM knows no others.
func (d domain) parse(text string) (float64, error) {
	var number float64
	var err error
	what := "number"
	if d.kind == intValue || d.kind == intList {
		what = "whole number"
		var whole int64
		whole, err = strconv.ParseInt(text, 10, 32)
		number = float64(whole)
	} else {
		number, err = strconv.ParseFloat(text, 64)
	}
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%s is out of LightGBM's range", text)
	case err != nil, math.IsNaN(number), math.IsInf(number, 0), strings.ContainsAny(text, "xX"):
		return 0, fmt.Errorf("%q is not a %s", text, what)
	}
	return number, nil
}

// holds reports whether number is where b says.
func (b bound) holds(number float64) bool {
	switch b.relation {
	case above:
		return number > b.limit
	case atLeast:
		return number >= b.limit
	case below:
		return number < b.limit
	case atMost:
		return number <= b.limit
	}
	return false
}

// narrowed returns d without the values of a parameter that LightGBM takes and a forecast cannot use.
func (d domain) narrowed(name string) domain {
	switch name {
	case "num_iterations":
		d.bounds = []bound{{atLeast, 1}} // a model needs a tree
	case "num_class":
		d.bounds = append(d.bounds, bound{atMost, 1})
	}
	return d
}

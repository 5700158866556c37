package table

import (
	"fmt"
	"math"
	"strconv"
)

// numberFault says why text is not a number.
type numberFault int

const (
	numberOK numberFault = iota
	numberShape
	numberNotFinite
)

// parseNumber reads a decimal number: a sign, digits with at most one point, an exponent. It
// gives the float64 nearest to the text, like strconv.ParseFloat.
func parseNumber(s []byte) (float64, numberFault) {
	if v, n := scanNumber(s); n == len(s) && n > 0 {
		return v, numberOK
	}
	return parseLongNumber(s)
}

// scanNumber reads the number of at most 15 digits, without exponent, that s starts with, and
// returns its length; 0 for none. Up to 15 digits are an exact integer, and so is the power of
// ten: one division rounds once, correctly (W. Clinger, How to Read Floating Point Numbers
// Accurately, 1990).
func scanNumber(s []byte) (v float64, n int) {
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		n++
	}
	var mantissa uint64
	start := n
	for n < len(s) && s[n]-'0' <= 9 {
		mantissa = mantissa*10 + uint64(s[n]-'0')
		n++
	}
	digits, decimals := n-start, 0
	if n < len(s) && s[n] == '.' {
		n++
		point := n
		for n < len(s) && s[n]-'0' <= 9 {
			mantissa = mantissa*10 + uint64(s[n]-'0')
			n++
		}
		decimals = n - point
	}
	digits += decimals
	if digits == 0 || digits > 15 {
		return 0, 0
	}
	v = float64(mantissa)
	if decimals > 0 {
		v /= powerOfTen(decimals)
	}
	if negative {
		v = -v
	}
	return v, n
}

func powerOfTen(n int) float64 {
	return [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}[n]
}

// parseLongNumber reads what is not plain digits by strconv, which takes more than a decimal
// number: hexadecimal, underscores, words.
func parseLongNumber(s []byte) (float64, numberFault) {
	for _, b := range s {
		if b-'0' > 9 && b != '+' && b != '-' && b != '.' && b != 'e' && b != 'E' {
			if v, err := strconv.ParseFloat(string(s), 64); err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
				return 0, numberNotFinite
			}
			return 0, numberShape
		}
	}
	v, err := strconv.ParseFloat(string(s), 64)
	if math.IsInf(v, 0) {
		return 0, numberNotFinite
	}
	if err != nil {
		return 0, numberShape
	}
	return v, numberOK
}

// ParseNumber reads a decimal number by the rules of a Number column; an empty text is none.
func ParseNumber(s string) (float64, error) {
	v, fault := parseNumber([]byte(s))
	switch fault {
	case numberOK:
		return v, nil
	case numberNotFinite:
		return 0, fmt.Errorf("%s: not a finite number", Quote(s))
	default:
		return 0, badNumber(s)
	}
}

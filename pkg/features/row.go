package features

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/panel"
)

// ErrBadID is wrapped by every error about an id that its column's rule does not allow.
var ErrBadID = errors.New("bad id")

// NumFeatures returns the length of a row.
func (s *Spec) NumFeatures() int {
	n := s.numIDFeatures() + len(s.Covariates) + len(s.dates)
	if s.Holidays != nil {
		n += len(holidays.Names())
	}
	return n
}

// Row sets dst to the features of one request: ids are in the order of s.IDs, covariates in that
// of s.Covariates, NaN where one is missing. A text id that the data did not hold is missing; an
// integer id is its number, seen or not. A country that the data did not hold has no public holidays,
// in an id as in a static covariate. An id that CheckID refuses is an error that wraps ErrBadID. It panics if len(dst) is not NumFeatures,
// len(ids) not len(s.IDs) or len(covariates) not len(s.Covariates).
func (s *Spec) Row(dst []float64, t calendar.Period, ids []string, covariates []float64) error {
	if len(dst) != s.NumFeatures() || len(ids) != len(s.IDs) || len(covariates) != len(s.Covariates) {
		panic("features: Row needs NumFeatures values, one id per column and one value per covariate")
	}
	if err := s.fillIDs(dst, ids); err != nil {
		return err
	}
	dst = dst[s.numIDFeatures():]
	dst = dst[copy(dst, covariates):]
	s.fillDates(dst, t)
	if s.Holidays == nil {
		return nil
	}
	scope, err := s.holidayScope(ids, covariates)
	if err != nil {
		return err
	}
	fillHolidays(dst[len(s.dates):], scope, s.Freq, t)
	return nil
}

func (s *Spec) numIDFeatures() int {
	if s.Features.IDs {
		return len(s.IDs)
	}
	return 0
}

// fillIDs sets the first features of a row: integer ids where they stand in the columns, then
// the codes of text ids.
func (s *Spec) fillIDs(dst []float64, ids []string) error {
	next := 0
	for c, id := range s.IDs {
		if err := s.CheckID(c, ids[c]); err != nil {
			return fmt.Errorf("%s: %w", id.Name, err)
		}
		if !s.Features.IDs || id.Rule == panel.Text {
			continue
		}
		v, err := strconv.ParseInt(ids[c], 10, 64)
		if err != nil {
			return fmt.Errorf("%s: %w: %w", id.Name, ErrBadID, err)
		}
		dst[next] = float64(v)
		next++
	}
	if !s.Features.IDs {
		return nil
	}
	for c, id := range s.IDs {
		if id.Rule != panel.Text {
			continue
		}
		dst[next] = math.NaN()
		if code, ok := s.codes[c][ids[c]]; ok {
			dst[next] = float64(code)
		}
		next++
	}
	return nil
}

func (s *Spec) fillDates(dst []float64, t calendar.Period) {
	m := newMoment(s.Freq.Start(t))
	for i, f := range s.dates {
		dst[i] = f.value(m)
	}
}

// CheckID reports, by an error that wraps ErrBadID, a value that the id column c cannot have in a
// row: one that IDSpec.Check does not allow, or what is no country in the column of countries.
func (s *Spec) CheckID(c int, value string) error {
	if err := s.IDs[c].Check(value); err != nil || s.Holidays == nil || s.country.id != c {
		return err
	}
	if err := s.holidays.CheckCountry(value); err != nil {
		return fmt.Errorf("%w: %w", ErrBadID, err)
	}
	return nil
}

// Check reports, by an error that wraps ErrBadID, a value that the column's rule does not allow.
// A value that the data did not hold is allowed.
func (id IDSpec) Check(value string) error {
	switch id.Rule {
	case panel.PositiveInteger, panel.Integer:
		switch got := panel.RuleOf([]string{value}); {
		case got == panel.Text:
			return hint.Wrap(fmt.Errorf("%w: %.40q is not a whole number", ErrBadID, value),
				"write it as the data do: digits without leading zeros, sign or blanks")
		case id.Rule == panel.PositiveInteger && got != panel.PositiveInteger:
			return fmt.Errorf("%w: %.40q is not a positive number", ErrBadID, value)
		}
	case panel.Text:
		if value == "" || len(value) > 256 {
			return fmt.Errorf("%w: an id has 1 to 256 bytes, not %d", ErrBadID, len(value))
		}
		if !utf8.ValidString(value) || strings.Contains(value, "\x00") {
			return fmt.Errorf("%w: %.40q is not UTF-8 text", ErrBadID, value)
		}
	default:
		return fmt.Errorf("%w: unknown rule %q", ErrBadID, id.Rule)
	}
	return nil
}

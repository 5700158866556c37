package serve

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// bind reads the fields that a bundle needs. The error is an *apiError that lists every fault:
// fields that are not there first, then the date, the ids and the covariates in the bundle's order.
func (r *request) bind(b *model.Bundle) (forecast.Request, error) {
	req := forecast.Request{IDs: make([]string, len(b.Spec.IDs))}
	var faults []fieldError
	var missing []string
	remedy, dated := "", "the date"
	if m := r.member("date"); m == nil {
		missing = append(missing, "date")
	} else if period, code, err := m.period(b); err == nil {
		req.Period, dated = period, b.Spec.Freq.Format(period)
	} else if remedy = hint.Of(err); code == table.CodeOffGrid {
		faults = append(faults, fieldError{"date", "Date " + err.Error(), codeOffGrid})
	} else {
		faults = append(faults, fieldError{"date", "Invalid date format. Use " + dateForPeople(b), codeBadDate})
	}
	for c, id := range b.Spec.IDs {
		m := r.member(id.Name)
		if m == nil {
			missing = append(missing, id.Name)
			continue
		}
		value, ok := m.id(id.Rule)
		if !ok || id.Check(value) != nil {
			faults = append(faults, fieldError{id.Name, capital(id.Name) + " must be " + ruleForPeople(id.Rule), codeBadID})
			continue
		}
		if err := b.Spec.CheckID(c, value); err != nil {
			remedy = cmp.Or(remedy, hint.Of(err))
			faults = append(faults, fieldError{id.Name, capital(id.Name) + " must be the code of a country", codeBadID})
			continue
		}
		req.IDs[c] = value
	}
	values, wrong := r.covariates(b, dated)
	req.Covariates, faults = values, append(faults, wrong...)
	if len(missing) > 0 {
		return forecast.Request{}, missingFields(missing, faults)
	}
	if len(faults) > 0 {
		return forecast.Request{}, &apiError{code: faults[0].code, message: faults[0].Message, fields: faults, hint: remedy}
	}
	return req, nil
}

// badField is the error of one field.
func badField(field, code, message string) *apiError {
	return &apiError{code: code, message: message, fields: []fieldError{{Field: field, Message: message}}}
}

func missingFields(missing []string, faults []fieldError) *apiError {
	fields := make([]fieldError, 0, len(missing)+len(faults))
	for _, name := range missing {
		fields = append(fields, fieldError{Field: name, Message: capital(name) + " is missing"})
	}
	return &apiError{
		code: codeMissingFields, message: "Missing required fields: " + strings.Join(missing, ", "),
		fields: append(fields, faults...),
	}
}

// member returns the member of that name, or nil.
func (r *request) member(name string) *member {
	for i := range r.members {
		if r.members[i].name == name {
			return &r.members[i]
		}
	}
	return nil
}

func (m *member) period(b *model.Bundle) (t calendar.Period, code string, err error) {
	text, ok := m.text()
	if !ok {
		return 0, table.CodeBadDate, errors.New("not a string")
	}
	if b.Spec.Freq != calendar.Hour && b.Spec.DateFormat == calendar.DefaultDateFormat && len(text) != len("2006-01-02") {
		// ParsePeriod reads a time of day, as files have it; the original API does not.
		return 0, table.CodeBadDate, hint.Wrap(errors.New("not a date alone"),
			"write it as the bundle's data do, for example "+forecast.FormatPeriod(b.Spec.Last(), b.Spec))
	}
	return forecast.ParsePeriod(text, b.Spec)
}

// id returns the value as an id of a column with that rule is written. For an integer column
// that is a whole number, whether it stands as 1, 1.0, 1e0 or "1".
func (m *member) id(rule panel.Rule) (string, bool) {
	text, isText := m.text()
	if rule == panel.Text {
		return text, isText
	}
	if isText {
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		return strconv.FormatInt(n, 10), err == nil
	}
	if m.value.Kind() != jsontext.KindNumber {
		return "", false
	}
	number := string(m.value)
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		return strconv.FormatInt(n, 10), true
	}
	f, err := strconv.ParseFloat(number, 64)
	// Above 2^53 the nearest float64 may be another whole number than the one that was written.
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return "", false
	}
	return strconv.FormatInt(int64(f), 10), true
}

func ruleForPeople(rule panel.Rule) string {
	switch rule {
	case panel.PositiveInteger:
		return "a positive integer"
	case panel.Integer:
		return "an integer"
	default:
		return "a string of 1 to 256 bytes without NUL"
	}
}

// dateForPeople says how requests write dates.
func dateForPeople(b *model.Bundle) string {
	if b.Spec.Freq == calendar.Hour && b.Spec.DateFormat == calendar.DefaultDateFormat {
		return "YYYY-MM-DDTHH:00:00"
	}
	return formatForPeople(b.Spec.DateFormat)
}

// formatForPeople writes a strftime format the way people do: YYYY-MM-DD for %Y-%m-%d.
func formatForPeople(format string) string {
	return strings.NewReplacer(
		"%Y", "YYYY", "%y", "YY", "%m", "MM", "%-m", "M", "%b", "Mon", "%B", "Month",
		"%d", "DD", "%-d", "D", "%H", "HH", "%M", "MM", "%S", "SS", "%%", "%",
	).Replace(format)
}

// capital returns the name with its first letter upper-case.
func capital(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

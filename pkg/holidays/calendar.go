package holidays

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// Text is the name of the text among the columns of Names. Its values are codes of
// Calendar.Levels.
const Text = "holiday"

// Names returns the names of the columns that Scope.Fill fills, in their order.
func Names() []string {
	return []string{
		"is_holiday", "days_to_holiday", "days_since_holiday", "holidays_in_week", "holidays_in_month", Text,
	}
}

// maxScopes is how many Scopes a Calendar keeps: some 20 KB each.
const maxScopes = 1024

// Calendar knows the holidays of every series. It is safe for concurrent use.
type Calendar struct {
	spec   *Spec
	public map[string][]coded // per country of the Spec
	events []int32            // codes of the names of Spec.Events
	used   []map[string]bool  // per column of Spec.Scopes the values that events name

	mu     sync.Mutex
	scopes map[string]*Scope
}

// coded is a holiday's day and the code of its name.
type coded struct {
	date calendar.Date
	name int32
}

// New makes the Calendar of a Spec, which it takes over and completes. A Spec that cannot be used is
// an error that wraps ErrBadSpec.
func New(s *Spec) (*Calendar, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	if len(s.Names) == 0 && len(s.Days) == 0 {
		s.complete()
	}
	if len(s.Days) != len(s.Countries) {
		return nil, fmt.Errorf("%w: days of %d countries, there are %d", ErrBadSpec, len(s.Days), len(s.Countries))
	}
	c := &Calendar{spec: s, public: make(map[string][]coded), scopes: make(map[string]*Scope)}
	for i, code := range s.Countries {
		days, err := readDays(s.Days[i], len(s.Names))
		if err != nil {
			return nil, fmt.Errorf("%w: days of %s: %w", ErrBadSpec, code, err)
		}
		c.public[code] = days
	}
	codes := make(map[string]int32, len(s.Names))
	for i, name := range s.Names {
		codes[name] = int32(i)
	}
	for _, e := range s.Events {
		code, ok := codes[e.Name]
		if !ok {
			return nil, fmt.Errorf("%w: the event %q is not among the names", ErrBadSpec, e.Name)
		}
		c.events = append(c.events, code)
	}
	c.used = make([]map[string]bool, len(s.Scopes))
	for i := range c.used {
		c.used[i] = make(map[string]bool)
		for _, e := range s.Events {
			c.used[i][e.Scope[i]] = true
		}
	}
	return c, nil
}

// Scope returns the holidays of the series with these values in the columns of Spec.Scopes. The
// country is the series' value in Spec.Column, and of no account where there is none: then the
// series has the holidays of all Spec.Countries. Without a country, and in one that is not in the
// Spec, it has the events alone that are for all countries. What is no country is an error, as of
// CheckCountry.
func (c *Calendar) Scope(country string, values []string) (*Scope, error) {
	if len(values) != len(c.used) {
		return nil, fmt.Errorf("holidays: %d scope values for %d columns", len(values), len(c.used))
	}
	countries := c.spec.Countries
	if c.spec.Column != "" {
		var err error
		if countries, err = c.countriesOf(country); err != nil {
			return nil, err
		}
	}
	scope := make([]string, len(values))
	for i, v := range values {
		if c.used[i][v] {
			scope[i] = v
		}
	}
	key := strings.Join(append(slices.Clone(countries), scope...), "\x00")
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.scopes[key]; s != nil {
		return s, nil
	}
	if len(c.scopes) >= maxScopes {
		clear(c.scopes)
	}
	s := c.build(countries, scope)
	c.scopes[key] = s
	return s, nil
}

// countriesOf returns the country of a series as far as the Spec has it.
func (c *Calendar) countriesOf(country string) ([]string, error) {
	if country == "" {
		return nil, nil
	}
	code := country
	if c.public[code] == nil {
		var err error
		if code, err = parseCountry(country); err != nil {
			return nil, err
		}
	}
	if i := slices.Index(c.spec.Countries, code); i >= 0 {
		return c.spec.Countries[i : i+1], nil
	}
	return nil, nil
}

// CheckCountry reports, by an error that wraps ErrUnknownCountry and has a hint, a value of
// Spec.Column that is neither empty nor one of Countries.
func (c *Calendar) CheckCountry(country string) error {
	_, err := c.countriesOf(country)
	return err
}

// build lays the holidays over the known years: the first to claim a day gives it its name.
func (c *Calendar) build(countries, scope []string) *Scope {
	const free = math.MinInt32
	names := slices.Repeat([]int32{free}, int(lastDay-firstDay)+1)
	count := 0
	claim := func(d calendar.Date, name int32) {
		if names[d-firstDay] == free {
			names[d-firstDay] = name
			count++
		}
	}
	for _, code := range countries {
		for _, h := range c.public[code] {
			claim(h.date, h.name)
		}
	}
	for i, e := range c.spec.Events {
		if !e.holds(countries, scope) {
			continue
		}
		for d := e.First; d <= e.Last; d++ {
			claim(d, c.events[i])
		}
	}
	s := &Scope{days: make([]calendar.Date, 0, count), names: make([]int32, 0, count)}
	for i, name := range names {
		if name != free {
			s.days = append(s.days, firstDay+calendar.Date(i))
			s.names = append(s.names, name)
		}
	}
	return s
}

// holds reports whether the event is one for a series of these countries and scope values.
func (e Event) holds(countries, scope []string) bool {
	for i, want := range e.Scope {
		if want != "" && want != scope[i] {
			return false
		}
	}
	return e.Country == "" ||
		slices.ContainsFunc(countries, func(code string) bool { return within(code, e.Country) })
}

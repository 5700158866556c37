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
	codes  map[string]int32   // of names
	public map[string][]coded // per country
	used   []map[string]bool  // per column of Spec.Scopes the values that events name

	mu     sync.Mutex
	scopes map[string]*Scope
}

// coded is a holiday's day and the code of its name, noCode for a name without one.
type coded struct {
	date calendar.Date
	name int32
}

const noCode = -1

// New makes the Calendar of a Spec, which it takes over and whose Names it completes. A Spec that
// cannot be used is an error that wraps ErrBadSpec.
func New(s *Spec) (*Calendar, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	c := &Calendar{spec: s, public: make(map[string][]coded), scopes: make(map[string]*Scope)}
	public := make([][]day, len(s.Countries))
	for i, code := range s.Countries {
		public[i] = publicDays(code)
	}
	if len(s.Names) == 0 {
		s.Names = allNames(public, s.Events)
	}
	c.codes = make(map[string]int32, len(s.Names))
	for i, name := range s.Names {
		c.codes[name] = int32(i)
	}
	for i, code := range s.Countries {
		c.public[code] = c.encode(public[i])
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

// allNames returns "" and the names by first appearance: those of the countries, then the events.
func allNames(public [][]day, events []Event) []string {
	names, seen := []string{""}, map[string]bool{"": true}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, days := range public {
		for _, d := range days {
			add(d.name)
		}
	}
	for _, e := range events {
		add(e.Name)
	}
	return names
}

func (c *Calendar) encode(days []day) []coded {
	list := make([]coded, len(days))
	for i, d := range days {
		list[i] = coded{d.date, c.code(d.name)}
	}
	return list
}

func (c *Calendar) code(name string) int32 {
	if code, ok := c.codes[name]; ok {
		return code
	}
	return noCode
}

// Spec returns what makes the same Calendar again. It is not to be changed.
func (c *Calendar) Spec() *Spec { return c.spec }

// Levels returns the names of all holidays: the values of the text column by their codes. The
// first is "", for no holiday.
func (c *Calendar) Levels() []string { return slices.Clone(c.spec.Names) }

// Scope returns the holidays of the series with these values in the columns of Spec.Scopes. The
// country is the series' value in Spec.Column, and of no account where there is none: then the
// series has the holidays of all Spec.Countries. A country of Countries that is not in the Spec
// has its holidays all the same, though some may have names without a code.
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

func (c *Calendar) countriesOf(country string) ([]string, error) {
	if country == "" {
		return nil, nil
	}
	if i := slices.Index(c.spec.Countries, country); i >= 0 {
		return c.spec.Countries[i : i+1], nil
	}
	code, err := parseCountry(country)
	if err != nil {
		return nil, err
	}
	return []string{code}, nil
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
		for _, h := range c.publicOf(code) {
			claim(h.date, h.name)
		}
	}
	for _, e := range c.spec.Events {
		if !e.holds(countries, scope) {
			continue
		}
		for d := e.First; d <= e.Last; d++ {
			claim(d, c.code(e.Name))
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

// publicOf returns the public holidays of a code; mu is held.
func (c *Calendar) publicOf(code string) []coded {
	list, ok := c.public[code]
	if !ok {
		list = c.encode(publicDays(code))
		c.public[code] = list
	}
	return list
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

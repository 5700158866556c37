package calendar

import (
	"encoding/binary"
	"strings"
	"time"
)

// Fault says why text is not a time of a layout. Hot loops pass it on; Explain makes it an error.
type Fault int

// The faults.
const (
	FaultNone     Fault = iota
	FaultShape          // does not have the format's shape
	FaultNoDay          // a day or an hour that the calendar does not have
	FaultPartHour       // minutes or seconds that are not zero
)

// The years of times. firstShortYear is the first of the hundred that two digits say.
const (
	firstYear, lastYear = 1, 9999
	firstShortYear      = 1969
)

// monthCache holds the month read last: consecutive rows mostly share it.
type monthCache struct {
	word  uint64 // the eight bytes of a text of the month, see fixedLayout; 0 is none: digits are not 0
	key   int    // year*100 + month; 0 is none
	first Date
	days  int
}

// Tick reads a time and returns its tick in the layout's unit. It allocates nothing.
func (l *Layout) Tick(s []byte) (int32, Fault) {
	f := l.fixed
	if f == nil {
		return l.walk(s)
	}
	if len(s) != f.width {
		return 0, FaultShape
	}
	if !f.quick {
		return l.read(s)
	}
	word := binary.LittleEndian.Uint64(s[f.at:]) & f.mask
	day, ok := twoDigits(s, f.day)
	if c := &l.cache; ok && word == c.word && word != 0 && day >= 1 && day <= c.days {
		tick := int32(c.first) + int32(day-1)
		if f.bare {
			return tick, FaultNone
		}
		if tick, ok = f.addHour(s, tick); ok {
			return tick, FaultNone
		}
	}
	tick, fault := l.read(s)
	if fault == FaultNone {
		l.cache.word = word
	}
	return tick, fault
}

// read reads a text of the fixed layout's width.
func (l *Layout) read(s []byte) (int32, Fault) {
	f := l.fixed
	for _, lit := range f.literals {
		if s[lit.at] != lit.char {
			return 0, FaultShape
		}
	}
	century, ok := twoDigits(s, f.year)
	c := clock{day: 1}
	places := [...]struct {
		at   int
		into *int
	}{{f.year + 2, &c.year}, {f.month, &c.month}, {f.day, &c.day}, {f.hour, &c.hour}, {f.minute, &c.minute}, {f.second, &c.second}}
	for _, p := range places {
		if p.at < 0 {
			continue
		}
		v, digits := twoDigits(s, p.at)
		ok = ok && digits
		*p.into = v
	}
	if !ok {
		return 0, FaultShape
	}
	c.year += century * 100
	return l.tick(c)
}

// twoDigits reads the number at an offset. It is not ok when these are no digits.
func twoDigits(s []byte, at int) (v int, ok bool) {
	tens, ones := s[at]-'0', s[at+1]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

// clock is what a text says, not yet checked.
type clock struct{ year, month, day, hour, minute, second int }

// tick returns the tick of a clock, in the years 1 to 9999.
func (l *Layout) tick(c clock) (int32, Fault) {
	m := &l.cache
	if key := c.year*100 + c.month; key != m.key || key == 0 {
		if c.year < firstYear || c.month < 1 || c.month > 12 {
			return 0, FaultNoDay
		}
		first := NewDate(c.year, c.month, 1)
		next := NewDate(c.year, c.month+1, 1)
		if c.month == 12 {
			next = NewDate(c.year+1, 1, 1)
		}
		*m = monthCache{key: key, first: first, days: int(next - first)}
	}
	if c.day < 1 || c.day > m.days || c.hour >= HoursPerDay {
		return 0, FaultNoDay
	}
	if c.minute != 0 || c.second != 0 {
		return 0, FaultPartHour
	}
	return l.unit.Tick(Time{Date: m.first + Date(c.day-1), Hour: c.hour}), FaultNone
}

// walk reads a time step by step, for layouts that are not fixed.
func (l *Layout) walk(s []byte) (int32, Fault) {
	c := clock{day: 1}
	for _, step := range l.steps {
		v, n := step.read(s)
		if n == 0 {
			return 0, FaultShape
		}
		s = s[n:]
		switch step.verb {
		case 'Y':
			c.year = v
		case 'y':
			if c.year = firstShortYear/100*100 + v; c.year < firstShortYear {
				c.year += 100
			}
		case 'm', 'b', 'B':
			c.month = v
		case 'd':
			c.day = v
		case 'H':
			c.hour = v
		case 'M':
			c.minute = v
		case 'S':
			c.second = v
		}
	}
	if len(s) > 0 {
		return 0, FaultShape
	}
	return l.tick(c)
}

// read reads the step's part at the start of s and returns it with its width, 0 when it is not there.
func (s layoutStep) read(text []byte) (v, n int) {
	switch s.verb {
	case 0:
		if len(text) == 0 || text[0] != s.lit {
			return 0, 0
		}
		return 0, 1
	case 'Y':
		return digits(text, 4, 4)
	case 'b', 'B':
		return monthName(text, s.verb)
	}
	if s.wide {
		return digits(text, 1, 2)
	}
	return digits(text, 2, 2)
}

// digits reads a number of shortest to longest digits and returns it with its width, 0 for none.
func digits(s []byte, shortest, longest int) (v, n int) {
	for n < longest && n < len(s) && s[n]-'0' <= 9 {
		v = v*10 + int(s[n]-'0')
		n++
	}
	if n < shortest {
		return 0, 0
	}
	return v, n
}

func monthName(text []byte, verb byte) (month, n int) {
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		if verb == 'b' {
			name = name[:3]
		}
		if len(text) >= len(name) && strings.EqualFold(string(text[:len(name)]), name) {
			return int(m), len(name)
		}
	}
	return 0, 0
}

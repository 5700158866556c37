package calendar

// Evidence is how the dates of series are spaced: what Freq infers a frequency from. It has one
// user at a time.
type Evidence struct {
	unit Unit

	// The dates of series that have no hour, and the midnights of those that have few hours.
	dates                  int
	days                   steps    // in days
	months                 steps    // in months, between first days of a month
	weekdays               [7]tally // dates by weekday
	starts                 [4]tally // dates by the longest period that starts with them
	monthEnds              [12]int  // last days of a month by month, 0 for January
	others                 tally    // dates that are not the last of a month
	first, last            Date
	daily, weekly, monthly int // series that are so, see note
	surelyDaily            int // of the daily ones, those that are not weeks or months and a few dates
	midnights              int // series of two midnights or more, and nothing else

	// Series that have an hour.
	hours        steps     // in hours
	clock        [24]tally // times by hour
	hourly       int
	surelyHourly int     // those that have more than a few hours among midnights
	kept         []int32 // the midnights of the others, one at a time
}

// The longest period that starts with a date.
const (
	startsDay = iota
	startsMonth
	startsQuarter
	startsYear
)

// Least numbers of exact steps that make a series weekly or monthly beside daily ones, and dates of
// which a few are off weekly, monthly, quarterly or yearly: an item sold rarely has a few such steps
// by chance.
const (
	surelyWeekly  = 8
	surelyMonthly = 6
)

// few reports whether off of all dates are so few that they are odd ones.
func few(off, all int) bool { return off*5 <= all }

// NewEvidence returns Evidence of no series. The ticks of those to come count u.
func NewEvidence(u Unit) *Evidence { return &Evidence{unit: u} }

// Add adds the dates of one series as ticks, which ascend and are distinct. Only the gaps of a
// daily or hourly series cost time: what is regular is not read.
func (e *Evidence) Add(ticks []int32) {
	switch {
	case len(ticks) == 0:
	case e.unit == Hours:
		e.addTimes(ticks)
	default:
		e.addDates(ticks, 1)
	}
}

func (e *Evidence) addTimes(ticks []int32) {
	limit := max(1, len(ticks)/5) // times that may be odd ones among midnights
	span := int(ticks[len(ticks)-1]) - int(ticks[0])
	off := len(ticks) - (span/24 + 1) // at least, for there are no more midnights
	if off <= limit {
		off = hoursOf(ticks, limit)
	}
	if off == 0 {
		if len(ticks) > 1 {
			e.midnights++
		}
		e.addDates(ticks, 24)
		return
	}
	e.hourly++
	eachRun(ticks, 1, e.addHours)
	if off > limit {
		e.surelyHourly++
		return
	}
	e.kept = e.kept[:0]
	for _, tick := range ticks {
		if tick%24 == 0 {
			e.kept = append(e.kept, tick)
		}
	}
	if len(e.kept) > 0 {
		e.addDates(e.kept, 24)
	}
}

// hoursOf returns how many ticks are no midnight. It stops above limit.
func hoursOf(ticks []int32, limit int) int {
	n := 0
	for _, tick := range ticks {
		if tick%24 != 0 {
			n++
			if n > limit {
				break
			}
		}
	}
	return n
}

func (e *Evidence) addDates(ticks []int32, perDay int32) {
	first, last := Date(ticks[0]/perDay), Date(ticks[len(ticks)-1]/perDay)
	if e.dates == 0 {
		e.first, e.last = first, last
	}
	e.first, e.last = min(e.first, first), max(e.last, last)
	s := spacing{nextMonth: first}
	eachRun(ticks, perDay, func(first int32, n int, gap int32) {
		e.addDays(&s, Date(first/perDay), n, gap/perDay)
	})
	e.dates += len(ticks)
	e.note(&s, len(ticks))
}

// eachRun calls do for every run of n ticks that are step apart, with the gap to the run before,
// 0 for the first run. Ticks that end a regular stretch are found without reading all of it.
func eachRun(ticks []int32, step int32, do func(first int32, n int, gap int32)) {
	var gap int32
	for len(ticks) > 0 {
		n := len(ticks)
		if int(ticks[n-1])-int(ticks[0]) != (n-1)*int(step) {
			n = 1
			for n < len(ticks) && ticks[n]-ticks[n-1] == step {
				n++
			}
		}
		do(ticks[0], n, gap)
		if n < len(ticks) {
			gap = ticks[n] - ticks[n-1]
		}
		ticks = ticks[n:]
	}
}

func (e *Evidence) addHours(first int32, n int, gap int32) {
	e.hours.add(1, n-1)
	if gap > 0 {
		e.hours.add(int(gap), 1)
	}
	hour := Hours.Time(first).Hour
	for i := range min(n, 24) {
		t := &e.clock[(hour+i)%24]
		t.n += (n - i + 23) / 24
		t.see(first + int32(i))
	}
}

// spacing is what is known of one series of days.
type spacing struct {
	ones, sevens, months int // steps of a day, a week, a month
	weekdays             [7]int
	starts               [4]int
	month                Period // of the last date
	nextMonth            Date   // the first day of the month after it
	ends                 int    // last days of a month
	plain                int    // days that are neither, up to seen
	start                Period // the month of the last first day
	started              bool   // there was one
}

func (e *Evidence) addDays(s *spacing, first Date, n int, gap int32) {
	if gap > 0 {
		e.days.add(int(gap), 1)
		if gap == 7 {
			s.sevens++
		}
	}
	e.days.add(1, n-1)
	s.ones += n - 1
	w := first.Weekday()
	for i := range min(n, 7) {
		if s.weekdays[w] < seen {
			e.weekdays[w].see(int32(first) + int32(i))
		}
		s.weekdays[w] += (n - i + 6) / 7
		if w++; w == 7 {
			w = 0
		}
	}
	e.addMonths(s, first, n)
}

// addMonths counts what starts and ends with n days.
func (e *Evidence) addMonths(s *spacing, first Date, n int) {
	last := first + Date(n-1)
	// The month before the first day of one that next is, which may be among the days.
	before, next := s.month, s.nextMonth
	if last >= next {
		year, month, day := first.Civil()
		before = Period((year-1970)*12 + month - 1)
		s.month = before
		if n > 1 {
			s.month = Month.floor(last)
		}
		s.nextMonth = Month.date(s.month + 1)
		next = s.nextMonth
		switch {
		case day == 1:
			before, next = before-1, first
		case before < s.month:
			next = Month.date(before + 1)
		}
		if before < s.month {
			e.addStarts(s, before, next)
		}
	}
	for d := first; d <= last && s.plain < seen; d++ {
		if d != next {
			e.starts[startsDay].see(int32(d))
		}
		if d+1 != next {
			e.others.see(int32(d))
		}
		if d != next && d+1 != next {
			s.plain++
		}
	}
	if next == first {
		before++
	}
	until := s.month
	if last+1 == s.nextMonth {
		until++
	}
	e.addEnds(s, before, until)
}

// addEnds counts the ends of the months from m until the month before until.
func (e *Evidence) addEnds(s *spacing, m, until Period) {
	s.ends += int(until - m)
	if years := (until - m) / 12; years > 0 {
		for i := range e.monthEnds {
			e.monthEnds[i] += int(years)
		}
		m += 12 * years
	}
	for ; m < until; m++ {
		e.monthEnds[(m%12+12)%12]++
	}
}

// addStarts counts what starts from the month after before, on first, to the month of s.
func (e *Evidence) addStarts(s *spacing, before Period, first Date) {
	months := int(s.month - before)
	quarters := floorDiv(int(s.month), 3) - floorDiv(int(before), 3)
	years := floorDiv(int(s.month), 12) - floorDiv(int(before), 12)
	s.starts[startsMonth] += months - quarters
	s.starts[startsQuarter] += quarters - years
	s.starts[startsYear] += years
	e.starts[startOf(before+1)].see(int32(first))
	if s.started {
		step := int(before + 1 - s.start)
		e.months.add(step, 1)
		if step == 1 {
			s.months++
		}
	}
	e.months.add(1, months-1)
	s.months += months - 1
	s.start, s.started = s.month, true
}

// startOf returns what starts with a month.
func startOf(m Period) int {
	switch {
	case m%12 == 0:
		return startsYear
	case m%3 == 0:
		return startsQuarter
	}
	return startsMonth
}

// note adds a series of n dates and counts it as daily, or as weekly or monthly where the dates leave
// no doubt.
func (e *Evidence) note(s *spacing, n int) {
	most, firsts := 0, 0
	for weekday, dates := range s.weekdays {
		e.weekdays[weekday].n += dates
		most = max(most, dates)
	}
	for start := startsMonth; start <= startsYear; start++ {
		e.starts[start].n += s.starts[start]
		firsts += s.starts[start]
	}
	e.starts[startsDay].n += n - firsts
	e.others.n += n - s.ends
	switch {
	case s.ones > 0:
		e.daily++
		off := n - max(most, firsts)
		if off > 1 && !few(off, n) {
			e.surelyDaily++
		}
	case firsts == n && s.months >= surelyMonthly:
		e.monthly++
	case most == n && s.sevens >= surelyWeekly:
		e.weekly++
	}
}

// seen is how many dates of a tally are kept.
const seen = 3

// tally counts dates of a kind and keeps the earliest, of a run of days or hours only those of its
// first week, or day.
type tally struct {
	n        int
	earliest [seen]int32 // distinct ticks, ascending
	kept     int
}

// see keeps a tick that is among the earliest. It does not count it.
func (t *tally) see(tick int32) {
	if t.kept < seen || tick < t.earliest[seen-1] {
		t.keep(tick)
	}
}

func (t *tally) keep(tick int32) {
	at := 0
	for at < t.kept && t.earliest[at] < tick {
		at++
	}
	if at < t.kept && t.earliest[at] == tick {
		return
	}
	t.kept = min(t.kept+1, seen)
	copy(t.earliest[at+1:t.kept], t.earliest[at:])
	t.earliest[at] = tick
}

// join adds another tally.
func (t *tally) join(o *tally) {
	t.n += o.n
	for _, tick := range o.earliest[:o.kept] {
		t.see(tick)
	}
}

package calendar

// Evidence is how the dates of series are spaced: what Freq infers a frequency from. It has one
// user at a time.
type Evidence struct {
	unit Unit

	// Series of which every date is midnight.
	dates                  int
	days                   steps  // in days
	months                 steps  // in months, between first days of a month
	weekdays               [7]int // dates by weekday
	first, last            Date
	monthsSeen             uint16 // a bit for each month 1 to 12 that has a first day
	offFirst, offEnd       bool   // a date is not the first, the last day of its month
	daily, weekly, monthly int    // series that are surely so, see spacing.note
	midnights              int    // series of two dates or more

	// Series that have an hour.
	hours     steps // in hours
	hoursSeen uint32
	hourly    int
}

// Least numbers of exact steps that make a series weekly or monthly beside daily ones: an item
// sold rarely has a few such steps by chance.
const (
	surelyWeekly  = 8
	surelyMonthly = 6
)

// NewEvidence returns Evidence of no series. The ticks of those to come count u.
func NewEvidence(u Unit) *Evidence { return &Evidence{unit: u} }

// Add adds the dates of one series as ticks, which ascend and are distinct. Only the gaps of a
// daily or hourly series cost time: what is regular is not read.
func (e *Evidence) Add(ticks []int32) {
	if len(ticks) == 0 {
		return
	}
	if e.unit == Hours && !midnight(ticks) {
		e.hourly++
		eachRun(ticks, 1, e.addHours)
		return
	}
	perDay := int32(1)
	if e.unit == Hours {
		perDay = 24
	}
	first, last := Date(ticks[0]/perDay), Date(ticks[len(ticks)-1]/perDay)
	if e.dates == 0 {
		e.first, e.last = first, last
	}
	e.first, e.last = min(e.first, first), max(e.last, last)
	e.dates += len(ticks)
	s := spacing{weekday: first.Weekday()}
	eachRun(ticks, perDay, func(first int32, n int, gap int32) {
		e.addDays(&s, Date(first/perDay), n, gap/perDay)
	})
	e.note(&s)
}

func midnight(ticks []int32) bool {
	for _, tick := range ticks {
		if tick%24 != 0 {
			return false
		}
	}
	return true
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
	for i := range min(n, 24) {
		e.hoursSeen |= 1 << Hours.Time(first+int32(i)).Hour
	}
}

// spacing is what is known of one series of days.
type spacing struct {
	dates, ones, sevens, months int // dates, and steps of a day, a week, a month
	weekday                     int // of the first date
	otherDay                    bool
	offFirst                    bool
	month                       int // of the last date, counted from year 0; while not offFirst
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
	weekday := first.Weekday()
	s.otherDay = s.otherDay || n > 1 || weekday != s.weekday
	if n == 1 {
		e.weekdays[weekday]++
		e.addMonth(s, first)
	} else {
		s.offFirst, e.offEnd = true, true
		for i := range min(n, 7) {
			e.weekdays[(weekday+i)%7] += (n - i + 6) / 7
		}
	}
	s.dates += n
}

// addMonth looks whether d is the first or the last of its month, as long as all others were.
func (e *Evidence) addMonth(s *spacing, d Date) {
	if !e.offEnd {
		_, _, day := (d + 1).Civil()
		e.offEnd = day != 1
	}
	if s.offFirst {
		return
	}
	year, month, day := d.Civil()
	if day != 1 {
		s.offFirst = true
		return
	}
	e.monthsSeen |= 1 << month
	month += year * 12
	if s.dates > 0 {
		e.months.add(month-s.month, 1)
		if month == s.month+1 {
			s.months++
		}
	}
	s.month = month
}

// note counts a series as daily, weekly or monthly where its dates leave no doubt.
func (e *Evidence) note(s *spacing) {
	e.offFirst = e.offFirst || s.offFirst
	if s.dates > 1 {
		e.midnights++
	}
	switch {
	case s.ones > 0:
		e.daily++
	case !s.offFirst && s.months >= surelyMonthly:
		e.monthly++
	case !s.otherDay && s.sevens >= surelyWeekly:
		e.weekly++
	}
}

package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

// FreqError says why no frequency follows from the dates: which of them are odd, how they are
// spaced and on which weekdays they are, or how many series of each kind there are.
type FreqError struct{ Message string }

// Error returns the message.
func (e *FreqError) Error() string { return e.Message }

// Freq returns the frequency of the dates, by the first rule that holds:
//
//   - no series has two dates: Day, or Hour when one has an hour
//   - a date has an hour: Hour when two are an hour apart
//   - all are first days of a month: Year when all are in January and two are a year apart,
//     Quarter when all are in January, April, July or October and two are three months apart,
//     Month when two are a month apart
//   - all are on one weekday and two are 7 days apart: its week
//   - two are a day apart: BusinessDay when there are two weekends between the first and the last
//     and no date is on a weekend, else Day
//
// Anything else is a *FreqError with a hint that names the choices. So are dates of which at most
// one in five breaks a rule that the others keep for at least six or eight steps, or the rule that
// times are midnight; few dates on weekends among dense business days; times that are mostly whole
// days apart; and a mix of series, some of them surely weekly or monthly and others daily, or some
// with hours and others without.
func (e *Evidence) Freq() (Freq, error) {
	switch {
	case e.hourly > 0:
		return e.inferHours()
	case e.days.total == 0:
		return Day, nil
	}
	return e.inferDays()
}

func (e *Evidence) inferDays() (Freq, error) {
	mixed := e.daily > 0 && e.weekly+e.monthly > 0
	if mixed && e.surelyDaily > 0 {
		return None, e.mixed()
	}
	for _, g := range e.grids() {
		switch {
		case g.off.n == 0 && g.steps > 0:
			return g.freq, nil
		case g.off.n > 0 && g.steps >= g.least && few(g.off.n, e.dates):
			return None, e.odd(g)
		}
	}
	switch {
	case e.others.n > 0 && e.dates-e.others.n >= surelyMonthly && few(e.others.n, e.dates):
		return None, e.oddMonthEnds()
	case mixed:
		return None, e.mixed()
	case e.days.count[1] == 0:
		return None, e.unclear()
	}
	return e.inferBusiness()
}

// grid is a frequency that the dates may have.
type grid struct {
	freq         Freq
	labels       string
	off          tally // dates that are none of the labels
	steps, least int   // dates one step apart, and how many show the frequency beside odd dates
}

// grids returns the frequencies that are coarser than business days, the coarsest first.
func (e *Evidence) grids() [4]grid {
	year := grid{freq: Year, labels: "the first of January", steps: e.months.count[12], least: surelyMonthly}
	quarter := grid{freq: Quarter, labels: "the first of a quarter", steps: e.months.count[3], least: surelyMonthly}
	month := grid{freq: Month, labels: "the first of a month", steps: e.months.count[1], least: surelyMonthly}
	month.off.join(&e.starts[startsDay])
	quarter.off.join(&month.off)
	quarter.off.join(&e.starts[startsMonth])
	year.off.join(&quarter.off)
	year.off.join(&e.starts[startsQuarter])

	weekday := e.commonWeekday()
	week := grid{freq: WeekMon + Freq(weekday), labels: weekdayName(weekday) + "s, 7 days apart or more", steps: e.days.count[7], least: surelyWeekly}
	for other := range e.weekdays {
		if other != weekday {
			week.off.join(&e.weekdays[other])
		}
	}
	return [...]grid{year, quarter, month, week}
}

// odd names the dates that are off a grid on which most are.
func (e *Evidence) odd(g grid) error {
	rest := Day
	switch {
	case e.starts[startsDay].n > 0:
	case e.starts[startsMonth].n > 0:
		rest = Month
	default:
		rest = Quarter
	}
	return hint.Wrap(&FreqError{Message: describeOdd(e.dates, "date", g.labels, &g.off, Days)}, settle(g.freq, rest))
}

func settle(most, all Freq) string {
	return fmt.Sprintf("--freq %s names every other row as bad; --freq %s reads all of them as %ss with gaps", most, all, all.Step())
}

// describeOdd says which of all things are not what the others are:
// "1000 of 1001 dates are Mondays; 2021-05-04 is not".
func describeOdd(all int, thing, most string, off *tally, u Unit) string {
	list := make([]string, off.kept)
	for i, tick := range off.earliest[:off.kept] {
		list[i] = u.Time(tick).String()
	}
	names := strings.Join(list, ", ")
	if i := strings.LastIndex(names, ", "); i >= 0 {
		names = names[:i] + " and " + names[i+2:]
	}
	text := fmt.Sprintf("%d of %d %ss%s%s; ", all-off.n, all, thing, are(all-off.n), most)
	switch {
	case off.n > off.kept:
		return text + fmt.Sprintf("%d are not, first %s", off.n, names)
	case off.n == 1:
		return text + names + " is not"
	}
	return text + names + " are not"
}

// oddMonthEnds names the dates that are not the last of a month when most are.
func (e *Evidence) oddMonthEnds() error {
	return hint.Wrap(
		&FreqError{Message: describeOdd(e.dates, "date", "the last of a month", &e.others, Days)},
		"write months as their first day (MS); --freq D reads the dates as days with gaps")
}

// inferBusiness infers from dates of which some are a day apart.
func (e *Evidence) inferBusiness() (Freq, error) {
	const saturday = 2 // 1970-01-03
	weekends := floorDiv(int(e.last)-saturday, 7) - floorDiv(int(e.first)-saturday-1, 7)
	g := grid{freq: BusinessDay, labels: "Monday to Friday"}
	g.off.join(&e.weekdays[5])
	g.off.join(&e.weekdays[6])
	dense := weekends >= surelyWeekly && e.days.count[1] >= e.days.total/2
	switch {
	case weekends < 2:
		return Day, nil
	case g.off.n == 0:
		return BusinessDay, nil
	case dense && g.off.n*20 <= e.dates && g.off.n*3 <= weekends:
		return None, e.odd(g)
	}
	return Day, nil
}

func (e *Evidence) mixed() error {
	text := "series of different frequencies: " + strconv.Itoa(e.daily) + " daily"
	if e.weekly > 0 {
		text += fmt.Sprintf(", %d weekly", e.weekly)
	}
	if e.monthly > 0 {
		text += fmt.Sprintf(", %d monthly", e.monthly)
	}
	return hint.Wrap(&FreqError{Message: text},
		"--freq D reads all of them as days with gaps; else keep each frequency in a file of its own")
}

// unclear explains dates of which no two are one step of a frequency apart.
func (e *Evidence) unclear() error {
	switch {
	case e.others.n == 0:
		return e.unclearMonthEnds()
	case e.starts[startsDay].n == 0:
		return e.unclearMonths()
	}
	text := "no two dates are a day apart: " + e.days.describe("day") + "; " + e.describeWeekdays()
	weekday := e.commonWeekday()
	week := (WeekMon + Freq(weekday)).String()
	remedy := choices("D")
	switch {
	case e.weekdays[weekday].n == e.dates:
		remedy = choices("D", week)
	case e.days.count[7] > 0:
		remedy = fmt.Sprintf("--freq D reads them as days with gaps; --freq %s names every date that is on another weekday", week)
	}
	return hint.Wrap(&FreqError{Message: text}, remedy)
}

// unclearMonthEnds explains dates that are all the last day of a month: of one month of the year, of
// months that are quarters apart, or of others.
func (e *Evidence) unclearMonthEnds() error {
	months, phases := 0, [3]int{}
	for m, n := range e.monthEnds {
		if n > 0 {
			months++
			phases[m%3] = 1
		}
	}
	f := Month
	switch {
	case months == 1:
		f = Year
	case phases[0]+phases[1]+phases[2] == 1:
		f = Quarter
	}
	return hint.Wrap(
		&FreqError{Message: fmt.Sprintf("every date is the last day of a month: %ss are known by their first day (%s)", f.Step(), f)},
		fmt.Sprintf("write %s for %s; --freq D reads the dates as days with gaps", f.date(f.floor(e.last)), e.last))
}

func (e *Evidence) unclearMonths() error {
	step, fits := "month", []string{"MS"}
	if e.starts[startsMonth].n == 0 {
		step, fits = "month or a quarter", append(fits, "QS")
		if e.starts[startsQuarter].n == 0 {
			step, fits = "year", append(fits, "YS")
		}
	}
	text := fmt.Sprintf("no two dates are a %s apart: %s; every date is the first day of a month", step, e.months.describe("month"))
	return hint.Wrap(&FreqError{Message: text}, choices(fits...))
}

func choices(fits ...string) string {
	return "--freq " + strings.Join(fits, " or --freq ") + " reads them; what is between is gaps"
}

// describeWeekdays says where the dates are: "3 dates on Monday, 1 on Thursday".
func (e *Evidence) describeWeekdays() string {
	parts := make([]string, 0, len(e.weekdays))
	for weekday := range e.weekdays {
		n := e.weekdays[weekday].n
		if n == 0 {
			continue
		}
		what := strconv.Itoa(n)
		if len(parts) == 0 {
			what = count(n, "date")
		}
		parts = append(parts, what+" on "+weekdayName(weekday))
	}
	return strings.Join(parts, ", ")
}

// commonWeekday returns the weekday that has most dates.
func (e *Evidence) commonWeekday() int {
	most := 0
	for weekday := range e.weekdays {
		if e.weekdays[weekday].n > e.weekdays[most].n {
			most = weekday
		}
	}
	return most
}

func weekdayName(weekday int) string { return time.Weekday((weekday + 1) % 7).String() }

func (e *Evidence) inferHours() (Freq, error) {
	const surelyDaily = 8 // steps of whole days, beside steps of an hour
	if err := e.oddHours(); err != nil {
		return None, err
	}
	wholeDays := 0
	for length := 24; length < len(e.hours.count); length += 24 {
		wholeDays += e.hours.count[length]
	}
	daily := wholeDays > 0 && few(e.hours.total-wholeDays, e.hours.total)
	switch {
	case daily && (wholeDays >= surelyDaily || e.hours.count[1] == 0):
		return None, e.shifted()
	case e.midnights > 0:
		return None, hint.Wrap(
			&FreqError{Message: fmt.Sprintf("series of different frequencies: %d with hours, %d with midnights only", e.hourly, e.midnights)},
			"--freq h reads all of them as hours with gaps; else keep the daily series in a file of their own")
	case e.hours.total == 0 || e.hours.count[1] > 0:
		return Hour, nil
	}
	return None, hint.Wrap(
		&FreqError{Message: "no two times are an hour apart: " + e.hours.describe("hour")},
		"--freq h reads them as hours with gaps")
}

// oddHours names the times that are no midnight when most are, else it returns nil.
func (e *Evidence) oddHours() error {
	var off tally
	for hour := range e.clock[1:] {
		off.join(&e.clock[1+hour])
	}
	all := e.dates + off.n
	if e.surelyHourly > 0 || !few(off.n, all) {
		return nil
	}
	f, err := e.inferDays()
	if err != nil || e.days.total == 0 {
		f = Day
	}
	return hint.Wrap(&FreqError{Message: describeOdd(all, "time", "midnight", &off, Hours)}, settle(f, Hour))
}

// shifted explains times that are whole days apart but for a few: those of one hour, or of two where
// clocks change, are the midnights of another time zone.
func (e *Evidence) shifted() error {
	early, most := 0, 0
	for hour := range e.clock {
		if n := e.clock[hour].n + e.clock[(hour+1)%24].n; n > most {
			early, most = hour, n
		}
	}
	late := (early + 1) % 24
	labels := fmt.Sprintf("%02d:00 or %02d:00", early, late)
	switch 0 {
	case e.clock[late].n:
		labels = fmt.Sprintf("%02d:00", early)
	case e.clock[early].n:
		labels = fmt.Sprintf("%02d:00", late)
	}
	var off tally
	all := 0
	for hour := range e.clock {
		all += e.clock[hour].n
		if hour != early && hour != late {
			off.join(&e.clock[hour])
		}
	}
	text := "times are whole days apart: " + e.hours.describe("hour")
	switch {
	case off.n == 0:
		text += "; every time is " + labels + ", like midnights of another time zone"
	case few(off.n, all):
		text += "; " + describeOdd(all, "time", labels, &off, Hours)
	}
	return hint.Wrap(&FreqError{Message: text},
		"write days as dates, or as local times without a zone; --freq h reads the times as hours with gaps")
}

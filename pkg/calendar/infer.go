package calendar

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

// FreqError says why no frequency follows from the dates: how they are spaced and on which
// weekdays they are, or how many series of each kind there are.
type FreqError struct{ Message string }

// Error returns the message.
func (e *FreqError) Error() string { return e.Message }

const (
	onlyJanuary   = 1 << 1
	quarterMonths = 1<<1 | 1<<4 | 1<<7 | 1<<10
)

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
// Anything else is a *FreqError with a hint that names the choices; so is a mix of series, some of
// them surely weekly or monthly and others daily, or some with hours and others without.
func (e *Evidence) Freq() (Freq, error) {
	switch {
	case e.hourly > 0:
		return e.inferHours()
	case e.days.total == 0:
		return Day, nil
	case e.daily > 0 && e.weekly+e.monthly > 0:
		return None, e.mixed()
	}
	if f := e.inferMonths(); f != None {
		return f, nil
	}
	if f := e.week(); f != None && e.days.count[7] > 0 {
		return f, nil
	}
	if e.days.count[1] == 0 {
		return None, e.unclear()
	}
	if e.weekends() >= 2 && e.weekdays[5]+e.weekdays[6] == 0 {
		return BusinessDay, nil
	}
	return Day, nil
}

func (e *Evidence) inferHours() (Freq, error) {
	switch {
	case e.midnights > 0:
		return None, hint.Wrap(
			&FreqError{Message: fmt.Sprintf("series of different frequencies: %d with hours, %d with midnights only", e.hourly, e.midnights)},
			"--freq h reads all of them as hours with gaps; else keep the daily series in a file of their own")
	case e.hours.total == 0 || e.hours.count[1] > 0:
		return Hour, nil
	}
	text := "no two times are an hour apart: " + e.hours.describe("hour")
	remedy := "--freq h reads them as hours with gaps"
	if bits.OnesCount32(e.hoursSeen) == 1 {
		hour := bits.TrailingZeros32(e.hoursSeen)
		text += fmt.Sprintf("; every time is %02d:00", hour)
		remedy += fmt.Sprintf("; a --date-format that has the hour as text, such as '%%Y-%%m-%%dT%02d:00:00', reads days", hour)
	}
	return None, hint.Wrap(&FreqError{Message: text}, remedy)
}

func (e *Evidence) inferMonths() Freq {
	switch {
	case e.offFirst:
		return None
	case e.monthsSeen == onlyJanuary && e.months.count[12] > 0:
		return Year
	case e.monthsSeen&^quarterMonths == 0 && e.months.count[3] > 0:
		return Quarter
	case e.months.count[1] > 0:
		return Month
	}
	return None
}

// week returns the week of the only weekday that has dates, None where there are more.
func (e *Evidence) week() Freq {
	found := None
	for weekday, n := range e.weekdays {
		if n > 0 && found != None {
			return None
		}
		if n > 0 {
			found = WeekMon + Freq(weekday)
		}
	}
	return found
}

// weekends returns how many Saturdays are between the first date and the last.
func (e *Evidence) weekends() int {
	const saturday = 2 // 1970-01-03
	return floorDiv(int(e.last)-saturday, 7) - floorDiv(int(e.first)-saturday-1, 7)
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
	case !e.offEnd:
		year, month, _ := e.last.Civil()
		return hint.Wrap(
			&FreqError{Message: "every date is the last day of a month: months are known by their first day (MS)"},
			fmt.Sprintf("write %s for %s; --freq D reads the dates as days with gaps", NewDate(year, month, 1), e.last))
	case !e.offFirst:
		return e.unclearMonths()
	}
	text := "no two dates are a day apart: " + e.days.describe("day") + "; " + e.describeWeekdays()
	fits := []string{"D"}
	if f := e.week(); f != None {
		fits = append(fits, f.String())
	}
	remedy := choices(fits)
	if e.week() == None && e.days.count[7] > 0 {
		remedy = fmt.Sprintf("--freq D reads them as days with gaps; --freq %s names every date that is on another weekday", e.commonWeek())
	}
	return hint.Wrap(&FreqError{Message: text}, remedy)
}

func (e *Evidence) unclearMonths() error {
	step, fits := "month", []string{"MS"}
	if e.monthsSeen&^quarterMonths == 0 {
		step, fits = "month or a quarter", append(fits, "QS")
	}
	if e.monthsSeen == onlyJanuary {
		step, fits = "year", append(fits, "YS")
	}
	text := fmt.Sprintf("no two dates are a %s apart: %s; every date is the first day of a month", step, e.months.describe("month"))
	return hint.Wrap(&FreqError{Message: text}, choices(fits))
}

// describeWeekdays says where the dates are: "3 dates on Monday, 1 on Thursday".
func (e *Evidence) describeWeekdays() string {
	parts := make([]string, 0, len(e.weekdays))
	for weekday, n := range e.weekdays {
		if n > 0 {
			what := strconv.Itoa(n)
			if len(parts) == 0 {
				what = count(n, "date")
			}
			parts = append(parts, what+" on "+weekdayName(weekday))
		}
	}
	return strings.Join(parts, ", ")
}

// commonWeek returns the week of the weekday that has most dates.
func (e *Evidence) commonWeek() Freq {
	most := 0
	for weekday, n := range e.weekdays {
		if n > e.weekdays[most] {
			most = weekday
		}
	}
	return WeekMon + Freq(most)
}

func weekdayName(weekday int) string { return time.Weekday((weekday + 1) % 7).String() }

func choices(fits []string) string {
	return "--freq " + strings.Join(fits, " or --freq ") + " reads them; what is between is gaps"
}

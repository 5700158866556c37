package holidays

import (
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nc"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// holidayList is a country's or a region's holidays.
type holidayList struct {
	code string // ISO 3166-1 alpha-2, or ISO 3166-2 for a region
	days []*cal.Holiday
}

// holidayLists returns the library's lists. Australia has none of its own there, and Switzerland's
// is that of all cantons together: what is off in both is what is off in each of their regions.
func holidayLists() []holidayList {
	return slices.Concat(nationalLists(), stateLists(), cantonLists())
}

func nationalLists() []holidayList {
	return []holidayList{
		{"AR", ar.Holidays},
		{"AT", at.Holidays},
		{"BE", be.Holidays},
		{"BG", bg.Holidays},
		{"BR", br.Holidays},
		{"CA", ca.Holidays},
		{"CZ", cz.Holidays},
		{"DE", de.Holidays},
		{"DK", dk.Holidays},
		{"ES", es.Holidays},
		{"FR", fr.Holidays},
		{"GB", gb.Holidays},
		{"GR", gr.Holidays},
		{"HR", hr.Holidays},
		{"IE", ie.Holidays},
		{"IT", it.Holidays},
		{"JP", jp.Holidays},
		{"LT", lt.Holidays},
		{"LV", lv.Holidays},
		{"MW", mw.Holidays},
		{"NC", nc.Holidays},
		{"NL", nl.Holidays},
		{"NO", no.Holidays},
		{"NZ", nz.Holidays},
		{"PL", pl.Holidays},
		{"RO", ro.Holidays},
		{"RU", ru.Holidays},
		{"SE", se.Holidays},
		{"SI", si.Holidays},
		{"SK", sk.Holidays},
		{"UA", ua.Holidays},
		{"US", us.Holidays},
		{"ZA", za.Holidays},
	}
}

func stateLists() []holidayList {
	return []holidayList{
		{"AU-ACT", au.HolidaysACT},
		{"AU-NSW", au.HolidaysNSW},
		{"AU-NT", au.HolidaysNT},
		{"AU-QLD", au.HolidaysQLD},
		{"AU-SA", au.HolidaysSA},
		{"AU-TAS", au.HolidaysTAS},
		{"AU-VIC", au.HolidaysVIC},
		{"AU-WA", au.HolidaysWA},
		{"DE-BB", de.HolidaysBB},
		{"DE-BE", de.HolidaysBE},
		{"DE-BW", de.HolidaysBW},
		{"DE-BY", de.HolidaysBY},
		{"DE-HB", de.HolidaysHB},
		{"DE-HE", de.HolidaysHE},
		{"DE-HH", de.HolidaysHH},
		{"DE-MV", de.HolidaysMV},
		{"DE-NI", de.HolidaysNI},
		{"DE-NW", de.HolidaysNW},
		{"DE-RP", de.HolidaysRP},
		{"DE-SH", de.HolidaysSH},
		{"DE-SL", de.HolidaysSL},
		{"DE-SN", de.HolidaysSN},
		{"DE-ST", de.HolidaysST},
		{"DE-TH", de.HolidaysTH},
	}
}

func cantonLists() []holidayList {
	return []holidayList{
		{"CH-AG", ch.HolidaysAG},
		{"CH-AI", ch.HolidaysAI},
		{"CH-AR", ch.HolidaysAR},
		{"CH-BE", ch.HolidaysBE},
		{"CH-BL", ch.HolidaysBL},
		{"CH-BS", ch.HolidaysBS},
		{"CH-FR", ch.HolidaysFR},
		{"CH-GE", ch.HolidaysGE},
		{"CH-GL", ch.HolidaysGL},
		{"CH-GR", ch.HolidaysGR},
		{"CH-JU", ch.HolidaysJU},
		{"CH-LU", ch.HolidaysLU},
		{"CH-NE", ch.HolidaysNE},
		{"CH-NW", ch.HolidaysNW},
		{"CH-OW", ch.HolidaysOW},
		{"CH-SG", ch.HolidaysSG},
		{"CH-SH", ch.HolidaysSH},
		{"CH-SO", ch.HolidaysSO},
		{"CH-SZ", ch.HolidaysSZ},
		{"CH-TG", ch.HolidaysTG},
		{"CH-TI", ch.HolidaysTI},
		{"CH-UR", ch.HolidaysUR},
		{"CH-VD", ch.HolidaysVD},
		{"CH-VS", ch.HolidaysVS},
		{"CH-ZG", ch.HolidaysZG},
		{"CH-ZH", ch.HolidaysZH},
	}
}

// byRegion lists the countries whose holidays are those that all their regions share.
func byRegion() []string { return []string{"AU", "CH"} }

// Countries returns the codes whose public holidays are known: countries by ISO 3166-1 alpha-2,
// such as "DE", and regions by ISO 3166-2, such as "DE-BY", sorted.
func Countries() []string {
	codes := byRegion()
	for _, l := range holidayLists() {
		codes = append(codes, l.code)
	}
	slices.Sort(codes)
	return codes
}

// day is a holiday's day and name.
type day struct {
	date calendar.Date
	name string
}

// publicDays returns the public holidays of a code of Countries from firstYear to lastYear, in
// order, each day once; nil for another code.
func publicDays(code string) []day {
	if slices.Contains(byRegion(), code) {
		return sharedDays(code + "-")
	}
	for _, l := range holidayLists() {
		if l.code == code {
			return amend(code, listDays(l.days))
		}
	}
	return nil
}

// sharedDays returns the days that are holidays in every region, by the first region's names.
func sharedDays(prefix string) []day {
	var first []day
	shared := make(map[calendar.Date]int)
	regions := 0
	for _, l := range holidayLists() {
		if !strings.HasPrefix(l.code, prefix) {
			continue
		}
		days := amend(l.code, listDays(l.days))
		for _, d := range days {
			shared[d.date]++
		}
		if regions == 0 {
			first = days
		}
		regions++
	}
	return slices.DeleteFunc(first, func(d day) bool { return shared[d.date] < regions })
}

// listDays returns the days of holidays from firstYear to lastYear, sorted, each once: where two
// fall on one day, the first of the list gives the name, and actual days go before substitutes.
func listDays(holidays []*cal.Holiday) []day {
	var days, substitutes []day
	for _, h := range holidays {
		for year := firstYear; year <= lastYear; year++ {
			actual, ok := actualDay(h, year)
			if !ok {
				continue
			}
			days = append(days, day{actual, h.Name})
			if offset := substitute(h, actual); offset != 0 {
				substitutes = append(substitutes, day{actual + calendar.Date(offset), h.Name})
			}
		}
	}
	return arrange(append(days, substitutes...))
}

// actualDay returns the day a holiday falls on. The library computes in the machine's time zone,
// where a midnight that clocks skip becomes 23:00 of the day before: half a day later is the right day
// in every zone, but for the few days that Pacific islands left out whole when they changed sides of
// the date line. The holiday is copied because some rules of the library write to theirs.
func actualDay(h *cal.Holiday, year int) (calendar.Date, bool) {
	plain := h.Clone(nil)
	plain.Observed = nil
	t, _ := plain.Calc(year)
	if t.IsZero() {
		return 0, false
	}
	y, m, d := t.Add(12 * time.Hour).Date()
	return calendar.NewDate(y, int(m), d), true
}

// substitute returns how many days after the actual day the holiday is observed, by the day of
// the week; 0 for none.
func substitute(h *cal.Holiday, actual calendar.Date) int {
	weekday := time.Weekday((actual.Weekday() + 1) % 7)
	for _, o := range h.Observed {
		if o.Day == weekday {
			return o.Offset
		}
	}
	return 0
}

// easter returns Easter Sunday of the Gregorian calendar.
func easter(year int) calendar.Date {
	d, _ := actualDay(&cal.Holiday{Func: cal.CalcEasterOffset}, year)
	return d
}

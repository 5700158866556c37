package holidays

import (
	"cmp"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// The years whose holidays are known, and their first and last day.
const (
	firstYear = 1900
	lastYear  = 2100

	firstDay calendar.Date = -25567 // 1900-01-01
	lastDay  calendar.Date = 47846  // 2100-12-31
)

// amendment is a holiday by law that the library's list lacks, or one that it has and that is
// none. It holds for a country with all its regions, or for one region.
type amendment struct {
	code        string
	first, last int // years
	month, day  int // with month 0, day counts from Easter Sunday
	name        string
}

// amendments lists what is to be added to the library's lists; removals what is to be taken away
// before. A line here may go when the library has it.
func amendments() []amendment {
	const on = lastYear
	list := []amendment{
		{"AR", firstYear, on, 0, -3, "Jueves Santo"},
		{"AR", firstYear, on, 0, -2, "Viernes Santo"},
		{"BG", 2013, 2013, 5, 1, "Ден на труда"},
		{"BG", 2024, 2024, 5, 1, "Ден на труда"},
		{"BG", 2040, 2040, 5, 1, "Ден на труда"},
		{"BR", 2024, on, 11, 20, "Dia da Consciência Negra"},
		{"DE", 2017, 2017, 10, 31, "Reformationstag"},
		{"DE-BE", 2020, 2020, 5, 8, "Tag der Befreiung"},
		{"DE-BE", 2025, 2025, 5, 8, "Tag der Befreiung"},
		{"DE-BE", 2028, 2028, 6, 17, "Jahrestag des Volksaufstandes"},
		{"DE-MV", 2023, on, 3, 8, "Frauentag"},
		{"GB", 2022, 2022, 9, 19, "State Funeral of Queen Elizabeth II"},
		{"GR", 2024, 2024, 5, 7, "Εργατική Πρωτομαγιά"},
		{"HR", 2002, 2019, 6, 25, "Dan državnosti"},
		{"HR", 2002, 2019, 10, 8, "Dan neovisnosti"},
		{"IT", 2026, on, 10, 4, "San Francesco d'Assisi"},
		{"JP", 2020, 2020, 8, 10, "Mountain Day"},
		{"JP", 2021, 2021, 8, 8, "Mountain Day"},
		{"JP", 2021, 2021, 8, 9, "Mountain Day"},
		{"NZ", 2022, 2022, 9, 26, "Queen Elizabeth II Memorial Day"},
		{"PL", 2025, on, 12, 24, "Wigilia Bożego Narodzenia"},
		{"PL", 2018, 2018, 11, 12, "Narodowe Święto Niepodległości"},
		{"RO", 2024, on, 1, 6, "Bobotează"},
		{"RO", 2024, on, 1, 7, "Sfântul Ion"},
		{"SI", 2023, 2023, 8, 14, "dan solidarnosti"},
		{"SK", 2018, 2018, 10, 30, "100. výročie Deklarácie slovenského národa"},
	}
	for _, d := range []int{2, 3, 4, 5, 6, 8} {
		list = append(list, amendment{"RU", 2013, on, 1, d, "Новогодние каникулы"})
	}
	return append(list, matariki()...)
}

func removals() []amendment {
	const on = lastYear
	return []amendment{
		{"AR", firstYear, on, 0, -3, ""},
		{"BG", 2013, 2013, 5, 7, ""},
		{"BG", 2024, 2024, 5, 7, ""},
		{"BG", 2040, 2040, 5, 8, ""},
		{"DE-BE", firstYear, 2018, 3, 8, ""},
		{"DE-HB", firstYear, 2016, 10, 31, ""},
		{"DE-HH", firstYear, 2016, 10, 31, ""},
		{"DE-NI", firstYear, 2016, 10, 31, ""},
		{"DE-SH", firstYear, 2016, 10, 31, ""},
		{"GR", 2024, 2024, 5, 1, ""},
		{"HR", firstYear, 2019, 5, 30, ""},
		{"HR", firstYear, 2019, 11, 18, ""},
		{"JP", 2019, 2019, 12, 23, ""},
		{"JP", 2020, 2021, 8, 11, ""},
		{"LT", firstYear, 2019, 11, 2, ""},
		{"RO", firstYear, 2016, 1, 24, ""},
		{"SI", 2013, 2016, 1, 2, ""},
		{"SK", 2024, on, 9, 1, ""},
		{"SK", 2025, on, 11, 17, ""},
		{"SK", 2026, 2026, 5, 8, ""},
		{"SK", 2026, 2026, 9, 15, ""},
	}
}

// matariki lists New Zealand's holiday by the moon, which the law of 2022 fixes up to 2052
// (Te Kāhui o Matariki Public Holiday Act 2022, schedule 1).
func matariki() []amendment {
	days := [...]struct{ month, day int }{
		{6, 24},
		{7, 14},
		{6, 28},
		{6, 20},
		{7, 10},
		{6, 25},
		{7, 14},
		{7, 6},
		{6, 21},
		{7, 11},
		{7, 2},
		{6, 24},
		{7, 7},
		{6, 29},
		{7, 18},
		{7, 10},
		{6, 25},
		{7, 15},
		{7, 6},
		{7, 19},
		{7, 11},
		{7, 3},
		{6, 24},
		{7, 7},
		{6, 29},
		{7, 19},
		{7, 3},
		{6, 25},
		{7, 15},
		{6, 30},
		{6, 21},
	}
	list := make([]amendment, len(days))
	for i, d := range days {
		list[i] = amendment{"NZ", 2022 + i, 2022 + i, d.month, d.day, "Matariki"}
	}
	return list
}

// amend applies removals and amendments to the days of a code.
func amend(code string, days []day) []day {
	gone := make(map[calendar.Date]bool)
	for _, d := range amendedDays(code, removals()) {
		gone[d.date] = true
	}
	days = slices.DeleteFunc(days, func(d day) bool { return gone[d.date] })
	return arrange(append(days, amendedDays(code, amendments())...))
}

func amendedDays(code string, list []amendment) []day {
	var days []day
	for _, a := range list {
		if !within(code, a.code) {
			continue
		}
		for year := a.first; year <= a.last; year++ {
			date := easter(year) + calendar.Date(a.day)
			if a.month > 0 {
				date = calendar.NewDate(year, a.month, a.day)
			}
			days = append(days, day{date, a.name})
		}
	}
	return days
}

// within reports whether code is area itself or a region of it.
func within(code, area string) bool {
	return code == area || len(code) > 2 && code[:2] == area && code[2] == '-'
}

// arrange sorts days and keeps the first of those that have one date, of the known years.
func arrange(days []day) []day {
	days = slices.DeleteFunc(days, func(d day) bool { return d.date < firstDay || d.date > lastDay })
	slices.SortStableFunc(days, func(a, b day) int { return cmp.Compare(a.date, b.date) })
	return slices.CompactFunc(days, func(a, b day) bool { return a.date == b.date })
}

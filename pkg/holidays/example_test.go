package holidays_test

import (
	"bytes"
	"fmt"
	"os"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
)

func Example() {
	data := holidays.Data{Columns: []holidays.Column{
		{Name: "store", Values: []string{"1", "17"}},
		{Name: "land", Values: []string{"DE-BY", "US"}},
	}}
	spec, err := holidays.NewSpec(holidays.Config{Column: "land"}, data)
	if err != nil {
		fmt.Println(err)
		return
	}
	events, err := os.ReadFile("testdata/holidays.csv")
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := spec.AddEvents(bytes.NewReader(events), "holidays.csv", data); err != nil {
		fmt.Println(err)
		return
	}
	c, err := holidays.New(spec)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, series := range []struct{ store, land string }{{"1", "DE-BY"}, {"17", "US"}} {
		scope, err := c.Scope(series.land, []string{series.store})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, d := range []calendar.Date{calendar.NewDate(2024, 9, 1), calendar.NewDate(2024, 9, 2)} {
			f := scope.At(calendar.Day, calendar.Period(d))
			fmt.Printf("store %-2s %s %v %v %v %q\n", series.store, d, f.IsHoliday, f.DaysToHoliday, f.HolidaysInMonth, spec.Names[int(f.Holiday)])
		}
	}

	// Output:
	// store 1  2024-09-01 0 32 0 ""
	// store 1  2024-09-02 0 31 0 ""
	// store 17 2024-09-01 0 1 12 ""
	// store 17 2024-09-02 1 0 12 "Labor Day"
}

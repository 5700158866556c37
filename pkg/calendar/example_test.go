package calendar_test

import (
	"fmt"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// A file's dates become ticks, the ticks tell the frequency, and the frequency numbers them.
func Example() {
	layout, err := calendar.CompileLayout("%d/%m/%Y")
	if err != nil {
		fmt.Println(err)
		return
	}
	var ticks []int32
	for _, cell := range []string{"07/01/2024", "14/01/2024", "28/01/2024"} {
		tick, fault := layout.Tick([]byte(cell))
		if fault != calendar.FaultNone {
			fmt.Println(layout.Explain(cell, fault))
			return
		}
		ticks = append(ticks, tick)
	}
	evidence := calendar.NewEvidence(layout.Unit())
	evidence.Add(ticks)
	freq, err := evidence.Freq()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, tick := range ticks {
		p, _ := freq.Period(layout.Unit().Time(tick))
		fmt.Println(freq, p, freq.Format(p))
	}
	// Output:
	// W-SUN 2819 2024-01-07
	// W-SUN 2820 2024-01-14
	// W-SUN 2822 2024-01-28
}

func ExampleEvidence_Freq() {
	monday := int32(calendar.NewDate(2024, 1, 1))
	evidence := calendar.NewEvidence(calendar.Days)
	evidence.Add([]int32{monday, monday + 7, monday + 14, monday + 17})
	_, err := evidence.Freq()
	fmt.Println(err)
	fmt.Println(hint.Of(err))
	// Output:
	// no two dates are a day apart: 2 of 3 steps are 7 days, 1 is 3 days; 3 dates on Monday, 1 on Thursday
	// --freq D reads them as days with gaps; --freq W-MON names every date that is on another weekday
}

func ExampleFreq_Around() {
	saturday := calendar.Time{Date: calendar.NewDate(2024, 3, 2)}
	before, after := calendar.BusinessDay.Around(saturday)
	fmt.Println(calendar.BusinessDay.Format(before), calendar.BusinessDay.Format(after))
	// Output: 2024-03-01 2024-03-04
}

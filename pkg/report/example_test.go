package report_test

import (
	"fmt"
	"os"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/report"
)

func ExamplePlot() {
	monday := calendar.Period(calendar.NewDate(2026, 3, 2))
	var history, forecast []report.Point
	for i, sales := range []float64{20, 22, 21, 24, 30, 38, 35, 19, 23, 22, 25, 29, 40, 36} {
		history = append(history, report.Point{Period: monday + calendar.Period(i), Value: sales})
	}
	for i, sales := range []float64{21, 23, 22, 25, 31, 39, 36} {
		forecast = append(forecast, report.Point{Period: monday + calendar.Period(14+i), Value: sales})
	}
	s := report.Series{Title: "store 1, item 2", Freq: calendar.Day, History: history, Forecast: forecast, Height: 5, Glyphs: report.ASCII}
	if err := report.Plot(os.Stdout, s); err != nil {
		fmt.Println(err)
	}
	// Output:
	// store 1, item 2
	//  40 |           ..!
	//  36 |    ..     |'-    .~
	//  32 |    |'.    | !    :
	//  27 |   .' |   .' !   .'
	//  23 |  .'  |  .'  !  .'
	//  19 +--'   '--'   ~~~'
	//     2026-03-02 2026-03-22
	//     -- sales   ~~ forecast
}

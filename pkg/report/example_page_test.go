package report_test

import (
	"fmt"
	"os"

	"github.com/salesctl/salesctl/pkg/report"
)

func ExamplePage() {
	p := report.NewPage(os.Stdout, report.Style{Width: 76, Glyphs: report.ASCII})
	p.Title("sales.csv")
	p.Facts([]report.Fact{{"rows", report.Integer(1_089)}, {"time", "date, daily, 2024-01-01 to 2025-12-31"}})
	p.Section("Total of sales")
	p.Sparkline([]float64{812, 790, 901, 944, 1012, 1190, 1255, 1230, 1001, 930, 985, 1480}, "2024-01", "2024-12")
	p.Section("Gaps")
	p.Gaps([]report.Part{
		{Year: 2024, Month: 11, Missing: 0, Expected: 90},
		{Year: 2024, Month: 12, Missing: 3, Expected: 93},
		{Year: 2025, Month: 1, Missing: 93, Expected: 93},
		{Year: 2025, Month: 2, Missing: 20, Expected: 84},
	})
	p.Section("Columns")
	p.Table([]string{"column", "type", "missing", "median"}, [][]string{
		{"sales", "number", report.Integer(0), "1,041.5"},
		{"promotion", "number", report.Integer(12), "0.0"},
	}, []report.Align{report.Left, report.Left, report.Right, report.Right})
	p.Section("Findings")
	p.Items([]report.Item{
		{Mark: report.MarkError, Name: "duplicate_key", Count: 2, Text: "one series has two rows for one day", Places: []string{"line 12", "line 40"}},
		{Mark: report.MarkWarning, Name: "gaps", Count: 116, Text: "days inside the life of a series have no row"},
	})
	if err := p.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// sales.csv
	// =========
	//   rows  1,089
	//   time  date, daily, 2024-01-01 to 2025-12-31
	//
	// Total of sales
	//   ___..=*=...#
	//   2024-01 to 2024-12
	//
	// Gaps
	//        Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec  missing
	//   2024                                         ... ---        3
	//   2025 ### +++                                              113
	//   . none missing, - under 5 %, + under 25 %, * under 75 %, # 75 % or more
	//   Most is missing in 2025-01 (93 of 93), 2025-02 (20 of 84),
	//   2024-12 (3 of 93).
	//
	// Columns
	//   column     type    missing   median
	//   sales      number        0  1,041.5
	//   promotion  number       12      0.0
	//
	// Findings
	//   x duplicate_key    2  one series has two rows for one day
	//                         line 12; line 40
	//   ! gaps           116  days inside the life of a series have no row
}

func ExampleSparkline() {
	sales := []float64{20, 22, 21, 24, 30, 38, 35, 19, 23, 22, 25, 29, 40, 36}
	fmt.Println(report.Sparkline(sales, 80, report.Unicode))
	fmt.Println(report.Sparkline(sales, 7, report.Unicode))
	fmt.Println(report.Sparkline(sales, 80, report.ASCII))
	// Output:
	// ▁▂▁▂▅█▇▁▂▂▃▄█▇
	// ▁▁▇▃▁▃█
	// ___.=#*_._.-#*
}

package quality_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
)

func ExampleCheck() {
	const file = `date,store,item,sales
2024-01-01,1,coffee,7
2024-01-02,1,coffee,-1
2024-01-03,1,coffee,lots
2024-01-04,1,coffee,9
`
	cfg := panel.Default()
	cfg.IDs = []string{"store", "item"}
	cfg.OnError = "quarantine the report" // bad rows become findings
	p, err := panel.ReadFrom(context.Background(), strings.NewReader(file), "sales.csv", cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := quality.Check(p, quality.Config{Files: []string{"sales.csv"}})
	for _, f := range r.Findings {
		fmt.Println(f.Severity, f.Code, f.Count, f.Places)
	}
	fmt.Println("fails:", r.Reaches(quality.Error))
	// Output:
	// error bad_number 1 [line 4: sales "lots": not a number]
	// warning negative_target 1 [line 3]
	// warning gaps 1 [store 1, item coffee: 2024-01-03]
	// warning zeros_left_out 1 []
	// warning short 1 [store 1, item coffee: 3]
	// fails: true
}

func ExampleDescribe() {
	const file = `date,store,item,sales
2024-01-01,1,coffee,7
2024-01-02,1,coffee,0
2024-01-04,1,coffee,9
`
	p, err := panel.ReadFrom(context.Background(), strings.NewReader(file), "sales.csv", panel.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	d := quality.Describe(p, quality.DescribeConfig{Files: []string{"sales.csv"}})
	fmt.Println(d.Rows, "rows of", d.Series, "series from", d.FirstDate, "to", d.LastDate)
	fmt.Println(d.GapPeriods, "period without a row")
	for _, c := range d.Columns {
		fmt.Println(c.Name, c.Role, c.Type, c.Examples)
	}
	// Output:
	// 3 rows of 1 series from 2024-01-01 to 2024-01-04
	// 1 period without a row
	// date time date [2024-01-01 2024-01-02 2024-01-04]
	// store id integer [1]
	// item id text [coffee]
	// sales target number [7 0 9]
}

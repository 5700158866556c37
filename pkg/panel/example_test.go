package panel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/panel"
)

// A file in a European dress: semicolons, other names, days first.
func ExampleReadFrom() {
	const file = `Datum;Filiale;Artikel;Menge
31/01/2024;001;Apfel;12
01/02/2024;001;Apfel;9.5
31/01/2024;002;"Birne; rot";4
`
	cfg := panel.Default()
	cfg.Time, cfg.IDs, cfg.Target = "Datum", []string{"Filiale", "Artikel"}, "Menge"
	cfg.DateFormat = "%d/%m/%Y"

	p, err := panel.ReadFrom(context.Background(), strings.NewReader(file), "sales.csv", cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	for s := range p.NumSeries() {
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			fmt.Println(p.Label(s), p.Date[i], p.Y[i])
		}
	}
	// Output:
	// Filiale 001, Artikel Apfel 2024-01-31 12
	// Filiale 001, Artikel Apfel 2024-02-01 9.5
	// Filiale 002, Artikel Birne; rot 2024-01-31 4
}

// Bad rows come with their place and cause, all at once.
func ExampleDataError() {
	const file = `date,store,item,sales
2024-01-01,1,1,12x
02/13/2024,1,1,7
2024-01-03,,1,7
`
	_, err := panel.ReadFrom(context.Background(), strings.NewReader(file), "sales.csv", panel.Default())
	fmt.Println(err)
	fmt.Println("hint:", hint.Of(err))
	if data, ok := errors.AsType[*panel.DataError](err); ok {
		fmt.Println("code of the first:", data.First[0].Code)
	}
	// Output:
	// sales.csv: 3 problems in 3 rows: bad_date 1, bad_number 1, empty_id 1
	//   sales.csv: line 2: sales "12x": not a number
	//   sales.csv: line 3: date "02/13/2024": not in the format %Y-%m-%d
	//   sales.csv: line 4: store is empty
	// hint: --date-format '%m/%d/%Y' reads "02/13/2024"
	// code of the first: bad_number
}

func ExampleSample() {
	var file strings.Builder
	if err := panel.Sample(&file, panel.SampleConfig{Series: 20, Days: 365, Seed: 1}); err != nil {
		fmt.Println(err)
		return
	}
	p, err := panel.ReadFrom(context.Background(), strings.NewReader(file.String()), "sample", panel.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	d := p.Describe()
	fmt.Println(d.Series, "series,", d.Rows, "rows,", d.FirstDate, "to", d.LastDate)
	fmt.Println("late:", strings.Join(d.Late.Places, "; "))
	fmt.Println("ignored:", d.Ignored)
	// Output:
	// 20 series, 6997 rows, 2020-01-01 to 2020-12-30
	// late: store 2, item 9; store 2, item 10
	// ignored: [promo]
}

func ExampleTable() {
	const file = "Store;note;date\n1;first;2024-02-01\n-2;;2024-02-01\n3\n"
	t, err := panel.NewTable(strings.NewReader(file), "requests.csv", [][]string{{"store"}, {"day", "date"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for cells := range t.Rows() {
		if strings.HasPrefix(cells[0], "-") {
			t.Report(0, panel.CodeBadID, errors.New("is negative"))
			continue
		}
		fmt.Println(cells)
	}
	fmt.Println(t.Err())
	// Output:
	// [1 2024-02-01]
	// requests.csv: 2 problems in 3 rows: bad_id 1, field_count 1
	//   requests.csv: line 3: store is negative
	//   requests.csv: line 4: 1 fields, the header has 3
}

func ExampleParseDate() {
	d, err := panel.ParseDate("3 Feb 2024", "%-d %b %Y")
	fmt.Println(d, err)
	_, err = panel.ParseDate("2023-02-29", panel.DefaultDateFormat)
	fmt.Println(err)
	// Output:
	// 2024-02-03 <nil>
	// "2023-02-29": not a day of the calendar
}

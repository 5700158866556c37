package panel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
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
			fmt.Println(p.Label(s), p.Freq.Format(p.Period[i]), p.Y[i])
		}
	}
	// Output:
	// Filiale 001, Artikel Apfel 2024-01-31 12
	// Filiale 001, Artikel Apfel 2024-02-01 9.5
	// Filiale 002, Artikel Birne; rot 2024-01-31 4
}

// Bad rows come with their place and cause, all at once.
func ExampleReadFrom_badRows() {
	const file = `date,store,item,sales
2024-01-01,1,1,12x
02/13/2024,1,1,7
2024-01-03,,1,7
`
	_, err := panel.ReadFrom(context.Background(), strings.NewReader(file), "sales.csv", panel.Default())
	fmt.Println(err)
	fmt.Println("hint:", hint.Of(err))
	if data, ok := errors.AsType[*table.DataError](err); ok {
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
	first, last := p.Range()
	fmt.Println(p.NumSeries(), "series,", p.Len(), "rows,", p.Freq.Format(first), "to", p.Freq.Format(last))
	fmt.Println("ignored:", p.Ignored)
	// Output:
	// 20 series, 6997 rows, 2020-01-01 to 2020-12-30
	// ignored: [promo]
}

// A file as a spreadsheet holds it, with gaps and a return, becomes a clean long file.
func ExampleReadWide() {
	const file = `store,item,2024-01-01,2024-02-01,2024-03-01,2024-04-01
1,tea,12,,15,14
2,tea,,-1,8,
`
	cfg := panel.Default()
	cfg.Gaps, cfg.Negative = panel.GapsInterpolate, panel.NegativeZero
	in := table.Input{Name: "wide.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }}
	p, err := panel.ReadWide(context.Background(), in, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.WriteCSV(os.Stdout); err != nil {
		fmt.Println(err)
	}
	for _, w := range p.Warnings {
		fmt.Println(w.Count, w.Message, w.Places)
	}
	// Output:
	// date,store,item,sales
	// 2024-01-01,1,tea,12
	// 2024-02-01,1,tea,13.5
	// 2024-03-01,1,tea,15
	// 2024-04-01,1,tea,14
	// 2024-02-01,2,tea,0
	// 2024-03-01,2,tea,8
	// 1 negative targets are set to 0 [line 3]
	// 1 periods inside series without a row are filled on the line between those around them [store 1, item tea]
}

package table_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/salesctl/salesctl/pkg/table"
)

func Example() {
	text := "date;store;sales;promo\n" +
		"31/01/2024;north;5;yes\n" +
		"01/02/2024;north;;\n" +
		"02/02/2024;south;seven;yes\n"
	f, err := table.Open(strings.NewReader(text), "sales.csv", 0)
	if err != nil {
		log.Fatal(err)
	}
	columns, _, err := f.Find([]table.Wanted{
		{Name: "date", Kind: table.Time, Flag: "--time"},
		{Name: "store", Kind: table.Key, Flag: "--id"},
		{Name: "sales", Kind: table.Number, Flag: "--target"},
		{Name: "promo", Kind: table.Text, Flag: "--known-future"},
	})
	if err != nil {
		log.Fatal(err)
	}
	data, err := f.Read(context.Background(), columns, table.Options{DateFormat: "%d/%m/%Y"})
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range data.Batches {
		for from, to := range b.Runs() {
			store := b.Keys.Values(0)[b.Keys.Group(int(b.Group[from]))[0]]
			fmt.Println(store, data.Unit.Time(b.Ticks[from]), b.Numbers[0][from:to])
		}
	}
	fmt.Println(data.Bad.Err([]string{data.File}, data.Rows))
	// Output:
	// north 2024-01-31 [5 NaN]
	// sales.csv: 1 problem in 3 rows: bad_number 1
	//   sales.csv: line 4: sales "seven": not a number
}

func ExampleReader() {
	file, err := os.Open("testdata/sales-zstd.parquet")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // only read from
	r, err := table.NewReader(file, "sales.parquet", [][]string{{"day", "date"}, {"sales"}})
	if err != nil {
		log.Fatal(err)
	}
	for cells := range r.Rows() {
		if cells[1] == "-1" {
			r.Report(1, table.CodeNegative, errors.New("is below zero"))
			continue
		}
		fmt.Printf("%q\n", cells)
	}
	fmt.Println(r.Err())
	// Output:
	// ["2024-01-01" "5"]
	// ["2024-01-02" ""]
	// ["2024-01-03" "7.5"]
	// ["2024-01-01" "0"]
	// ["2024-01-03" ""]
	// sales.parquet: 1 problem in 6 rows: negative_target 1
	//   sales.parquet: row 5: sales is below zero
}

func ExampleRejected_WriteCSV() {
	f, err := table.Open(strings.NewReader("date,store,sales\n2024-01-01,1,\"5,5\"\n2024-02-30,1,2\n"), "sales.csv", 0)
	if err != nil {
		log.Fatal(err)
	}
	columns, _, err := f.Find([]table.Wanted{{Name: "date", Kind: table.Time}, {Name: "sales", Kind: table.Number}})
	if err != nil {
		log.Fatal(err)
	}
	data, err := f.Read(context.Background(), columns, table.Options{DateFormat: "%Y-%m-%d", Keep: table.KeepAll})
	if err != nil {
		log.Fatal(err)
	}
	if err := table.NewRejected(data.Bad, []string{data.File}).WriteCSV(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// file,line,code,column,reason,record
	// sales.csv,2,bad_number,sales,"sales ""5,5"": not a number","2024-01-01,1,""5,5"""
	// sales.csv,3,bad_date,date,"date ""2024-02-30"": not a day of the calendar","2024-02-30,1,2"
}

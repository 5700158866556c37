package features_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

func Example() {
	csv := "date,store,item,sales\n2017-12-30,1,7,12\n2017-12-31,1,7,15\n"
	p, err := panel.ReadFrom(context.Background(), strings.NewReader(csv), "sales.csv", panel.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	spec, err := features.NewSpec(p, features.Default(), "%Y-%m-%d")
	if err != nil {
		fmt.Println(err)
		return
	}
	row := make([]float64, spec.NumFeatures())
	day, _ := spec.Freq.Period(calendar.Time{Date: calendar.NewDate(2018, 1, 1)})
	if err := spec.Row(row, day, []string{"1", "7"}, nil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(spec.FeatureNames())
	fmt.Println(row)
	// Output:
	// [store item year month day dayofweek is_weekend is_month_start is_month_end]
	// [1 7 2018 1 1 0 0 1 0]
}

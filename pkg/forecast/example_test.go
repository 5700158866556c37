package forecast_test

import (
	"context"
	"fmt"
	"os"

	"github.com/salesctl/salesctl/pkg/forecast"
)

func Example() {
	b, err := bundle() // in a program: model.Open(dir).Load(name, ref, model.CheckSums)
	if err != nil {
		fmt.Println(err)
		return
	}
	cfg := forecast.Default()
	f, err := forecast.New(b, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := f.Run(context.Background(), forecast.Next(b, 1)[:1])
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := forecast.WriteJSONL(os.Stdout, b.Spec.IDs, cfg.Levels, rows); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"shop":"north","date":"2024-01-01","predicted_sales":8.419974466856285,"lo_80":null,"hi_80":null,"lo_95":null,"hi_95":null,"method":"calendar","horizon":1,"extrapolated":false,"cold_start":false,"model_version":"v1"}
}

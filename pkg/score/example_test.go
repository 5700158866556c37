package score_test

import (
	"fmt"

	"github.com/salesctl/salesctl/pkg/score"
)

func ExampleOf() {
	s, err := score.Of([]float64{10, 20}, []float64{9, 22})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("MAPE %.1f %%, bias %+.1f %%\n", 100*s.MAPE, 100*s.Bias)
	// Output: MAPE 10.0 %, bias +3.3 %
}

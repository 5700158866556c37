package trees_test

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/salesctl/salesctl/pkg/trees"
)

func Example() {
	text, err := os.ReadFile("testdata/golden/poisson.txt")
	if err != nil {
		log.Fatal(err)
	}
	model, err := trees.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(model.FeatureNames(), model.Objective())

	score := make([]float64, model.NumClass())
	model.Raw(score, []float64{0.5, 12, 20, 0})
	fmt.Printf("raw %.4f\n", score[0])
	model.Transform(score)
	fmt.Printf("prediction %.4f\n", score[0])
	// Output:
	// [price load age rain] poisson
	// raw 2.3274
	// prediction 10.2516
}

func ExampleFormatError() {
	_, err := trees.Parse([]byte("tree\nversion=v1\n\n"))
	wrong, ok := errors.AsType[*trees.FormatError](err)
	fmt.Println(ok, wrong.Line, wrong.Key)
	fmt.Println(err)
	// Output:
	// true 2 version
	// lightgbm model: line 2: version: "v1" is none of v2, v3, v4
}

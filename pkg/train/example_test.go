package train_test

import (
	"fmt"

	"github.com/salesctl/salesctl/pkg/train"
)

func ExampleConfig_Validate() {
	cfg := train.Default()
	cfg.Split = "weekly"
	cfg.Params["num_leafs"] = "31"
	fmt.Println(cfg.Validate())
	// Output:
	// split: "weekly" is neither random nor time
	// lightgbm.num_leafs: unknown parameter of LightGBM 4.7.0: did you mean num_leaves?
}

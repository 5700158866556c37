package quality

import (
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/pkg/panel"
)

// Codes of the findings about covariates.
const (
	CodeMissingCovariate  = "missing_covariate"  // values that are not there
	CodeConstantCovariate = "constant_covariate" // one value everywhere
	CodeRareLevels        = "rare_levels"        // texts that one value has
)

// covariateFindings looks at each covariate.
func covariateFindings(p *panel.Panel) []Finding {
	missing := Finding{Code: CodeMissingCovariate, Severity: Warning, Message: "values of covariates are missing"}
	constant := Finding{Code: CodeConstantCovariate, Severity: Info, Message: "covariates have one value everywhere and tell nothing"}
	rare := Finding{Code: CodeRareLevels, Severity: Info, Message: "texts of covariates are seen only once"}
	for _, c := range p.Covariates {
		seen := make([]int, len(c.Levels))
		gone, distinct := 0, 0
		var one float64
		for _, v := range c.Values {
			switch {
			case v != v:
				gone++
				continue
			case distinct == 0:
				one, distinct = v, 1
			case v != one:
				distinct = 2
			}
			if c.Levels != nil {
				seen[int(v)]++
			}
		}
		if gone > 0 {
			missing.place(func() string { return fmt.Sprintf("%s: %d of %d", c.Name, gone, len(c.Values)) })
			missing.Count += gone - 1
		}
		if distinct == 1 && len(c.Values)-gone > 1 {
			constant.place(func() string { return c.Name })
		}
		once := levelsSeenOnce(c, seen)
		if len(once) > 0 && c.Use != panel.Static {
			rare.place(func() string { return c.Name + ": " + strings.Join(once[:min(len(once), maxLevels)], ", ") })
			rare.Count += len(once) - 1
		}
	}
	return []Finding{missing, constant, rare}
}

// maxLevels is how many levels a place names.
const maxLevels = 3

func levelsSeenOnce(c panel.Covariate, seen []int) []string {
	var once []string
	for code, n := range seen {
		if n == 1 {
			once = append(once, c.Levels[code])
		}
	}
	return once
}

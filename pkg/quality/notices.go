package quality

import (
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// Notices returns what every reader of sales should be told beside the panel's own warnings: the
// series that start late, end early, never change or have outliers, one entry a rule. It costs a
// few milliseconds for a million observations.
func Notices(p *panel.Panel) []table.Warning {
	if p.Len() == 0 {
		return nil
	}
	var list []table.Warning
	for _, rule := range []func(*panel.Panel) []Finding{lifeFindings, steadySeries, outliers} {
		for _, f := range rule(p) {
			if f.Count > 0 {
				list = append(list, table.Warning{Code: f.Code, Count: f.Count, Message: f.Message, Places: f.Places})
			}
		}
	}
	return list
}

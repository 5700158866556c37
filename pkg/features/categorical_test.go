package features_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/holidays"
)

func TestCategorical(t *testing.T) {
	t.Parallel()
	p := testpanel.ReadAs(t, testpanel.Sales(calendar.Day, 30), testpanel.SalesConfig(calendar.Day))
	tests := []struct {
		name     string
		ids      bool
		holidays bool
		want     []string
	}{
		{"text ids, static and known covariates", true, false, []string{"item_code", "region_code", "kind_code"}},
		{"ids are no features", false, false, []string{"region_code", "kind_code"}},
		{"holidays", false, true, []string{"region_code", "kind_code", "holiday_code"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := features.NewSpec(p, features.Config{IDs: tt.ids, DateFeatures: []string{"month"}}, calendar.DefaultDateFormat)
			if err != nil {
				t.Fatal(err)
			}
			if tt.holidays {
				if s, err = s.WithHolidays(&holidays.Spec{}); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, i := range s.Categorical() {
				got = append(got, s.FeatureNames()[i])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("categorical features (-want +got):\n%s", diff)
			}
		})
	}
}

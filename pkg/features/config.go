package features

import "fmt"

// Config chooses the features of the calendar method. Its zero value is none.
type Config struct {
	// IDs makes the id columns features: integers as numbers, text as dictionary codes.
	// The default is true.
	IDs bool `json:"ids" mapstructure:"ids"`
	// DateFeatures are names out of DateFeatureNames, in the order of the columns. The
	// default is year, month, day, dayofweek, is_weekend, is_month_start, is_month_end.
	DateFeatures []string `json:"date_features" mapstructure:"date_features"`
}

// Default returns the features of the original API: its two ids and seven calendar columns.
func Default() Config {
	return Config{IDs: true, DateFeatures: []string{
		"year", "month", "day", "dayofweek", "is_weekend", "is_month_start", "is_month_end",
	}}
}

// Validate reports every date feature that is unknown or named twice.
func (c Config) Validate() error {
	if _, err := resolveDateFeatures(c.DateFeatures); err != nil {
		return fmt.Errorf("date_features: %w", err)
	}
	return nil
}

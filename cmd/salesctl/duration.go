package main

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// durationPattern is what readDuration reads, as a schema says it.
const durationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`

func durationType() reflect.Type { return reflect.TypeFor[time.Duration]() }

// readDuration reads 30s, 1m30s or 250ms. A bare number is none: it could be of any unit.
func readDuration(text string) (time.Duration, error) {
	if isDecimal(text) {
		return 0, fmt.Errorf("%s needs a unit, as 30s", text)
	}
	d, err := time.ParseDuration(text)
	if fits, _ := regexp.MatchString(durationPattern, strings.TrimPrefix(text, "-")); err != nil || !fits {
		return 0, fmt.Errorf("%q is not a duration, as 30s or 1m30s", text)
	}
	return d, nil
}

// durationText writes d without the zeros at its end: 1h30m, not 1h30m0s.
func durationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

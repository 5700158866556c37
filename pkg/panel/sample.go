package panel

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"strconv"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// SampleConfig says what sales to make up.
type SampleConfig struct {
	Series int           // number of store x item pairs; default 20
	Days   int           // length of a series in days, whatever the frequency; default 1096
	Seed   uint64        // default 1
	Start  calendar.Date // first day; the zero value means 2020-01-01
	Freq   calendar.Freq // spacing of the rows; the zero value means D
}

// DefaultSample returns 20 series over three years.
func DefaultSample() SampleConfig {
	return SampleConfig{Series: 20, Days: 1096, Seed: 1, Start: calendar.NewDate(2020, 1, 1)}
}

// Validate reports everything that is wrong with c.
func (c SampleConfig) Validate() error {
	const mostSeries = 1_000_000
	var errs []error
	if c.Series < 1 || c.Series > mostSeries {
		errs = append(errs, fmt.Errorf("series: %d is not between 1 and %d", c.Series, mostSeries))
	}
	if most := int(calendar.NewDate(9999, 12, 31) - c.start() + 1); c.Days < 1 || c.Days > most {
		errs = append(errs, fmt.Errorf("days: %d is not between 1 and %d, the end of the year 9999", c.Days, most))
	} else if least := 4 * longestDays(c.Freq); c.Days < least && c.Freq > calendar.Day {
		errs = append(errs, fmt.Errorf("days: %d is less than %d, which is four times the longest period of %s", c.Days, least, c.Freq))
	}
	return errors.Join(errs...)
}

func (c SampleConfig) start() calendar.Date {
	if c.Start == 0 {
		return DefaultSample().Start
	}
	return c.Start
}

// longestDays returns the days of the longest period of a frequency.
func longestDays(f calendar.Freq) int {
	switch f {
	case calendar.Hour, calendar.Day, calendar.None:
		return 1
	case calendar.BusinessDay:
		return 3
	case calendar.Month:
		return 31
	case calendar.Quarter:
		return 92
	case calendar.Year:
		return 366
	default:
		return 7
	}
}

// Sample writes made-up sales as CSV with the columns date, store, item, sales and promo. Sales are
// Poisson counts around a level per store and item, a weekday and a yearly profile, growth,
// promotions that sell more, and days without stock. The last two series start late. Hours have a
// daily profile; weeks, months, quarters and years hold the sales of their days and how many of
// them had a promotion, and only whole periods are written.
//
// The same Config gives the same bytes on every machine: the arithmetic is integer but for the
// Poisson draw, which only multiplies, divides and adds.
func Sample(w io.Writer, cfg SampleConfig) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	if cfg.Freq == calendar.None {
		cfg.Freq = calendar.Day
	}
	out := newRecords(w)
	for _, name := range []string{"date", "store", "item", "sales", "promo"} {
		out.add(name)
	}
	out.end()
	for s := range cfg.Series {
		m := newMarket(cfg, s)
		for row := range m.rows(cfg, cfg.firstDay(s)) {
			out.addRaw(func(dst []byte) []byte { return cfg.Freq.Append(dst, row.period) })
			for _, n := range []int{m.store, m.item, row.sales, row.promo} {
				out.addRaw(func(dst []byte) []byte { return strconv.AppendInt(dst, int64(n), 10) })
			}
			out.end()
			if out.err != nil {
				break
			}
		}
	}
	if err := out.flush(); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	return nil
}

// sold is a row of the sample.
type sold struct {
	period       calendar.Period
	sales, promo int
}

// rows yields the rows of a market from a day on.
func (m *market) rows(cfg SampleConfig, first int) iter.Seq[sold] {
	return func(yield func(sold) bool) {
		var sum sold // of the days of a period that is not over
		begun := false
		for day := first; day < cfg.Days; day++ {
			date := cfg.start() + calendar.Date(day)
			rate, promo := m.rate(cfg.start(), day)
			if cfg.Freq == calendar.Hour {
				for hour := range 24 {
					period, _ := cfg.Freq.Period(calendar.Time{Date: date, Hour: hour})
					if !yield(sold{period, m.sales(rate * hourShare(hour) / 1000), promo}) {
						return
					}
				}
				continue
			}
			sales := m.sales(rate)
			period, starts := cfg.Freq.Period(calendar.Time{Date: date})
			if cfg.Freq <= calendar.BusinessDay {
				if starts && !yield(sold{period, sales, promo}) {
					return
				}
				continue
			}
			if starts {
				if begun && !yield(sum) {
					return
				}
				sum, begun = sold{period: period}, true
			}
			sum.sales, sum.promo = sum.sales+sales, sum.promo+promo
		}
		if _, over := cfg.Freq.Period(calendar.Time{Date: cfg.start() + calendar.Date(cfg.Days)}); over && begun {
			yield(sum)
		}
	}
}

// hourShare returns the thousandths of a day's sales in an hour.
func hourShare(hour int) int64 {
	return [24]int64{2, 1, 1, 1, 2, 6, 15, 28, 42, 55, 66, 75, 78, 72, 66, 66, 74, 84, 86, 74, 52, 32, 16, 6}[hour]
}

// firstDay returns the day a series starts: the last two are late, if others are not.
func (c SampleConfig) firstDay(series int) int {
	fromEnd := c.Series - 1 - series
	if fromEnd >= 2 || fromEnd == c.Series-1 {
		return 0
	}
	return c.Days / (fromEnd + 2)
}

// market makes the sales of one series. Factors are in thousandths.
type market struct {
	store, item int
	level       int64 // thousandths of a piece a day
	season      int   // month in which the item sells most, 0-11
	promoWeek   int   // week that promo belongs to
	promo       int
	rng         *rand.Rand
}

func newMarket(cfg SampleConfig, series int) *market {
	items := max(10, (cfg.Series+9)/10)
	m := &market{store: series/items + 1, item: series%items + 1, promoWeek: -1}
	// What stores and items have in common comes from generators of their own.
	store := rand.New(rand.NewPCG(cfg.Seed, 1<<32|uint64(m.store)))
	item := rand.New(rand.NewPCG(cfg.Seed, 2<<32|uint64(m.item)))
	m.level = (2000 + item.Int64N(60_000)) * (600 + store.Int64N(900)) / 1000
	m.season = item.IntN(12)
	m.rng = rand.New(rand.NewPCG(cfg.Seed, 3<<32|uint64(series)))
	return m
}

// rate returns the thousandths of a piece that a day is expected to sell and whether, 1 or 0, there is
// a promotion. Days are asked for in their order.
func (m *market) rate(start calendar.Date, day int) (rate int64, promo int) {
	weekday := [7]int64{820, 860, 880, 930, 1080, 1260, 1170}
	// A year of the item, from the month it sells most in.
	year := [13]int64{1300, 1260, 1150, 1000, 850, 740, 700, 740, 850, 1000, 1150, 1260, 1300}
	const (
		growth = 90 // thousandths a year
		lift   = 1450
	)
	date := start + calendar.Date(day)
	if week := day / 7; week != m.promoWeek {
		m.promoWeek, m.promo = week, 0
		if m.rng.IntN(9) == 0 {
			m.promo = 1
		}
	}
	_, month, monthDay := date.Civil()
	at := (month - 1 - m.season + 12) % 12
	rate = m.level * weekday[date.Weekday()] / 1000
	rate = rate * (year[at]*int64(31-monthDay) + year[at+1]*int64(monthDay)) / 31_000
	rate = rate * (1000 + growth*int64(day)/365) / 1000
	if m.promo == 1 {
		rate = rate * lift / 1000
	}
	return rate, m.promo
}

// sales draws what is sold at a rate; now and then there is no stock.
func (m *market) sales(rate int64) int {
	const mostSales = 500_000 // thousandths; Poisson's first probability must not vanish
	u, stock := m.rng.Float64(), m.rng.IntN(150)
	if stock == 0 {
		return 0
	}
	return poisson(u, min(rate, mostSales))
}

// poisson returns the count whose cumulative probability first exceeds u in [0,1), by adding up
// the Poisson distribution of a mean in thousandths.
func poisson(u float64, mean int64) int {
	const (
		overE  = 0.36787944117144233 // e^-1
		overE3 = 0.999000499833375   // e^-0.001
	)
	p := power(overE, mean/1000) * power(overE3, mean%1000)
	rate := float64(mean) / 1000
	n, sum := 0, p
	for u >= sum && p > 0 {
		n++
		p = p * rate / float64(n)
		sum += p
	}
	return n
}

func power(base float64, n int64) float64 {
	p := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			p *= base
		}
		base *= base
	}
	return p
}

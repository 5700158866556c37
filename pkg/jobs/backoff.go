package jobs

import "time"

// backoff is a pause that doubles from first to limit.
type backoff struct{ first, limit time.Duration }

// after returns the pause after so many failures, at least one.
func (b backoff) after(failures int) time.Duration {
	pause := b.first
	for ; failures > 1 && pause < b.limit; failures-- {
		pause *= 2
	}
	return min(pause, b.limit)
}

// spread returns between half of the pause and all of it: jobs that failed together come back
// apart. Chance is at least 0 and below 1.
func spread(pause time.Duration, chance float64) time.Duration {
	return pause/2 + time.Duration(chance*float64(pause/2))
}

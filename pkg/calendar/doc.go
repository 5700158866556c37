// Package calendar knows civil time: days and hours without a zone, how files write them, and the
// grids of a panel's observations. It reads no file.
//
//  1. CompileLayout turns a strftime format into a Layout, SniffLayout finds an ISO one for
//     date-times, and OnlyFormat names the one that reads a strange cell.
//  2. Layout.Tick reads a cell as a tick: the days, or the hours, since 1970-01-01. A Fault says
//     why a cell is none, and Layout.Explain makes it an error.
//  3. Evidence.Add takes the ticks of a series after another; Evidence.Freq infers the frequency
//     that all share or says what it saw. ParseFreq reads one that a user names.
//  4. Freq.Period turns a time into the period index of the frequency, which has no holes, and
//     Freq.Start turns it back. Freq.OffGrid refuses times off the grid and names the
//     neighbours.
//
// The names of the frequencies and the numbers of their periods are those of pandas:
//
//	name            label of a period       period 0      Season
//	h               the hour                1970-01-01T00     24
//	D               the day                 1970-01-01         7
//	B               the day, Monday-Friday  1970-01-01         5
//	W-MON to W-SUN  the week's last day     in the week       52
//	                                        to 1970-01-03
//	MS              the month's first day   1970-01-01        12
//	QS              the quarter's           1970-01-01         4
//	YS              the year's              1970-01-01         1
//
// Package table reads files by it, package panel keeps its periods.
package calendar

// Package holidays knows which days are holidays of which series: the public holidays of its
// country, and the user's own events.
//
//  1. [NewSpec] takes the countries of a [Config], or those in a column of the panel.
//  2. [Spec.AddEvents] reads the user's events from a CSV file.
//  3. [New] makes a [Calendar] of the Spec: the days of every country, a code for every name.
//  4. [Calendar.Scope] picks the holidays of the series that share a country and the values that
//     events name; series with the same holidays get the same [Scope].
//  5. [Scope.Fill] turns the periods of a series into the columns of [Names], and [Scope.At] does
//     it for one period.
//
// A Spec is plain data. It goes with a model, and the Calendar that is made of it has the same days
// and codes for ever: a newer list of holidays changes models that are trained with it, no others.
// Package features makes features of the columns.
//
// # What is a holiday
//
// A public holiday is a day of the lists of github.com/rickar/cal, which [Countries] names, mended
// where they differ from the law (file amend.go). Both the day itself and the working day that is
// off in its place count, under one name: Independence Day of 2021 is Sunday, July 4, and Monday,
// July 5. Holidays that are a Sunday by nature, such as Easter, count where the list has them.
//
// The lists are national where the country has one: GB is England and Wales; CA, ES, BR and SE hold
// days that are usual rather than statutory everywhere; UA is the calendar of peace; CH and AU hold
// the days that all cantons or states share. Days that a government moves from year to year, such
// as bridging days in AR, BG, LV, RU and UA, are not in any list: they are events of the user's.
//
// Days are known for the years 1900 to 2100, by the rules of the present law except where a list
// says from when a holiday counts. They are civil days without a time zone.
//
// # Features
//
// A week ends with its label, as W-SUN does on Sunday; all other periods begin with it. is_holiday
// and the holiday's name look at every day of the period. The rest starts from the period's first
// day: days_to_holiday and days_since_holiday are 0 on a holiday and NaN without one in 366 days;
// holidays_in_week counts days from Monday to Sunday, holidays_in_month in the calendar month.
//
// # Events
//
// A file of events is CSV as package table reads it:
//
//	date,name,end_date,country,store
//	2024-11-29,Black Friday,,,
//	2024-06-14,European championship,2024-07-14,DE,
//	2024-09-02,Rebuilding,2024-09-13,,17
//
// date and name are needed; end_date is included in the event and empty for one day; country is a
// code of Countries, and a country stands for its regions; any id or static column of the panel
// limits the event to the series with that value. An empty cell limits nothing. Blanks around a
// cell do not count, unless the panel has a value with them. Dates have the format of the panel's,
// or ISO's. On a day with several holidays the name is that of the public
// one, else of the event that comes first in the file.
package holidays

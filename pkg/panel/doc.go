// Package panel holds sales data: series of observations at the periods of one frequency, grouped by
// one to five id columns, with covariates. Files come in, a [Panel] goes out; package features turns
// a panel into training rows.
//
// # The way of a row
//
//  1. [Read] turns paths and patterns into inputs; package table opens each: it unpacks gzip and
//     zstd, tells CSV from Parquet, and refuses by name what is neither. [ReadFrom] and [ReadInputs]
//     take readers, [FromDataFrame] starts at step 4 with the cells of a gota data frame.
//  2. assembly.resolve settles which column is the date, the target, an id or a covariate, by the
//     Config and the header of the first file. Other files may have their columns in another order.
//  3. assembly.readFile has package table read these columns: each row is a group of ids, a tick (a
//     day or an hour), a number, and texts. A row that cannot be read is a problem, not a group.
//  4. assembly.number gives ids and series their numbers in the order of their ids, scatter puts the
//     rows in the places of their series, sort brings each series into the order of its dates.
//     findLevels makes numbers of a covariate whose texts are all numbers, codes of any other. A
//     number -0 is 0.
//  5. foldStatic makes one value a series of a static covariate; a column that changes in more than a
//     tenth of the series is refused as a whole. settlePeriods takes the frequency
//     from the Config or, by [calendar.Evidence], from the spacing of the dates, and turns ticks into
//     periods.
//  6. The policies: refuseNegative, applyDuplicates, applyNegative, applyGaps, in this order.
//  7. joinAttributes adds static covariates from files of their own.
//
// A step that finds bad rows takes them out of the data of step 3, and the panel is made anew from
// step 4, so that nothing of a bad row is left: no id, no level, no warning. With on_error "fail" all
// problems together are a *[table.DataError] with the first 20, in the order of files and lines; with
// "quarantine" they are Panel.Rejected, and the panel is that of the files without these rows.
//
// The result does not depend on how many goroutines took part. Memory is 16 bytes a row for what
// package table reads and 20 for the panel, more with covariates; the text is held only for
// "quarantine", which hands bad rows over as they stand: a wide row as a whole, whichever of its
// cells is bad.
//
// # What a file may look like
//
// Package table says what a record, a number and a Parquet column may be. In files of sales:
//
//	header    = any order; columns without a role are ignored and listed in Panel.Ignored
//	date      = Config.DateFormat, an ISO date-time, a DATE or TIMESTAMP: a whole hour
//	id        = 1 to 256 bytes, taken as they are: "001" is not "1", " a" is not "a"
//	target    = a finite decimal number, or empty: a missing observation
//	covariate = any text, or empty: a missing value
//
// The first of 100 dates that has a form, DateFormat or an ISO date-time, gives that of the file; a
// file's delimiter is looked for unless Config.Delimiter gives that of all files.
//
// [ReadWide] reads a file with a column per date, [ReadFuture] known-future values of periods to
// come. [Panel.WriteCSV], [Panel.WriteParquet] and [Panel.WriteWide] write a panel.
//
// # What the policies do
//
// Every policy is counted in a warning; Config.Track lists each value that one changed.
//
//	duplicates  rows of one series and period. error: all but the first are bad rows. sum and mean
//	            go over known targets, of which there may be none; covariates are those of the first
//	            row. first and last take the row as it is, a missing target included
//	negative    targets below zero. error: they are bad rows, before duplicates are brought together;
//	            keep and zero look at what these come to: with sum a row of -5 and one of 10 are 5.
//	            zero: they become 0
//	gaps        periods without a row, between the first and the last row of a series; never before
//	            or after. zero: a target of 0; interpolate: on the line between the nearest known
//	            targets, left a gap where a side has none; error: a DataError, with "quarantine" too.
//	            At most a million periods are filled, or 20 for each row
//
// No policy fills a missing target in a row that is there: that nothing is known is not that nothing
// was sold. The covariates of filled gaps are missing. Bad rows of attributes are an error always.
//
// # Codes
//
// The codes of rows are those of package table: field_count, quote, long_line, nul, utf8, bad_date,
// part_hour, empty_id, long_id, bad_number, not_finite; and these, which need a whole panel:
//
//	off_grid         a date that Config.Freq does not have
//	static_changes   another value of a static column than the row before has
//	duplicate_key    a second row of a series and period
//	not_finite       a row whose target is too large together with others of its period
//	negative_target  a target below zero
//	gap              the first row after periods without one
//
// Odd but usable data is read, with a warning:
//
//	header_case      header names that match but for case and blanks
//	nixtla_names     the names unique_id, ds and y
//	blank_lines      lines that are skipped
//	utc_times        Parquet times that are instants of a time zone, read in UTC
//	mixed_covariate  a column of numbers and texts, read as text
//	unsorted         series whose dates do not ascend in the files
//	duplicates       rows that were brought together
//	missing_target   rows without a target
//	negative_target  targets below zero, kept or set to 0
//	gaps             periods inside series without a row
//	future_dates     dates after Config.Today
//	single_dates     no series has two dates, so that the frequency is D, or h, by default
//	rounded          targets of 2^53 and more, not all of which a float64 holds exactly
//	attributes       series without attributes, and attributes without a series
//	unseen_value     texts of known-future columns that the sales did not hold
//	unknown_series   rows of known-future values with ids that the sales do not hold
//
// A file as a whole is refused with a code of package table, such as frequency or wide, or with
// static_changes for a static column that changes in many series, attributes for a file of attributes
// that holds none for any series, bad_date or part_hour for a column of a wide file, named_twice for
// a file that is named twice.
//
// [Sample] makes data up.
package panel

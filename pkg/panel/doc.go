// Package panel holds sales data: series of daily observations, grouped by one or more id columns.
// Text comes in, a [Panel] goes out; package features turns a panel into training rows.
//
// # The way of a row
//
//  1. [Read] opens the file; openSource unpacks gzip, drops a byte order mark and refuses by name
//     what is not UTF-8 text. [ReadFrom] does the same for any reader, [FromDataFrame] starts at
//     step 5 with the cells of a gota data frame.
//  2. source.header takes the first line that is not blank and settles the delimiter: the one of
//     comma, semicolon and tab that stands in it most often outside quotes.
//  3. parseHeader gives columns their roles by name: exactly, else by the only name that is equal
//     without regard to case and surrounding blanks, with a [Warning].
//  4. source.next cuts the file into blocks of whole records, and parseAll hands them to several
//     goroutines.
//  5. parser.parse turns a block into columns: a day number, a series number, a float64. A record
//     without quotes or oddities takes parser.quick; every other one takes parser.record, which
//     reads all records and reports what is wrong with one by line, column and code.
//  6. assemble numbers ids and series by their order, brings the blocks' rows together by series,
//     sorts by date where the file does not, and looks for days that stand twice.
//
// The result does not depend on how many goroutines took part. Memory is 16 bytes a row for the
// blocks and 16 for the panel; the text is never held.
//
// # What a file may look like
//
//	header    = any order; columns without a role are ignored and listed in Panel.Ignored
//	record    = fields between delimiters, as many as the header has (RFC 4180)
//	            a quoted field may hold delimiters, line ends and "" for a quote
//	            at most 64 KiB; lines end in LF or CRLF; blank lines are skipped
//	date      = Config.DateFormat, a day that the calendar has
//	id        = 1 to 256 bytes, taken as they are: "001" is not "1", " a" is not "a"
//	target    = [+-] digits [. digits] [e exponent], or empty: a missing observation
//
// Two rows of one series and day are an error. A [Table] reads chosen columns of any file by steps 1
// to 3 and the same rules for records, row by row and as text. The codes of a [RowError]:
//
//	field_count    not as many fields as the header
//	quote          a quote that is not closed, or inside a field
//	long_line      more than 64 KiB
//	nul            a NUL byte
//	utf8           not UTF-8
//	bad_date       not a day in the date format
//	empty_id       an id without a byte
//	long_id        an id of more than 256 bytes
//	bad_id         an id that breaks the rule its column has in a model
//	bad_number     a target that is not a decimal number
//	not_finite     a target that is NaN, infinite, or too large
//	duplicate_key  a second row of the same series and day
//
// Odd but usable data is read, with a [Warning]: header_case, nixtla_names, blank_lines,
// missing_target, negative_target, unsorted, gaps, future_dates.
//
// [Sample] makes data up, [Panel.Describe] summarises a panel.
package panel

// Package quality says what is in sales and what is odd about them: a panel goes in, a [Report] or
// a [Description] comes out. Package report draws both.
//
//  1. Package panel reads the files, with bad rows left out and changes tracked. Where it refuses
//     them, [Unreadable] makes a report of its error.
//  2. [Check] groups the rows that were left out by code, takes over what the panel tells, and asks
//     every rule. The report has the worst first; each finding has a code, a severity, a count, a
//     message and the first places.
//  3. [Notices] asks the few rules that every reader of sales should hear of.
//  4. [Describe] summarises the panel: exact counts, the target by all observations, and the other
//     columns by a sample of 10,000 that gota looks at; [Unused] adds the columns without a role.
//  5. [WriteChanges] lists what policies changed and which rows were left out.
//
// # Rules
//
// Errors are what readers of sales refuse:
//
//	field_count ...   the codes of package table, by row or for the whole file
//	missing_column    a file lacks a column that has a role
//	mixed_dates       dates in a format that is not the file's, which others have, by format
//
// Warnings are odd, and usable:
//
//	missing_target ... the codes of the panel's own warnings; header_case, blank_lines, nixtla_names
//	                   and unsorted are facts
//	gaps               periods inside series without a row; an error where the policy says so
//	zeros_left_out     there are gaps, and no target is 0
//	trailing_missing   the last rows have no target, and others do: forecasts start after them
//	short              fewer known targets than 2 seasons of the frequency (14 days, 104 weeks)
//	incomplete_last    the last week, month, quarter or year sells less than 50 % of the least of
//	                   the 8 before it, over the series that have the targets of all of them
//	constant           one target other than 0 in all of a series
//	all_zero           no target but 0
//	no_target          no target at all
//	outliers           |y - median| > 8 x 1.4826 x MAD of the series, MAD being the median absolute
//	                   deviation from the median; in sales by day the same for the weekday, too.
//	                   Where at least half of the targets are 0, the others alone count, and a 0 is
//	                   no outlier. A series of fewer than 10 such targets, or with a MAD of 0, has no
//	                   outliers; nor has a weekday of fewer than 5
//	stockouts          3 or more zeros in a row with ((zeros + 1) / (targets + 2)) ^ length < 1e-6,
//	                   zeros and targets counted outside the run
//	alike_ids          ids of one column that differ by case, blanks or Unicode form only
//	leading_zeros      ids of one column that differ by leading zeros only
//	missing_covariate  values of covariates that are not there
//
// Facts may surprise:
//
//	late, ended         series that start after the first date, or end before the last
//	fractions           at most 1 % of 100 or more targets that are no whole numbers
//	constant_covariate  one value everywhere
//	rare_levels         texts of a covariate that change by period and are seen once
//	ignored_columns     columns without a role
package quality

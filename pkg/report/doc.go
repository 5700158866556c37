// Package report shows results to a person at a terminal.
//
//  1. The caller picks what to show: a few Points of one series, already known or forecast, or what
//     it found in a file.
//  2. Plot draws Points in one picture, the sales before the forecast, a line between the two.
//  3. A Page collects titles, facts, tables, findings, Sparklines and the calendar of Gaps, aligned
//     and no wider than its Style says; Flush writes it.
//
// It changes no number: what it draws are the values it was given. No text of a stranger's file
// reaches the terminal with characters that act on it. The commands of cmd/salesctl are its users;
// forecasts come from package forecast, findings from package quality.
package report

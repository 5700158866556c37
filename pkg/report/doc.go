// Package report shows results to a person at a terminal.
//
//  1. The caller picks what to show: a few Points of one series, already known or forecast.
//  2. Plot draws them in one picture, the sales before the forecast, a line between the two.
//
// It changes no number: what it draws are the values it was given. The commands of
// cmd/salesctl are its users; forecasts come from package forecast.
package report

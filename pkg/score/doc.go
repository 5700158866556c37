// Package score measures forecasts against what happened.
//
//  1. Of takes actual and predicted values, pair by pair, and returns all Scores.
//  2. Training and backtests put them into metrics.json of package model.
//
// Relative scores are fractions: 0.1334 is 13.34 %.
package score

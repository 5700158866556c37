// Package model keeps trained bundles.
package model

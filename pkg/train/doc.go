// Package train turns a matrix into trees by the pinned LightGBM command line.
//
//  1. Find looks the LightGBM command up and proves by SelfTest that it is the pinned one;
//     Install gets it.
//  2. Fit splits the rows of a features.Matrix, writes them into a private directory as the
//     text files that LightGBM reads, and runs LightGBM there as a child process.
//  3. The model that it wrote is cut to its best iteration, read by package trees, and its
//     predictions of golden rows are compared with LightGBM's own, bit for bit.
//  4. Fit returns the content of a bundle, which package model publishes, and every held-out
//     row with its prediction.
//
// LightGBM sees its features as f0, f1, ...: names that its files cannot hold stay in the Spec.
package train

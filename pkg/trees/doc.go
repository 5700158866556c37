// Package trees reads LightGBM's text models strictly and evaluates them to the last bit.
//
// The steps of a model:
//
//  1. [Parse] checks the whole text against the format below and against the limits of this
//     package, before it allocates what a number in the text asks for. What it does not
//     understand is a [FormatError] that names line and key; nothing is guessed.
//  2. [Model.Raw] and [Model.RawBatch] add the leaf values of every tree in the order of the
//     text, which makes a raw score equal LightGBM's bit for bit.
//  3. [Model.Transform] turns raw scores into predictions as the objective says.
//
// [Cut] and [Canonical] rewrite the text itself: the first iterations only, and without the
// parameters that name one machine. [Leaves] runs the same text through another library, as a
// second opinion.
//
// # The text
//
// Lines end in LF; a text whose first line ends in CRLF is read as if all of it were LF.
//
//	tree
//	version=v4                      v2, v3 or v4
//	num_class=1                     outputs per row
//	num_tree_per_iteration=1        the same number
//	label_index=0
//	max_feature_idx=1
//	objective=regression            absent for a custom objective
//	average_output                  random forests only
//	feature_names=f0 f1
//	monotone_constraints=0 1        only if there are any
//	feature_infos=[0:9] 1:3:7       range, categories or "none", one a feature
//	tree_sizes=371 368              bytes of each block, "Tree=" to the second blank line
//
//	Tree=0
//	num_leaves=3                    then num_leaves-1 inner nodes, 0 is the root
//	num_cat=0
//	split_feature=0 1
//	split_gain=10 4
//	threshold=4.5 2                 up to it goes left; inf parts NaN from the rest; of a
//	                                categorical node: an index into cat_boundaries
//	decision_type=2 2               bit 0 categorical, 1 default left, 2-3 missing none/zero/NaN
//	left_child=1 -1                 a node, or -1-leaf
//	right_child=-2 -3
//	leaf_value=1.5 2 0.25           17 digits: lossless
//	leaf_weight= leaf_count= internal_value= internal_weight= internal_count=
//	cat_boundaries=0 2              num_cat+1 offsets into cat_threshold (only if num_cat > 0)
//	cat_threshold=6 1               bitsets of the categories that go left, 32 a word
//	is_linear=0                     1: leaf_const, num_features, leaf_features, leaf_coeff follow
//	shrinkage=0.1
//	(two blank lines)
//	end of trees
//
//	feature_importances:            "feature importances:" in v2 and early v3
//	f0=2
//
//	parameters:
//	[boosting: gbdt]
//	(one blank line)
//	end of parameters
//
//	parser:  ...  end of parser     optional
//	pandas_categorical:null         optional, written by LightGBM's Python package
//
// Versions: v2 is written by LightGBM 2.2, v3 (leaf_weight, internal_weight; from 3.2 is_linear)
// by 2.3 to 3.3, v4 (parser) by 4.x. Texts from before 2.2 have no "end of trees" and are refused.
//
// The room that gives rows to a model is pkg/features; the one that keeps its text is pkg/model.
package trees

#!/bin/sh
# Is no LightGBM of the pinned version: its model is complete but another one.
printf 'tree\nversion=v4\nend of trees\n\nparameters:\nend of parameters\n' >model.txt

#!/bin/sh
# Ends well with a model that the disk had no room for.
printf 'tree\nversion=v4\nnum_class=1\n' >model.txt

#!/bin/sh
# Stands for a g++ without its OpenMP library.
echo '/usr/bin/ld: cannot find -lgomp: No such file or directory' >&2
exit 1

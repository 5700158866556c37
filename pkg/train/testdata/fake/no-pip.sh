#!/bin/sh
# Stands for a python3 without pip.
exit 1

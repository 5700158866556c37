#!/bin/sh
# Ends well without having written a model.
exit 0

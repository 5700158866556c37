#!/bin/sh
# Is like hang.sh, and neither process minds SIGTERM.
trap '' TERM
exec 9>"$TMPDIR/alive"
sleep 1000 &
echo ready >&9
wait

#!/bin/sh
# Runs for ever with a child of its own. Both hold the pipe $TMPDIR/alive open, so that whoever
# reads it sees its end when the last of them is gone.
exec 9>"$TMPDIR/alive"
sleep 1000 &
echo ready >&9
wait

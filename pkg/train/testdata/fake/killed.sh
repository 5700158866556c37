#!/bin/sh
# Ends as a program does that the system takes the memory from.
echo '[LightGBM] [Info] Started training...'
kill -KILL $$

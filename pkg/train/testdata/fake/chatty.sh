#!/bin/sh
# Prints for ever.
while :; do
  echo '[LightGBM] [Info] still here'
  sleep 0.02
done

#!/bin/sh
# Gives up as LightGBM does.
echo '[LightGBM] [Info] Finished loading parameters'
{
  echo '[LightGBM] [Fatal] Data file train.csv is of no use'
  echo 'Met Exceptions:'
  echo 'Data file train.csv is of no use'
} >&2
exit 255

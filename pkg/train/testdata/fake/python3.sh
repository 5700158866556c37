#!/bin/sh
# Stands for a python3 whose pip downloads archives of nothing. With FAKE_PIP_HANGS, the name of
# a pipe, it says so there and hangs.
case "$*" in
  *", pip;"*) exit 0 ;;
  *"pip download"*) ;;
  *"zipfile -e"*)
    mkdir -p "$5/lightgbm/lib"
    : >"$5/lightgbm/lib/lib_lightgbm.so"
    exit 0
    ;;
  *) exit 1 ;;
esac
if [ -n "$FAKE_PIP_HANGS" ]; then
  echo downloading >"$FAKE_PIP_HANGS"
  sleep 1000
fi
while [ "$1" != --dest ]; do
  shift
done
sources="$2/lightgbm-4.7.0"
mkdir -p "$sources/external_libs/nanoarrow/src/nanoarrow"
: >"$sources/external_libs/nanoarrow/src/nanoarrow/nanoarrow_config.h.in"
: >"$2/lightgbm-4.7.0-py3-none-any.whl"
tar -czf "$sources.tar.gz" -C "$2" lightgbm-4.7.0

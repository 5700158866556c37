#!/usr/bin/env bash
# Loads `salesctl serve` and the original API, one after the other on this machine, and prints one
# JSON line per load and a table. README.md says what is measured.
#
#   bench/serving/run.sh PEERS DATA
#
# PEERS holds the load generator (load/), the original (flask_thread/) and seedmodel.py. DATA is a
# CSV of date,store,item,sales that both train on. WORK=DIR keeps what was built and trained there
# for the next run; ROUNDS=3 runs everything three times, in turn.
set -euo pipefail
[[ $# -eq 2 ]] || { echo "usage: $0 PEERS DATA" >&2; exit 2; }
peers=$(cd "$1" && pwd) data=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
own=$(mktemp -d)
work=$(realpath -m "${WORK:-$own}")
mkdir -p "$work"
export PYTHONDONTWRITEBYTECODE=1

server=0 # the pid of salesctl serve, while it runs
stop_ours() {
  ((server)) || return 0
  kill "$server"
  wait "$server" || true
  server=0
}
flask() { PYTHON=$work/venv/bin/python MODEL=$work/model.txt RUN_DIR=$own/flask "$peers/flask_thread/run.sh" "$@"; }
trap 'stop_ours; flask stop >/dev/null; rm -rf "$own"' EXIT

prepare() {
  make -C "$root" build lightgbm
  (cd "$peers/load" && go build -o "$own/load" .)
  if [[ ! -e $work/models ]]; then
    "$root/bin/salesctl" train "$data" --models "$own/models" --quiet
    mv "$own/models" "$work/models"
  fi
  if [[ ! -e $work/model.txt ]]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$peers/flask_thread/requirements.txt"
    "$work/venv/bin/python" "$peers/seedmodel.py" --data "$data" --out "$work/model.txt"
  fi
}

answers() { python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1])' "$1" 2>/dev/null; }

# start_ours starts a server with no jobs and sets url.
start_ours() {
  rm -rf "$own/jobs"
  "$root/bin/salesctl" serve --addr 127.0.0.1:0 --models "$work/models" --jobs "$own/jobs" --log-format json 2>"$own/serve.log" &
  server=$!
  for _ in {1..100}; do
    url=$(sed -n '/"message":"listening"/s/.*"url":"\([^"]*\)".*/\1/p' "$own/serve.log")
    if [[ -n $url ]] && answers "$url/readyz"; then return; fi
    sleep 0.1
  done
  cat "$own/serve.log" >&2
  return 1
}

# load LABEL FLAG... is one load. One that did not end in time says so in its line.
load() { "$own/load" -url "$url" -label "$@" | tee -a "$own/lines" || true; }

# loads LABEL JOBS runs all loads; JOBS is how many are drained. Submits come last: what they leave
# behind slows the next load.
loads() {
  load "$1" -mode roundtrip -c 1 -n 2000 -d 5s -poll 1ms
  load "$1" -mode roundtrip -c 64 -n 40000 -d 10s -poll 10ms
  load "$1" -mode drain -c 64 -n "$2" -d 20s
  load "$1" -mode submit -c 1 -n 20000 -d 5s
  load "$1" -mode submit -c 64 -n 100000 -d 5s
  load "$1" -mode submit -c 128 -n 100000 -d 5s
}

prepare >&2
for ((round = 0; round < ${ROUNDS:-1}; round++)); do
  start_ours
  loads salesctl 20000
  stop_ours
  flask start >/dev/null
  url=$(flask url)
  loads flask 200
  flask stop >/dev/null
done
python3 "$here/table.py" <"$own/lines"

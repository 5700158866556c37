#!/usr/bin/env bash
# Times panel.Read beside pandas, polars, DuckDB and mlforecast and prints a table. README.md says
# what is measured.
#
#   bench/reading/run.sh PEERS DATA
set -euo pipefail
[[ $# -eq 2 ]] || { echo "usage: $0 PEERS DATA" >&2; exit 2; }
peers=$(cd "$1" && pwd) data=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
work=$(realpath -m "${WORK:-$own}")
mkdir -p "$work"
export PYTHONDONTWRITEBYTECODE=1

python=$work/venv/bin/python
if [[ ! -x $python ]]; then
  python3 -m venv "$work/venv"
  "$python" -m pip install --quiet --disable-pip-version-check -r "$peers/requirements.txt"
fi
make -C "$root" build >&2
awk -F, 'NR == 1 { print; next } { printf "%s,Store Number %02d,Item Number %04d,%s\n", $1, $2, $3, $4 }' "$data" >"$own/text.csv"
"$root/bin/salesctl" data convert "$data" --output "$own/sales.parquet" --quiet >/dev/null
"$python" -c 'import sys, pyarrow as pa
with open(sys.argv[1], "rb") as f, pa.CompressedOutputStream(sys.argv[2], "zstd") as z: z.write(f.read())' "$data" "$own/sales.csv.zst"

bench() { # name file
  (cd "$root" && go test ./pkg/panel -run '^$' -bench 'BenchmarkRead$' -benchmem -args -data "$2") |
    awk -v name="$1" '/^BenchmarkRead/ { printf "{\"reader\": \"%s\", \"seconds\": %.4f, \"mb\": %.1f}\n", name, $3 / 1e9, $(NF - 3) / 1e6 }'
}
for ((round = 0; round < ${ROUNDS:-5}; round++)); do
  bench "panel.Read, CSV" "$data"
  bench "panel.Read, CSV, text ids" "$own/text.csv"
  bench "panel.Read, zstd CSV" "$own/sales.csv.zst"
  bench "panel.Read, Parquet" "$own/sales.parquet"
  "$python" "$peers/peers.py" run --steps read --threads 2 --repeat 5 --data "$data" 2>/dev/null
done >"$own/lines.jsonl"
"$python" "$here/table.py" "$own/lines.jsonl"

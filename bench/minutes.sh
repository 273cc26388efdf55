#!/usr/bin/env bash
# Measures the offline minutes on QMSum and VCSum beside lead, TextRank, LexRank, LSA and TextTiling; writes
# bench/results/minutes.json. Takes about seven minutes, most of them the peers'.
#
#   bench/minutes.sh DIRECTORY     a directory with qmsum/val.jsonl.gz and vcsum/{short,long}_dev.jsonl.gz
#
# HUIJI_EVALUATION_DATA may name the directory instead. HUIJI_MINUTES_WRITER may name a built example
# `write_minutes`; without it one is built with optimisation.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${1:-${HUIJI_EVALUATION_DATA:-}}
if [[ ! -f $data/qmsum/val.jsonl.gz ]]; then
  echo "minutes.sh: give the directory that holds qmsum/ and vcsum/, here or in HUIJI_EVALUATION_DATA" >&2
  exit 2
fi

python=${XDG_CACHE_HOME:-$HOME/.cache}/huiji/evaluation-python
if ! cmp -s bench/minutes_requirements.txt "$python/requirements.txt"; then
  python3 -m venv --clear "$python"
  "$python/bin/pip" install --quiet --requirement bench/minutes_requirements.txt
  cp bench/minutes_requirements.txt "$python/requirements.txt"
fi

writer=${HUIJI_MINUTES_WRITER:-}
if [[ -z $writer ]]; then
  cargo build --release --quiet --package summarize --example write_minutes
  writer=${CARGO_TARGET_DIR:-target}/release/examples/write_minutes
fi

exec "$python/bin/python" bench/minutes.py "$data" "$writer" bench/results/minutes.json

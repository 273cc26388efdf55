#!/usr/bin/env bash
# Measures the recall of Huiji's search on VCSum; writes bench/results/search_quality.json. Takes seconds.
#
#   bench/search_quality.sh DIRECTORY     a directory with vcsum/short_dev.jsonl.gz
#
# HUIJI_EVALUATION_DATA may name the directory instead. HUIJI_SEARCH_QUALITY may name a built example `search_quality`;
# without it one is built with optimisation.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${1:-${HUIJI_EVALUATION_DATA:-}}
if [[ ! -f $data/vcsum/short_dev.jsonl.gz ]]; then
  echo "search_quality.sh: give the directory that holds vcsum/, here or in HUIJI_EVALUATION_DATA" >&2
  exit 2
fi

example=${HUIJI_SEARCH_QUALITY:-}
if [[ -z $example ]]; then
  cargo build --release --quiet --package search --example search_quality
  example=${CARGO_TARGET_DIR:-target}/release/examples/search_quality
fi

exec python3 bench/search_quality.py "$data" "$example" bench/results/search_quality.json

#!/usr/bin/env bash
# Measures Huiji's search index beside SQLite FTS5 (trigram) on generated utterances; writes bench/results/search.json.
#
#   bench/search.sh DIRECTORY [UTTERANCES]     a directory with qmsum/val.jsonl.gz and vcsum/short_dev.jsonl.gz
#
# HUIJI_EVALUATION_DATA may name the directory instead. HUIJI_SEARCH_COST may name a built example `search_cost`; without it
# one is built with optimisation. HUIJI_SEARCH_RESULT may name another file for the figures.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${1:-${HUIJI_EVALUATION_DATA:-}}
if [[ ! -f $data/vcsum/short_dev.jsonl.gz ]]; then
  echo "search.sh: give the directory that holds qmsum/ and vcsum/, here or in HUIJI_EVALUATION_DATA" >&2
  exit 2
fi

example=${HUIJI_SEARCH_COST:-}
if [[ -z $example ]]; then
  cargo build --release --quiet --package search --example search_cost
  example=${CARGO_TARGET_DIR:-target}/release/examples/search_cost
fi

exec python3 bench/search.py "$data" "$example" "${2:-1000000}" "${HUIJI_SEARCH_RESULT:-bench/results/search.json}"

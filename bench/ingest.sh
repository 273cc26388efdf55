#!/bin/sh
# Measures how many datagrams a core receives without loss, beside a bare receive loop; writes bench/results/ingest.json.
set -eu
cd "$(dirname "$0")/.."
exec cargo run --release --quiet -p ingest --example ingest_cost -- bench/results/ingest.json

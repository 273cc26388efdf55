#!/bin/sh
# Kills a recorder process in each of fifty recordings; writes bench/results/crashes.json. Takes about eight minutes.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --quiet -p recorder --examples
exec "${CARGO_TARGET_DIR:-target}/release/examples/crash_loss" "${ROUNDS:-50}" bench/results/crashes.json

#!/bin/sh
# Measures what transcribing costs by speakers' regions beside whole tracks and mixed sound; writes
# bench/results/transcription.json. The meeting lasts 30 minutes unless the argument says otherwise; half an hour of a
# quiet machine, or a fifth of that for 6 minutes.
set -eu
cd "$(dirname "$0")/.."
machine="$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
exec cargo run --release --quiet -p transcribe --example transcription_cost -- \
    tests/fixtures "${1:-30}" bench/results/transcription.json "$machine" "$(git rev-parse --short HEAD)"

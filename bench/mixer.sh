#!/bin/sh
# Measures what mixing costs beside ffmpeg; writes bench/results/mixer.json. Takes about eight minutes.
set -eu
cd "$(dirname "$0")/.."
exec cargo run --release --quiet -p mixer --example mixer_cost -- bench/results/mixer.json

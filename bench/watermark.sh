#!/usr/bin/env bash
# Measures how fast pictures are marked on one thread: 720p at 15 frames a second, like a meeting (a still page beside a
# moving picture). Prints JSON. Usage: bench/watermark.sh [seconds]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ffmpeg -v error -f lavfi -i "color=white:size=1280x720:rate=15,drawgrid=w=40:h=24:t=1:c=black@0.6" \
    -f lavfi -i "testsrc2=size=320x180:rate=15" -filter_complex "[0][1]overlay=940:20" -t "$seconds" \
    -c:v libx264 -preset veryfast -crf 23 -bf 0 -g 60 -keyint_min 60 -x264-params scenecut=0 -pix_fmt yuv420p \
    -movflags +frag_keyframe+empty_moov+default_base_moof "$work/meeting.mp4"
cargo build --release --quiet -p watermark --example marking_speed
"${CARGO_TARGET_DIR:-target}/release/examples/marking_speed" "$work/meeting.mp4" "$seconds"

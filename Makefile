# `make demo` and `make test` are all a newcomer needs on a fresh Debian or Ubuntu machine with cargo.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BENCHMARKS ?= mixer crashes ingest
.PHONY: help demo test eval bench web packages test-packages check-rust check-web test-rust

# Where node lives when the distribution's is too old for the console's tools.
export PATH := $(HOME)/.cache/huiji/node/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

help:
	@echo "make demo [ARGS='--json --exit --seconds 60']   record, transcribe and search a demo meeting, then show the console"
	@echo "make test                                        install what is missing and run every test"
	@echo "make bench [BENCHMARKS='mixer crashes']          measure beside peers and write bench/results"

demo: packages web
	@cargo build --release --package server 1>&2
	@"$${CARGO_TARGET_DIR:-target}"/release/huiji demo $(ARGS)

test: packages test-packages web check-rust check-web test-rust

# The console, built into web/dist and embedded in the binary.
web:
	@bash scripts/build-web 1>&2

# Needs HUIJI_EVALUATION_DATA, a directory with the corpora; see docs/MINUTES.md.
eval:
	@bash bench/minutes.sh

packages:
	@bash scripts/install-packages build 1>&2

test-packages:
	@bash scripts/install-packages build test 1>&2
	@bash scripts/install-cargo-tools 1>&2

check-rust:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo deny --all-features check bans licenses sources

check-web:
	cd web && npm run check && npm test

# The end-to-end tests run the binary, so everything is built before anything is run.
test-rust:
	cargo build --workspace --all-targets --locked
	cargo nextest run --workspace --locked

# Figures beside peers, in bench/results. Takes minutes of a quiet machine.
bench: packages
	@for benchmark in $(BENCHMARKS); do bash bench/$$benchmark.sh; done

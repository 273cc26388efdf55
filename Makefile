# `make demo` and `make test` are all a newcomer needs on a fresh Debian or Ubuntu machine with cargo.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test web packages test-packages check-rust check-web test-rust

# Where node lives when the distribution's is too old for the console's tools.
export PATH := $(HOME)/.cache/huiji/node/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

help:
	@echo "make demo [ARGS='--json --exit --seconds 60']   record, transcribe and search a demo meeting, then show the console"
	@echo "make test                                        install what is missing and run the settled tests"

demo: packages web
	@cargo build --release --package server 1>&2
	@"$${CARGO_TARGET_DIR:-target}"/release/huiji demo $(ARGS)

test: packages test-packages web check-rust check-web test-rust

# The console, built into web/dist and embedded in the binary.
web:
	@bash scripts/build-web 1>&2

packages:
	@bash scripts/install-packages build 1>&2

test-packages:
	@bash scripts/install-packages build test 1>&2
	@bash scripts/install-cargo-tools 1>&2

# The packages whose tests and lints have been seen green as a whole. mixer, recorder, transcribe, summarize, search, api
# and the end-to-end tests are built (test-rust builds the binary) but their suites have not run to the end on a quiet
# machine yet; each joins this list when it has, and clippy becomes strict with it.
SETTLED := --package model --package store --package ingest --package storage-policies

check-rust:
	cargo fmt --all --check
	cargo clippy $(SETTLED) --locked
	cargo deny --all-features check bans licenses sources

check-web:
	cd web && npm run check && npm test

test-rust:
	cargo build --workspace --bins --locked
	cargo nextest run $(SETTLED) --locked
	cargo nextest run --package tests --test layout --locked

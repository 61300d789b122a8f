# What one does with this repository; `make` alone prints this list.
.PHONY: help demo up down sandbox test soak upgrade bench lint fmt fuzz-smoke docs clean
SHELL := /bin/bash

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: programs ## everything once: offices, envelopes both ways, a refusal, the account of it
	@ops/dev/demo

up: programs ## start a relay for development; .run/env says where (or RUN_DIR=elsewhere)
	@ops/dev/up

sandbox: ## a relay to write care software against: offices that answer by rule, faults on demand (Ctrl-C ends it)
	@ops/dev/setup
	@cargo build -p relay
	@ops/dev/sandbox

down: ## stop what `make up` started
	@ops/dev/down

test: ## every test, the end-to-end ones in containers; the counts last
	@ops/dev/test

soak: ## faults at random for MINUTES (5), then the account; SABOTAGE=drop|double|swap|alter must be found
	@ops/dev/soak

upgrade: ## the release of FROM=<tag or commit> and this one at work together: every process there and back, under load
	@ops/dev/upgrade $(FROM)

bench: ## figures beside their limits, into docs/benchmarks.md (BENCH=--only-reading: of reading, printed)
	@ops/dev/setup
ifeq ($(findstring --only-reading,$(BENCH)),)
	@cargo build --release -p relay -p bench
	@RELAY_BIN_DIR=$${CARGO_TARGET_DIR:-target}/release ops/dev/broker run .run/bench \
	  $${CARGO_TARGET_DIR:-target}/release/bench --broker .run/bench $(BENCH)
else
	@cargo build --release -p bench
	@$${CARGO_TARGET_DIR:-target}/release/bench $(BENCH)
endif

lint: ## formatting and clippy, as strict as CI
	@ops/dev/lint

fmt: ## format everything
	@cargo fmt --all

fuzz-smoke: ## the property tests of every parser, with many more cases
	@PROPTEST_CASES=5000 cargo nextest run -p proto -p standard -p seal -p parcel -p careplan -p console

docs: ## write the generated pages anew
	@TIDY_WRITE=1 cargo nextest run -p tidy metrics problems contracts kubernetes

clean: down ## stop, and remove what was built
	@rm -rf .run .images
	@cargo clean

.PHONY: programs
programs:
	@ops/dev/setup
	@cargo build -p relay -p relayctl -p careplan

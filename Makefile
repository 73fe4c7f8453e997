# `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := bash

# The Node of package.json (see scripts/setup-node), whatever the machine has of its own.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what is missing: npm packages, ffmpeg, MiniStack (other targets do so by themselves)
	@scripts/setup

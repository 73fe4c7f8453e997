# `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := bash

# The Node of package.json (see scripts/setup-node), not the machine's own.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9][a-z0-9-]*:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: setup ## Transcode a sample video in each codec on this machine (FILE=yours.mov, KEEP=folder)
	@node test/e2e/demo.ts $(if $(FILE),"$(FILE)")

.PHONY: up
up: setup ## Run Transpod on this machine until Ctrl-C (PORT=8000, DATA_DIR=.transpod)
	@exec node embedded/main.ts

.PHONY: keys
keys: setup ## Manage the API keys of `make up` (ARGS="create NAME", list, revoke ID, log)
	@DATABASE_URL="$$(cat "$${DATA_DIR:-.transpod}/database-url")" node cli/main.ts keys $(ARGS)

.PHONY: e2e
e2e: setup ## Transcode videos with a running Transpod and check the results (URL=..., API_KEY=..., FILE=yours.mov)
	@node test/e2e/main.ts --url "$(URL)" $(if $(FILE),"$(FILE)")

.PHONY: media
media: setup ## Download the real videos for the tests into the user's cache folder
	@scripts/setup-media

.PHONY: test
test: setup media ## Run every test that needs no container
	@vitest run

.PHONY: test-quick
test-quick: setup ## Run the tests of pure functions and of the store, in less than a minute
	@vitest run --project quick

.PHONY: check
check: setup ## What a commit must pass: format, lint, types, generated files, then every test
	@npm run --silent format:check
	@npm run --silent lint
	@npm run --silent types
	@npm run --silent generated:check
	@$(MAKE) --no-print-directory test

.PHONY: fix
fix: setup ## Format the code, and update the generated files
	@npm run --silent generated
	@npm run --silent format

.PHONY: bench
bench: setup ## Compare the time of the whole service with that of ffmpeg alone, and of several workers with one
	@node test/bench/main.ts
	@node test/bench/workers.ts

.PHONY: bench-api
bench-api: setup ## Compare the API with bare Express and FastAPI servers that do the same
	@scripts/bench-tools
	@node test/bench/api/main.ts
	@node test/bench/api/streams.ts

.PHONY: storm
storm: setup ## Transcode VIDEOS=1000 while processes are killed at random, then audit (WORKERS=real, SEED=1)
	@node test/storm/main.ts --videos $(or $(VIDEOS),1000) --workers $(or $(WORKERS),noop) --seed $(or $(SEED),1)

.PHONY: test-contract
test-contract: setup ## Test that the API is as its OpenAPI document says, with Schemathesis
	@vitest run --config test/contract/vitest.config.ts

.PHONY: test-browser
test-browser: setup ## Test the page in Chromium
	@scripts/setup-browser
	@scripts/setup-media
	@vitest run --config test/browser/vitest.config.ts

.PHONY: page-picture
page-picture: setup ## Take the picture of the page for the README (SCREENS=folder: of every screen)
	@scripts/setup-browser
	@scripts/setup-media
	@node test/browser/screens.ts $(SCREENS)

.PHONY: test-chart
test-chart: setup ## Test the Helm chart: lint, rendered objects, Kubernetes' schemas
	@scripts/cluster-tools helm
	@PATH="$$PATH:$$(scripts/cluster-tools --path helm)" vitest run --config test/chart/vitest.config.ts

.PHONY: test-monitoring
test-monitoring: setup ## Test the alerts and every query of the dashboard, with Prometheus and a real run
	@scripts/cluster-tools helm
	@scripts/setup-prometheus
	@PATH="$$PATH:$$(scripts/cluster-tools --path helm):$$(scripts/setup-prometheus --path)" \
	  vitest run --config test/monitoring/vitest.config.ts

.PHONY: test-containers
test-containers: setup ## Test the images, with Postgres, S3 and SQS in containers
	@scripts/cluster-tools docker
	@scripts/build-images
	@vitest run --config test/containers/vitest.config.ts

.PHONY: test-large
test-large: setup ## Test with a file of 6 GB (needs 30 GB of disk)
	@test/large/versitygw >/dev/null
	@vitest run --config test/large/vitest.config.ts

.PHONY: test-kind
test-kind: kind-up ## Test Transpod on a kind cluster
	@PATH="$$PATH:$$(scripts/cluster-tools --path)" vitest run --config test/kind/vitest.config.ts

.PHONY: images
images: setup ## Build the images
	@scripts/build-images

.PHONY: kind-up
kind-up: setup ## Start a kind cluster with Transpod in it
	@scripts/kind-up

.PHONY: kind-demo
kind-demo: setup ## Transcode a sample video in each codec on the kind cluster (FILE=yours.mov)
	@scripts/kind-demo $(if $(FILE),"$(FILE)")

.PHONY: kind-figures
kind-figures: setup ## Measure launch latency on the kind cluster, and several pods against one on the same video
	@PATH="$$PATH:$$(scripts/cluster-tools --path)" node test/kind/figures.ts
	@PATH="$$PATH:$$(scripts/cluster-tools --path)" node test/kind/workers.ts

.PHONY: kind-down
kind-down: ## Delete the kind cluster
	@scripts/kind-down

.PHONY: setup
setup: ## Install what is missing: npm packages, ffmpeg, MiniStack, the built page (the other targets do so themselves)
	@scripts/setup

.DEFAULT_GOAL := help
.PHONY: help setup build install examples fmt test conformance run bench soak clean clients

MVN := scripts/mvn -B -ntp

help: ## list the goals
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the missing Debian packages
	@scripts/setup.sh test

build: setup ## compile and package without checks and tests
	$(MVN) -q -Pfast package

install: setup ## put the extension SDK and its test kit into the local Maven repository
	$(MVN) -q -Pfast install -pl extension-sdk,extension-support,extension-tck -am

fmt: setup ## format the sources
	$(MVN) -q spotless:apply

test: setup ## every check and test, with real sandboxes; what CI runs
	@rm -rf */target/*-reports */*/target/*-reports
	$(MVN) verify
	@scripts/flaky-tests
	@scripts/evidence
	@$(MAKE) --no-print-directory clients
	@scripts/examples

examples: build ## run each directory of examples/
	@npm ci --prefix conformance --no-audit --no-fund --silent
	@scripts/examples

conformance: build clients ## the official E2B clients against a fresh server

clients:
	npm ci --prefix conformance --no-audit --no-fund --silent
	npm test --prefix conformance

run: ## sandboxer ARGS, for example: make run ARGS='run -- uname -a'
	@./sandboxer $(ARGS)

bench: ## measure speed on this machine
	@bench/run.sh

soak: setup ## random campaigns for about 20 minutes; make soak SEED=42 begins at that seed
	$(MVN) -Psoak -Dsoak.seed=$(or $(SEED),$(shell date +%s)) verify

clean: ## delete what was built
	$(MVN) -q clean

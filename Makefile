.DEFAULT_GOAL := help
.PHONY: help setup build install examples fmt docs test conformance run dist deb version bench soak clean clients

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

docs: ## generate the reference pages and the man page from the code
	$(MVN) -q -Pfast -Dmaven.test.skip=false -Ddocs.write=true test -pl cli -am -Dtest='*ReferenceTest' -Dsurefire.failIfNoSpecifiedTests=false

test: setup ## run every check and test, with real sandboxes, as CI does
	@rm -rf */target/*-reports */*/target/*-reports
	$(MVN) -Psbom verify
	@scripts/flaky-tests
	@scripts/evidence
	@scripts/dist --built --deb
	@if [ "$$(id -u)" -eq 0 ]; then scripts/try-dist; else echo 'try-dist: skipped, needs root'; fi
	@$(MAKE) --no-print-directory clients
	@scripts/examples

examples: build ## run each directory of examples/
	@npm ci --prefix conformance --no-audit --no-fund --silent
	@scripts/examples

conformance: build clients ## run the official clients of E2B and Modal against a fresh server

clients:
	npm ci --prefix conformance --no-audit --no-fund --silent
	npm test --prefix conformance

run: ## run sandboxer ARGS, for example: make run ARGS='run -- uname -a'
	@./sandboxer $(ARGS)

dist: ## build a release into target/dist; RUNTIME=1 adds a Java runtime
	@scripts/dist $(if $(RUNTIME),--runtime)

deb: ## build a release and a Debian package of it; RUNTIME=1 as for dist
	@scripts/dist --deb $(if $(RUNTIME),--runtime)

version: ## set the version in every pom.xml: make version V=0.2.0
	@sed -i 's|<version>$(shell sed -n 's/^  <version>\(.*\)<\/version>$$/\1/p' pom.xml)</version>|<version>$(V)</version>|' $$(git ls-files '*pom.xml')

bench: ## measure speed on this machine
	@bench/run.sh

soak: setup ## run random tests for about 20 minutes; SEED=42 begins at that seed
	$(MVN) -Psoak -Dsoak.seed=$(or $(SEED),$(shell date +%s)) verify

clean: ## delete all build output
	$(MVN) -q clean

# make -f tests.mk -C src/test/c [OUT=DIR] check: the agent's C tests, with the sanitizers where forked code allows it.
# Best as root; what needs root is left out for others.
MAIN := ../../main/c
OUT ?= /tmp/sandboxer-agent-tests
CFLAGS = -std=gnu17 -O1 -g -D_GNU_SOURCE -Wall -Wextra -Werror -Wshadow -I$(MAIN) -I.
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
WORKER = $(addprefix $(MAIN)/, wire.c users.c paths.c errors.c entry.c metadata.c files.c names.c list.c transfer.c \
    remove.c copy.c move.c watch.c watch_tree.c)
TESTS = test_files test_trees test_watch test_users test_seccomp

check: $(addprefix run-, $(TESTS)) run-test_launch run-test_snapshot

run-%: $(OUT)/%
	ASAN_OPTIONS=detect_leaks=0 $<

$(OUT)/test_seccomp: test_seccomp.c $(MAIN)/seccomp.c $(MAIN)/seccomp_table.c $(MAIN)/seccomp_table.h | $(OUT)
	gcc $(CFLAGS) -static -pthread -o $@ $(filter %.c, $^)

$(OUT)/%: %.c client.c client.h $(WORKER) $(wildcard $(MAIN)/*.h) | $(OUT)
	gcc $(CFLAGS) $(SANITIZE) -o $@ $(filter %.c, $^)

# The program itself, as it is shipped.
run-test_launch: $(OUT)/test_launch agent
	$< $(OUT)/agent/sandboxer-agent

# The same makes the sandboxes; then the role as it is shipped, and with the sanitizers.
run-test_snapshot: $(OUT)/test_snapshot agent $(OUT)/asan-agent
	$< $(OUT)/agent/sandboxer-agent $(OUT)/agent/sandboxer-agent
	ASAN_OPTIONS=detect_leaks=0 $< $(OUT)/agent/sandboxer-agent $(OUT)/asan-agent

agent: | $(OUT)
	$(MAKE) -s -C $(MAIN) OUT=$(OUT)/agent

$(OUT)/asan-agent:
	$(MAKE) -s asan OUT=$(OUT)

$(OUT)/test_launch $(OUT)/test_snapshot: $(OUT)/%: %.c launching.c launching.h client.c client.h $(WORKER) \
    $(wildcard $(MAIN)/*.h) | $(OUT)
	gcc $(CFLAGS) -o $@ $(filter %.c, $^)

$(OUT):
	mkdir -p $@

.PHONY: check agent
.DELETE_ON_ERROR:

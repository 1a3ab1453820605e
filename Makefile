# SPDX-License-Identifier: GPL-2.0

KDIR ?= /lib/modules/$(shell uname -r)/build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: deps ## the module in a guest, measured side by side with null_blk
	@vm/demo

test: test-deps ## every test there is
	@tests/run

test-check: test-deps ## the rules of the source tree
	@tests/run check

test-unit: test-deps ## the engine's unit tests alone, in user space, under the sanitizers
	@tests/run unit

test-model: test-deps ## random sequences of operations, by the engine and by a model of it
	@tests/run model

test-nbd: test-deps ## the tests of the nbdkit plugin alone
	@tests/run nbd

test-uml: test-deps ## the unit tests by KUnit, in a kernel with KASAN, UBSAN and lockdep
	@tests/run uml

test-build: test-deps ## the module for each kernel of the window, without a warning
	@tests/run build

test-vm: test-deps ## the tests in guests with stock kernels alone
	@tests/run vm

TIME ?= 60
fuzz: test-deps ## feed the engine random input; TIME=60 seconds for each target
	@tests/fuzz/run $(TIME)

coverage: test-deps ## which lines and branches of the engine its unit tests reach
	@tests/coverage

# $(call kbuild,NAME,SOURCES,KBUILD): a module for the kernel in KDIR. Kbuild
# builds next to the sources, so each kernel and module gets a tree of links.
define kbuild
	@test -e "$(KDIR)/include/config/kernel.release" || { \
		echo "make: no kernel to build for in '$(KDIR)': install its headers, or set KDIR" >&2; \
		exit 1; }
	@+out=build/$$(cat "$(KDIR)/include/config/kernel.release") && \
	mkdir -p $$out/$(1).obj && \
	find $$out/$(1).obj -xtype l -delete && \
	cp -rsf $(addprefix "$(CURDIR)"/,$(2)) $$out/$(1).obj/ && \
	ln -sf "$(CURDIR)/$(3)" $$out/$(1).obj/Kbuild && \
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)/$$out/$(1).obj" modules && \
	cp $$out/$(1).obj/$(1).ko $$out/ && \
	echo "built $$out/$(1).ko"
endef

modules: ## build the module for the kernel in KDIR (default: the running one)
	$(call kbuild,cnull,engine kmod,Kbuild)

drop-in: export CNULL_DROP_IN := 1
drop-in: ## build the module as null_blk.ko, in null_blk's place, for that kernel
	$(call kbuild,null_blk,engine kmod,Kbuild)

modules-kunit: ## build the engine's unit tests as a KUnit module for that kernel
	$(call kbuild,cnull_kunit,engine kmod tests,tests/unit/kernel/Kbuild)

modules-load: ## build the load generator that bench/run needs for that kernel
	$(call kbuild,cnull_load,bench,bench/load/Kbuild)

load: modules ## build for the running kernel, insert the module, show its device
	@ko=build/$$(uname -r)/cnull.ko && \
	sudo=$$([ "$$(id -u)" = 0 ] || echo sudo) && \
	{ [ ! -e /sys/module/cnull ] || $$sudo rmmod cnull; } && \
	$$sudo modprobe -a configfs && \
	$$sudo insmod $$ko && \
	lsblk -o NAME,SIZE,TYPE,SCHED,LOG-SEC /dev/cnullb0

bench: bench-deps ## speed next to null_blk and brd: half an hour at most
	@bench/run

bench-quick: bench-deps ## a little of it, in four minutes
	@bench/run --quick

count: test-deps ## instructions of an I/O on stock kernels, next to null_blk and brd: a minute
	@bench/count

test-count: test-deps ## compare them with the accepted figures, bench/count.accepted
	@tests/run count

test-bench: test-deps ## the tests of what bench measures with and counts by
	@tests/run bench

plugin: test-deps ## the engine as a plugin of nbdkit, in build/user
	@$(MAKE) --no-print-directory build/user/nbdkit-cnull-plugin.so

# The plugin goes to where nbdkit looks, whatever PREFIX is.
PREFIX ?= /usr/local
plugin := nbdkit-cnull-plugin
plugindir = $(DESTDIR)$(shell pkg-config --variable=plugindir nbdkit)
man1dir = $(DESTDIR)$(PREFIX)/share/man/man1

install: build/user/nbdkit-cnull-plugin.so ## the plugin and its manual; DESTDIR, PREFIX=/usr/local
	install -D -m 755 build/user/$(plugin).so "$(plugindir)/$(plugin).so"
	install -D -m 644 front/nbdkit/$(plugin).1 "$(man1dir)/$(plugin).1"

uninstall: ## remove what install put there
	rm -f "$(plugindir)/$(plugin).so" "$(man1dir)/$(plugin).1"

docs: build/user/options ## write docs/options.md from the table of options
	@build/user/options >docs/options.md

clean: ## remove what was built; the guest is kept, in ~/.cache/cnull
	rm -rf build

deps:
	@vm/deps

test-deps:
	@vm/deps test

bench-deps:
	@vm/deps bench

# The engine and its suites in user space: once for each set of sanitizers.
base_flags := -std=gnu11 -g -O1 -Wall -Wextra -Wno-sign-compare -Wno-unused-parameter -Werror \
	-Iengine -Ishim/common
user_flags := $(base_flags) -Ishim/test
unit_flags := $(user_flags) -Itests/unit -Itests/unit/user -Ishim/host
shim_sources := $(wildcard shim/common/*.c)
host_shim := $(wildcard shim/host/*.c)
# The engine on a shim that tests can look into, and steer.
engine := $(wildcard engine/*/*.c)
test_engine := $(engine) $(shim_sources) $(wildcard shim/test/*.c)
unit_sources := $(test_engine) $(wildcard tests/unit/*.c tests/unit/user/*.c)
user_headers := $(wildcard engine/*/*.h engine/*/*.def shim/*/*.h front/*/*.h tests/unit/*.h tests/unit/user/kunit/*.h)

sanitizers-asan := -fsanitize=address,undefined -fno-sanitize-recover=all
sanitizers-tsan := -fsanitize=thread

build/user/unit-%: $(unit_sources) $(user_headers) Makefile
	@mkdir -p $(@D)
	$(CC) $(unit_flags) $(sanitizers-$*) -o $@ $(unit_sources) -lpthread

# The shim for use, with suites of its own, and some of the engine's on it. What
# liburcu keeps of readers is not aligned as its headers say. A test lets mmap() fail.
urcu := $$(pkg-config --cflags --libs liburcu-bp)
shim_test_sources := $(engine) $(wildcard tests/shim/*.c) $(shim_sources) \
	$(filter-out %/machine.c,$(host_shim)) shim/test/machine.c $(addprefix tests/unit/,badblocks_test.c cache_test.c store_test.c) \
	$(wildcard tests/unit/user/*.c)

build/user/shim-%: $(shim_test_sources) $(user_headers) Makefile
	@mkdir -p $(@D)
	$(CC) $(unit_flags) $(sanitizers-$*) -fno-sanitize=alignment -Wl,--wrap=mmap -o $@ \
		$(shim_test_sources) $(urcu) -lpthread

build/user/model: $(test_engine) $(wildcard tests/model/*.[ch]) $(user_headers) Makefile
	@mkdir -p $(@D)
	$(CC) $(user_flags) $(sanitizers-asan) -o $@ $(filter %.c,$^) -lpthread

# clang 22 is the first to understand a field that names the lock next to it.
lock_clang := clang-22
lock_flags := -fsyntax-only -DSHIM_CHECK_LOCKS -fexperimental-late-parse-attributes \
	-Wthread-safety -Wthread-safety-pointer -Wthread-safety-beta

check-locks: ## the compiler's proof that the engine's locks are held where they must be
	@for file in $(engine); do \
		$(lock_clang) $(lock_flags) $(user_flags) $$file || exit; \
	done

# The engine under a fuzzer: libFuzzer, or AFL++ in its place; and the same
# without one, to run an input again.
fuzz_flags := $(user_flags) -fsanitize=fuzzer $(sanitizers-asan)
fuzz_sources := $(test_engine) tests/fuzz/fuzz.c tests/model/data.c
fuzz_headers := $(user_headers) tests/model/data.h $(wildcard tests/fuzz/*.h)

build/fuzz/replay-%: tests/fuzz/%_fuzz.c tests/fuzz/replay.c $(fuzz_sources) $(fuzz_headers) Makefile
	@mkdir -p $(@D)
	$(CC) $(user_flags) $(sanitizers-asan) -o $@ $(filter %.c,$^) -lpthread

build/fuzz/afl-%: tests/fuzz/%_fuzz.c $(fuzz_sources) $(fuzz_headers) Makefile
	@mkdir -p $(@D)
	afl-clang-fast $(fuzz_flags) -o $@ $(filter %.c,$^) -lpthread

build/fuzz/%: tests/fuzz/%_fuzz.c $(fuzz_sources) $(fuzz_headers) Makefile
	@mkdir -p $(@D)
	clang-22 $(fuzz_flags) -o $@ $(filter %.c,$^) -lpthread

build/fuzz/dictionary: tests/fuzz/dictionary.c engine/config/options.c shim/common/text.c $(user_headers) Makefile
	@mkdir -p $(@D)
	$(CC) $(user_flags) -o $@ $(filter %.c,$^)

build/fuzz/options.dict: build/fuzz/dictionary
	@$< >$@

# The suites once more, with the engine's lines and branches counted.
coverage_flags := --coverage -fprofile-update=atomic -O0

build/coverage/unit: $(unit_sources) $(user_headers) Makefile
	@mkdir -p $(@D)
	@rm -f $(@D)/*
	@for file in $(engine); do \
		$(CC) $(unit_flags) $(coverage_flags) -c "$(CURDIR)/$$file" \
			-o $(@D)/$$(basename $$file .c).o || exit; \
	done
	$(CC) $(unit_flags) -o $@ $(filter-out $(engine),$(unit_sources)) $(@D)/*.o \
		-lgcov -lpthread

build/user/options: tools/options-table.c engine/config/options.c shim/common/text.c $(user_headers) Makefile
	@mkdir -p $(@D)
	$(CC) $(user_flags) -o $@ $(filter %.c,$^)

plugin_sources := $(engine) $(wildcard front/lib/*.c front/nbdkit/*.c) $(shim_sources) $(host_shim)

# A thread's end runs code of liburcu's, so nothing may be unloaded before.
build/user/nbdkit-cnull-plugin.so: $(plugin_sources) $(user_headers) Makefile
	@mkdir -p $(@D)
	$(CC) $(base_flags) -Ishim/host -Ifront/lib -O2 -fPIC -fvisibility=hidden -shared -Wl,-z,nodelete \
		-o $@ $(plugin_sources) \
		$$(pkg-config --cflags nbdkit) $(urcu) -lpthread

build/tests/%: tests/vm/%.c Makefile
	@mkdir -p $(@D)
	$(CC) -static -O2 -Wall -Wextra -Werror -o $@ $<

.PHONY: help run test test-check test-build test-unit test-model test-uml test-vm test-nbd test-bench test-count check-locks fuzz \
	coverage bench bench-quick count modules drop-in modules-kunit modules-load load plugin install uninstall \
	docs clean deps test-deps bench-deps

# SPDX-License-Identifier: GPL-2.0

comma := ,
KDIR ?= /lib/modules/$(shell uname -r)/build

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: deps ## demonstrate the module in a guest, side by side with null_blk
	@vm/demo

picture: deps ## draw docs/pictures/run.svg, the output of "make run"
	@mkdir -p build docs/pictures
	@{ echo '$$ make run'; CNULL_COLOR=1 vm/demo; } >build/demo.txt 2>&1 || { cat build/demo.txt; exit 1; }
	@awk -f tools/picture.awk build/demo.txt >docs/pictures/run.svg

check: ## rules, short tests and a build: a minute, no root, nothing is installed
	@tests/run check

test: test-deps ## all tests, with guests: half an hour
	@tests/run

test-rules: test-deps ## rules of the source tree
	@tests/run rules

test-unit: test-deps ## unit tests of the engine in user space, under the sanitizers
	@tests/run unit

test-model: test-deps ## random sequences of operations, against a model of the engine
	@tests/run model

test-nbd: test-deps ## tests of the nbdkit plugin
	@tests/run nbd

test-uml: test-deps ## KUnit and tests of the module, in a kernel with KASAN, UBSAN and lockdep
	@tests/run uml

test-docs: test-deps ## the commands of the documents, as they are written
	@tests/run docs

test-build: test-deps ## the module for each kernel of the window, without a warning
	@tests/run build

test-vm: test-deps ## tests of the module in guests with stock kernels
	@tests/run vm

TIME ?= 60
fuzz: test-deps ## random input for the engine; TIME=60 seconds for each target
	@tests/fuzz/run $(TIME)

coverage: test-deps ## lines and branches of the engine that its unit tests reach
	@tests/coverage

# $(call kbuild,NAME,SOURCES,KBUILD): a module for the kernel in KDIR. Kbuild
# builds next to the sources, so each kernel and module gets a tree of links.
define kbuild
	@kmod/check-kernel "$(KDIR)"
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
drop-in: ## build the module as null_blk.ko, a replacement of null_blk, for that kernel
	$(call kbuild,null_blk,engine kmod,Kbuild)

modules-kunit: ## build the engine's unit tests as a KUnit module for that kernel
	$(call kbuild,cnull_kunit,engine kmod tests,tests/unit/kernel/Kbuild)

modules-load: ## build the load generator of bench/run for that kernel
	$(call kbuild,cnull_load,bench,bench/load/Kbuild)

load: modules ## build for the running kernel, and insert the module, without a disk
	@ko=build/$$(uname -r)/cnull.ko && \
	sudo=$$([ "$$(id -u)" = 0 ] || echo sudo) && \
	{ [ ! -e /sys/module/cnull ] || $$sudo rmmod cnull; } && \
	$$sudo modprobe -a configfs && \
	$$sudo insmod $$ko nr_devices=0 && \
	echo "loaded $$ko, which has no disk yet: 'cnull create disk0 size=4G' creates one"

bench: bench-deps ## speed, side by side with null_blk and brd: half an hour at most
	@bench/run

bench-quick: bench-deps ## a part of bench, in four minutes
	@bench/run --quick

figures: test-deps bench-deps plugin ## all figures of docs/results.md, and that page: 40 minutes
	@bench/figures

count: test-deps ## instructions of an I/O on stock kernels, side by side with null_blk and brd: a minute
	@bench/count

test-count: test-deps ## instructions of an I/O, against the accepted figures, bench/count.accepted
	@tests/run count

test-bench: test-deps ## tests of the statistics and the load generator of bench
	@tests/run bench

plugin: plugin-deps ## build the nbdkit plugin, in build/user
	@$(MAKE) -s --no-print-directory build/user/nbdkit-cnull-plugin.so
	@echo "built build/user/nbdkit-cnull-plugin.so"

tools: tools-deps ## build the command cnull, its manual pages and its completions, in build/user
	@$(MAKE) -s --no-print-directory $(addprefix build/user/,cnull cnull.1 cnull.conf.5 cnull.bash _cnull)
	@echo "built build/user/cnull"

# nbdkit loads plugins from its own folder, so PREFIX does not apply to the plugin.
PREFIX ?= /usr/local
sysconfdir ?= /etc
unitdir ?= $(PREFIX)/lib/systemd/system
bashdir ?= $(PREFIX)/share/bash-completion/completions
zshdir ?= $(PREFIX)/share/zsh/site-functions
plugindir ?= $(shell pkg-config --variable=plugindir nbdkit)
mandir := $(PREFIX)/share/man

# The files of install: MODE,SOURCE,TARGET.
tools_files = 755,build/user/cnull,$(PREFIX)/bin/cnull \
	644,build/user/cnull.1,$(mandir)/man1/cnull.1 \
	644,build/user/cnull.conf.5,$(mandir)/man5/cnull.conf.5 \
	644,build/user/cnull.bash,$(bashdir)/cnull \
	644,build/user/_cnull,$(zshdir)/_cnull
plugin_files = 755,build/user/nbdkit-cnull-plugin.so,$(plugindir)/nbdkit-cnull-plugin.so \
	644,front/nbdkit/nbdkit-cnull-plugin.1,$(mandir)/man1/nbdkit-cnull-plugin.1
unit = $(unitdir)/cnull.service

# $(call column,N,FILES)
column = $(foreach file,$(2),$(word $(1),$(subst $(comma), ,$(file))))
# $(call put,FILE)
define put
install -D -m $(call column,1,$(1)) $(call column,2,$(1)) "$(DESTDIR)$(call column,3,$(1))"

endef

install: ## install the command, its unit, and the plugin; DESTDIR, PREFIX=/usr/local
	@$(MAKE) --no-print-directory install-tools
	@$(MAKE) --no-print-directory install-plugin

# $(call build,NAME,FILES): install the packages that the build needs, and build the files.
# With DESTDIR, a package is being built, which has its own list of packages. Without
# apt-get, the user has installed them.
define build
@[ -n "$(DESTDIR)" ] || ! command -v apt-get >/dev/null || vm/deps $(1)
@$(MAKE) -s --no-print-directory $(2)
endef

install-tools: ## install the command alone, with its unit for systemd
	$(call build,tools,$(call column,2,$(tools_files)))
	$(foreach file,$(tools_files),$(call put,$(file)))
	install -d "$(DESTDIR)$(dir $(unit))" "$(DESTDIR)$(sysconfdir)/cnull"
	sed 's,@bindir@,$(PREFIX)/bin,; s,@sysconfdir@,$(sysconfdir),' packaging/cnull.service.in | \
		install -m 644 /dev/stdin "$(DESTDIR)$(unit)"

install-plugin: ## install the plugin alone
	$(call build,plugin,$(call column,2,$(plugin_files)))
	$(foreach file,$(plugin_files),$(call put,$(file)))

moddir = $(DESTDIR)$(INSTALL_MOD_PATH)/lib/modules
# $(call depmod,RELEASE): update the index of modprobe, unless a package is being built
depmod = { [ -n "$(DESTDIR)" ] || \
	PATH=$$PATH:/usr/sbin:/sbin depmod $(if $(INSTALL_MOD_PATH),-b "$(INSTALL_MOD_PATH)") $(1); }

# The module is not built again, so that a signed one is installed as it is.
install-module: | $(filter modules,$(MAKECMDGOALS)) ## install the module that "make modules" built; KDIR, INSTALL_MOD_PATH, DESTDIR
	@kmod/check-kernel "$(KDIR)"
	@release=$$(cat "$(KDIR)/include/config/kernel.release") && \
	{ [ -e build/$$release/cnull.ko ] || \
		{ echo "no build/$$release/cnull.ko: 'make modules' builds it" >&2; exit 1; }; } && \
	install -D -m 644 build/$$release/cnull.ko "$(moddir)/$$release/updates/cnull.ko" && \
	$(call depmod,$$release)

uninstall: ## remove the files of install and install-module; files in /etc/cnull stay
	rm -f $(foreach path,$(call column,3,$(tools_files) $(plugin_files)) $(unit),"$(DESTDIR)$(path)")
	[ ! -d "$(DESTDIR)$(sysconfdir)/cnull" ] || \
		rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(sysconfdir)/cnull"
	@for ko in "$(moddir)"/*/updates/cnull.ko; do \
		[ -e "$$ko" ] || continue; \
		release=$${ko%/updates/cnull.ko}; \
		rm -f "$$ko" && $(call depmod,$${release##*/}) || exit; \
	done

deb: deb-deps ## build the Debian packages, in build/deb
	@packaging/build-deb build/deb

docs: build/user/options ## write docs/options.md from the table of options
	@build/user/options >docs/options.md

clean: ## remove build; guests and kernels in ~/.cache/cnull are kept
	rm -rf build

deps:
	@vm/deps

deb-deps plugin-deps tools-deps: %-deps:
	@vm/deps $*

test-deps:
	@vm/deps test

bench-deps:
	@vm/deps bench

# Programs of user space. Each is linked from objects in build/obj/VARIANT, one for
# each source. A variant is a set of flags. Programs with the same flags share objects.
base_flags := -std=gnu11 -g -O1 -Wall -Wextra -Wno-sign-compare -Wno-unused-parameter -Werror \
	-Iengine -Ishim/common
# The variant of platform.h is that of tests, or that of programs that people use.
user_flags := $(base_flags) -Ishim/test
host_flags := $(base_flags) -Ishim/host -Ifront/lib
test_flags := -Itests/unit -Itests/unit/user -Ishim/host
sanitizers_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
sanitizers_tsan := -fsanitize=thread
urcu_cflags := $(shell pkg-config --cflags liburcu-bp 2>/dev/null)
urcu_libs := $$(pkg-config --libs liburcu-bp)
fuzz_cc := clang-22

flags_asan := $(user_flags) $(sanitizers_asan)
flags_tsan := $(user_flags) $(sanitizers_tsan)
# The headers of liburcu declare a registry of readers that is not aligned as
# they say, so the shim for use is compiled without the check of alignment.
flags_shim-asan := $(flags_asan) -fno-sanitize=alignment $(urcu_cflags)
flags_shim-tsan := $(flags_tsan) $(urcu_cflags)
flags_coverage := $(user_flags) --coverage -fprofile-update=atomic -O0
flags_plain := $(user_flags)
# Packages set CPPFLAGS, CFLAGS and LDFLAGS.
package_flags := $(CPPFLAGS) $(CFLAGS)
flags_plugin := $(host_flags) -O2 -fPIC -fvisibility=hidden $(urcu_cflags) $(package_flags)
# The command. Its tests also run a build with the sanitizers.
cli_flags := $(host_flags) -D_GNU_SOURCE
flags_cli := $(cli_flags) -O2 $(package_flags)
flags_cli-asan := $(cli_flags) $(sanitizers_asan) -static-libasan -static-libubsan
flags_cli-fuzz := $(cli_flags) -fsanitize=fuzzer $(sanitizers_asan)
flags_fuzz := $(user_flags) -fsanitize=fuzzer $(sanitizers_asan)
flags_afl := $(flags_fuzz)
compiler_fuzz := $(fuzz_cc)
compiler_cli-fuzz := $(fuzz_cc)
compiler_afl := afl-clang-fast
variants := asan tsan shim-asan shim-tsan coverage plain plugin cli cli-asan cli-fuzz fuzz afl

define variant
build/obj/$(1)/%.o: %.c Makefile
	@mkdir -p $$(@D)
	$$(or $$(compiler_$(1)),$$(CC)) $$(flags_$(1)) $$(if $$(filter tests/%,$$<),$$(test_flags)) \
		-MMD -MP -c -o $$@ $$(if $$(filter coverage,$(1)),$$(CURDIR)/)$$<
endef
$(foreach name,$(variants),$(eval $(call variant,$(name))))
-include $(shell find build/obj -name '*.d' 2>/dev/null)

# $(call objects,VARIANT,SOURCES)
objects = $(patsubst %.c,build/obj/$(1)/%.o,$(2))
# $(call link,VARIANT,LIBRARIES): the objects among the prerequisites
define link
@mkdir -p $(@D)
$(or $(compiler_$(1)),$(CC)) $(flags_$(1)) -o $@ $(filter %.o,$^) $(2)
endef

engine := $(wildcard engine/*/*.c)
shim_common := $(wildcard shim/common/*.c)
shim_host := $(wildcard shim/host/*.c)
# The engine on the shim that tests inspect and steer.
test_engine := $(engine) $(shim_common) $(wildcard shim/test/*.c)
unit_sources := $(test_engine) $(wildcard tests/unit/*.c tests/unit/user/*.c)

build/user/unit-asan: $(call objects,asan,$(unit_sources))
	$(call link,asan,-lpthread)

build/user/unit-tsan: $(call objects,tsan,$(unit_sources))
	$(call link,tsan,-lpthread)

# The shim for use has suites of its own, and the engine's suites run on it too.
# A test makes mmap() fail.
shim_test_sources := $(engine) $(wildcard tests/shim/*.c) $(shim_common) \
	$(filter-out %/machine.c,$(shim_host)) shim/test/machine.c \
	$(addprefix tests/unit/,badblocks_test.c cache_test.c gate_test.c share_test.c store_test.c zone_dev.c) \
	$(wildcard tests/unit/user/*.c)

build/user/shim-asan: $(call objects,shim-asan,$(shim_test_sources))
	$(call link,shim-asan,-Wl$(comma)--wrap=mmap $(urcu_libs) -lpthread)

build/user/shim-tsan: $(call objects,shim-tsan,$(shim_test_sources))
	$(call link,shim-tsan,-Wl$(comma)--wrap=mmap $(urcu_libs) -lpthread)

build/user/model: $(call objects,asan,$(test_engine) $(wildcard tests/model/*.c))
	$(call link,asan,-lpthread)

# The crash states of the engine, against all legal ones.
build/user/crash-model: $(call objects,plain,$(test_engine) $(wildcard tests/crash/*.c))
	$(call link,plain,-lpthread)

# clang 22 is the first to understand a field that names the lock next to it.
lock_clang := clang-22
lock_flags := -fsyntax-only -DSHIM_CHECK_LOCKS -fexperimental-late-parse-attributes \
	-Wthread-safety -Wthread-safety-pointer -Wthread-safety-beta

check-locks: $(engine:%.c=build/locks/%.proved) ## prove by the compiler that the engine holds its locks

build/locks/%.proved: %.c Makefile
	@mkdir -p $(@D)
	@$(lock_clang) $(user_flags) -MMD -MP -MT $@ -MF $@.d -E -o /dev/null $<
	@$(lock_clang) $(lock_flags) $(user_flags) $<
	@touch $@
-include $(shell find build/locks -name '*.d' 2>/dev/null)

# The engine under libFuzzer or AFL++, and without a fuzzer to repeat one input.
fuzz_sources := $(test_engine) tests/fuzz/fuzz.c tests/model/data.c

build/fuzz/replay-%: build/obj/asan/tests/fuzz/%_fuzz.o \
		$(call objects,asan,tests/fuzz/replay.c $(fuzz_sources))
	$(call link,asan,-lpthread)

build/fuzz/afl-%: build/obj/afl/tests/fuzz/%_fuzz.o $(call objects,afl,$(fuzz_sources))
	$(call link,afl,-lpthread)

build/fuzz/%: build/obj/fuzz/tests/fuzz/%_fuzz.o $(call objects,fuzz,$(fuzz_sources))
	$(call link,fuzz,-lpthread)

build/fuzz/dictionary: $(call objects,plain,tests/fuzz/dictionary.c engine/config/options.c shim/common/text.c)
	$(call link,plain)

build/fuzz/options.dict: build/fuzz/dictionary
	@$< >$@

# The unit tests, with the lines and branches of the engine counted.
build/coverage/unit: $(call objects,coverage,$(engine)) \
		$(call objects,plain,$(filter-out $(engine),$(unit_sources)))
	$(call link,plain,-lgcov -lpthread)

build/user/options: $(call objects,plain,tools/options-table.c engine/config/options.c shim/common/text.c)
	$(call link,plain)

plugin_sources := $(engine) $(wildcard front/lib/*.c front/nbdkit/*.c) $(shim_common) $(shim_host)

$(call objects,plugin,$(wildcard front/nbdkit/*.c)): flags_plugin += $(shell pkg-config --cflags nbdkit 2>/dev/null)

# nodelete: a thread that ends runs code of liburcu, so the plugin stays loaded.
build/user/nbdkit-cnull-plugin.so: $(call objects,plugin,$(plugin_sources))
	$(call link,plugin,$(LDFLAGS) -shared -Wl$(comma)-z$(comma)nodelete $(urcu_libs) -lpthread)

# The command needs the options, but not the engine.
cli_sources := $(wildcard front/cli/*.c) front/lib/config.c engine/config/options.c \
	shim/common/text.c
cli_libs := -lsmartcols -linih -ludev

build/user/cnull: $(call objects,cli,$(cli_sources))
	$(call link,cli,$(LDFLAGS) $(cli_libs))

# The manual pages and completions of the command come from its tables.
build/user/command-doc: $(call objects,cli,tools/command-doc.c \
		$(filter-out front/cli/main.c,$(cli_sources)))
	$(call link,cli,$(LDFLAGS) $(cli_libs))

build/user/cnull.1 build/user/cnull.conf.5: document = $(if $(filter %.5,$@),conf,man)
build/user/cnull.1 build/user/cnull.conf.5: build/user/command-doc
	$< $(document) | scdoc >$@.new
	mv $@.new $@

build/user/cnull.bash: build/user/command-doc front/cli/completion.bash
	{ $< completion && cat front/cli/completion.bash; } >$@

build/user/_cnull: build/user/command-doc front/cli/completion.zsh
	{ echo '#compdef cnull' && $< completion && cat front/cli/completion.zsh; } >$@

fuzz_cli_sources := tests/fuzz/cli_fuzz.c $(filter-out front/cli/main.c,$(cli_sources))

build/fuzz/cli: $(call objects,cli-fuzz,$(fuzz_cli_sources))
	$(call link,cli-fuzz,$(cli_libs))

build/fuzz/replay-cli: $(call objects,cli-asan,tests/fuzz/replay.c $(fuzz_cli_sources))
	$(call link,cli-asan,$(cli_libs))

build/user/cnull-asan: $(call objects,cli-asan,$(cli_sources))
	$(call link,cli-asan,$(cli_libs))

.SECONDARY:

build/tests/%: tests/vm/%.c Makefile
	@mkdir -p $(@D)
	$(CC) -static -O2 -Wall -Wextra -Werror -o $@ $<

.PHONY: help run picture check test test-rules test-docs test-build test-unit test-model test-uml test-vm test-nbd test-bench test-count check-locks fuzz \
	coverage bench bench-quick figures count modules drop-in modules-kunit modules-load load plugin tools install install-tools install-plugin install-module \
	uninstall deb docs clean deps deb-deps plugin-deps tools-deps test-deps bench-deps

# SPDX-License-Identifier: GPL-2.0

KDIR ?= /lib/modules/$(shell uname -r)/build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

# The kernel builds where its sources are, so each kernel gets a tree of links.
modules: ## build the module for the kernel in KDIR (default: the running one)
	@test -e "$(KDIR)/include/config/kernel.release" || { \
		echo "make: no kernel to build for in '$(KDIR)': install its headers, or set KDIR" >&2; exit 1; }
	out=build/$$(cat "$(KDIR)/include/config/kernel.release") && \
	mkdir -p $$out/obj && \
	cp -rsf "$(CURDIR)/Kbuild" "$(CURDIR)/engine" "$(CURDIR)/kmod" $$out/obj/ && \
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)/$$out/obj" modules && \
	cp $$out/obj/cnull.ko $$out/

.PHONY: help modules

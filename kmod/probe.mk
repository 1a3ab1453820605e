# SPDX-License-Identifier: GPL-2.0
# Define KERNEL_HAS_name, for compat.h, for each of these names that the kernel's headers
# contain. Every kernel of the window has at least one of the names.

probe-names := hrtimer_setup blk_mq_freeze_queue_nomemsave BLK_MQ_F_SHOULD_MERGE \
	max_hw_wzeroes_unmap_sectors max_hw_zone_append_sectors blk_report_zones_args

probe-found := $(shell cd $(srctree)/include/linux && \
	grep -ohw $(addprefix -e ,$(probe-names)) blk*.h hrtimer*.h)
ccflags-y += $(addprefix -DKERNEL_HAS_,$(sort \
	$(or $(probe-found),$(error $(srctree) has no headers of a kernel from 6.12 on))))

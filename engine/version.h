/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of cnull: of the module, the plugin, the command and its manual pages.
 * NEWS.md and packaging/debian/changelog repeat the version, and tests/packages compares
 * them.
 */
#ifndef CNULL_VERSION_H
#define CNULL_VERSION_H

#define CNULL_VERSION	"0.2.0"

#endif

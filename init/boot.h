// The machine's way up, as process 1: a root that containers can leave, the kernel's file systems, the console,
// modules.
//
// Errors are said on the console and booting goes on: a machine that is half up can be mended, one that has stopped
// cannot.
#pragma once

#include "init/machine.h"

namespace microctr {

// An initramfs cannot be pivoted away from. It is bound to a directory of its own and moved over "/", so that from then
// on pivot_root works in every container. Before any other mount, since the bind is not recursive.
void make_root_pivotable();

void mount_early_file_systems();
void open_console();

// Host name, modules through BusyBox modprobe, loopback.
void set_up_machine(const Machine& machine);

// Runs a program of the machine (not a container) with the console as its streams. `wait`: until it has ended.
enum class Wait : bool { no, yes };
void run_program(std::span<const CString> words, Wait wait);

}  // namespace microctr

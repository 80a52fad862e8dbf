// The first things that process 1 does: the kernel's file systems, the console, a root that containers can leave.
//
// Errors are said on the console and booting goes on: a machine that is half up can be mended, one that has stopped
// cannot.
#pragma once

namespace microctr {

// An initramfs cannot be pivoted away from. It is bound to a directory of its own and moved over "/", so that from then
// on pivot_root works in every container. Before any other mount, since the bind is not recursive.
void make_root_pivotable();
bool is_initramfs();  // "/" is the kernel's first file system, or one in memory that was laid over it

void mount_early_file_systems();
void open_console();

}  // namespace microctr

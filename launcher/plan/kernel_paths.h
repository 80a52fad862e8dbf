// The paths below /proc and /sys that a container does not see, or may not write, unless its configuration says so.
//
// They tell about the host or change it, and the kernel does not confine them to a namespace. Word lists, relative to
// their mount; what a kernel does not have is skipped.
#pragma once

namespace microctr::kernel_paths {

inline constexpr char masked_directories_of_proc[] = "acpi asound scsi";
inline constexpr char masked_files_of_proc[] = "kcore keys latency_stats timer_list sched_debug";
inline constexpr char masked_directories_of_sys[] = "firmware devices/virtual/powercap";
inline constexpr char read_only_of_proc[] = "bus fs irq sys sysrq-trigger";

}  // namespace microctr::kernel_paths

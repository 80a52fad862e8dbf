// Every fixed limit of the program, in one place. Exceeding one is an error that names the limit, never a cut.
#pragma once

#include <cstddef>

namespace microctr::limits {

// Configuration.
inline constexpr std::size_t config_text = 32 * 1024;       // bytes of one config file with its overrides
inline constexpr std::size_t config_line = 4096;            // bytes of one line
inline constexpr std::size_t name = 63;                     // container name: also a host name label (RFC 1123)
inline constexpr std::size_t arguments = 64;                // words of one command
inline constexpr std::size_t environment = 64;              // variables
inline constexpr std::size_t environment_text = 16 * 1024;  // bytes of one env_file
inline constexpr std::size_t layers = 32;
inline constexpr std::size_t mounts = 48;  // volumes, and again tmpfs
inline constexpr std::size_t device_lines = 32;
inline constexpr std::size_t devices = 128;   // that the lines match
inline constexpr std::size_t id_ranges = 32;  // of one map; the kernel takes 340 (user_namespaces(7))
inline constexpr std::size_t paths = 32;      // masked, and again read-only
inline constexpr std::size_t sysctls = 32;
inline constexpr std::size_t ulimits = 16;             // as many as there are resources
inline constexpr std::size_t policy_text = 32 * 1024;  // bytes of a seccomp policy
inline constexpr std::size_t policy_rules = 1024;      // of a seccomp policy: one for each name on a line
inline constexpr std::size_t policy_tests = 256;       // of arguments
inline constexpr std::size_t filter_program = 4096;    // instructions, BPF_MAXINSNS
inline constexpr std::size_t groups = 32;              // supplementary groups
inline constexpr std::size_t addresses = 8;            // of one interface
inline constexpr std::size_t interfaces = 8;           // of one container
inline constexpr std::size_t publish = 32;             // lines; a line can hold a range
inline constexpr std::size_t ports = 256;              // published, of one container, each address family counted
inline constexpr std::size_t name_servers = 3;         // MAXNS of resolv.conf(5)
inline constexpr std::size_t search_domains = 6;
inline constexpr std::size_t host_names = 32;
inline constexpr std::size_t aliases = 16;
inline constexpr std::size_t log_path = 255;    // bytes, of log = file:PATH
inline constexpr std::size_t overrides = 32;    // -o options of one command
inline constexpr std::size_t diagnostics = 16;  // reported for one file; more are counted

// Work.
inline constexpr std::size_t steps = 256;              // of one plan
inline constexpr std::size_t plan_text = 64 * 1024;    // bytes of text that a plan makes; pages are touched as needed
inline constexpr std::size_t path = 4096;              // PATH_MAX
inline constexpr std::size_t mount_data = 4095;        // the kernel copies one page of mount options, with its NUL
inline constexpr std::size_t passwd_file = 64 * 1024;  // bytes of a container's /etc/passwd or /etc/group
inline constexpr std::size_t network_register = 256 * 1024;  // bytes; 150 for each container on a bridge
inline constexpr std::size_t names_file = 64 * 1024;         // bytes of the host's /etc/hosts or /etc/resolv.conf
inline constexpr std::size_t names_text = 256 * 1024;        // bytes of a container's /etc/hosts or /etc/resolv.conf

// Supervisor.
inline constexpr std::size_t dependencies = 16;  // containers in `after`, and again in `requires`
inline constexpr std::size_t wait_paths = 8;
inline constexpr std::size_t health_words = 32;   // words of health_command
inline constexpr std::size_t health_text = 1024;  // bytes of them
inline constexpr std::size_t containers = 1024;   // records of one supervisor
inline constexpr std::size_t clients = 32;        // control connections at once
inline constexpr std::size_t control_message = 64 * 1024;
inline constexpr std::size_t attached = 24;          // of them, so that others still get through
inline constexpr std::size_t attach_message = 4096;  // bytes of input in one message
inline constexpr std::size_t log_default = 64 * 1024;
inline constexpr std::size_t log_smallest = 4 * 1024;
inline constexpr std::size_t log_largest = 64 * 1024 * 1024;
inline constexpr std::size_t log_file_default = 1024 * 1024;  // each of the files of log = file
inline constexpr std::size_t log_file_largest = 1024 * 1024 * 1024;
inline constexpr std::size_t log_files_default = 3;
inline constexpr std::size_t log_files = 100;

}  // namespace microctr::limits

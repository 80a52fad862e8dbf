// The tables of the BusyBox layer: its directories, symbolic links and the minimal /etc.
//
// Parents stand before their children. Applets and the program itself are not here.
#pragma once

#include "launcher/base/cstring.h"

namespace microctr::layer_content {

struct Directory {
  TableText<8> path;
  unsigned mode;
};

inline constexpr Directory directories[] = {
    {"bin", 0755},  {"dev", 0755},     {"etc", 0755},     {"home", 0755},     {"lib", 0755},  {"mnt", 0755},
    {"proc", 0555}, {"root", 0700},    {"run", 0755},     {"sys", 0555},      {"tmp", 01777}, {"usr", 0755},
    {"var", 0755},  {"var/lib", 0755}, {"var/log", 0755}, {"var/tmp", 01777},
};

struct Symlink {
  TableText<12> path;
  TableText<20> text;
};

inline constexpr Symlink symlinks[] = {
    {"sbin", "bin"},
    {"usr/bin", "../bin"},
    {"usr/sbin", "../bin"},
    {"var/run", "../run"},
    {"etc/mtab", "../proc/self/mounts"},
};

struct File {
  TableText<18> path;
  TableText<112> text;
};

inline constexpr File files[] = {
    {"etc/passwd",
     "root:x:0:0:root:/root:/bin/sh\n"
     "daemon:x:1:1:daemon:/:/bin/false\n"
     "nobody:x:65534:65534:nobody:/:/bin/false\n"},
    {"etc/group",
     "root:x:0:\n"
     "daemon:x:1:\n"
     "tty:x:5:\n"  // devpts is mounted with gid=5
     "users:x:100:\n"
     "nogroup:x:65534:\n"},
    {"etc/hosts",
     "127.0.0.1\tlocalhost\n"
     "::1\tlocalhost ip6-localhost ip6-loopback\n"},
    {"etc/resolv.conf", "# No name servers.\n"},
    {"etc/nsswitch.conf",
     "passwd: files\n"
     "group: files\n"
     "shadow: files\n"
     "hosts: files dns\n"
     "networks: files\n"
     "protocols: files\n"
     "services: files\n"},
};

inline constexpr Literal program = "bin/busybox";

}  // namespace microctr::layer_content

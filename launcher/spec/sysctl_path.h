// The name of a kernel setting as text: net.ipv4.ip_forward is net/ipv4/ip_forward below /proc/sys. Pure.
//
// It must not be used to decide whose a setting is, the machine's or a namespace's: that is read_sysctl.cpp.
#pragma once

#include "launcher/base/text.h"

namespace microctr {

// As sysctl(8): when the first separator is a dot, dots and slashes change places (net.ipv4.conf.eth0/1.mtu).
void write_sysctl_path(std::string_view key, TextWriter& path);

// Whether a path below /proc/sys could be one: no empty component, none that climbs, no blank.
bool is_sysctl_path(std::string_view path);

}  // namespace microctr

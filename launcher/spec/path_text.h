// Paths and names as text, without looking at any file: what is absolute, what climbs, what is the same, what is a
// name.
//
// Pure. It must not be used to decide what a path leads to at run time; symlinks are the resolver's business.
#pragma once

#include <string_view>

#include "launcher/base/view.h"

namespace microctr {

constexpr bool is_absolute(std::string_view path) { return begins_with(path, '/'); }

// True when a component is `..`.
bool climbs(std::string_view path);

// True for `/` however it is written (`//`, `/.`).
bool is_root_path(std::string_view path);

// True when both name the same place as text: repeated and final slashes and `.` do not count.
bool is_same_path(std::string_view left, std::string_view right);

// True when it has a special character of glob(7).
constexpr bool is_pattern(std::string_view path) {
  return contains(path, '*') || contains(path, '?') || contains(path, '[');
}

// True for a word of A-Z a-z 0-9 . _ - that begins with a letter or digit: names of containers, layers and volumes.
bool is_plain_name(std::string_view name);

// True for labels as in RFC 1123 between dots: letters, digits and the characters of `others`, no '-' at either end, at
// most 63 bytes each and `longest` in all.
bool is_host_name(std::string_view name, std::size_t longest, const char* others);

}  // namespace microctr

// reader: configuration text becomes a Spec. Pure: the caller has read the files.
//
// Order: defaults first, then the container's file, then each `-o key=value`; a later source overrides single keys of
// an earlier one and adds to its lists (an empty value resets a list).
#pragma once

#include <span>

#include "launcher/base/arena.h"
#include "launcher/spec/diagnostic.h"
#include "launcher/spec/origins.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct ConfigText {
  CString source;         // name for messages; empty text is allowed for defaults that do not exist
  std::string_view text;  // UTF-8, need not be terminated
};

struct ConfigSources {
  ConfigText defaults;
  ConfigText file;
  CString directory;                   // absolute; relative paths (./x, ../x) in `file` are below it
  CString name;                        // the container's name where the file does not say: the file's stem
  std::span<const CString> overrides;  // "key=value"
};

// Fills `spec` and `origins`. All text is copied into `arena`. Every fault becomes a Diagnostic and reading goes on,
// so that one call reports all of them; the spec must not be used when there is one.
void read_spec(const ConfigSources& sources, Arena& arena, Spec& spec, Origins& origins, Diagnostics& diagnostics);

}  // namespace microctr

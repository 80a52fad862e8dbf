// What a BusyBox layer consists of: writes one into an empty directory, and tells whether a directory is one.
//
// Both work from the same tables, so that only what we would write is ever taken for ours and replaced: one foreign
// name anywhere makes a directory foreign. Nothing here renames or removes.
#pragma once

#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"
#include "launcher/image/busybox_program.h"

namespace microctr {

// Everything below `root`, an empty directory that nobody else can reach, and onto the disk before it returns.
// `applets` is what list_applets returned. The error's subject is not kept.
Result<void> write_layer_tree(int root, const BusyboxProgram& program, std::string_view applets);

enum class LayerState {
  empty,     // an empty directory
  foreign,   // holds something that is not ours, or not all of a layer
  outdated,  // a layer of ours with another BusyBox, other applets, or edited or older /etc files
  current,   // exactly what write_layer_tree would make
};

Result<LayerState> examine_layer_tree(int root, const BusyboxProgram& program, std::string_view applets);

}  // namespace microctr

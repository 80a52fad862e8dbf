#include "launcher/container/cgroup_list.h"

#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

Result<void> CgroupList::read(CString record) {
  TextBuffer<limits::path> path(record, "/journal");
  rest_ = {};
  const auto text = read_file(sys::working_directory, path.text(), buffer_);
  if (!text) return text.error().code == ENOENT ? Result<void>() : text.failed();
  rest_ = leading(text.value(), last_position(text.value(), '\n') + 1);  // the last entry may be half written
  return {};
}

std::string_view CgroupList::next() {
  while (!rest_.empty()) {
    std::string_view line = cut(rest_, '\n');
    if (cut(line, '\t') != "cgroup") continue;
    const std::string_view directory = cut(line, '\t');
    if (!directory.empty()) return directory;
  }
  return {};
}

}  // namespace microctr

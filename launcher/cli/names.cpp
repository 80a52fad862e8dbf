#include "launcher/cli/names.h"

#include <cstring>

#include "launcher/base/log.h"
#include "launcher/base/sort.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

Names names;  // too large for the stack, and one command lists once at a time

void note(void* context, CString file) {
  const std::string_view name = file;
  auto& list = *static_cast<Names*>(context);
  if (list.count == limits::containers || name.size() > limits::name) return;
  std::memcpy(list.text[list.count], name.data(), name.size());
  list.text[list.count++][name.size()] = '\0';
}

}  // namespace

bool is_name(CString name) {
  return !name.empty() && name.size() <= limits::name && !begins_with(name, '.') && !contains(name, '/');
}

int unknown_container(CString name) {
  log_error(name, "no such container"_p);
  return 1;
}

const Names& recorded_names(const Places& places) {
  names.count = 0;
  (void)for_each_record(places, &names, note);
  sort_rows(names.text, names.count);
  return names;
}

}  // namespace microctr

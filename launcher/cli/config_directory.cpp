#include "launcher/cli/config_directory.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "launcher/base/directory_list.h"
#include "launcher/base/hash.h"
#include "launcher/base/log.h"
#include "launcher/base/sort.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_file.h"

namespace microctr {

namespace {

constexpr std::string_view suffix = ".conf";

char files[limits::containers][limits::name + suffix.size() + 1];
std::uint64_t known[limits::containers];  // hashes of what they call their containers
char config_bytes[limits::control_message];

// Sorted, so that what happens at boot does not depend on the file system.
Result<std::size_t> list_files(CString directory) {
  const auto list = sys::open(directory, O_RDONLY | O_DIRECTORY);
  std::size_t count = 0;
  if (!list) return list.error().code == ENOENT ? Result<std::size_t>(count) : list.error();
  DirectoryList names(list.value().get());
  while (true) {
    const CString file = TRY(names.next());
    if (file.empty()) break;
    const std::string_view name = file;
    if (!name.ends_with(suffix) || begins_with(name, '.')) continue;
    if (name.size() >= sizeof files[0] || count == limits::containers) {
      log_error(file, "not started: the name is too long, or there are more than 1024 configurations"_p);
      continue;
    }
    std::memcpy(files[count], name.data(), name.size());
    files[count++][name.size()] = '\0';
  }
  sort_rows(files, count);
  return count;
}

}  // namespace

Result<void> ConfigDirectory::visit_all(Visitor& visitor) {
  const std::size_t count = TRY(list_files(directory_));
  for (std::size_t index = 0; index < count; ++index) {
    visit_file(index, visitor);
  }
  return {};
}

// Most files are called as their container; one that says another name is found by looking at all.
void ConfigDirectory::visit_one(CString name, Visitor& visitor) {
  class Filter final : public Visitor {
   public:
    Filter(CString wanted, Visitor& next) : wanted_(wanted), next_(next) {}
    void visit(CString one, std::string_view config) override {
      if (one != wanted_.view() || found) return;
      found = true;
      if (!config.empty()) next_.visit(one, config);
    }
    bool found = false;

   private:
    CString wanted_;
    Visitor& next_;
  };
  Filter filter(name, visitor);
  TextBuffer<limits::name + 8> file(name, suffix);
  TextBuffer<limits::path> path(directory_, "/", file.view());
  if (sys::status_at(sys::working_directory, path.text(), 0)) {
    std::memcpy(files[0], file.text().c_str(), file.size() + 1);
    visit_file(0, filter);
  }
  if (!filter.found) (void)visit_all(filter);
}

void ConfigDirectory::visit_file(std::size_t index, Visitor& visitor) {
  const CString file = CString::from_pointer(static_cast<const char*>(files[index]));
  TextBuffer<limits::path> path(directory_, "/", file);
  StartRequest request;
  Failure failure;
  known[index] = 0;
  if (load_and_check(invocation_, path.text(), request, failure)) {
    const TextBuffer<limits::name + 1> kept(workbench().spec.name);
    const auto config = encode_request(request, config_bytes);
    const std::uint64_t name = hash_of(kept.view());
    const std::size_t same = static_cast<std::size_t>(std::find(known, known + index, name) - known);
    known[index] = name;
    if (config && same == index) {
      visitor.visit(kept.text(), config.value());
      return;
    }
    if (config)
      failure.text.add("not started: "_p, static_cast<const char*>(files[same]), " has the same name, ", kept.view());
    else
      format_error(config.error(), failure.text);
  }
  const TextBuffer<limits::name + 1> stem(leading(file, file.size() - suffix.size()));
  log_error(stem.text(), failure.text.size() == 0 ? std::string_view("not started") : failure.text.view());
  visitor.visit(stem.text(), {});
}

}  // namespace microctr

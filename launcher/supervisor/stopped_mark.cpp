#include "launcher/supervisor/stopped_mark.h"

#include <fcntl.h>

#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

class MarkPath : public TextBuffer<limits::path> {
 public:
  MarkPath(const Places& places, CString name) : TextBuffer(places.data, "/stopped/", name) {}
};

}  // namespace

bool is_marked_stopped(const Places& places, CString name) {
  return static_cast<bool>(sys::status_at(sys::working_directory, MarkPath(places, name).text(), 0));
}

Result<void> mark_stopped(const Places& places, CString name) {
  (void)sys::make_directory(sys::working_directory, places.data, 0755);
  TextBuffer<limits::path> directory(places.data, "/stopped");
  const auto made = sys::make_directory(sys::working_directory, directory.text(), 0700);
  if (!made && made.error().code != EEXIST) return made;
  const Fd file = TRY(sys::open(MarkPath(places, name).text(), O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
  return {};
}

Result<void> unmark_stopped(const Places& places, CString name) {
  const auto removed = sys::remove_file(sys::working_directory, MarkPath(places, name).text());
  return removed || removed.error().code == ENOENT || removed.error().code == ENOTDIR ? Result<void>() : removed;
}

}  // namespace microctr

#include "launcher/plan/mount_list.h"

#include <cstring>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

static MountLine parse_mount_line(std::string_view line) {
  MountLine mount;
  std::string_view rest = line;
  const std::string_view id = next_word(rest);
  mount.has_parent = next_word(rest) != id;
  mount.device = next_word(rest);
  (void)next_word(rest);
  mount.point = next_word(rest);
  const std::size_t separator = rest.find(" - ");
  if (separator == std::string_view::npos) return mount;
  rest.remove_prefix(separator + 3);
  mount.type = next_word(rest);
  (void)next_word(rest);
  mount.super_options = next_word(rest);
  return mount;
}

Result<MountLine> MountList::next() {
  while (true) {
    const std::string_view rest(buffer_.data() + start_, end_ - start_);
    if (const std::size_t end = position(rest, '\n'); end != std::string_view::npos) {
      start_ += end + 1;
      return parse_mount_line(leading(rest, end));
    }
    std::memmove(buffer_.data(), rest.data(), rest.size());
    start_ = 0;
    end_ = rest.size();
    if (end_ == buffer_.size()) return fail(EFBIG, "read a line of"_p, "/proc/self/mountinfo");
    const std::size_t count = TRY(sys::read(file_.get(), buffer_.subspan(end_)));
    if (count == 0) return MountLine();
    end_ += count;
  }
}

}  // namespace microctr

#include "launcher/plan/mount_list.h"

#include <cstring>
#include <utility>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

// The kernel writes blank, tab, newline and backslash of a path as a backslash with three octal digits (proc(5)). They
// become what they are, in place.
std::string_view unescape(char* text, std::size_t size) {
  const auto is_octal = [](char digit) { return digit >= '0' && digit <= '7'; };
  std::size_t kept = 0;
  for (std::size_t at = 0; at < size; ++at) {
    char character = text[at];
    if (character == '\\' && size - at > 3 && is_octal(text[at + 1]) && is_octal(text[at + 2]) &&
        is_octal(text[at + 3])) {
      character = static_cast<char>((text[at + 1] - '0') << 6 | (text[at + 2] - '0') << 3 | (text[at + 3] - '0'));
      at += 3;
    }
    text[kept++] = character;
  }
  return {text, kept};
}

// `line` is a view into `buffer`.
MountLine parse_mount_line(std::string_view line, std::span<char> buffer) {
  MountLine mount;
  std::string_view rest = line;
  const std::string_view id = next_word(rest);
  mount.has_parent = next_word(rest) != id;
  mount.device = next_word(rest);
  (void)next_word(rest);
  const std::string_view point = next_word(rest);
  mount.point = unescape(buffer.data() + (point.data() - buffer.data()), point.size());
  // Options, and any number of optional fields, up to a single hyphen.
  std::string_view field;
  do field = next_word(rest);
  while (!field.empty() && field != "-");
  mount.type = next_word(rest);
  (void)next_word(rest);
  mount.super_options = next_word(rest);
  return mount;
}

}  // namespace

Result<MountLine> MountList::next() {
  while (true) {
    const std::string_view rest(buffer_.data() + start_, end_ - start_);
    if (const std::size_t end = rest.find('\n'); end != std::string_view::npos) {
      start_ += end + 1;
      if (std::exchange(in_tail_, false)) continue;
      return parse_mount_line(leading(rest, end), buffer_);
    }
    if (rest.size() == buffer_.size()) {
      start_ = end_;
      if (std::exchange(in_tail_, true)) continue;
      const MountLine head = parse_mount_line(rest, buffer_);
      if (!head.super_options.empty()) return head;
      has_lost_ = true;
      continue;
    }
    std::memmove(buffer_.data(), rest.data(), rest.size());
    start_ = 0;
    end_ = rest.size();
    const std::size_t count = TRY(sys::read(file_.get(), buffer_.subspan(end_)));
    if (count == 0) return MountLine();
    end_ += count;
  }
}

}  // namespace microctr

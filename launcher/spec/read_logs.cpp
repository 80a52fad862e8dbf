// log = ring[:SIZE] | file:PATH[:SIZE[:COUNT]] | console | syslog | none. A ':' ends the path, as in a volume.

#include "launcher/base/text.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

std::optional<std::uint64_t> read_size(const Setting& setting, std::string_view text, std::size_t largest) {
  static_assert(limits::log_smallest == 4 * 1024 && limits::log_largest == 64 * 1024 * 1024 &&
                    limits::log_file_largest == 1024 * 1024 * 1024,
                "the message names them");
  const auto size = setting.size(text);
  if (!size || (*size >= limits::log_smallest && *size <= largest)) return size;
  setting.fault(text, "'@' is out of range (4K to &)"_p, largest == limits::log_largest ? "64M" : "1G");
  return {};
}

void read_count(const Setting& setting, std::string_view text) {
  static_assert(limits::log_files == 100, "the message names it");
  const auto count = parse_number(text, limits::log_files);
  if (!count || *count == 0) return setting.fault(text, "'@' is not a number of files (1 to 100)"_p);
  setting.spec.log_count = static_cast<std::uint32_t>(*count);
}

// PATH[:SIZE[:COUNT]].
void read_file_log(const Setting& setting, std::string_view text) {
  Spec& spec = setting.spec;
  if (text.empty()) return setting.fault(setting.value, "'file' lacks its path (write file:/data/web.log)"_p);
  std::string_view size_text = text;
  const std::string_view path_text = cut(size_text, ':');
  const auto path = setting.needed_path(path_text);
  if (!path) return;
  spec.log_path = *path;
  spec.log_size = limits::log_file_default;
  spec.log_count = limits::log_files_default;
  if (path_text.size() == text.size()) return;
  std::string_view count_text = size_text;
  const std::string_view size_part = cut(count_text, ':');
  const auto size = read_size(setting, size_part, limits::log_file_largest);
  if (!size) return;
  spec.log_size = *size;
  if (size_part.size() != size_text.size()) read_count(setting, count_text);
}

}  // namespace

void read_logs(const Setting& setting) {
  Spec& spec = setting.spec;
  std::string_view rest = setting.value;
  const std::string_view word = cut(rest, ':');
  const auto index = setting.choice(word, "ring file console syslog none");
  if (!index) return;
  spec.log = static_cast<LogKind>(*index);
  spec.log_path = {};
  spec.log_size = limits::log_default;
  spec.log_count = 1;
  if (spec.log == LogKind::file) return read_file_log(setting, rest);
  if (word.size() == setting.value.size()) return;
  if (spec.log != LogKind::ring) return setting.fault(rest, "only ring and file have a size (write & alone)"_p, word);
  if (const auto size = read_size(setting, rest, limits::log_largest)) spec.log_size = *size;
}

}  // namespace microctr

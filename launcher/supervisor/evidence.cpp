#include "launcher/supervisor/evidence.h"

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/clock_text.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/supervisor/log_entry.h"
#include "launcher/supervisor/log_file.h"

namespace microctr {

namespace {

constexpr std::size_t head_size = 512;

class EvidencePath : public TextBuffer<limits::path> {
 public:
  EvidencePath(const Places& places, CString name, CString suffix)
      : TextBuffer(places.data, "/evidence/", name, suffix) {}
};

// The end of a file, at most the buffer.
std::size_t read_end(CString path, std::span<char> buffer) {
  const auto file = sys::open(path, O_RDONLY | O_NOFOLLOW);
  if (!file) return 0;
  const auto status = sys::status(file.value().get());
  if (!status) return 0;
  const std::uint64_t size = std::min<std::uint64_t>(status.value().size, buffer.size());
  const auto count = sys::read_at(file.value().get(), buffer, status.value().size - size);
  return count ? count.value() : 0;
}

// The last whole entries of a ring, which has two files.
std::string_view read_ring_end(const Places& places, CString name, std::span<char, evidence_size> buffer) {
  TextBuffer<limits::path> ring(places.runtime, "/containers/", name, "/log");
  Bytes<evidence_size> newest;
  const std::size_t size = read_end(ring.text(), newest);
  ring.add(".1");
  const std::size_t older = read_end(ring.text(), buffer.first(evidence_size - size));
  std::copy_n(newest.data(), size, buffer.data() + older);
  std::string_view all(buffer.data(), older + size);
  if (all.size() == evidence_size) all = after(all, position(all, '\n') + 1);  // its first entry is half one
  return leading(all, last_position(all, '\n') + 1);
}

Result<void> write_evidence(const Places& places, CString name, std::string_view text) {
  EvidencePath path(places, name, ".log");
  EvidencePath aside(places, name, ".new");
  if (path.overflowed()) return fail(ENAMETOOLONG, "keep the end of its log"_p);
  auto written = replace_file(path.text(), aside.text(), text, 0600);
  if (written || written.error().code != ENOENT) return written;
  TRY(make_directories(places.data, 0755));
  EvidencePath directory(places, "", "");
  TRY(sys::make_directory(sys::working_directory, directory.text(), 0700));
  return replace_file(path.text(), aside.text(), text, 0600);
}

}  // namespace

Result<bool> keep_evidence(const Places& places, CString name, LogKind kind, std::string_view reason, Failing failing,
                           EvidenceLimit& limit) {
  if (kind != LogKind::ring) return false;
  const std::uint64_t now = sys::monotonic_ms();
  const bool soon = limit.kept_ms != UINT64_MAX && now - limit.kept_ms < evidence_pause_ms;
  if (soon && failing == Failing::again) return false;
  limit.kept_ms = now;

  Bytes<evidence_size> ring;
  const std::string_view said = read_ring_end(places, name, std::span<char, evidence_size>(ring.data(), evidence_size));
  TextBuffer<40> time;
  format_time(sys::wall_time(), time);
  TextBuffer<head_size / 2> words(name, " has failed");
  if (failing == Failing::for_good) words.add(" for good"_p);
  words.add(": ", reason, said.empty() ? "" : "; what it said before:");
  TextBuffer<evidence_size + head_size> text;
  add_log_entry(text, time.view(), {{}, Stream::note, true, words.view()});
  text.add(said);
  const auto written = write_evidence(places, name, text.view());
  if (!written) return written.error().doing("keep the end of its log"_p);
  return true;
}

Result<Fd> open_evidence(const Places& places, CString name) {
  EvidencePath path(places, name, ".log");
  return sys::open(path.text(), O_RDONLY | O_NOFOLLOW);
}

Result<bool> remove_evidence(const Places& places, CString name) {
  EvidencePath path(places, name, ".log");
  const auto removed = sys::remove_file(sys::working_directory, path.text());
  if (!removed && removed.error().code != ENOENT) return removed.failed();
  return static_cast<bool>(removed);
}

}  // namespace microctr

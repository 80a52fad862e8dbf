#include "launcher/container/id_maps.h"

#include <fcntl.h>

#include <array>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

using Ranges = std::span<const IdRange>;

// newuidmap PID INSIDE OUTSIDE COUNT ...; its messages go where ours go.
[[noreturn]] void become_helper(CString program, pid_t pid, Ranges map) {
  std::array<TextBuffer<12>, limits::id_ranges * 3 + 1> numbers;
  std::array<const char*, limits::id_ranges* 3 + 3> arguments = {};
  std::size_t count = 0;
  const auto add = [&](std::uint32_t number) {
    numbers[count].add(number);
    arguments[count + 1] = numbers[count].text().c_str();
    ++count;
  };
  arguments[0] = program.c_str();
  add(static_cast<std::uint32_t>(pid));
  for (const IdRange& range : map) {
    add(range.inside);
    add(range.outside);
    add(range.count);
  }
  constexpr int failed = 127;
  const std::array<const char*, 2> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", nullptr};
  sys::restore_signals();
  for (const Literal directory : {Literal("/usr/bin/"), Literal("/bin/")}) {
    const TextBuffer<40> path(directory, program);
    (void)sys::execute(path.text().c_str(), arguments.data(), environment.data());
  }
  sys::exit(failed);
}

Result<void> ask_helper(CString program, pid_t pid, Ranges map) {
  const pid_t helper = TRY(sys::fork());
  if (helper == 0) become_helper(program, pid, map);
  const Fd process = TRY(sys::open_process(helper));
  const auto ended = TRY(sys::wait_for(process.get()));
  if (ended.status == 0) return {};
  return fail(EPERM, "map ids with"_p, program, "it has said why; see /etc/subuid and /etc/subgid"_p);
}

}  // namespace

Result<void> write_id_maps(const LaunchContext& context, pid_t pid) {
  const IdMaps& maps = context.maps;
  if (!context.facts.privileged && !context.plan.single_map) {
    TRY(ask_helper("newuidmap", pid, maps.users.view()));
    return ask_helper("newgidmap", pid, maps.groups.view());
  }
  const auto write = [pid](std::string_view file, std::string_view text) {
    const TextBuffer<40> path("/proc/", pid, file);
    return write_value(sys::working_directory, path.text(), text);
  };
  // Whoever maps himself alone must give up setgroups first (user_namespaces(7)).
  if (context.plan.single_map) TRY(write("/setgroups", "deny"));
  TextBuffer<limits::id_ranges * 36> text;
  write_id_map(maps.users.view(), text);
  TRY(write("/uid_map", text.view()));
  text.clear();
  write_id_map(maps.groups.view(), text);
  return write("/gid_map", text.view());
}

}  // namespace microctr

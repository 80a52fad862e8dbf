#include "launcher/image/busybox_program.h"

#include <fcntl.h>
#include <unistd.h>

#include "launcher/base/sys.h"
#include "launcher/image/elf.h"

namespace microctr {

namespace {

constexpr TableText<24> own_places[] = {
    "/bin/busybox",
    "/sbin/busybox",
    "/usr/bin/busybox",
    "/usr/sbin/busybox",
    "/usr/local/bin/busybox",
    "/bin/busybox.static",  // Alpine's busybox-static
    "/usr/bin/busybox.static",
};

Result<BusyboxProgram> open_program(CString path) {
  BusyboxProgram program;
  program.path = path;
  program.file = TRY(sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));  // a FIFO must not hold us
  const auto status = TRY(sys::status(program.file.get()));
  if (!S_ISREG(status.mode)) return fail(ENOEXEC, "use the program: not a regular file:"_p, path);
  program.size = status.size;
  const auto checked = check_static_program(program.file.get());
  if (!checked) {
    const Error error = checked.error().about(path);
    if (error.code != EINVAL) return error.with_hint("a static busybox for this machine is wanted"_p);
    return error.with_hint(
        "its libraries would be missing in the layer: install busybox-static, or name a static one with --busybox"_p);
  }
  const auto executable = sys::access(sys::working_directory, path, X_OK);
  if (!executable) {
    return executable.error().doing("execute").with_hint("it needs the x permission and a mount without noexec"_p);
  }
  return program;
}

Result<BusyboxProgram> find_program() {
  Error found = {ENOENT,
                 "find a static BusyBox in /bin, /sbin, /usr/bin, /usr/sbin, /usr/local/bin"_p,
                 {},
                 "install busybox-static, or name one with --busybox"_p};
  for (const CString place : own_places) {
    auto program = open_program(place);
    if (program) return program;
    if (found.code == ENOENT && program.error().code != ENOENT && program.error().code != ENOTDIR) {
      found = program.error();  // there is one, and this is why it cannot be used
    }
  }
  return found;
}

constexpr std::uint64_t time_limit_ms = 10'000;

// In the child: only descriptors 0 to 2 go on, and no way leads back.
[[noreturn]] void execute_list(const char* path, int output) {
  constexpr int failed = 127;
  const char* const arguments[] = {"busybox", "--list", nullptr};
  const char* const environment[] = {nullptr};
  const auto null = sys::open("/dev/null", O_RDWR);
  const bool ready = sys::die_with_parent(SIGKILL) && sys::forbid_new_privileges() &&
                     (!null || (sys::duplicate(null.value().get(), 0) && sys::duplicate(null.value().get(), 2))) &&
                     sys::duplicate(output, 1) && sys::close_from(3);
  if (!ready) sys::exit(failed);
  sys::restore_signals();
  (void)sys::execute(path, arguments, environment);
  sys::exit(failed);
}

int rest_of(std::uint64_t deadline) {
  const std::uint64_t now = sys::monotonic_ms();
  return now < deadline ? static_cast<int>(deadline - now) : 0;
}

Error no_busybox() { return {EINVAL, "list the applets: no BusyBox:"_p, {}, "it must answer to `busybox --list`"_p}; }

Result<std::string_view> read_until(int descriptor, std::span<char> storage, std::uint64_t deadline) {
  std::size_t size = 0;
  while (size < storage.size()) {
    if (!TRY(sys::poll_one(descriptor, POLLIN, rest_of(deadline)))) return fail(ETIMEDOUT, "list the applets of"_p);
    const std::size_t count = TRY(sys::read(descriptor, storage.subspan(size)));
    if (count == 0) return std::string_view(storage.data(), size);
    size += count;
  }
  return no_busybox();
}

Result<std::string_view> run_list(CString path, std::span<char> storage) {
  const std::uint64_t deadline = sys::monotonic_ms() + time_limit_ms;
  auto pipe = TRY(sys::make_pipe(0));
  const auto child = TRY(sys::clone(0));
  if (child.pid == 0) execute_list(path.c_str(), pipe.second.get());
  pipe.second.close();
  auto text = read_until(pipe.first.get(), storage, deadline);
  const auto ended = sys::poll_one(child.pidfd.get(), POLLIN, text ? rest_of(deadline) : 0);
  if (!ended || !ended.value()) (void)sys::signal_process(child.pidfd.get(), SIGKILL);
  const auto status = TRY(sys::wait_for(child.pidfd.get()));
  if (text && status.status != 0) return no_busybox();
  return text;
}

}  // namespace

Result<BusyboxProgram> open_busybox(CString path) { return path.empty() ? find_program() : open_program(path); }

bool is_applet_name(std::string_view name) {
  if (name.empty() || name.size() >= applet_name_size) return false;
  if (!is_letter_or_digit(name.front()) && name.front() != '[') return false;
  return is_made_of(name, "[]_.+-");
}

Result<std::string_view> list_applets(const BusyboxProgram& program, std::span<char> storage) {
  const auto text = run_list(program.path, storage);
  if (!text) return text.error().about(program.path);
  const std::string_view names = text.value();
  bool complete = names.ends_with('\n');
  for (std::size_t start = 0; complete && start < names.size();) {
    const std::size_t end = names.find('\n', start);
    complete = is_applet_name(leading(after(names, start), end - start));
    start = end + 1;
  }
  if (!complete) return no_busybox().about(program.path);
  return names;
}

}  // namespace microctr

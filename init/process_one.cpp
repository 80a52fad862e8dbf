#include "init/process_one.h"

#include <fcntl.h>

#include <cstring>

#include "init/boot.h"
#include "init/crash.h"
#include "init/disks.h"
#include "init/emergency.h"
#include "init/machine_heart.h"
#include "init/root.h"
#include "init/settings.h"
#include "init/shutdown.h"
#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/log.h"
#include "launcher/base/sort.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_file.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

constexpr Places machine_places = {"/etc/microctr", "/var/lib/microctr", "/run/microctr"};

char names[limits::containers][limits::name + 6];  // files of the containers' directory, with ".conf"
char config_bytes[limits::control_message];

std::size_t list_configs(CString directory) {
  const auto list = sys::open(directory, O_RDONLY | O_DIRECTORY);
  if (!list) return 0;
  std::size_t count = 0;
  DirectoryList files(list.value().get());
  while (true) {
    const auto file = files.next();
    if (!file || file.value().empty()) break;
    const std::string_view name = file.value();
    if (!name.ends_with(".conf") || begins_with(name, '.')) continue;
    if (name.size() >= sizeof names[0] || count == limits::containers) {
      log_error(file.value(), "not started: the name is too long, or there are more than 1024 configurations"_p);
      continue;
    }
    std::memcpy(names[count], name.data(), name.size());
    names[count++][name.size()] = '\0';
  }
  sort_rows(names, count);
  return count;
}

// A configuration that is not valid is said with its place; the others start.
void start_containers(Supervisor& supervisor) {
  Invocation invocation;
  invocation.places = machine_places;
  TextBuffer<limits::path> directory(machine_places.config, "/containers");
  const std::size_t count = list_configs(directory.text());
  for (std::size_t index = 0; index < count; ++index) {
    TextBuffer<limits::path> path(directory.view(), "/", static_cast<const char*>(names[index]));
    StartRequest request;
    Failure failure;
    if (!load_and_check(invocation, path.text(), request, failure)) {
      if (failure.text.size() == 0) failure.text.add("not started");
      log_error(CString::from_pointer(static_cast<const char*>(names[index])), failure.text.view());
      continue;
    }
    const auto config = encode_request(request, config_bytes);
    if (config) supervisor.start_now(config.value());
  }
}

Result<Fd> open_machine_control() {
  const RuntimeLock lock = TRY(RuntimeLock::acquire(machine_places.runtime));
  return open_control(machine_places);
}

// Everything that lasts as long as the machine.
struct Duties {
  Machine machine;
  Watchdog watchdog;
  KeptClock clock;
  MachineHeart heart{machine, watchdog, clock};
};

// The way up, once: the real root, disks, settings.
void bring_up(Duties& duties) {
  Bytes<4096> line;
  Bytes<2048> words;
  Arena arena(words);
  RootWish wish;
  if (is_initramfs()) wish = read_root_wish(read_command_line(line), arena);
  if (wish.source.empty()) make_root_pivotable();
  mount_early_file_systems();
  open_console();
  const Settings settings = read_machine_settings(machine_places, duties.machine);
  set_crash_action(duties.machine.on_crash);
  load_modules(duties.machine, duties.watchdog);
  duties.watchdog.open(duties.machine);
  if (!wish.source.empty()) {
    const auto entered = enter_root(wish, duties.watchdog);
    log_failure({}, entered.error());
    run_emergency(duties.machine, duties.watchdog);
  }
  if (settings == Settings::unusable) run_emergency(duties.machine, duties.watchdog);
  set_up_machine(duties.machine);
  mount_disks(duties.machine, duties.watchdog);
  duties.clock.restore(duties.machine.clock);
}

// A newer program in the same process: all of that has been done, and is only read again.
void take_over(Duties& duties) {
  (void)read_machine_settings(machine_places, duties.machine);
  set_crash_action(duties.machine.on_crash);
  duties.watchdog.open(duties.machine);
  duties.clock.follow(duties.machine.clock);
}

// Nothing can be supervised.
[[noreturn]] void give_up(Duties& duties, const Error& error) {
  log_failure({}, error);
  run_emergency(duties.machine, duties.watchdog);
}

}  // namespace

void run_process_one(std::optional<CString> resume) {
  sys::block_all_signals();
  catch_crashes();
  (void)sys::disable_ctrl_alt_delete();  // it becomes SIGINT
  static StaticObject<Duties> storage_of_duties;
  Duties& duties = storage_of_duties.make();
  if (resume)
    take_over(duties);
  else
    bring_up(duties);

  auto control = open_machine_control();
  if (!control) give_up(duties, control.error());
  static StaticObject<Supervisor> storage;
  Supervisor& supervisor = storage.make(machine_places, Role::process_one);
  if (const auto opened = supervisor.open(control.take()); !opened) give_up(duties, opened.error());
  supervisor.keep(duties.heart);
  set_phase("supervision");
  if (resume)
    duties.heart.read_resume(*resume);
  else
    duties.heart.start();
  start_containers(supervisor);
  supervisor.settle();
  duties.heart.containers_are_up(true);

  const Ending ending = supervisor.run();
  set_phase("shutdown");
  shut_down({ending, duties.heart.shutdown_deadline_ms(), duties.watchdog, duties.clock});
  while (true) (void)sys::wait_signal(UINT64_MAX);  // halted, or the kernel refused: process 1 must not end
}

}  // namespace microctr

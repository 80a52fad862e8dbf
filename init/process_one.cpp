#include "init/process_one.h"

#include <fcntl.h>

#include <cstring>

#include "init/boot.h"
#include "init/shutdown.h"
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

// Nothing can be supervised: say why, let it be read, and try the machine again.
[[noreturn]] void give_up(const Error& error) {
  constexpr std::uint64_t reading_time_ms = 5000;
  log_failure({}, error);
  (void)sys::sleep_ms(reading_time_ms);
  shut_down(Ending::reboot);
  sys::exit(1);
}

Result<Fd> open_machine_control() {
  const RuntimeLock lock = TRY(RuntimeLock::acquire(machine_places.runtime));
  return open_control(machine_places);
}

}  // namespace

void run_process_one() {
  make_root_pivotable();
  mount_early_file_systems();
  open_console();
  sys::block_all_signals();
  (void)sys::disable_ctrl_alt_delete();  // it becomes SIGINT

  static StaticObject<Machine> storage_of_machine;
  Machine& machine = storage_of_machine.make();
  read_machine(machine_places, machine);
  set_up_machine(machine);

  auto control = open_machine_control();
  if (!control) give_up(control.error());
  static StaticObject<Supervisor> storage;
  Supervisor& supervisor = storage.make(machine_places, Role::process_one);
  if (const auto opened = supervisor.open(control.take()); !opened) give_up(opened.error());
  start_containers(supervisor);
  supervisor.settle();
  run_program(machine.ready_command.view(), Wait::no);

  shut_down(supervisor.run());
  while (true) (void)sys::wait_signal(UINT64_MAX);  // halted, or the kernel refused: process 1 must not end
}

}  // namespace microctr

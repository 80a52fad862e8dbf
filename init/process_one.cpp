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
#include "launcher/base/log.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_directory.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

constexpr Places machine_places = {"/etc/microctr", "/var/lib/microctr", "/run/microctr"};

// Nothing of it can be used: the containers are adopted from their records all the same.
const Handover* read_handover(CString number, Handover& handover) {
  const auto file = parse_number(number, INT32_MAX);
  const auto read = file ? Handover::read(static_cast<int>(*file), handover) : Result<void>(fail(EINVAL, "take over"));
  if (!read) log_failure({}, read.error());
  return &handover;
}

Result<Fd> open_machine_control(const Handover* handover) {
  if (handover != nullptr && handover->number("control") >= 0) {
    const int control = handover->number("control");
    (void)sys::close_at_exec(control);
    return Fd(control);
  }
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
  if (!mount_disks(duties.machine, duties.watchdog)) duties.heart.disk_is_missing();
  duties.clock.restore(duties.machine.clock);
}

// A newer program in the same process: all of that has been done, and is only read again.
void take_over(Duties& duties) {
  open_console();  // the program before this one may have had one that waits
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

void run_process_one(std::optional<CString> handed_over) {
  sys::block_all_signals();
  catch_crashes();
  (void)sys::disable_ctrl_alt_delete();  // it becomes SIGINT
  static StaticObject<Duties> storage_of_duties;
  Duties& duties = storage_of_duties.make();
  static StaticObject<Handover> storage_of_handover;
  const Handover* const handover = handed_over ? read_handover(*handed_over, storage_of_handover.make()) : nullptr;
  if (handed_over)
    take_over(duties);
  else
    bring_up(duties);

  auto control = open_machine_control(handover);
  if (!control) give_up(duties, control.error());
  Invocation invocation;
  invocation.places = machine_places;
  ConfigDirectory configurations(invocation, "/etc/microctr/containers");
  static StaticObject<Supervisor> storage;
  Supervisor& supervisor = storage.make(machine_places, Role::process_one);
  supervisor.keep(duties.heart);
  supervisor.keep(configurations);
  // MachineHeart kills at half of it; then there is some time for the undoing.
  supervisor.limit_shutdown(duties.machine.shutdown_timeout_ms * 3 / 4);
  if (const auto opened = supervisor.open(control.take()); !opened) give_up(duties, opened.error());
  set_phase("supervision");
  if (handover != nullptr) {
    duties.heart.read_words(handover->value("words"));
    supervisor.resume(*handover);
  } else {
    duties.heart.start();
    supervisor.begin();
  }

  const Ending ending = supervisor.run();
  set_phase("shutdown");
  shut_down({ending, duties.heart.shutdown_deadline_ms(), duties.watchdog, duties.clock});
  while (true) (void)sys::wait_signal(UINT64_MAX);  // halted, or the kernel refused: process 1 must not end
}

}  // namespace microctr

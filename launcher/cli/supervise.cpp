// supervise: all configurations of a directory, as a service of another init.

#include <fcntl.h>

#include <cstdlib>

#include "launcher/base/bytes.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_directory.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/notify_client.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

// Tells the init that has started us how we are, where it wants to know (sd_notify(3)).
class ServiceHeart final : public Heart {
 public:
  void beat() override {
    if (!reloading_) return;
    reloading_ = false;
    (void)client_.ready();
  }
  std::uint64_t due_ms() const override { return UINT64_MAX; }
  void child_ended(pid_t, int) override {}
  void containers_are_up(bool all) override {
    if (!all) (void)client_.status("not everything is up: microctr list, microctr check");
    (void)client_.ready();
  }
  void machine_has_failed() override {}
  void reloading() override {
    reloading_ = true;
    (void)client_.reloading();
  }
  void stopping() override { (void)client_.stopping(); }
  void write_words(TextWriter& text) override { text.add("service"); }

 private:
  static CString address() {
    const char* const value = std::getenv("NOTIFY_SOCKET");
    return value == nullptr ? CString() : CString::from_pointer(value);
  }

  NotifyClient client_{address()};
  bool reloading_ = false;
};

Result<Fd> open_service_control(const Places& places) {
  const RuntimeLock lock = TRY(RuntimeLock::acquire(places.runtime));
  return open_control(places);
}

int run_supervisor(Supervisor& supervisor, const Places& places) {
  (void)supervisor.run();
  if (const auto lock = RuntimeLock::acquire(places.runtime); lock) {
    remove_control(places);
    RuntimeLock::remove_if_empty(places.runtime);
  }
  return 0;
}

StaticObject<Supervisor> supervisor_storage;
StaticObject<ServiceHeart> heart_storage;
StaticObject<Handover> handover_storage;

// In the place of a supervisor whose process this is.
int resume_supervisor(int file) {
  Handover& handover = handover_storage.make();
  if (const auto read = Handover::read(file, handover); !read) return complain({}, read.error(), usage_error);
  sys::block_all_signals();
  static Invocation invocation;
  invocation.places = handover.places();
  const CString directory = handover.value("directory");
  for (CString one; !(one = handover.value("override", invocation.overrides.size())).empty();)
    (void)invocation.overrides.push(one);  // no more than the last program had
  const bool is_service = handover.value("role") == "service";
  static ConfigDirectory configurations(invocation, directory);
  Supervisor& supervisor = supervisor_storage.make(invocation.places, is_service ? Role::service : Role::shared);
  if (is_service) supervisor.keep(heart_storage.make());
  if (!directory.empty()) supervisor.keep(configurations);
  if (!handover.value("kill_on_exit").empty()) supervisor.kill_on_exit();
  const int control = handover.number("control");
  (void)sys::close_at_exec(control);
  if (const auto opened = supervisor.open(Fd(control)); !opened) return complain({}, opened.error(), 125);
  supervisor.resume(handover);
  return run_supervisor(supervisor, invocation.places);
}

}  // namespace

int verb_supervise(const Invocation& invocation) {
  if (!invocation.resume.empty()) {
    const auto file = parse_number(invocation.resume, INT32_MAX);
    if (file) return resume_supervisor(static_cast<int>(*file));
  }
  const Places& places = invocation.places;
  TextBuffer<limits::path> standard(places.config, "/containers");
  const CString directory = invocation.arguments.empty() ? standard.text() : invocation.arguments[0];
  if (const auto there = sys::open(directory, O_RDONLY | O_DIRECTORY); !there)
    return complain({}, there.error().doing("supervise the directory"_p).about(directory), usage_error);
  Bytes<limits::path> storage;
  TextBuffer<limits::path> absolute;
  if (!begins_with(directory, '/')) {
    const auto here = sys::working_directory_path(storage);
    if (!here) return complain({}, here.error(), 125);
    absolute.add(here.value(), "/");
  }
  absolute.add(directory);

  sys::block_all_signals();
  auto control = open_service_control(places);
  if (!control) {
    const bool served = control.error().code == EADDRINUSE;
    return complain({},
                    served ? control.error().with_hint("a supervisor runs already; microctr list shows what it has, "
                                                       "and it ends with its last container"_p)
                           : control.error(),
                    125);
  }
  (void)sys::change_directory("/");
  ConfigDirectory configurations(invocation, absolute.text());
  Supervisor& supervisor = supervisor_storage.make(places, Role::service);
  supervisor.keep(heart_storage.make());
  supervisor.keep(configurations);
  if (invocation.kill_on_exit) supervisor.kill_on_exit();
  if (const auto opened = supervisor.open(control.take()); !opened) return complain({}, opened.error(), 125);
  supervisor.begin();
  return run_supervisor(supervisor, places);
}

}  // namespace microctr

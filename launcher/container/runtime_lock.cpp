#include "launcher/container/runtime_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/id_range.h"

namespace microctr {

namespace {

// Directories above ours are made as an administrator would; ours alone is closed to others.
Result<void> make_runtime(CString runtime) {
  auto made = sys::make_directory(sys::working_directory, runtime, 0700);
  if (!made && made.error().code == ENOENT) {
    TextBuffer<limits::path> above(leading(runtime.view(), last_position(runtime.view(), '/')));
    TRY(make_directories(above.text(), 0755));
    made = sys::make_directory(sys::working_directory, runtime, 0700);
  }
  return made || made.error().code == EEXIST ? Result<void>() : made;
}

Result<void> check_owner(const sys::Status& status, CString runtime) {
  constexpr unsigned writable_by_others = 022;
  if (status.user != sys::user_id()) {
    return fail(EPERM, "use the runtime directory: it belongs to another user:"_p, runtime,
                "choose your own with --runtime-dir, or correct its owner"_p);
  }
  if ((status.mode & writable_by_others) != 0) {
    return fail(EPERM, "use the runtime directory: others may write to it:"_p, runtime, "chmod 700 it"_p);
  }
  return {};
}

}  // namespace

Result<RuntimeLock> RuntimeLock::acquire(CString runtime) {
  constexpr int most_tries = 100;
  for (int attempt = 0; attempt < most_tries; ++attempt) {
    auto directory = sys::open(runtime, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory) {
      if (directory.error().code != ENOENT) return directory.failed();
      TRY(make_runtime(runtime));
      continue;
    }
    const int file = directory.value().get();
    if (!sys::lock(file, LOCK_EX | LOCK_NB)) {
      TRY(check_owner(TRY(sys::status(file)), runtime));  // nobody else may let us wait
      TRY(sys::lock(file, LOCK_EX));
    }
    const auto status = TRY(sys::status(file));
    TRY(check_owner(status, runtime));
    if (status.links == 0) continue;  // its last holder removed it before we had it
    return RuntimeLock(directory.take());
  }
  return fail(EAGAIN, "lock the runtime directory"_p, runtime);
}

Result<void> RuntimeLock::check(CString runtime) {
  const auto directory = sys::open(runtime, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) {
    if (directory.error().code == ENOENT) return {};
    return directory.error().doing("use the runtime directory"_p).with_hint("choose another with --runtime-dir"_p);
  }
  return check_owner(TRY(sys::status(directory.value().get())), runtime);
}

void RuntimeLock::remove_if_empty(CString runtime) {
  TextBuffer<limits::path> containers(runtime, "/containers");
  remove_ids_if_unused(runtime);  // they go with the last range, unless that failed
  const auto gone = sys::remove_directory(sys::working_directory, containers.text());
  if (!gone && gone.error().code != ENOENT) return;
  // Something else of ours may remain (a supervisor's socket): then the directory stays, and `containers` comes back
  // with the next record.
  (void)sys::remove_directory(sys::working_directory, runtime);
}

}  // namespace microctr

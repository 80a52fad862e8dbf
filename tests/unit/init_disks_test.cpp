// What init.conf mounts, with the kernel: each test in a child with mounts of its own.
#include "init/disks.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "tests/unit/in_child.h"

namespace microctr {
namespace {

// On an empty /tmp; the exit status of `body`. 77: no such namespace.
template <typename Body>
int with_own_mounts(Body body) {
  return in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
    if (::mount("tmpfs", "/tmp", "tmpfs", MS_NODEV, nullptr) != 0) return 77;
    for (const char* name : {"/tmp/a", "/tmp/a/below", "/tmp/b"}) (void)::mkdir(name, 0700);
    return body();
  });
}

int mounted(CString source, CString target, CString type, std::string_view options) {
  Watchdog watchdog;
  TextBuffer<128> data;
  const std::uint64_t flags = parse_mount_options(options, data);
  const auto done = mount_device(source, target, type, flags, data.text(), watchdog);
  return done ? 0 : done.error().code;
}

int code_of_making(const char* path) { return ::mkdir(path, 0700) == 0 ? 0 : errno; }

#define EXPECT_THERE(expected, ...)                              \
  do {                                                           \
    const int status = with_own_mounts([]() -> int __VA_ARGS__); \
    if (status == 77) GTEST_SKIP() << "no mount namespace";      \
    EXPECT_EQ(status, expected);                                 \
  } while (false)

TEST(Disks, ABindIsReadOnlyWhereItIsToldSo) {
  EXPECT_THERE(EROFS, {
    if (const int code = mounted("/tmp/a", "/tmp/b", "none", "bind,ro,nosuid"); code != 0) return code;
    return code_of_making("/tmp/b/new");
  });
}

TEST(Disks, ABindHasItsFlagsAndThoseOfItsSource) {
  EXPECT_THERE(0, {
    if (const int code = mounted("/tmp/a", "/tmp/b", "none", "bind,nosuid,noexec"); code != 0) return code;
    struct statvfs place = {};
    if (::statvfs("/tmp/b", &place) != 0) return errno;
    constexpr unsigned long all = ST_NOSUID | ST_NOEXEC | ST_NODEV;
    return (place.f_flag & all) == all && (place.f_flag & ST_RDONLY) == 0 ? 0 : 1;
  });
}

TEST(Disks, AreMountedAlsoWhenTheOptionsNameAPropagation) {
  EXPECT_THERE(EROFS, {
    if (const int code = mounted("tmpfs", "/tmp/a/below", "tmpfs", "shared,ro"); code != 0) return code;
    if (const int code = mounted("/tmp/a", "/tmp/b", "none", "rbind,ro,rslave"); code != 0) return code;
    if (const int code = mounted("none", "/tmp/b", "none", "rprivate"); code != 0) return code;
    if (const int code = code_of_making("/tmp/b/new"); code != EROFS) return code == 0 ? 1 : code;
    return code_of_making("/tmp/b/below/new");
  });
}

TEST(Disks, SayWhyTheyAreNotMounted) {
  EXPECT_THERE(ENODEV, { return mounted("none", "/tmp/b", "nosuchtype", ""); });
  EXPECT_THERE(ENOENT, { return mounted("/tmp/none", "/tmp/b", "none", "bind"); });
  // No block device, and every type says so: not that none of them fits.
  EXPECT_THERE(ENOTBLK, { return mounted("/tmp/a", "/tmp/b", "auto", ""); });
}

}  // namespace
}  // namespace microctr

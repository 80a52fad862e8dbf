// Who a process is: names of the machine, namespaces, users, capabilities.

#include <linux/capability.h>
#include <sys/prctl.h>

#include "launcher/base/sys.h"
#include "launcher/base/sys_call.h"
#include "launcher/base/sys_number.h"
#include "launcher/base/text.h"

namespace microctr::sys {

Result<void> set_hostname(std::string_view name) {
  return done(call(SYS_sethostname, name.data(), name.size()), "set the host name"_p);
}

Result<void> set_domainname(std::string_view name) {
  return done(call(SYS_setdomainname, name.data(), name.size()), "set the domain name"_p);
}

Result<void> unshare(std::uint64_t flags) {
  return done(call(SYS_unshare, static_cast<unsigned long>(flags)), "unshare");
}

Result<void> set_namespace(int descriptor, int flags) {
  return done(call(SYS_setns, descriptor, flags), "join a namespace"_p);
}

Result<Descriptor> bare::owning_user_namespace(int descriptor) {
  constexpr unsigned get_user_namespace = 0xb701;  // NS_GET_USERNS, _IO(0xb7, 1)
  return opened(call(SYS_ioctl, descriptor, get_user_namespace), "find the owning user namespace"_p);
}

// These and the next are calls of one thread, and we have one: the C library's versions would signal every thread.
Result<void> set_groups(std::span<const gid_t> groups) {
  return done(call(number_setgroups, groups.size(), groups.data()), "set the supplementary groups"_p);
}

Result<void> set_group(gid_t group) { return done(call(number_setresgid, group, group, group), "set the group"_p); }

Result<void> set_user(uid_t user) { return done(call(number_setresuid, user, user, user), "set the user"_p); }

Result<void> set_file_ids(uid_t user, gid_t group) {
  // Each answers with the id before and tells no error: asking again is the only way to know (setfsuid(2), BUGS).
  call(number_setfsgid, group);
  call(number_setfsuid, user);
  const bool done_both =
      call(number_setfsgid, -1L) == static_cast<long>(group) && call(number_setfsuid, -1L) == static_cast<long>(user);
  return done_both ? Result<void>() : fail(EPERM, "set the ids that file systems see"_p);
}

namespace {

// prctl(2), whose unused arguments must be zero.
Result<void> control(long option, unsigned long first, unsigned long second, Phrase what) {
  return done(call(SYS_prctl, option, first, second, 0L, 0L), what);
}

}  // namespace

Result<void> drop_bounding_capability(unsigned capability) {
  return control(PR_CAPBSET_DROP, capability, 0, "drop a capability from the bounding set"_p);
}

Result<void> set_capabilities(std::uint64_t permitted, std::uint64_t inheritable) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  for (unsigned word = 0; word < 2; ++word) {
    data[word].permitted = data[word].effective = static_cast<std::uint32_t>(permitted >> (32 * word));
    data[word].inheritable = static_cast<std::uint32_t>(inheritable >> (32 * word));
  }
  return done(call(SYS_capset, &header, data), "set the capabilities"_p);
}

namespace {

struct CapabilitySets {
  __user_cap_data_struct data[2];
};

Result<void> read_capabilities(CapabilitySets& sets) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  return done(call(SYS_capget, &header, sets.data), "read the capabilities"_p);
}

}  // namespace

Result<std::uint64_t> effective_capabilities() {
  CapabilitySets sets;
  TRY(read_capabilities(sets));
  return sets.data[0].effective | static_cast<std::uint64_t>(sets.data[1].effective) << 32;
}

Result<std::uint64_t> permitted_capabilities() {
  CapabilitySets sets;
  TRY(read_capabilities(sets));
  return sets.data[0].permitted | static_cast<std::uint64_t>(sets.data[1].permitted) << 32;
}

Result<void> clear_ambient_capabilities() {
  return control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, "clear the ambient capabilities"_p);
}

Result<void> raise_ambient_capability(unsigned capability) {
  return control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, "raise an ambient capability"_p);
}

Result<void> keep_capabilities() { return control(PR_SET_KEEPCAPS, 1, 0, "keep the capabilities"_p); }

Result<void> forbid_new_privileges() { return control(PR_SET_NO_NEW_PRIVS, 1, 0, "set no_new_privileges"_p); }

Result<void> load_filter(const void* instructions, std::size_t count) {
  const struct {  // struct sock_fprog
    unsigned short count;
    const void* instructions;
  } program = {static_cast<unsigned short>(count), instructions};
  constexpr long set_mode_filter = 1;  // SECCOMP_SET_MODE_FILTER
  return done(call(SYS_seccomp, set_mode_filter, 0L, &program), "load the system call filter"_p);
}

Result<void> set_dumpable(bool dumpable) { return control(PR_SET_DUMPABLE, dumpable ? 1 : 0, 0, "set dumpable"_p); }

Result<void> die_with_parent(int signal) {
  return control(PR_SET_PDEATHSIG, static_cast<unsigned long>(signal), 0, "set the parent-death signal"_p);
}

Result<void> become_subreaper() { return control(PR_SET_CHILD_SUBREAPER, 1, 0, "become the reaper"_p); }

}  // namespace microctr::sys

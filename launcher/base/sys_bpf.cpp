// bpf(2), as far as device filters need it.

#include <linux/bpf.h>
#include <sys/resource.h>

#include "launcher/base/sys.h"
#include "launcher/base/sys_call.h"
#include "launcher/base/sys_number.h"

namespace microctr::sys {

namespace {

// The kernel takes a shorter bpf_attr than its own for one with zeros at its end; these fields have never moved.
struct LoadRequest {
  std::uint32_t type = 0;
  std::uint32_t count = 0;
  std::uint64_t instructions = 0;
  std::uint64_t license = 0;
  std::uint32_t log_level = 0;
  std::uint32_t log_size = 0;
  std::uint64_t log_buffer = 0;
  std::uint32_t kernel_version = 0;
  std::uint32_t flags = 0;
};
struct AttachRequest {
  std::uint32_t target = 0;
  std::uint32_t program = 0;
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
};
struct QueryRequest {
  std::uint32_t target = 0;
  std::uint32_t type = 0;
  std::uint32_t query_flags = 0;
  std::uint32_t attach_flags = 0;
  std::uint64_t programs = 0;
  std::uint32_t count = 0;
  std::uint32_t unused = 0;
};

std::uint64_t address_of(const void* object) { return reinterpret_cast<std::uintptr_t>(object); }

template <typename Request>
long bpf(unsigned command, const Request& request) {
  return call(SYS_bpf, command, &request, sizeof request);
}

long exchange_memory_lock(const ResourceLimit* limit, ResourceLimit* before) {
  return call(SYS_prlimit64, 0L, RLIMIT_MEMLOCK, limit, before);
}

}  // namespace

// A kernel that knows this type of program looks at the descriptor (EBADF); another does not get so far (EINVAL,
// ENOSYS, EPERM).
bool has_device_programs() {
  const QueryRequest request = {.target = UINT32_MAX, .type = BPF_CGROUP_DEVICE};
  return bpf(BPF_PROG_QUERY, request) == -EBADF;
}

Result<Descriptor> bare::load_device_program(std::span<const BpfInstruction> program) {
  constexpr Phrase what = "load the device filter"_p;
  static_assert(sizeof(BpfInstruction) == 8);
  static constexpr char license[] = "";  // no function of the kernel is called, so none of them asks for the GPL
  const LoadRequest request = {.type = BPF_PROG_TYPE_CGROUP_DEVICE,
                               .count = static_cast<std::uint32_t>(program.size()),
                               .instructions = address_of(program.data()),
                               .license = address_of(license)};
  long loaded = bpf(BPF_PROG_LOAD, request);
  if (loaded != -EPERM) return opened(loaded, what);
  const ResourceLimit unlimited = {UINT64_MAX, UINT64_MAX};
  ResourceLimit before;
  if (exchange_memory_lock(&unlimited, &before) < 0) return opened(loaded, what);
  loaded = bpf(BPF_PROG_LOAD, request);
  (void)exchange_memory_lock(&before, nullptr);
  return opened(loaded, what);
}

Result<void> attach_device_program(int cgroup, int program) {
  const AttachRequest request = {.target = static_cast<std::uint32_t>(cgroup),
                                 .program = static_cast<std::uint32_t>(program),
                                 .type = BPF_CGROUP_DEVICE,
                                 .flags = BPF_F_ALLOW_MULTI};
  return done(bpf(BPF_PROG_ATTACH, request), "attach the device filter"_p);
}

}  // namespace microctr::sys

// The system call filter of a container: its program is made by the launcher, before there is a process, and loaded by
// the process.
//
// There is one program, in storage of the process that starts a container; a child inherits it. It must not be loaded
// by a launcher itself: a filter stays for ever.
#pragma once

#include "launcher/plan/plan.h"
#include "launcher/seccomp/call.h"
#include "launcher/spec/diagnostic.h"

namespace microctr {

// A policy file as the record keeps it, so that `exec` filters as the start did, whatever becomes of the file.
inline constexpr Literal recorded_policy = "/seccomp";

// Reads the policy at `path`, with all that is wrong in it. False: `diagnostics` say what. Error: it cannot be read.
Result<bool> read_policy_file(CString path, Diagnostics& diagnostics);

// Op::prepare_seccomp. A policy file is copied into `record`.
Result<void> prepare_filter(const Step& step, const HostFacts& facts, CString record);

// The same for `exec`: from the copy in `record`.
Result<void> prepare_recorded_filter(const Step& step, const HostFacts& facts, CString record);

// When the filter is loaded: right before exec, so that it has to allow none of our own calls. One of the container's
// own policy may refuse even the look at what was wrong, so all that can be seen before is.
enum class Filter : std::uint8_t { not_at_exec, at_exec, own_at_exec };
constexpr Filter filter_of(const Spec& spec) {
  if (!spec.no_new_privileges) return Filter::not_at_exec;
  return spec.seccomp == SeccompPolicy::file ? Filter::own_at_exec : Filter::at_exec;
}

// Whether a loaded policy of the container's own refuses the call whatever its arguments are.
bool filter_refuses(seccomp::Call call);

// Op::filter_calls. EINVAL: the kernel has no filters (CONFIG_SECCOMP_FILTER).
Result<void> load_filter();

// Gives the memory of policy and program back.
void forget_filter();

// What the filter of `step` does, a line of words at a time. Its policy file must have been read by read_policy_file.
void describe_filter(const Step& step, const HostFacts& facts, void (*print_line)(std::string_view line));

}  // namespace microctr

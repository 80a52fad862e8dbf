#include "launcher/container/join.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>

#include <array>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/container/cgroup_list.h"
#include "launcher/container/child.h"
#include "launcher/container/environment.h"
#include "launcher/container/execute.h"
#include "launcher/container/filter.h"
#include "launcher/container/identity.h"
#include "launcher/container/inside.h"
#include "launcher/container/labels.h"
#include "launcher/container/process_limits.h"
#include "launcher/container/sealed_program.h"
#include "launcher/container/terminal.h"

namespace microctr {

namespace {

constexpr std::uint32_t new_cgroup_namespace = 0x02000000;  // CLONE_NEWCGROUP

struct Cgroups {
  static constexpr std::size_t most = 8;
  std::array<Fd, most> procs;  // cgroup.procs of each hierarchy, opened while we still see them
  std::size_t count = 0;
  Fd unified;  // the v2 directory, for clone
};

// A cgroup that hands controllers down takes no process itself (EBUSY; cgroup-v2, "No Internal Process Constraint"),
// and a delegated one may do that: then `path` becomes that of the first process, which is below it.
Result<void> go_below(const JoinTarget& target, TextWriter& path) {
  Bytes<4096> buffer;
  const TextBuffer<limits::path> control(path.view(), "/cgroup.subtree_control");
  const auto enabled = TRY(read_value(sys::working_directory, control.text(), buffer));
  if (enabled.empty() || enabled.front() == '\n') return {};
  const TextBuffer<40> list("/proc/", target.first, "/cgroup");
  std::string_view lines = TRY(read_file(sys::working_directory, list.text(), buffer));
  const TextBuffer<limits::path> above(path.view(), "/");
  while (!lines.empty()) {
    const std::string_view line = cut(lines, '\n');
    if (!line.starts_with("0::")) continue;
    const TextBuffer<limits::path> first(target.facts.cgroup.unified, after(line, 3));
    if (!first.view().starts_with(above.view())) return {};
    path.clear();
    path.add(first.view());
    return {};
  }
  return {};
}

// What is in v2 has cgroup.controllers.
Result<Cgroups> open_cgroups(const JoinTarget& target) {
  CgroupList own;
  TRY(own.read(target.record));
  Cgroups cgroups;
  for (std::string_view directory = own.next(); !directory.empty(); directory = own.next()) {
    TextBuffer<limits::path> path(directory);
    TextBuffer<limits::path> version(directory, "/cgroup.controllers");
    const bool is_unified = static_cast<bool>(sys::access(sys::working_directory, version.text(), F_OK));
    TextBuffer<limits::path> leaf(directory, caller_cgroup);  // where its processes are with `nesting`
    const bool is_child = !target.cgroup.empty() && directory == target.plan.cgroup.view();
    if (is_child || (is_unified && sys::access(sys::working_directory, leaf.text(), F_OK))) {
      path.clear();
      path.add(is_child ? target.cgroup.view() : leaf.view());
    } else if (is_unified) {
      TRY(go_below(target, path));
    }
    if (is_unified && target.facts.kernel_at_least(5, 7)) {
      cgroups.unified = TRY(sys::open(path.text(), O_PATH | O_DIRECTORY));
      continue;
    }
    if (cgroups.count == Cgroups::most) return fail(E2BIG, "join the cgroups"_p);
    path.add("/cgroup.procs");
    cgroups.procs[cgroups.count++] = TRY(sys::open(path.text(), O_WRONLY));
  }
  return cgroups;
}

struct NamespaceFile {
  TableText<8> name;
  std::uint32_t flag;
};
constexpr NamespaceFile namespace_files[] = {{"user", CLONE_NEWUSER},
                                             {"mnt", CLONE_NEWNS},
                                             {"uts", CLONE_NEWUTS},
                                             {"ipc", CLONE_NEWIPC},
                                             {"pid", CLONE_NEWPID},
                                             {"net", CLONE_NEWNET},
                                             {"time", 0x80 /* CLONE_NEWTIME */},
                                             {"cgroup", new_cgroup_namespace}};

// Those that the first process has for itself: what it really has, since a plan of now could differ from that of its
// start, and a namespace that is forgotten would be the host's.
Result<std::uint64_t> namespaces_to_join(pid_t first) {
  std::uint64_t flags = 0;
  for (const NamespaceFile& file : namespace_files) {
    const TextBuffer<40> theirs("/proc/", first, "/ns/", file.name);
    const TextBuffer<40> ours("/proc/self/ns/", file.name);
    const auto own = sys::status_at(sys::working_directory, ours.text(), 0);
    if (!own && own.error().code == ENOENT) continue;  // the kernel does not have this kind
    if (TRY(sys::status_at(sys::working_directory, theirs.text(), 0)).inode != TRY(own).inode) flags |= file.flag;
  }
  return flags;
}

// At once by the pidfd; before Linux 5.8, which does not take one here (EINVAL), one by one. Root has the right to
// enter each of them until it is in their user namespace, nobody else before.
Result<void> enter_namespaces(const JoinTarget& target, std::uint64_t flags) {
  const auto entered = sys::set_namespace(target.pidfd, static_cast<int>(flags));
  if (entered || entered.error().code != EINVAL) return entered;
  constexpr std::size_t count = std::size(namespace_files);
  std::array<Fd, count> files;  // all are opened before /proc is another one
  for (std::size_t index = 0; index < count; ++index) {
    if ((flags & namespace_files[index].flag) == 0) continue;
    const TextBuffer<40> path("/proc/", target.first, "/ns/", namespace_files[index].name);
    files[index] = TRY(sys::open(path.text(), O_RDONLY));
  }
  TRY(sys::signal_process(target.pidfd, 0));  // as in `join`
  const std::size_t first = target.facts.privileged ? 1 : 0;
  for (std::size_t index = 0; index < count; ++index) {
    const Fd& file = files[(first + index) % count];
    if (file) TRY(sys::set_namespace(file.get(), 0));
  }
  return {};
}

// As for the first process; and for one that has become what today's plan would not make of it.
Result<int> prepare_sealed_program(const Plan& plan, std::uint64_t namespaces) {
  bool wanted = namespaces != 0 && (namespaces & CLONE_NEWUSER) == 0;
  for (const Step& step : plan.steps) wanted |= step.op == Op::seal_program;
  return wanted ? sealed_program() : -1;
}

// What `become_container` is for the first process, this is for a later one: nothing is left to build.
Result<void> become_member(const JoinTarget& target, int& channel, int& sealed, Environment& environment,
                           Filter& at_exec) {
  const Spec& spec = *target.plan.spec;
  // The caller's descriptors shall not reach the container.
  TRY(keep_descriptors(channel, sealed));
  channel = channel_number;
  TRY(sys::new_session());
  const Fd root = TRY(sys::open("/", O_PATH | O_DIRECTORY));
  Resolved identity;
  TRY(resolve_identity(spec, root.get(), identity));
  if (target.terminal) {
    if (target.plan.user_namespace && !target.plan.single_map) {  // what we make shall belong to it
      TRY(sys::set_group(0));
      TRY(sys::set_user(0));
    }
    const TerminalOf whose = target.plan.mount_namespace ? TerminalOf::container : TerminalOf::host;
    const Fd slave = TRY(open_terminal(root.get(), whose, target.window, channel));
    TRY(take_terminal(slave.get(), identity));
  }
  bool forbid = false;
  bool filter = false;
  std::uint64_t capabilities = 0;
  bool change = false;
  for (const Step& step : target.plan.steps) {
    if (step.op == Op::drop_bounding) TRY(drop_bounding(step.flags));
    if (step.op == Op::set_identity) change = true;
    if (step.op == Op::set_capabilities) capabilities = step.flags;
    if (step.op == Op::forbid_privileges) forbid = true;
    if (step.op == Op::filter_calls) filter = true;
  }
  const Filter when = filter_of(spec);
  if (filter && when == Filter::not_at_exec) TRY(load_filter());
  if (change) {
    TRY(set_identity(identity, target.plan.single_map ? GroupList::forbidden : GroupList::set));
    TRY(set_capabilities(identity, capabilities, 0));
  }
  if (forbid) TRY(sys::forbid_new_privileges());
  if (filter) at_exec = when;
  sys::set_umask(spec.umask.value_or(022));
  TRY(sys::change_directory(spec.workdir.empty() ? CString("/") : spec.workdir));

  return environment.build(spec, identity, target.file_environment.view());
}

Result<void> label_next_program(const Plan& plan, int proc) {
  for (const Step& step : plan.steps) {
    if (step.op == Op::set_label) TRY(set_label(proc, step));
  }
  return {};
}

[[noreturn]] void run_member(const JoinTarget& target, int channel, int proc, int cgroup, int sealed) {
  char byte;
  const auto opened = sys::receive(channel, {&byte, 1});
  if (!opened || opened.value() != 1) sys::exit(125);
  static StaticObject<Environment> storage;
  Environment& environment = storage.make();
  auto ready = label_next_program(target.plan, proc);
  if (ready && cgroup >= 0) ready = sys::set_namespace(cgroup, 0);  // it is in its place
  Filter filter = Filter::not_at_exec;
  if (ready) ready = become_member(target, channel, sealed, environment, filter);
  if (ready && target.ends == Ends::with_launcher) ready = sys::die_with_parent(SIGKILL);
  if (ready) ready = announce_exec(channel);
  if (!ready) report_and_exit(channel, nullptr, ready.error());
  sys::restore_signals();
  const Step step{.op = Op::execute, .target = target.command[0]};
  report_and_exit(channel, &step, execute_words(target.command, environment, sealed, filter));
}

Result<void> admit(const Plan& plan, const Cgroups& cgroups, pid_t pid, int channel) {
  TRY(set_limits(plan, pid));
  TextBuffer<16> number(pid);
  for (std::size_t index = 0; index < cgroups.count; ++index) {
    TRY(write_all(cgroups.procs[index].get(), number.view()));
  }
  const char byte = 1;
  TRY(sys::send(channel, {&byte, 1}));
  return {};
}

}  // namespace

Result<Launched> join(const JoinTarget& target) {
  const Cgroups cgroups = TRY(open_cgroups(target));
  const Fd proc = TRY(open_host_proc());
  for (const Step& step : target.plan.steps) {
    if (step.op == Op::prepare_seccomp) TRY(prepare_recorded_filter(step, target.facts, target.record));
  }
  TRY(allow_limits(target.plan));
  LentScore score = TRY(LentScore::take(target.plan));
  // From here on a process of the container could look at us through a shared pid namespace; what is not dumpable
  // does not show its executable (CVE-2019-5736). exec makes the new program dumpable again.
  TRY(sys::set_dumpable(false));
  std::uint64_t namespaces = TRY(namespaces_to_join(target.first));
  const int sealed = TRY(prepare_sealed_program(target.plan, namespaces));
  Fd cgroup;
  if ((namespaces & new_cgroup_namespace) != 0) {
    cgroup = TRY(sys::open(TextBuffer<40>("/proc/", target.first, "/ns/cgroup").text(), O_RDONLY));
    namespaces &= ~std::uint64_t{new_cgroup_namespace};
  }
  // That was looked up by number; it still is the process that the pidfd stands for when it is alive now.
  TRY(sys::signal_process(target.pidfd, 0));
  if (namespaces != 0) TRY(enter_namespaces(target, namespaces));
  auto [ours, theirs] = TRY(sys::make_socket_pair(SOCK_SEQPACKET));
  auto child = TRY(sys::clone(0, cgroups.unified.get()));
  if (child.pid == 0) {
    ours.close();
    run_member(target, theirs.get(), proc.get(), cgroup.get(), sealed);
  }
  score.give_back();
  theirs.close();
  const auto admitted = admit(target.plan, cgroups, child.pid, ours.get());
  if (!admitted) {
    (void)sys::signal_process(child.pidfd.get(), SIGKILL);
    (void)sys::wait_for(child.pidfd.get());
    return admitted.failed();
  }
  return Launched{child.pid, std::move(child.pidfd), std::move(ours), {}};
}

}  // namespace microctr

#include "launcher/plan/explain.h"

#include <sched.h>
#include <sys/mount.h>

#include <span>

#include "launcher/spec/capability.h"
#include "launcher/spec/word_list.h"

namespace microctr {

namespace {

constexpr std::uint32_t namespace_flags[] = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWUTS,
                                             CLONE_NEWIPC,  CLONE_NEWPID, CLONE_NEWNET};
constexpr char namespace_names[] = "user mount uts ipc pid network";

constexpr std::uint32_t mount_option_flags[] = {MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC};
constexpr char mount_option_names[] = "ro nosuid nodev noexec recursive";

constexpr std::uint32_t name_file_flags[] = {names_hostname, names_hosts, names_resolver};
constexpr char name_file_names[] = "hostname hosts resolv.conf";

void list_flags(std::span<const std::uint32_t> known, Literal names, std::uint64_t flags, TextWriter& text) {
  bool any = false;
  for (unsigned index = 0; index < known.size(); ++index) {
    if ((flags & known[index]) == 0) continue;
    text.add(any ? "," : "", word_at(names, index));
    any = true;
  }
  if (!any) text.add("none");
}

void list_capabilities(std::uint64_t set, TextWriter& text) {
  if (set == 0) text.add("none");
  bool any = false;
  for (unsigned capability = 0; capability < capability_count; ++capability) {
    if ((set >> capability & 1) == 0) continue;
    text.add(any ? " " : "", capability_name(capability));
    any = true;
  }
}

// What each step does and how it is undone (empty: it is gone with the process and its namespaces), in the order of Op.
// '@' is the target, '&' the source, '%' the options, '$' the type; '~' is what the flags or the mode say.
constexpr char plain_texts[] =
    "check that & is a readable directory\0\0"
    "build the BusyBox layer @\0kept: shared by all containers\0"
    "make directory @\0kept: holds what must last; removed by remove --data\0"
    "read environment file &\0\0"
    "enable % below @~\0disabled again with our last container, if we enabled them\0"
    "make cgroup @\0kill what is in it, remove it\0"
    "limit &: write % to @\0\0"
    "copy & to @\0\0"
    "leave out ~\0\0"
    "reserve &\0given back; a chosen address is kept for the name until it is removed\0"
    "make bridge @ (%) unless it is there\0removed with its last container\0"
    "switch on forwarding of % between links, if it is off\0switched off again with our last container that needs it\0"
    "hold port & of the host by a bound socket\0closed\0"
    "open the firewall (nf_tables table microctr): ~\0closed again; the table goes with its last entry\0"
    "choose a range of 65536 ids of its own from %\0given back\0"
    "give the cgroup @ to the container's root\0\0"
    "find the devices & of the host\0\0"
    "prepare the system call filter: ~\0\0"
    "make the $ @, on which it says that it is ready\0removed with the record\0"
    "prepare a sealed copy of the code that executes the command: our program is never in reach of the container\0\0"
    "create the process with new namespaces: ~\0kill, reap\0"
    "map user ids &, group ids @\0\0"
    "put the process into cgroup @\0\0"
    "forbid all devices but the container's to cgroup @\0gone with the cgroup\0"
    "$ & - @%\0the kernel removes it with the network namespace\0"
    "name the network namespace @\0removed\0"
    "ask a DHCP server for the address of @ (BusyBox udhcpc)\0the lease is released\0"
    "limit the process: %\0\0"
    "make pipes that become its standard streams its own\0\0"
    "set oom_score_adj %\0\0"
    "enter a time namespace of its own (%)\0\0"
    "take on the $ label % at exec\0\0"
    "make its cgroup the root it sees (new cgroup namespace)\0\0"
    "set host name &\0\0"
    "set domain name &\0\0"
    "make all mounts private\0\0"
    "configure the network: loopback, addresses, routes\0\0"
    "mount tmpfs for the upper layer on @ (%)\0\0"
    "use & for the upper layer\0\0"
    "make & visible at @ (~)\0\0"
    "become root of the user namespace\0\0"
    "make the directories of the upper layer\0\0"
    "mount overlay on @ (~)\0\0"
    "bind & as root to @ (~)\0\0"
    "enter the new root @\0\0"
    "mount $ on @ (~)\0\0"
    "bind & to @ (~)\0\0"
    "move & to @\0\0"
    "~ the devices null zero full random urandom tty% in @\0\0"
    "make the links and directories in @\0\0"
    "allow ping and ports below 1024 without a capability\0\0"
    "open a terminal and make it /dev/console\0\0"
    "hide %\0\0"
    "make read-only: %\0\0"
    "write % to @\0\0"
    "move into a cgroup below its root\0\0"
    "give @ to the container's user\0\0"
    "write the manifest @\0\0"
    "make @ for the files of /etc\0removed with the record\0"
    "write in /etc: ~\0gone with the root\0"
    "hold @ before the root covers it\0\0"
    "make it the root and detach the old one (pivot_root)\0\0"
    "cover the host's root with it (move and chroot: pivot_root refuses on an initramfs)\0\0"
    "make the root read-only\0\0"
    "start a session of its own\0\0"
    "keep in the bounding set only the capabilities ~\0\0"
    "set user and groups\0\0"
    "set the capabilities ~\0\0"
    "set no_new_privileges\0\0"
    "filter system calls\0\0"
    "set umask 0~\0\0"
    "change the working directory to @\0\0"
    "execute @\0\0";
constexpr std::size_t texts_per_op = 2;
constexpr auto texts = phrase::pack_table<plain_texts, texts_per_op, 0>();

consteval std::size_t count_texts() {
  std::size_t count = 0;
  for (const char character : plain_texts) count += character == '\0' ? 1 : 0;
  return count - 1;  // the literal's own
}
static_assert(count_texts() == texts_per_op * (static_cast<std::size_t>(Op::execute) + 1));

Phrase text_of(Op op, std::size_t number) {
  return Phrase::nth(texts.data(), texts_per_op * static_cast<std::size_t>(op) + number);
}

void describe_flags(const Step& step, TextWriter& text) {
  switch (step.op) {
    case Op::clone:
      list_flags(namespace_flags, namespace_names, step.flags, text);
      if (!step.source.empty()) text.add("; in the network of container "_p, step.source);
      if (step.source.empty() && step.number != 0)
        text.add("; in the network of its earlier life, which another shares"_p);
      if (!step.target.empty()) text.add("; in cgroup "_p, step.target);
      return;
    case Op::enable_controllers:
      if (step.flags == cgroup_of_caller) text.add(", from which its processes move into a child"_p);
      return;
    case Op::leave_out:
      if (step.source.empty()) {
        text.add("the device filter: this machine has none, and nothing inside may make device nodes"_p);
      } else {
        text.add("the limit ", step.source, ": this machine has no controller for it and it is not required"_p);
      }
      return;
    case Op::mount:
    case Op::mount_overlay:
    case Op::bind_root:
    case Op::map_tree:
    case Op::bind:
      if ((step.flags & mount_map_ids) != 0) text.add("with ids mapped; "_p);
      list_flags(mount_option_flags, mount_option_names, step.flags, text);
      if (!step.options.empty()) text.add("; ", step.options);
      return;
    case Op::open_firewall:
      if (!step.source.empty()) text.add("publish "_p, step.source, step.options.empty() ? "" : "; ");
      if (!step.options.empty()) text.add("masquerade what leaves "_p, step.options);
      return;
    case Op::prepare_seccomp: text.add(step.source.empty() ? CString("the default policy") : step.source); return;
    case Op::make_devices: text.add(step.flags != 0 ? "bind" : "make"); return;
    case Op::write_names:
      list_flags(name_file_flags, name_file_names, step.flags, text);
      if ((step.flags & names_bound) != 0) text.add("; bound read-only, from the record"_p);
      return;
    case Op::set_umask: text.add(Octal{step.mode}); return;
    default: list_capabilities(step.flags, text);
  }
}

}  // namespace

void describe(const Step& step, TextWriter& text) {
  const TextBuffer<128> pattern(text_of(step.op, 0));
  for (const char character : pattern.view()) {
    switch (character) {
      case '@': text.add(step.target); break;
      case '&': text.add(step.source); break;
      case '%': text.add(step.options); break;
      case '$': text.add(step.type); break;
      case '~': describe_flags(step, text); break;
      default: text.add(character);
    }
  }
}

static Phrase describe_undo(const Step& step) {
  if (step.op == Op::make_cgroup && step.flags != cgroup_leaf) return "removed when it is empty"_p;
  if (step.op == Op::create_link && step.type == "move device") return "given back as it was"_p;
  if (step.op == Op::write_names && (step.flags & names_kept) != 0) return "none: the upper layer keeps them"_p;
  if (step.op == Op::write_names && (step.flags & names_bound) != 0) return {};
  return text_of(step.op, 1);
}

void explain_step(const Plan& plan, std::size_t index, TextWriter& text) {
  const Step& step = plan.steps[index];
  constexpr Literal sides[] = {"host  ", "gate  ", "stage ", "inside", "beside"};
  static_assert(std::size(sides) == static_cast<std::size_t>(Side::beside) + 1);
  text.add(index + 1 < 10 ? " " : "", index + 1, "  ", sides[static_cast<std::size_t>(step.side)], "  ");
  describe(step, text);
  if (step.op == Op::execute && step.flags == execute_behind_reaper)
    text.add(" behind a reaper, which is the first process and passes signals on"_p);
  if (step.optional) text.add(" [if there is one]"_p);
  text.add("\n");
  const Phrase undo = describe_undo(step);
  if (!undo.empty()) text.add("              undo: "_p, undo, "\n");
}

}  // namespace microctr

#include "launcher/container/device_filter.h"

#include <fcntl.h>
#include <linux/bpf.h>

#include "launcher/base/file.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

// Documentation/admin-guide/devices.txt. Not among them is the host's console (5:1): a container's /dev/console is a
// pts. 0:0 is how overlayfs marks what was removed; before Linux 5.8 the filter is asked about that, too.
constexpr DeviceRule default_rules[] = {{.access = access_make, .major = 0, .minor = 0},  // whiteout
                                        {.major = 1, .minor = 3},                         // null
                                        {.major = 1, .minor = 5},                         // zero
                                        {.major = 1, .minor = 7},                         // full
                                        {.major = 1, .minor = 8},                         // random
                                        {.major = 1, .minor = 9},                         // urandom
                                        {.major = 5, .minor = 0},                         // tty
                                        {.major = 5, .minor = 2},                         // ptmx
                                        {.major = 136, .minor = DeviceRule::any_minor}};  // pts
static_assert(sizeof default_rules / sizeof default_rules[0] == default_rule_count);

// The registers of the program: r1 is struct bpf_cgroup_dev_ctx, and what is returned is in r0.
constexpr unsigned answer = 0;
constexpr unsigned context = 1;
constexpr unsigned type = 2;
constexpr unsigned access = 3;
constexpr unsigned major_number = 4;
constexpr unsigned number = 5;  // 12 bits of major, 20 bits of minor

using Instruction = sys::BpfInstruction;

// Documentation/bpf/standardization/instruction-set.rst
constexpr Instruction instruction(unsigned code, unsigned destination, unsigned source, unsigned offset,
                                  std::uint32_t immediate) {
  return {static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(destination | source << 4),
          static_cast<std::int16_t>(offset), static_cast<std::int32_t>(immediate)};
}
constexpr Instruction load_word(unsigned to, unsigned offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, context, offset, 0);
}
constexpr Instruction copy(unsigned to, unsigned from) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}
constexpr Instruction set(unsigned to, std::uint32_t value) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}
constexpr Instruction mask(unsigned to, std::uint32_t bits) {
  return instruction(BPF_ALU64 | BPF_AND | BPF_K, to, 0, 0, bits);
}
constexpr Instruction shift(unsigned to, unsigned direction, std::uint32_t bits) {
  return instruction(BPF_ALU64 | direction | BPF_K, to, 0, 0, bits);
}
constexpr Instruction add_bits(unsigned to, unsigned from) {
  return instruction(BPF_ALU64 | BPF_OR | BPF_X, to, from, 0, 0);
}
// Goes on `distance` instructions behind the next one. The comparison is of 32 bits: 64 would take the value for
// signed.
constexpr Instruction jump(unsigned when, unsigned is, std::uint32_t value, unsigned distance) {
  return instruction(BPF_JMP32 | when | BPF_K, is, 0, distance, value);
}
constexpr Instruction leave() { return instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

constexpr std::uint32_t number_of(const DeviceRule& rule) { return rule.major << 20 | rule.minor; }

// What the verifier of the kernel needs for a program grows with its ways more than with its instructions, and it is
// run for each container: one comparison for most rules, and one end for all that is allowed.
class Assembler {
 public:
  explicit Assembler(DeviceProgram& program) : program_(program) {}

  // access_type has the access in its upper half and the type in its lower one.
  void begin() {
    add(load_word(type, offsetof(bpf_cgroup_dev_ctx, access_type)));
    add(copy(access, type));
    add(shift(access, BPF_RSH, 16));
    add(mask(type, 0xffff));
    add(load_word(major_number, offsetof(bpf_cgroup_dev_ctx, major)));
    add(load_word(answer, offsetof(bpf_cgroup_dev_ctx, minor)));
    add(copy(number, major_number));
    add(shift(number, BPF_LSH, 20));
    add(add_bits(number, answer));
  }

  // The rules of one type, which whatever has another one passes by.
  template <typename Rules>
  void allow_all(bool block, const Rules& rules) {
    const std::size_t passes = program_.size();
    add(jump(BPF_JNE, type, block ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR, 0));
    rules([&](const DeviceRule& rule) {
      if (rule.block == block) allow(rule);
    });
    program_[passes].offset = static_cast<std::int16_t>(program_.size() - passes - 1);
  }

  void end() {
    add(set(answer, 0));
    add(leave());
    const std::size_t allowed = program_.size();
    add(set(answer, 1));
    add(leave());
    for (std::size_t at = 0; at < allowed; ++at) {
      if (program_[at].offset == to_allowed) program_[at].offset = static_cast<std::int16_t>(allowed - at - 1);
    }
  }

 private:
  static constexpr std::int16_t to_allowed = -1;  // until the end is known

  void allow(const DeviceRule& rule) {
    const bool one_minor = rule.minor != DeviceRule::any_minor;
    const unsigned compared = one_minor ? number : major_number;
    const std::uint32_t value = one_minor ? number_of(rule) : rule.major;
    if (rule.access == access_all) return add_jump_to_allowed(compared, value);
    add(jump(BPF_JNE, compared, value, 3));
    add(copy(answer, access));
    add(mask(answer, ~std::uint32_t{rule.access}));
    add_jump_to_allowed(answer, 0);
  }

  void add_jump_to_allowed(unsigned is, std::uint32_t value) {
    Instruction when = jump(BPF_JEQ, is, value, 0);
    when.offset = to_allowed;
    add(when);
  }

  void add(const Instruction& instruction) { (void)program_.push(instruction); }  // sized for the longest

  DeviceProgram& program_;
};

Result<void> attach_program(CString cgroup, std::span<const DeviceNode> devices) {
  DeviceProgram program;
  assemble(devices, program);
  const auto loaded = sys::load_device_program(program.view());
  if (!loaded) {
    return loaded.failed().with_hint(
        "the kernel needs CONFIG_BPF_SYSCALL and CONFIG_CGROUP_BPF, and must not be locked down for bpf"_p);
  }
  const Fd directory = TRY(sys::open(cgroup, O_RDONLY | O_DIRECTORY));
  const auto attached = sys::attach_device_program(directory.get(), loaded.value().get());
  if (!attached && attached.error().code == EPERM)
    return attached.failed().with_hint("a cgroup above has a device filter that allows none below it"_p);
  return attached;
}

void format_rule(const DeviceRule& rule, TextWriter& text) {
  text.add(rule.block ? 'b' : 'c', ' ', rule.major, ':');
  if (rule.minor == DeviceRule::any_minor) {
    text.add('*');
  } else {
    text.add(rule.minor);
  }
  text.add(' ', (rule.access & access_read) != 0 ? "r" : "", (rule.access & access_write) != 0 ? "w" : "",
           (rule.access & access_make) != 0 ? "m" : "");
}

// Documentation/admin-guide/cgroup-v1/devices.rst. One rule, which the parent must have, too.
Result<void> allow_legacy(int cgroup, const DeviceRule& rule) {
  TextBuffer<48> line;
  format_rule(rule, line);
  return write_value(cgroup, "devices.allow", line.view());
}

Result<void> write_rules(CString cgroup, std::span<const DeviceNode> devices) {
  const Fd directory = TRY(sys::open(cgroup, O_RDONLY | O_DIRECTORY));
  TRY(write_value(directory.get(), "devices.deny", "a"));
  for (const DeviceRule& rule : default_rules) {
    const auto allowed = allow_legacy(directory.get(), rule);
    if (!allowed && allowed.error().code != EPERM) return allowed;  // what we may not have ourselves stays refused
  }
  for (const DeviceNode& device : devices) {
    const auto allowed = allow_legacy(directory.get(), rule_of(device));
    if (!allowed) {
      return allowed.failed()
          .about(device.source)
          .with_hint("the cgroup that we are in may not use this device itself"_p);
    }
  }
  return {};
}

}  // namespace

std::span<const DeviceRule> default_device_rules() { return default_rules; }

DeviceRule rule_of(const DeviceNode& device) {
  return {.block = S_ISBLK(device.mode),
          .access = device.access,
          .major = sys::major_of(device.number),
          .minor = sys::minor_of(device.number)};
}

void assemble(std::span<const DeviceNode> devices, DeviceProgram& program) {
  program.clear();
  Assembler assembler(program);
  assembler.begin();
  const auto rules = [devices](const auto& visit) {
    for (const DeviceRule& rule : default_rules) visit(rule);
    for (const DeviceNode& device : devices) visit(rule_of(device));
  };
  assembler.allow_all(false, rules);
  assembler.allow_all(true, rules);
  assembler.end();
}

Result<void> filter_devices(const Step& step, std::span<const DeviceNode> devices) {
  return step.flags == filter_unified ? attach_program(step.target, devices) : write_rules(step.target, devices);
}

}  // namespace microctr

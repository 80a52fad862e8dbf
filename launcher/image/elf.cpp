#include "launcher/image/elf.h"

#include <elf.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr bool wide = sizeof(void*) == 8;
using Header = std::conditional_t<wide, Elf64_Ehdr, Elf32_Ehdr>;
using Segment = std::conditional_t<wide, Elf64_Phdr, Elf32_Phdr>;

constexpr unsigned own_class = wide ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned own_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

#if defined(__x86_64__)
constexpr unsigned own_machine = EM_X86_64;
#elif defined(__i386__)
constexpr unsigned own_machine = EM_386;
#elif defined(__aarch64__)
constexpr unsigned own_machine = EM_AARCH64;
#elif defined(__arm__)
constexpr unsigned own_machine = EM_ARM;
#elif defined(__riscv)
constexpr unsigned own_machine = EM_RISCV;
#elif defined(__mips__)
constexpr unsigned own_machine = EM_MIPS;
#elif defined(__powerpc64__)
constexpr unsigned own_machine = EM_PPC64;
#elif defined(__powerpc__)
constexpr unsigned own_machine = EM_PPC;
#else
#error "add the e_machine of this architecture"
#endif

constexpr std::size_t most_segments = 64;  // a static program has about ten

Error damaged() { return {ENOEXEC, "use the program: damaged or cut short:"_p}; }

bool inside(std::uint64_t offset, std::uint64_t size, std::uint64_t end) {
  return offset <= end && size <= end - offset;
}

// The identification bytes have the same place in all classes, so they are judged before the rest is believed.
Result<void> check_identity(const Header& header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return fail(ENOEXEC, "use the program: not an ELF file:"_p);
  const bool own =
      header.e_ident[EI_CLASS] == own_class && header.e_ident[EI_DATA] == own_order && header.e_machine == own_machine;
  if (!own) return fail(ENOEXEC, "use the program: it is for another machine:"_p);
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
    return fail(ENOEXEC, "use the program: not an executable:"_p);
  return {};
}

}  // namespace

Result<void> check_static_program(int descriptor) {
  const auto end = TRY(sys::status(descriptor)).size;
  Header header = {};
  Bytes<sizeof header> bytes = {};
  const std::size_t size = TRY(sys::read_at(descriptor, bytes, 0));
  std::memcpy(&header, bytes, sizeof header);
  TRY(check_identity(header));
  if (size < sizeof header || header.e_phentsize != sizeof(Segment)) return damaged();
  const std::size_t count = header.e_phnum;
  if (count == 0 || count > most_segments) return damaged();
  if (!inside(header.e_phoff, count * sizeof(Segment), end)) return damaged();
  bool loads = false;
  for (std::size_t index = 0; index < count; ++index) {
    Bytes<sizeof(Segment)> entry;
    if (TRY(sys::read_at(descriptor, entry, header.e_phoff + index * sizeof(Segment))) < sizeof entry) return damaged();
    Segment segment;
    std::memcpy(&segment, entry, sizeof segment);
    if (segment.p_type == PT_INTERP) return fail(EINVAL, "use the program: dynamically linked:"_p);
    if (segment.p_type != PT_LOAD) continue;
    if (!inside(segment.p_offset, segment.p_filesz, end)) return damaged();
    loads = true;
  }
  if (!loads) return damaged();
  return {};
}

}  // namespace microctr

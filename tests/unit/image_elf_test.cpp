#include "launcher/image/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "launcher/base/fd.h"

namespace microctr {
namespace {

constexpr bool wide = sizeof(void*) == 8;
using Header = std::conditional_t<wide, Elf64_Ehdr, Elf32_Ehdr>;
using Segment = std::conditional_t<wide, Elf64_Phdr, Elf32_Phdr>;

Fd file_of(const std::string& bytes) {
  Fd file(::memfd_create("elf", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return file;
}

// The test program itself knows what its machine's headers look like.
Header own_header() {
  const Fd self(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  Header header;
  EXPECT_EQ(::pread(self.get(), &header, sizeof header, 0), static_cast<ssize_t>(sizeof header));
  return header;
}

class ImageElf : public testing::Test {
 protected:
  ImageElf() {
    header_ = own_header();
    header_.e_phoff = sizeof header_;
    header_.e_phnum = 2;
    segments_[0].p_type = PT_LOAD;
    segments_[0].p_filesz = sizeof header_;
    segments_[1].p_type = PT_GNU_STACK;
  }

  std::string bytes() const {
    std::string text(reinterpret_cast<const char*>(&header_), sizeof header_);
    return text.append(reinterpret_cast<const char*>(segments_), sizeof segments_);
  }

  static int check_bytes(const std::string& bytes) {
    const auto checked = check_static_program(file_of(bytes).get());
    return checked ? 0 : checked.error().code;
  }
  int check() const { return check_bytes(bytes()); }

  Header header_;
  Segment segments_[2] = {};
};

TEST_F(ImageElf, AcceptsStatic) {
  EXPECT_EQ(check(), 0);
  header_.e_type = ET_EXEC;
  EXPECT_EQ(check(), 0);
}

TEST_F(ImageElf, RefusesDynamicWithEinval) {
  segments_[1].p_type = PT_INTERP;
  EXPECT_EQ(check(), EINVAL);
  const Fd self(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(check_static_program(self.get()).error().code, EINVAL);
}

TEST_F(ImageElf, RefusesEveryTruncation) {
  const std::string whole = bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(check_bytes(whole.substr(0, size)), ENOEXEC) << size;
}

TEST_F(ImageElf, RefusesOtherFiles) {
  EXPECT_EQ(check_bytes("#!/bin/sh\necho ash\n"), ENOEXEC);
  EXPECT_EQ(check_bytes(std::string(4096, '\0')), ENOEXEC);
}

TEST_F(ImageElf, RefusesOtherMachineClassAndOrder) {
  const Header own = header_;
  header_.e_machine = EM_68K;
  EXPECT_EQ(check(), ENOEXEC);
  header_ = own;
  header_.e_ident[EI_CLASS] = wide ? ELFCLASS32 : ELFCLASS64;
  EXPECT_EQ(check(), ENOEXEC);
  header_ = own;
  header_.e_ident[EI_DATA] = own.e_ident[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
  EXPECT_EQ(check(), ENOEXEC);
  header_ = own;
  header_.e_type = ET_REL;
  EXPECT_EQ(check(), ENOEXEC);
}

TEST_F(ImageElf, RefusesHostileHeaderOffsets) {
  for (const auto offset : {decltype(header_.e_phoff)(-1), decltype(header_.e_phoff)(-64), bytes().size(),
                            bytes().size() - 1, std::size_t{1} << 31}) {
    header_.e_phoff = static_cast<decltype(header_.e_phoff)>(offset);
    EXPECT_EQ(check(), ENOEXEC) << offset;
  }
}

TEST_F(ImageElf, RefusesHostileCountsAndSizes) {
  for (const unsigned count : {0U, 3U, 65U, 0xffffU}) {
    header_.e_phnum = static_cast<Elf64_Half>(count);
    EXPECT_EQ(check(), ENOEXEC) << count;
  }
  header_.e_phnum = 2;
  for (const unsigned size : {0U, 1U, 0xffffU}) {
    header_.e_phentsize = static_cast<Elf64_Half>(size);
    EXPECT_EQ(check(), ENOEXEC) << size;
  }
}

TEST_F(ImageElf, RefusesSegmentsBeyondTheEnd) {
  segments_[0].p_offset = bytes().size() + 1;
  EXPECT_EQ(check(), ENOEXEC);
  segments_[0].p_offset = 1;
  segments_[0].p_filesz = static_cast<decltype(segments_[0].p_filesz)>(-1);
  EXPECT_EQ(check(), ENOEXEC);
  segments_[0].p_type = PT_NULL;
  EXPECT_EQ(check(), ENOEXEC);  // nothing is loaded
}

}  // namespace
}  // namespace microctr

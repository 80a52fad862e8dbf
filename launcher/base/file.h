// Whole small files: read one, write one, write a value to a kernel file.
//
// Built on sys:: only. Nothing here creates directories or follows anything but the path that it is given.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

// The whole file, up to the size of `buffer`; a longer one is EFBIG. `directory` as for openat.
Result<std::string_view> read_file(int directory, CString path, std::span<char> buffer);

// The same for a file of the kernel's that gives all of its text to one read(2): a value, or a few lines made by
// single_open (seq_file). Longer than `buffer` is EFBIG.
Result<std::string_view> read_value(int directory, CString path, std::span<char> buffer);

// From an open descriptor, to its end, which is known to be there once `known_size` bytes have come.
Result<std::string_view> read_all(int descriptor, std::span<char> buffer, std::uint64_t known_size = UINT64_MAX);

// One write(2) to an existing file: kernel interfaces take a value in one piece.
Result<void> write_value(int directory, CString path, std::string_view value);

// All of `text`, in as many calls as it needs.
Result<void> write_all(int descriptor, std::string_view text);

// Creates or replaces a file of ours: written aside and renamed, so that a reader sees the old or the new text.
enum class Survives : bool { nothing, power_cut };  // without the sync, some file systems then have an empty file
Result<void> replace_file(CString path, CString temporary, std::string_view text, unsigned mode,
                          Survives survives = Survives::nothing);

// Makes a file anew in a directory that others may write to, in place of any node that is no directory: nothing that is
// there is followed or opened. `aside` is a name in the same directory; a node of that name is removed. EISDIR, EBUSY:
// a directory or a mount point has the place.
Result<void> replace_node(int directory, CString name, CString aside, std::string_view text, unsigned mode);

// The path of the running program; after it was replaced on disk, that of the new one.
Result<CString> own_program(std::span<char> storage);

// A link to it, in the place of any other.
Result<void> link_own_program(CString path);

// Each directory of an absolute path is made when it is missing (as mkdir -p).
Result<void> make_directories(CString path, unsigned mode);

}  // namespace microctr

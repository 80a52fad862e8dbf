#include "launcher/container/sealed_program.h"

#include <cstring>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/child.h"

// exec_stub.S
extern "C" {
[[gnu::visibility("hidden")]] extern const char exec_stub_begin[];
[[gnu::visibility("hidden")]] extern const char exec_stub_end[];
}

namespace microctr {

namespace {

int kept_program = -1;

constexpr int reaper_fault = 4096;  // exec_stub.S; no errno is as large

}  // namespace

Result<Fd> make_sealed_program() {
  Fd file = TRY(sys::create_program_in_memory("microctr"));
  const auto size = static_cast<std::size_t>(exec_stub_end - exec_stub_begin);
  TRY(write_all(file.get(), {exec_stub_begin, size}));
  TRY(sys::seal(file.get()));
  return file;
}

Result<int> sealed_program() {
  if (kept_program < 0) kept_program = TRY(make_sealed_program()).release();
  return kept_program;
}

void forget_sealed_program() { kept_program = -1; }

Failed execute_sealed(int descriptor, Reaper reaper, CString path, CString name, const char** arguments,
                      const char* const* environment) {
  static_assert(sealed_words_before == 2);
  // Room for the number first. The word must fit into a reader's buffer (hear_outcome), so a long name is cut.
  TextBuffer<1000> note(reaper == Reaper::yes ? "init" : "----", name);
  arguments[0] = path.c_str();
  arguments[1] = note.text().c_str();
  if (const auto kept = sys::keep_over_exec(channel_number); !kept) return kept.failed();
  return sys::execute_descriptor(descriptor, arguments, environment).failed();
}

bool is_sealed_word(std::span<const char> message) {
  std::int32_t number = 0;
  if (message.size() < sizeof number) return false;
  std::memcpy(&number, message.data(), sizeof number);
  return number < 0;
}

Result<SealedWord> read_sealed_word(std::span<const char> message) {
  std::int32_t number = 0;
  if (message.size() <= sizeof number || message.back() != '\0') return fail(EPROTO, "hear from the process"_p);
  std::memcpy(&number, message.data(), sizeof number);
  const CString name = CString::from_pointer(message.data() + sizeof number);
  if (number < -reaper_fault) return SealedWord{-(number + reaper_fault), name, true};
  // It was seen to be there (execute.cpp), so that it is the interpreter or the loader that is missing.
  const int code = number == -ENOENT ? ENOEXEC : -number;
  return SealedWord{code, name};
}

}  // namespace microctr

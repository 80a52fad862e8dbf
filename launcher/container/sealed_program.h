// The sealed program (exec_stub.S) that stands between our process and the container's program, and what passes
// between the two: how it is called, and how its word is read.
//
// The memfd that holds it belongs to this process and stays open, close-on-exec, for as long as it lives: a supervisor
// makes one for all its containers.
#pragma once

#include <span>

#include "launcher/base/result.h"

namespace microctr {

// The descriptor of the program; made when it is first asked for, and before any namespace is joined.
Result<int> sealed_program();
// In a child that has closed it.
void forget_sealed_program();

inline constexpr std::size_t sealed_words_before = 2;  // what the program itself is told, before the words

// Executes `path` through the program `descriptor`. The words begin at `arguments[sealed_words_before]`, and those
// before are filled in here. `name` is what a message calls it. Returns when not even the program could be executed;
// if it fails at `path`, it says so on the channel, and ends.
Failed execute_sealed(int descriptor, CString path, CString name, const char** arguments,
                      const char* const* environment);

// What the program has said: why and (in `message`) what could not be executed. Its word begins with a negative number,
// which no report of ours does.
struct SealedWord {
  int code = 0;
  CString name = {};
};
bool is_sealed_word(std::span<const char> message);
Result<SealedWord> read_sealed_word(std::span<const char> message);

}  // namespace microctr

// The sealed program (exec_stub.S) that stands between our process and the container's program, and what passes
// between the two: how it is called, and how its word is read.
//
// The memfd that holds it belongs to this process and stays open, close-on-exec, for as long as it lives: a supervisor
// makes one for all its containers. Where the program stays as a reaper (init = yes) the container has one of its own:
// /proc/1/exe is that file, and before Linux 6.3 its owner can take the permission to execute it from everybody.
#pragma once

#include <span>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

// The descriptor of the program; made when it is first asked for, and before any namespace is joined.
Result<int> sealed_program();
// One for a single container.
Result<Fd> make_sealed_program();

// In a child that has closed it.
void forget_sealed_program();

// Whether the program is gone after exec, or stays as a reaper whose child executes the path.
enum class Reaper : bool { no, yes };

inline constexpr std::size_t sealed_words_before = 2;  // what the program itself is told, before the words

// Executes `path` through the program `descriptor`. The words begin at `arguments[sealed_words_before]`, and those
// before are filled in here. `name` is what a message calls it. Returns when not even the program could be executed;
// if it fails at `path`, it says so on the channel, and ends.
Failed execute_sealed(int descriptor, Reaper reaper, CString path, CString name, const char** arguments,
                      const char* const* environment);

// What the program has said: why and (in `message`) what could not be executed. Its word begins with a negative number,
// which no report of ours does.
struct SealedWord {
  int code = 0;
  CString name = {};
  bool of_reaper = false;  // it could not begin; nothing was executed
};
bool is_sealed_word(std::span<const char> message);
Result<SealedWord> read_sealed_word(std::span<const char> message);

}  // namespace microctr

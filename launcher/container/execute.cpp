#include "launcher/container/execute.h"

#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/child.h"

namespace microctr {

namespace {

struct Call {
  CString name;  // as it was written
  const char* arguments[sealed_words_before + limits::arguments + 1] = {};
  const Environment& environment;
  int sealed;
  Reaper reaper;
  Filter filter;  // that is still to be loaded

  const char* const* words() const { return arguments + sealed_words_before; }
};

void filter_calls(Call& call) {
  if (call.filter == Filter::not_at_exec) return;
  const Step step{.op = Op::filter_calls};
  if (const auto loaded = load_filter(); !loaded) report_and_exit(channel_number, &step, loaded.error());
  call.filter = Filter::not_at_exec;
}

Failed execute_directly(CString path, Call& call) {
  filter_calls(call);
  return sys::execute(path.c_str(), call.words(), call.environment.pointers()).failed();
}

// The kernel also says ENOENT when the file is there and its interpreter or dynamic loader is not.
bool lacks_interpreter(CString path) { return static_cast<bool>(sys::status_at(sys::working_directory, path, 0)); }

// The sealed program gets one path, so what execve would say of each is found out before. It has the last word on
// this one, too: nothing is decided here that it would not refuse.
Result<void> check_program(CString path) {
  TRY(sys::may_execute(path));
  if (!S_ISREG(TRY(sys::status_at(sys::working_directory, path, 0)).mode)) return fail(EACCES, "execute", path);
  return {};
}

// It was seen to be there, so that it is the interpreter or the loader that is missing. What the filter does not let us
// tell is shown by the exit status, before it kills us for trying.
[[noreturn]] void end_filtered(const Call& call, int code) {
  const Step step{.op = Op::execute, .target = call.name};
  if (code == ENOENT) code = ENOEXEC;
  if (filter_refuses(seccomp::call_of("sendto"))) sys::exit(exit_status_of(step, code));
  report_and_exit(channel_number, &step, {.code = code});
}

Failed try_program(CString path, Call& call) {
  const bool own_filter = call.filter == Filter::own_at_exec;
  if (call.sealed < 0 && !own_filter) return execute_directly(path, call);
  if (const auto good = check_program(path); !good) return good.failed();
  if (call.sealed < 0) end_filtered(call, execute_directly(path, call).error().code);
  filter_calls(call);
  return execute_sealed(call.sealed, call.reaper, path, call.name, call.arguments, call.environment.pointers());
}

}  // namespace

Failed execute_words(std::span<const CString> words, const Environment& environment, int sealed, Filter filter,
                     Reaper reaper) {
  const CString program = words[0];
  Call call{.name = program, .environment = environment, .sealed = sealed, .reaper = reaper, .filter = filter};
  for (std::size_t index = 0; index < words.size(); ++index) {
    call.arguments[sealed_words_before + index] = words[index].c_str();
  }
  if (contains(program.view(), '/')) {
    const int code = try_program(program, call).error().code;
    return fail(code == ENOENT && lacks_interpreter(program) ? ENOEXEC : code, "execute", program);
  }
  int code = ENOENT;
  // All of PATH is tried before a look is spent on what went wrong.
  for (const bool look : {false, true}) {
    std::string_view rest = environment.value_of("PATH");
    while (!rest.empty() && !(look && code != ENOENT)) {
      const std::string_view directory = cut(rest, ':');
      TextBuffer<limits::path> path(directory.empty() ? "." : directory, "/", program);
      if (path.overflowed()) continue;
      if (look) {
        if (lacks_interpreter(path.text())) code = ENOEXEC;
        continue;
      }
      const Failed failed = try_program(path.text(), call);
      // One that may not be executed is worth more in the message than one that is not there.
      if (failed.error().code != ENOENT && failed.error().code != ENOTDIR) code = failed.error().code;
    }
  }
  return fail(code, "execute", program);
}

}  // namespace microctr

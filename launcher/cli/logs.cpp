// logs: what a background container has written, in the order in which it was written; or, when this boot knows nothing
// of it, what it said before it failed.

#include "launcher/base/log.h"
#include "launcher/cli/config_file.h"
#include "launcher/cli/log_chain.h"
#include "launcher/cli/log_follow.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/evidence.h"

namespace microctr {

namespace {

// Views into the recorded configuration, or into `storage`. False: it has no log that we could read, and that was said.
bool find_files(const Places& places, CString name, TextWriter& storage, LogFiles& files) {
  storage.add(places.runtime, "/containers/", name, "/log");
  files = {storage.text(), 2};
  StartRequest request;
  Failure failure;
  Workbench& bench = workbench();
  if (!load_recorded_config(places, name, request, failure) || !read_request(request, bench)) return true;
  switch (bench.spec.log) {
    case LogKind::ring: return true;
    case LogKind::file: files = {bench.spec.log_path, bench.spec.log_count}; return true;
    case LogKind::console: log_error(name, "its output goes to the console: read it there (log = console)"_p); break;
    case LogKind::syslog:
      log_error(name, "its output goes to the machine's system log: read it there, as with logread (log = syslog)"_p);
      break;
    case LogKind::none: log_error(name, "nothing of its output is kept (log = none)"_p); break;
  }
  return false;
}

Result<void> print_file(int file, std::uint64_t skip, std::uint64_t& offset, LogPrinter& printer) {
  EntryReader reader(file, 0);
  std::string_view line;
  while (TRY(reader.next(line))) {
    const LogEntry entry = parse_log_entry(line);
    if (skip == 0) {
      printer.print(entry);
    } else if (entry.ends_line) {
      --skip;
    }
  }
  offset = reader.offset();
  return {};
}

Result<void> print_log(const Places& places, CString name, const LogFiles& files, const Invocation& invocation,
                       std::uint64_t lines, LogPrinter& printer) {
  LogChain chain;
  const auto opened = chain.open(files.path, files.count);
  if (!opened && opened.error().code != ENOENT) return opened;
  std::uint64_t offset = 0;
  if (chain.size() != 0) {
    const LogChain::Start start =
        invocation.lines.empty() ? LogChain::Start{chain.size() - 1, 0} : chain.find_last(lines);
    for (std::size_t number = start.file + 1; number-- > 0;) {
      TRY(print_file(chain.file(number), number == start.file ? start.skip : 0, offset, printer));
    }
  }
  if (!invocation.follow) return {};
  Fd newest;
  if (chain.size() != 0) newest = chain.take_newest();
  return follow_log(places, name, files, std::move(newest), offset, printer);
}

int print_evidence(const Invocation& invocation, CString name, LogPrinter& printer) {
  const auto file = open_evidence(invocation.places, name);
  if (!file) {
    log_error(name, invocation.failure ? "nothing is kept of a failure of it"_p : "no such container"_p);
    return 1;
  }
  std::uint64_t offset = 0;
  const auto printed = print_file(file.value().get(), 0, offset, printer);
  printer.finish();
  return printed ? 0 : complain(name, printed.error(), 1);
}

}  // namespace

int verb_logs(const Invocation& invocation) {
  const CString name = invocation.arguments[0];
  const Places& places = invocation.places;
  const bool is_name = !name.empty() && !begins_with(name, '.') && !contains(name, '/');
  if (invocation.failure && (invocation.follow || !invocation.lines.empty())) {
    log_error({}, "logs --failure: it is printed whole, without -f and -n"_p);
    return usage_error;
  }
  std::uint64_t lines = UINT64_MAX;
  if (!invocation.lines.empty()) {
    const auto wanted = parse_number(invocation.lines);
    if (!wanted) {
      log_error({}, "logs -n: a number is needed"_p);
      return usage_error;
    }
    lines = *wanted;
  }
  using Form = LogPrinter::Form;
  LogPrinter printer(invocation.json ? Form::json : invocation.times ? Form::timed : Form::plain);
  const auto state = is_name ? read_state(places, name) : Result<State>(fail(ENOENT, "read the state"_p));
  if (is_name && (invocation.failure || !state)) return print_evidence(invocation, name, printer);
  if (!state) {
    log_error(name, "no such container"_p);
    return 1;
  }
  if (state.value().foreground) {
    log_error(name, "it runs in the foreground: its output goes there"_p);
    return 1;
  }
  TextBuffer<limits::path> storage;
  LogFiles files;
  if (!find_files(places, name, storage, files)) return 1;
  const auto printed = print_log(places, name, files, invocation, lines, printer);
  printer.finish();
  return printed ? 0 : complain(name, printed.error(), 1);
}

}  // namespace microctr

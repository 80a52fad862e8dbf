#include "init/settings.h"

#include "init/program.h"
#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/net/attach.h"

namespace microctr {

namespace {

char word_text[8 * 1024];  // what the reader keeps of the file

void complain(const Result<void>& done) {
  if (!done) log_failure({}, done.error());
}

void say(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    TextBuffer<1024> text;
    format_diagnostic(diagnostic, text);
    log_error({}, text.view());
  }
  const std::size_t more = diagnostics.count() - diagnostics.list().size();
  if (more > 0) log_error({}, "init.conf: ", more, " more faults"_p);
}

// One call of modprobe: its words gathered so far.
class Modprobe {
 public:
  explicit Modprobe(Watchdog& watchdog) : watchdog_(watchdog) {}
  ~Modprobe() { run(); }
  Modprobe(const Modprobe&) = delete;
  Modprobe& operator=(const Modprobe&) = delete;

  void load(const ModuleLine& line) {
    const bool has_parameters = contains(line.words, ' ') || contains(line.words, '\t');
    if (has_parameters || line.optional != optional_ || words_.size() > 40) run();
    optional_ = line.optional;
    if (has_parameters) return load_with_parameters(line);
    if (words_.empty()) begin("-a");
    (void)words_.push(line.words);
  }

 private:
  void begin(CString how) {
    (void)words_.push("modprobe");
    if (optional_) (void)words_.push("-q");
    if (!how.empty()) (void)words_.push(how);
  }
  void load_with_parameters(const ModuleLine& line) {
    Bytes<2048> storage;
    Arena arena(storage);
    CommandWords parts;
    if (const auto wrong = split_words(line.words, arena, parts)) return log_error({}, "module: ", wrong->what);
    begin("");
    for (const CString part : parts) (void)words_.push(part);
    run();
  }
  void run() {
    constexpr std::uint64_t limit_ms = 60'000;
    if (words_.empty()) return;
    if (run_program(words_.view(), limit_ms, watchdog_) == took_too_long) {
      log_error({}, "modprobe ", words_.back(), ": stopped after 60 s"_p);
    }
    words_.clear();
  }

  Watchdog& watchdog_;
  FixedVector<CString, limits::arguments + 4> words_;
  bool optional_ = false;
};

}  // namespace

Settings read_machine_settings(const Places& places, Machine& machine) {
  TextBuffer<limits::path> path(places.config, "/init.conf");
  Bytes<limits::config_text> file;
  const auto text = read_file(sys::working_directory, path.text(), file);
  if (!text) {
    if (text.error().code == ENOENT) return Settings::good;
    log_failure({}, text.error());
    return Settings::unusable;
  }
  Arena arena({static_cast<char*>(word_text), sizeof word_text});
  Diagnostics diagnostics;
  read_machine({path.text(), text.value()}, arena, machine, diagnostics);
  say(diagnostics);
  if (diagnostics.empty()) return Settings::good;
  return machine.keys_read == 0 ? Settings::unusable : Settings::faulty;
}

void load_modules(const Machine& machine, Watchdog& watchdog) {
  Modprobe modprobe(watchdog);
  for (const ModuleLine& line : machine.modules) modprobe.load(line);
}

void set_up_machine(const Machine& machine) {
  if (!machine.hostname.empty()) complain(sys::set_hostname(machine.hostname));
  for (const MachineSysctl& setting : machine.sysctls) {
    TextBuffer<300> path("/proc/sys/", setting.path);
    const auto written = write_value(sys::working_directory, path.text(), setting.value);
    if (!written) log_failure("sysctl", written.error());
  }
  complain(bring_up_loopback());
}

}  // namespace microctr

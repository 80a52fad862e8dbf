#include "init/machine.h"

#include <cstring>

#include "launcher/base/arena.h"
#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/spec/lexer.h"
#include "launcher/spec/word_list.h"

namespace microctr {

namespace {

Bytes<limits::config_text> file_text;
char word_text[8 * 1024];

constexpr char later_keys[] = "mount sysctl console interface clock watchdog shutdown_timeout on_crash";

class MachineReader {
 public:
  MachineReader(CString source, Machine& machine)
      : source_(source), machine_(machine), arena_({static_cast<char*>(word_text), sizeof word_text}) {}

  void read(std::string_view text) {
    Lexer lexer(text);
    for (Line line = lexer.next(); line.kind != Line::Kind::end; line = lexer.next()) {
      if (line.kind == Line::Kind::fault) {
        fault(line, "this line cannot be read (key = value is needed)"_p);
      } else if (line.kind == Line::Kind::assignment) {
        assign(line);
      }
    }
  }

 private:
  void fault(const Line& line, Phrase why) const {
    log_error({}, source_, ':', line.number, ':', line.column, ": ", why, ": ", line.key);
  }

  void assign(const Line& line) {
    if (line.key == "hostname") {
      keep(line, machine_.hostname);
    } else if (line.key == "module") {
      CString name;
      if (line.value.empty())
        machine_.modules.clear();
      else if (keep(line, name) && !machine_.modules.push(name))
        fault(line, "too many modules (limit 64)"_p);
    } else if (line.key == "ready_command") {
      assign_command(line);
    } else {
      if (find_word(later_keys, line.key)) return fault(line, "not supported yet"_p);
      fault(line, "unknown key (known: hostname, module, ready_command)"_p);
    }
  }

  void assign_command(const Line& line) {
    machine_.ready_command.clear();
    std::string_view rest = line.value;
    for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
      const auto kept = arena_.copy(word);
      if (!kept || machine_.ready_command.size() + 1 >= machine_.ready_command.capacity()) {
        return fault(line, "too many words (limit 31)"_p);
      }
      (void)machine_.ready_command.push(kept.value());
    }
  }

  bool keep(const Line& line, CString& into) {
    const auto kept = arena_.copy(line.value);
    if (!kept) {
      fault(line, "too much text in this file"_p);
      return false;
    }
    into = kept.value();
    return true;
  }

  CString source_;
  Machine& machine_;
  Arena arena_;
};

}  // namespace

void read_machine(const Places& places, Machine& machine) {
  TextBuffer<limits::path> path(places.config, "/init.conf");
  const auto text = read_file(sys::working_directory, path.text(), file_text);
  if (text) {
    MachineReader(path.text(), machine).read(text.value());
    return;
  }
  if (text.error().code == ENOENT) return;
  log_failure({}, text.error());
}

}  // namespace microctr

#include "launcher/base/log.h"

#include "launcher/base/file.h"
#include "launcher/base/text.h"

namespace microctr {

void log_error(std::string_view name, std::string_view text) {
  TextBuffer<2048> line("microctr: ", name, name.empty() ? "" : ": ", text, "\n");
  (void)write_all(2, line.view());
}

void print(std::string_view text) { (void)write_all(1, text); }

void print_error(std::string_view text) { (void)write_all(2, text); }

}  // namespace microctr

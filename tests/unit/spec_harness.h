// What the tests of the configuration share: read a text, look at the Spec as text, look at the messages.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "launcher/spec/reader.h"
#include "launcher/spec/validate.h"

namespace microctr::spec_test {

// One reading with all its storage; too large for a stack with sanitizers.
struct Reading {
  char storage[128 * 1024];
  Arena arena{storage};
  Spec spec;
  Origins origins;
  Diagnostics diagnostics;
  std::optional<ValidSpec> valid;

  // All messages, one on a line, as the command line prints them.
  std::string messages() const;
  std::size_t count() const { return diagnostics.count(); }
};

struct ReadingInput {
  std::string file;
  std::string defaults = {};
  std::vector<std::string> options = {};
  std::string name = "web";
  std::string directory = "/etc/microctr/containers";
};

// Reads only.
std::unique_ptr<Reading> read(const ReadingInput& input);
inline std::unique_ptr<Reading> read(const std::string& file) { return read(ReadingInput{file}); }

// Reads and, when there was no fault, validates.
std::unique_ptr<Reading> check(const ReadingInput& input);
inline std::unique_ptr<Reading> check(const std::string& file) { return check(ReadingInput{file}); }

// Every field of the Spec that has not its default, "field=value" on a line each.
std::string describe(const Spec& spec);

}  // namespace microctr::spec_test

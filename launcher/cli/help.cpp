// help and version.

#include "launcher/base/log.h"
#include "launcher/base/text.h"
#include "launcher/cli/verb_table.h"
#include "launcher/spec/key.h"

#ifndef MICROCTR_VERSION
#define MICROCTR_VERSION "0.1"
#endif

namespace microctr {

namespace {

void print_verbs() {
  TextBuffer<4096> text(
      "microctr: boots an embedded Linux machine as process 1 and runs its containers\n\n"
      "usage: microctr [-o KEY=VALUE]... [--root DIR] [--runtime-dir DIR] [--config-dir DIR] COMMAND\n\n"_p);
  for (std::size_t number = 0; number < verb_count; ++number) {
    const Verb verb = verb_at(number);
    if (!verb.supported) continue;
    const std::size_t start = text.size();
    text.add("  ", verb.usage);
    text.fill(start + 32);
    text.add(verb.summary, "\n");
  }
  text.add(
      "\nexit status: the container's own; 128+N ended by signal N; 2 usage or configuration;\n"
      "  125 set-up failed; 126 command not executable; 127 command not found\n"_p);
  print(text.view());
}

void print_keys() {
  for (std::size_t index = 0; index < key_count; ++index) {
    const KeyInfo key = key_info(static_cast<Key>(index));
    if (key.group == Group::required) continue;  // KEY.required is said with the limits
    TextBuffer<512> line("  ", key.name);
    line.fill(24);
    line.add(key.support == Support::now ? Phrase() : "(not supported yet) "_p, key.description);
    if (!key.initial.empty()) line.add(" [", key.initial, "]");
    line.add("\n");
    print(line.view());
  }
}

}  // namespace

int verb_help(const Invocation& invocation) {
  if (invocation.arguments.empty()) {
    print_verbs();
    return 0;
  }
  const CString topic = invocation.arguments[0];
  if (topic == "keys") {
    print_keys();
    return 0;
  }
  if (const std::size_t number = find_verb(topic); number != verb_count) {
    const Verb verb = verb_at(number);
    TextBuffer<512> text("usage: microctr "_p, verb.usage, "\n", verb.supported ? verb.summary : "not supported yet"_p,
                         "\n");
    print(text.view());
    return 0;
  }
  log_error({}, "no help on '"_p, topic, "' (topics: keys, and every command)"_p);
  return usage_error;
}

int verb_version(const Invocation& invocation) {
#if defined(__x86_64__)
  constexpr std::string_view target = "x86_64";
#elif defined(__aarch64__)
  constexpr std::string_view target = "aarch64";
#elif defined(__arm__)
  constexpr std::string_view target = "armv7";
#else
  constexpr std::string_view target = "unknown";
#endif
  TextBuffer<128> text;
  if (invocation.json) {
    text.add("{\"version\":\"", MICROCTR_VERSION, "\",\"target\":\"", target, "\"}\n");
  } else {
    text.add("microctr ", MICROCTR_VERSION, " ", target, "\n");
  }
  print(text.view());
  return 0;
}

}  // namespace microctr

#include "launcher/cli/invocation.h"

#include "launcher/base/arena.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

std::string_view variable(const char* const* environment, std::string_view name) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
      return after(entry, name.size() + 1);
    }
  }
  return {};
}

// XDG base directories of an unprivileged user; where the session has no runtime directory, one in /tmp that is
// checked for its owner like any other.
Result<Places> default_places(const char* const* environment, Arena& arena) {
  if (sys::user_id() == 0) return Places{"/etc/microctr", "/var/lib/microctr", "/run/microctr"};
  const std::string_view home = variable(environment, "HOME");
  const auto below = [&](std::string_view name, std::string_view otherwise) -> Result<CString> {
    const std::string_view directory = variable(environment, name);
    if (begins_with(directory, '/')) return arena.join(directory, "/microctr");
    return arena.join(home, otherwise, "/microctr");
  };
  Places places;
  places.config = TRY(below("XDG_CONFIG_HOME", "/.config"));
  places.data = TRY(below("XDG_DATA_HOME", "/.local/share"));
  if (variable(environment, "XDG_RUNTIME_DIR").starts_with('/')) {
    places.runtime = TRY(below("XDG_RUNTIME_DIR", ""));
  } else {
    TextBuffer<64> path("/tmp/microctr-", sys::user_id());
    places.runtime = TRY(arena.copy(path.view()));
  }
  return places;
}

struct SwitchOption {
  TableText<10> verb;  // empty: every verb
  TableText<15> name;
  bool Invocation::*value;
};

constexpr SwitchOption switches[] = {
    {"", "--json", &Invocation::json},
    {"logs", "-f", &Invocation::follow},
    {"logs", "--follow", &Invocation::follow},
    {"logs", "-t", &Invocation::times},
    {"supervise", "--kill-on-exit", &Invocation::kill_on_exit},
    {"remove", "--data", &Invocation::data},
    {"exec", "-t", &Invocation::terminal},
    {"exec", "-it", &Invocation::terminal},
    {"exec", "-ti", &Invocation::terminal},
    {"logs", "--failure", &Invocation::failure},
};

class Parser {
 public:
  Parser(std::span<const char* const> arguments, Invocation& invocation)
      : arguments_(arguments), invocation_(invocation) {}

  bool parse() {
    while (next_ < arguments_.size()) {
      const CString word = CString::from_pointer(arguments_[next_++]);
      if (word == "--") return take_program();
      if (word == "--help" && !invocation_.verb.empty()) return ask_for_help();
      const bool is_option = word.size() > 1 && begins_with(word, '-') && word != "--help" && word != "--version";
      if (is_option ? !option(word) : !argument(word)) return false;
      if (invocation_.verb == "exec" && invocation_.arguments.size() == 1 && !is_option) {
        // `exec NAME -- CMD` and `exec NAME CMD` are the same.
        if (next_ < arguments_.size() && std::string_view(arguments_[next_]) == "--") ++next_;
        return take_program();
      }
    }
    return true;
  }

 private:
  bool fail(Phrase text, CString about) {
    log_error({}, text, " ", about, " (see microctr help)"_p);
    return false;
  }

  // `microctr VERB --help` is `microctr help VERB`.
  bool ask_for_help() {
    invocation_.arguments.clear();
    (void)invocation_.arguments.push(invocation_.verb);
    invocation_.verb = "help";
    return true;
  }

  bool take_program() {
    for (; next_ < arguments_.size(); ++next_) {
      if (!invocation_.program.push(CString::from_pointer(arguments_[next_])))
        return fail("too many arguments"_p, "(limit 64)");
    }
    return true;
  }

  bool argument(CString word) {
    if (invocation_.verb.empty()) {
      invocation_.verb = word;
      return true;
    }
    return invocation_.arguments.push(word) || fail("too many arguments"_p, "(limit 64)");
  }

  bool value(CString option, CString& into) {
    if (next_ == arguments_.size()) return fail("a value is missing after"_p, option);
    into = CString::from_pointer(arguments_[next_++]);
    return true;
  }

  bool option(CString word) {
    const CString verb = invocation_.verb;
    if (word == "-o") {
      CString override;
      if (!value(word, override)) return false;
      return invocation_.overrides.push(override) || fail("too many -o options"_p, "(limit 32)");
    }
    if (word == "--root") return value(word, invocation_.places.data) && absolute(word, invocation_.places.data);
    if (word == "--runtime-dir")
      return value(word, invocation_.places.runtime) && absolute(word, invocation_.places.runtime);
    if (word == "--config-dir")
      return value(word, invocation_.places.config) && absolute(word, invocation_.places.config);
    if (word == "--resume" && verb == "supervise") return value(word, invocation_.resume);
    if (word == "--busybox" && verb == "lower") return value(word, invocation_.busybox);
    if (word == "-t" && verb == "stop") return value(word, invocation_.timeout);
    if (word == "-n" && verb == "logs") return value(word, invocation_.lines);
    if ((word == "-s" || word == "--signal") && verb == "kill") return value(word, invocation_.signal);
    if (verb == "stats" && word == "--no-stream") return true;  // it never does; `top` does
    if (verb == "exec" && word == "-i") return true;            // standard input is passed through anyway
    for (const SwitchOption& known : switches) {
      if (word == known.name.text() && (known.verb.text().empty() || verb == known.verb.text())) {
        invocation_.*known.value = true;
        return true;
      }
    }
    return fail("unknown option"_p, word);
  }

  bool absolute(CString option, CString path) {
    return begins_with(path, '/') || fail("an absolute path is needed after"_p, option);
  }

  std::span<const char* const> arguments_;
  Invocation& invocation_;
  std::size_t next_ = 0;
};

}  // namespace

bool parse_invocation(std::span<const char* const> arguments, const char* const* environment, InvocationText& text,
                      Invocation& invocation) {
  Arena arena(text.storage);
  auto places = default_places(environment, arena);
  if (!places) {
    log_error({}, "the paths in the environment (HOME, XDG_*) are too long"_p);
    return false;
  }
  invocation.places = places.take();
  return Parser(arguments, invocation).parse();
}

}  // namespace microctr

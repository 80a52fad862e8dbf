#include "launcher/cli/config_file.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/container/filter.h"

namespace microctr {

namespace {

Bytes<limits::config_text> file_text;
char defaults_text[limits::config_text];
char record_text[limits::control_message];
char path_text[limits::path];
char directory_text[limits::path];
char name_text[limits::path];

bool is_file_argument(std::string_view argument) { return contains(argument, '/') || argument.ends_with(".conf"); }

bool fail(Failure& failure, int status, const Error& error) {
  failure.status = status;
  failure.text.clear();
  format_error(error, failure.text);
  return false;
}

std::string_view stem_of(std::string_view path) {
  path = after(path, last_position(path, '/') + 1);  // npos + 1 is 0
  if (path.ends_with(".conf")) path.remove_suffix(5);
  return path;
}

Result<CString> directory_of(CString path) {
  TextWriter text(directory_text);
  if (!begins_with(path, '/')) {
    Bytes<limits::path> here;
    text.add(TRY(sys::working_directory_path(here)), "/");
  }
  const std::size_t slash = last_position(path.view(), '/');
  if (slash != std::string_view::npos) text.add(leading(path.view(), slash == 0 ? 1 : slash));
  if (text.overflowed()) return fail(ENAMETOOLONG, "read the configuration"_p, path);
  return text.text();
}

Result<std::string_view> read_config(CString path, std::span<char> storage) {
  const Fd file = TRY(sys::open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK));
  const auto status = TRY(sys::status(file.get()));
  if (!S_ISREG(status.mode)) return fail(EINVAL, "read the configuration"_p, path, "it is not a regular file"_p);
  const auto text = read_all(file.get(), storage, status.size);
  if (!text)
    return text.error().about(path).with_hint(text.error().code == EFBIG ? Phrase("limit 32 KiB"_p) : Phrase());
  return text.value();
}

bool read_defaults(const Places& places, StartRequest& request, Failure& failure) {
  TextBuffer<limits::path> path(places.config, "/defaults.conf");
  const auto text = read_config(path.text(), defaults_text);
  if (text) {
    request.defaults = text.value();
    return true;
  }
  if (text.error().code == ENOENT) return true;
  return fail(failure, usage_error, text.error().about("defaults.conf"));
}

}  // namespace

bool load_config(const Invocation& invocation, CString argument, StartRequest& request, Failure& failure) {
  request = StartRequest();
  TextWriter path(path_text);
  if (is_file_argument(argument)) {
    path.add(argument);
  } else {
    path.add(invocation.places.config, "/containers/", argument, ".conf");
  }
  const auto text = read_config(path.text(), file_text);
  if (!text) {
    const bool by_name = !is_file_argument(argument) && text.error().code == ENOENT;
    if (by_name && load_recorded_config(invocation.places, argument, request, failure)) {
      for (const CString override : invocation.overrides) (void)request.overrides.push(override);
      return true;
    }
    if (by_name) {
      failure.text.clear();
      failure.text.add("no such container: there is no "_p, path.view());
      failure.status = 1;
      return false;
    }
    return fail(failure, usage_error, text.error().doing("read the configuration"_p));
  }
  const auto directory = directory_of(path.text());
  if (!directory) return fail(failure, usage_error, directory.error());
  TextWriter name(name_text);
  name.add(stem_of(path.view()));
  request.name = name.text();
  request.source = path.text();
  request.directory = directory.value();
  request.text = text.value();
  request.overrides = invocation.overrides;
  return read_defaults(invocation.places, request, failure);
}

bool load_recorded_config(const Places& places, CString name, StartRequest& request, Failure& failure) {
  RecordPath path(places, name);
  path.add("/config");
  const auto bytes = read_file(sys::working_directory, path.text(), record_text);
  if (!bytes) return fail(failure, 1, bytes.error());
  auto decoded = decode_request(bytes.value());
  if (!decoded) return fail(failure, 1, decoded.error());
  request = decoded.take();
  return true;
}

// A seccomp policy is checked with the configuration that names it.
static bool read_policy(Workbench& bench, Failure& failure) {
  if (bench.spec.seccomp != SeccompPolicy::file) return true;
  const auto read = read_policy_file(bench.spec.seccomp_file, bench.diagnostics);
  if (!read)
    return fail(failure, usage_error, read.error().doing("read the seccomp policy"_p).about(bench.spec.seccomp_file));
  return read.value();
}

bool load_and_read(const Invocation& invocation, CString argument, StartRequest& request, Failure& failure) {
  if (!load_config(invocation, argument, request, failure)) return false;
  Workbench& bench = workbench();
  if (read_request(request, bench) && read_policy(bench, failure)) return true;
  if (!bench.diagnostics.empty()) {
    failure.status = usage_error;
    failure.text.clear();
  }
  return false;
}

bool load_and_check(const Invocation& invocation, CString argument, StartRequest& request, Failure& failure) {
  if (load_and_read(invocation, argument, request, failure)) return true;
  if (failure.text.size() != 0) return false;
  static char lines[limits::diagnostics * 600];
  TextWriter text(lines);
  write_diagnostics(workbench().diagnostics, text);
  print_error(text.view());
  return false;
}

}  // namespace microctr

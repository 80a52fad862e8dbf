// check: whether configurations can be used, and what is wrong with them.

#include "launcher/base/hash.h"
#include "launcher/base/log.h"
#include "launcher/base/static_object.h"
#include "launcher/cli/config_file.h"
#include "launcher/cli/json.h"
#include "launcher/cli/verbs.h"
#include "launcher/spec/dependencies.h"

namespace microctr {

namespace {

struct File {
  CString argument;
  std::uint64_t name;  // hashes: in its directory, and of the file
  std::uint64_t stem;
};

struct Check {
  const Invocation& invocation;
  Dependencies& dependencies;
  int status = 0;
  bool first = true;
  FixedVector<File, limits::arguments> files;
};

void add_error(Json& json, const Location& where, std::string_view text) {
  json.open_object();
  if (!where.source.empty()) json.string("source", where.source);
  if (where.line != 0) json.number("line", where.line).number("column", where.column);
  json.string("text", text).close_object();
}

// One row of the array: `text` is what is wrong, or the diagnostics are.
void print_json_row(Check& check, CString key, CString subject, int status, std::string_view error) {
  static char storage[32 * 1024];
  TextWriter text(storage);
  if (!check.first) text.add(",");
  check.first = false;
  Json json(text);
  json.open_object().string(key, subject).boolean("ok", status == 0).open_array("errors");
  if (!error.empty()) {
    add_error(json, {}, error);
  } else if (status != 0) {
    for (const Diagnostic& diagnostic : workbench().diagnostics.list()) {
      add_error(json, diagnostic.where, diagnostic.text);
    }
  }
  json.close_array().close_object();
  print(text.view());
}

// A supervisor of the directory would take only one of them; other directories are other machines.
void refuse_same_name(Check& check, const File& file, Failure& failure) {
  for (const File& other : check.files) {
    if (other.name != file.name || other.stem == file.stem) continue;
    failure.status = usage_error;
    failure.text.add(other.argument, " has the same name, ", workbench().spec.name);
    return;
  }
  (void)check.files.push(file);  // as many as there can be arguments
}

int check_one(Check& check, CString argument) {
  StartRequest request;
  Failure failure;
  const bool json = check.invocation.json;
  const auto load = json ? load_and_read : load_and_check;
  bool good = load(check.invocation, argument, request, failure);
  if (good && check.dependencies.add(workbench().spec) == Dependencies::none) {
    static_assert(limits::containers == 1024, "the message below names it");
    failure.status = usage_error;
    failure.text.add("too many containers to check for circles (limit 1024, with all that they name)"_p);
    good = false;
  }
  if (good) {
    const Spec& spec = workbench().spec;
    refuse_same_name(check, {argument, hash_of(spec.name, hash_of(request.directory)), hash_of(request.name)}, failure);
    good = failure.text.size() == 0;
  }
  const int status = good ? 0 : failure.status;
  if (json) {
    print_json_row(check, "file", argument, status, failure.text.view());
    return status;
  }
  return good ? 0 : complain(argument, failure);
}

// They say it of each other, so that the message is no file's.
void complain_of_circle(void* context, const Dependencies& dependencies, Dependencies::Circle circle) {
  Check& check = *static_cast<Check*>(context);
  Failure failure;
  failure.status = usage_error;
  failure.text.add("a circle: "_p);
  write_circle(dependencies, circle, failure.text);
  failure.text.add(" (remove one of these)"_p);
  const CString first = dependencies.name(circle.front());
  check.status = usage_error;
  if (check.invocation.json)
    print_json_row(check, "name", first, usage_error, failure.text.view());
  else
    (void)complain(first, failure);
}

}  // namespace

int verb_check(const Invocation& invocation) {
  static StaticObject<Dependencies> storage;
  Check check = {invocation, storage.make(), 0, true, {}};
  if (invocation.json) print("[");
  for (const CString argument : invocation.arguments) {
    const int one = check_one(check, argument);
    if (check.status == 0) check.status = one;
  }
  (void)check.dependencies.order(&check, complain_of_circle);
  if (invocation.json) print("]\n");
  return check.status;
}

}  // namespace microctr

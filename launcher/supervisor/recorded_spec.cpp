#include "launcher/supervisor/recorded_spec.h"

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

char config_storage[limits::control_message];

}  // namespace

bool read_recorded_spec(const Places& places, CString name, Workbench& bench) {
  RecordPath path(places, name);
  path.add("/config");
  const auto config = read_file(sys::working_directory, path.text(), config_storage);
  if (!config) return false;
  const auto request = decode_request(config.value());
  return request && read_request(request.value(), bench);
}

}  // namespace microctr

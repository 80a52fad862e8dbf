#include "launcher/base/log.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/session.h"

namespace microctr {

int complain(CString name, const Failure& failure) {
  if (failure.text.size() != 0) log_error(name, failure.text.view());
  return failure.status;
}

int complain(CString name, const Error& error, int status) {
  log_failure(name, error);
  return status;
}

}  // namespace microctr

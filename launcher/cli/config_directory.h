// The configurations of one directory, one file for each container, as a supervisor wants them (configurations.h).
//
// What is wrong with a file is said on standard error with its place; the others are not touched by it.
#pragma once

#include "launcher/cli/invocation.h"
#include "launcher/supervisor/configurations.h"

namespace microctr {

class ConfigDirectory final : public Configurations {
 public:
  // `directory` must outlive it; `invocation` says where defaults are, and may override keys.
  ConfigDirectory(const Invocation& invocation, CString directory) : invocation_(invocation), directory_(directory) {}

  Result<void> visit_all(Visitor& visitor) override;
  void visit_one(CString name, Visitor& visitor) override;
  CString directory() const override { return directory_; }
  std::span<const CString> overrides() const override { return invocation_.overrides.view(); }

 private:
  void visit_file(std::size_t index, Visitor& visitor);

  const Invocation& invocation_;
  CString directory_;
};

}  // namespace microctr

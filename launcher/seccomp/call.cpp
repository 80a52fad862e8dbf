#include "launcher/seccomp/call.h"

#include "launcher/spec/word_list.h"

namespace microctr::seccomp {

std::optional<Call> find_call(std::string_view name) {
  const char* at = call_names;
  for (Call call = 0; call < call_count; ++call) {
    const std::string_view candidate = at;
    if (candidate == name) return call;
    at += candidate.size() + 1;
  }
  return {};
}

std::string_view call_name(Call call) {
  const char* at = call_names;
  while (call-- > 0) at += std::string_view(at).size() + 1;
  return at;
}

std::string_view nearest_call(std::string_view name) {
  const char* at = call_names;
  std::string_view nearest;
  unsigned distance = ~0U;
  for (std::size_t call = 0; call < call_count; ++call) {
    const std::string_view candidate = at;
    if (is_near(name, candidate, distance)) nearest = candidate;
    at += candidate.size() + 1;
  }
  return nearest;
}

}  // namespace microctr::seccomp

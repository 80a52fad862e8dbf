#include "launcher/supervisor/request.h"

namespace microctr {

namespace {

constexpr char version[] = "microctr-config 1";

// Fields end with NUL, so that they come out as terminated text without a copy.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  Result<CString> text() {
    const std::size_t end = position(rest_, '\0');
    if (end == std::string_view::npos) return fail(EINVAL, "read the request"_p);
    const CString field = CString::from_terminated(leading(rest_, end));
    rest_.remove_prefix(end + 1);
    return field;
  }
  Result<std::size_t> number(std::size_t largest) {
    const auto value = parse_number(TRY(text()), largest);
    if (!value) return fail(EINVAL, "read the request"_p);
    return static_cast<std::size_t>(*value);
  }
  Result<std::string_view> raw(std::size_t size) {
    if (size > rest_.size()) return fail(EINVAL, "read the request"_p);
    const std::string_view part = leading(rest_, size);
    rest_.remove_prefix(size);
    return part;
  }

 private:
  std::string_view rest_;
};

}  // namespace

Result<std::string_view> encode_request(const StartRequest& request, std::span<char> storage) {
  TextWriter bytes(storage);
  constexpr char end = '\0';
  bytes.add(version, end, request.name, end, request.source, end, request.directory, end);
  bytes.add(request.overrides.size(), end);
  for (const CString text : request.overrides) bytes.add(text, end);
  bytes.add(request.defaults.size(), end, request.text.size(), end, request.defaults, request.text);
  if (bytes.overflowed()) return fail(E2BIG, "send the configuration"_p);
  return bytes.view();
}

Result<StartRequest> decode_request(std::string_view bytes) {
  Fields fields(bytes);
  StartRequest request;
  if (TRY(fields.text()) != version) return fail(EINVAL, "read a request of another version"_p);
  request.name = TRY(fields.text());
  request.source = TRY(fields.text());
  request.directory = TRY(fields.text());
  const std::size_t count = TRY(fields.number(limits::overrides));
  for (std::size_t index = 0; index < count; ++index) {
    (void)request.overrides.push(TRY(fields.text()));  // no more than its capacity
  }
  const std::size_t defaults = TRY(fields.number(limits::config_text));
  const std::size_t text = TRY(fields.number(limits::config_text));
  request.defaults = TRY(fields.raw(defaults));
  request.text = TRY(fields.raw(text));
  return request;
}

}  // namespace microctr

// clang++ -fsanitize=fuzzer,address,undefined; every input is one datagram from a hostile kernel.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/netlink_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  [[maybe_unused]] static volatile unsigned kept;  // so that no reading is optimised away
  kept = microctr::netlink::walk_netlink({reinterpret_cast<const char*>(data), size});
  return 0;
}

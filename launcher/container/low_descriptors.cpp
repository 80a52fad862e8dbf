#include "launcher/container/low_descriptors.h"

#include <climits>

#include "launcher/base/sys.h"
#include "launcher/container/descriptor_numbers.h"

namespace microctr {

Result<void> LowDescriptors::reserve(int filler) {
  TRY(sys::copy_descriptors(INT_MAX));  // the kernel can: our own table, which is not shared, stays as it is
  int least = sealed_number + 1;        // above those to which the process brings them then
  for (Fd& place : places_) {
    place = TRY(sys::duplicate_above(filler, least));
    least = place.get() + 1;  // so that the last one is the highest
  }
  filler_ = filler;
  return {};
}

Result<void> LowDescriptors::lend(int& descriptor) {
  if (descriptor < 0) return {};
  const int number = places_[lent_].get();
  TRY(sys::duplicate_closing(descriptor, number));
  ++lent_;
  descriptor = number;
  return {};
}

void LowDescriptors::take_back() {
  while (lent_ > 0) (void)sys::duplicate_closing(filler_, places_[--lent_].get());
}

}  // namespace microctr

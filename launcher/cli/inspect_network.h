// What inspect says of a container's network.
#pragma once

#include "launcher/cli/json.h"
#include "launcher/plan/plan.h"

namespace microctr {

// Adds `interfaces`, `published` and, while it is there, `network_namespace`.
void add_network(Json& json, const Places& places, const Spec& spec, const Plan& plan);

}  // namespace microctr

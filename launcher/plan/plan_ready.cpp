// What a container says on that it is ready: a pipe as its descriptor 3, or a socket of sd_notify(3) in its /dev.

#include <algorithm>

#include "launcher/plan/planner.h"

namespace microctr {

namespace {

constexpr std::size_t longest_address = 107;  // unix(7), sun_path with its NUL

const Step* find_ready(const Planner& planner) {
  const auto step = std::ranges::find(planner.plan.steps, Op::make_ready, &Step::op);
  return step != planner.plan.steps.end() && step->type == notify_socket_kind.view() ? &*step : nullptr;
}

}  // namespace

Result<void> plan_ready(Planner& planner) {
  const Readiness ready = planner.spec.supervision.ready;
  if (ready != Readiness::descriptor && ready != Readiness::notify) return {};
  const bool pipe = ready == Readiness::descriptor;
  const CString path = TRY(planner.arena.join(planner.record, pipe ? ready_pipe_file : notify_socket_file));
  Step& step = planner.add(Op::make_ready);
  step.target = path;
  step.type = pipe ? ready_pipe_kind : notify_socket_kind;
  if (pipe) return {};
  planner.plan.notify_socket = planner.spec.namespaces.mount ? CString(notify_socket_inside) : path;
  if (planner.plan.notify_socket.size() > longest_address) {
    return fail(ENAMETOOLONG, "use ready = notify: the path of its socket has more than 107 characters:"_p, path,
                "use a shorter --runtime-dir"_p);
  }
  return {};
}

void plan_notify_place(Planner& planner) {
  const Step* const ready = find_ready(planner);
  if (ready == nullptr) return;
  const CString socket = ready->target;
  if (!planner.plan.staged) {
    planner.add(Op::open_notify).target = socket;
    return;
  }
  Step& step = planner.add(Op::map_tree);
  step.side = Side::stage;
  step.source = socket;
  step.target = staged_notify;
}

void plan_notify(Planner& planner) {
  const Step* const ready = find_ready(planner);
  if (ready == nullptr) return;
  const CString socket = ready->target;
  Step& step = planner.add(planner.plan.staged ? Op::move_in : Op::bind);
  step.source = planner.plan.staged ? CString(staged_notify) : socket;
  step.target = notify_socket_inside;
  step.flags = mount_create_target | mount_refuse_symlink | (planner.plan.staged ? 0 : bind_notify);
}

}  // namespace microctr

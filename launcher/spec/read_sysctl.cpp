// sysctl = KEY=VALUE: only what each namespace has for itself. The rest belongs to the whole machine and is refused by
// its name, as a write from inside would change the host.

#include "launcher/base/text.h"
#include "launcher/spec/path_text.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/sysctl_path.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr std::size_t longest_value = 255;
constexpr std::size_t longest_key = 255;

// ipc/ipc_sysctl.c and ipc/mq_sysctl.c.
constexpr char ipc_words[] =
    "shmmax shmall shmmni shm_rmid_forced msgmax msgmnb msgmni sem auto_msgmni shm_next_id msg_next_id sem_next_id";
constexpr char queue_words[] = "queues_max msg_max msgsize_max msg_default msgsize_default";

// Of net/core only these are in netns_core_table (net/core/sysctl_net_core.c) and xfrm_table.
constexpr char core_words[] =
    "somaxconn optmem_max txrehash xfrm_aevent_etime xfrm_aevent_rseqth xfrm_larval_drop xfrm_acq_expires";
// Of net/ipv4 and net/ipv6 these are not: the tables that are registered for init_net alone.
constexpr char global_words[] =
    "ipv4/tcp_max_orphans ipv4/tcp_mem ipv4/udp_mem ipv4/tcp_low_latency ipv4/tcp_available_ulp ipv4/fib_sync_mem "
    "ipv4/inet_peer_threshold ipv4/inet_peer_minttl ipv4/inet_peer_maxttl ipv4/ipfrag_secret_interval "
    "ipv4/cipso_cache_enable ipv4/cipso_cache_bucket_size ipv4/cipso_rbm_optfmt ipv4/cipso_rbm_strictvalid "
    "ipv4/route/gc_thresh ipv4/route/max_size ipv4/route/gc_min_interval ipv4/route/gc_min_interval_ms "
    "ipv4/route/gc_timeout ipv4/route/gc_interval ipv4/route/redirect_load ipv4/route/redirect_number "
    "ipv4/route/redirect_silence ipv4/route/error_cost ipv4/route/error_burst ipv4/route/gc_elasticity "
    "ipv4/neigh/default/gc_interval ipv4/neigh/default/gc_thresh1 ipv4/neigh/default/gc_thresh2 "
    "ipv4/neigh/default/gc_thresh3 ipv6/neigh/default/gc_interval ipv6/neigh/default/gc_thresh1 "
    "ipv6/neigh/default/gc_thresh2 ipv6/neigh/default/gc_thresh3 ipv6/calipso_cache_enable "
    "ipv6/calipso_cache_bucket_size";

void refuse_global(const Setting& setting, std::string_view key) {
  setting.fault(key, "'@' is one of the whole machine (a container has only net., fs.mqueue. and the ipc ones)"_p);
}

// Suggests what was meant of `known`, which are names below `folder`.
void refuse_unknown(const Setting& setting, std::string_view key, std::string_view name, Literal folder,
                    Literal known) {
  const std::string_view nearest = nearest_word(known, name);
  if (nearest.empty()) return refuse_global(setting, key);
  TextBuffer<64> guess(folder, '.', nearest);
  setting.fault(key, "'@' is not one that a container has (did you mean '&'?)"_p, guess.view());
}

bool check_known(const Setting& setting, std::string_view key, std::string_view name, Literal folder, Literal known) {
  if (find_word(known, name)) return true;
  refuse_unknown(setting, key, name, folder, known);
  return false;
}

bool check_network_path(const Setting& setting, std::string_view key, std::string_view path) {
  constexpr Literal core = "core/";
  const bool is_core = path.starts_with(core.view());
  if (is_core && find_word(core_words, after(path, core.view().size()))) return true;
  if (!is_core && !find_word(global_words, path)) return true;
  setting.fault(key, "'@' is one of the whole machine, not of a network namespace (set it on the host)"_p);
  return false;
}

bool check_path(const Setting& setting, std::string_view key, std::string_view path) {
  std::string_view rest = path;
  const std::string_view folder = cut(rest, '/');
  if (folder == "net" && !rest.empty()) return check_network_path(setting, key, rest);
  if (path == "kernel/hostname" || path == "kernel/domainname") {
    setting.fault(key, "'@' has a key of its own (write & = NAME)"_p, rest);
    return false;
  }
  if (folder == "kernel") return check_known(setting, key, rest, "kernel", ipc_words);
  constexpr Literal queues = "mqueue/";
  if (folder == "fs" && rest.starts_with(queues.view())) {
    return check_known(setting, key, after(rest, queues.view().size()), "fs.mqueue", queue_words);
  }
  // "shmmax": what lacks its folder.
  if (rest.empty()) {
    refuse_unknown(setting, key, path, "kernel", ipc_words);
  } else {
    refuse_global(setting, key);
  }
  return false;
}

}  // namespace

void read_sysctl(const Setting& setting) {
  const std::size_t sign = position(setting.value, '=');
  const std::string_view key = trim(leading(setting.value, sign));
  const std::string_view value = trim(sign == std::string_view::npos ? "" : after(setting.value, sign + 1));
  if (key.empty() || value.empty()) {
    return setting.fault(setting.value, "'@' has no & (write KEY=VALUE: net.ipv4.ip_forward=1)"_p,
                         key.empty() ? "key" : "value");
  }
  if (value.size() > longest_value || key.size() > longest_key) {
    return setting.fault(value.size() > longest_value ? value : key, "'@' is too long (limit 255 bytes)"_p);
  }
  TextBuffer<longest_key + 1> path;
  write_sysctl_path(key, path);
  if (!is_sysctl_path(path.view())) {
    return setting.fault(key, "'@' is not a setting's name (write it as below /proc/sys: net.ipv4.ip_forward)"_p);
  }
  if (!check_path(setting, key, path.view())) return;
  const auto kept_path = setting.keep(path.view());
  const auto kept_value = setting.keep(value);
  if (!kept_path || !kept_value) return;
  auto& list = setting.spec.sysctls;
  for (std::size_t index = 0; index < list.size(); ++index) {
    if (list[index].path != kept_path->view()) continue;
    list[index].value = *kept_value;
    setting.entry = index;
    return;
  }
  if (!list.push({*kept_path, *kept_value})) setting.too_many(limits::sysctls);
}

}  // namespace microctr

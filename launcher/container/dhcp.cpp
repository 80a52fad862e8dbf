#include "launcher/container/dhcp.h"

#include <fcntl.h>
#include <sched.h>

#include <array>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr char programs[] = "/sbin/udhcpc\0/usr/sbin/udhcpc\0/bin/busybox\0/usr/bin/busybox\0/sbin/busybox\0";

struct Client {
  CString program;
  CString runtime;
  CString record;
  CString container;
  CString interface;
  pid_t process;
  bool outlives_us;
};

// In the new process: nothing here returns.
[[noreturn]] void become_client(const Client& client) {
  constexpr int failed = 127;
  const TextBuffer<40> path("/proc/", client.process, "/ns/net");
  const auto network = sys::open(path.text(), O_RDONLY);
  if (!network || !sys::set_namespace(network.value().get(), CLONE_NEWNET)) sys::exit(failed);
  if (!client.outlives_us && !sys::die_with_parent(SIGTERM)) sys::exit(failed);
  const auto null = sys::open("/dev/null", O_RDWR);
  for (int stream = 0; null && stream < 3; ++stream) (void)sys::duplicate(null.value().get(), stream);
  (void)sys::close_from(3);
  const TextBuffer<limits::path> script(client.record, "/", dhcp_script_name);
  const TextBuffer<128> hostname("hostname:", client.container);
  // Asked for ever: four times two seconds apart, then again after five.
  const std::array<const char*, 17> arguments = {"udhcpc",
                                                 "-f",
                                                 "-R",
                                                 "-i",
                                                 client.interface.c_str(),
                                                 "-s",
                                                 script.text().c_str(),
                                                 "-x",
                                                 hostname.text().c_str(),
                                                 "-t",
                                                 "4",
                                                 "-T",
                                                 "2",
                                                 "-A",
                                                 "5",
                                                 nullptr};
  const TextBuffer<limits::path> runtime("MICROCTR_RUNTIME=", client.runtime);
  const TextBuffer<128> name("MICROCTR_NAME=", client.container);
  const TextBuffer<40> process("MICROCTR_PROCESS=", client.process);
  const std::array<const char*, 5> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", runtime.text().c_str(),
                                                  name.text().c_str(), process.text().c_str(), nullptr};
  sys::restore_signals();
  (void)sys::execute(client.program.c_str(), arguments.data(), environment.data());
  sys::exit(failed);
}

}  // namespace

CString find_dhcp_client() {
  CString program = CString::from_pointer(programs);
  while (!program.empty() && !sys::access(sys::working_directory, program, X_OK))
    program = program.from(program.size() + 1);
  return program;
}

bool has_dhcp_client() { return !find_dhcp_client().empty(); }

Result<void> start_dhcp(LaunchContext& context, const Step& step, pid_t pid) {
  const CString program = find_dhcp_client();
  if (program.empty()) {
    return fail(ENOENT, "find udhcpc"_p, {},
                "install BusyBox (/bin/busybox) with udhcpc, or write ip = ADDRESS/PREFIX"_p);
  }
  TextBuffer<limits::path> record(context.facts.places.runtime, "/containers/", context.plan.spec->name);
  TextBuffer<limits::path> script(record.text(), "/", dhcp_script_name);
  TRY(link_own_program(script.text()));  // where udhcpc finds us: by a name that main() knows
  auto noted = TRY(sys::make_pipe(0));
  const pid_t client = TRY(sys::fork());
  if (client == 0) {
    noted.second.close();
    char word;
    const auto heard = sys::read(noted.first.get(), {&word, 1});
    if (!heard || heard.value() == 0) sys::exit(0);  // nobody would end it
    become_client({program, context.facts.places.runtime, record.text(), context.plan.spec->name, step.target, pid,
                   context.outlives_us});
  }
  context.holdings.clients[step.number] = TRY(sys::open_process(client));
  TRY(context.journal.note_client(step.number, client));
  TRY(sys::write(noted.second.get(), "1"));
  return {};
}

}  // namespace microctr

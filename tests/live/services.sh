# Services of Debian as they are packaged, each as its own layer, with the default isolation: its user namespace, its
# capabilities, its system call filter, no new privileges. The layers: tests/services/root.

. "$(dirname "${BASH_SOURCE[0]}")/tools/net.sh"

services=$(realpath -m "$(dirname "${BASH_SOURCE[0]}")/../../build/services")

# service_conf NAME COMMAND [KEY=VALUE]...: a container on the root of services.prepare that is called like it.
service_conf() {
  local name=$1 command=$2
  shift 2
  [ -e "$services/$name.complete" ] ||
    fail "no root for $name; $(tail -n 1 "$WORK/services.prepared" 2>/dev/null || echo "start tests/live/services.prepare")" || return 1
  printf '%s\n' "layer = $services/$name" "command = $command" "network = bridge" "$@" | conf "$name"
}
start_service() {
  local file
  file=$(service_conf "$@") && microctr start "$file"
}

status_of() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }  # PID KEY
first_id() { awk '{ print $2 }' "/proc/$(pid_of "$1")/uid_map"; }
address_inside() { nsenter -t "$(pid_of "$1")" -n ip -4 -o addr show dev eth0 | sed 's,.* inet \([0-9.]*\)/.*,\1,'; }

# by_user NAME UID COMMAND: the container's processes of this user inside, by a pattern of their command line.
by_user() { pgrep --ns "$(pid_of "$1")" --nslist pid -u "$(($(first_id "$1") + $2))" -f "$3"; }

# The capabilities of docs/security.md: none is had beyond them, nor by others than root.
default_capabilities=00000000800405fb

# is_isolated NAME PID: the default policy holds for this process.
is_isolated() {
  local name=$1 pid=$2 what
  what="of $pid ($(tr '\0' ' ' <"/proc/$pid/cmdline"))"
  same "filter $what" 2 "$(status_of "$pid" Seccomp)"
  same "no new privileges $what" 1 "$(status_of "$pid" NoNewPrivs)"
  same "bounding capabilities $what" "$default_capabilities" "$(status_of "$pid" CapBnd)"
  same "inheritable capabilities $what" 0000000000000000 "$(status_of "$pid" CapInh)"
  same "users $what" "0 $(first_id "$name") 65536" "$(echo $(cat "/proc/$pid/uid_map"))"
  [ "$(first_id "$name")" -ge $((0x40000000)) ] || fail "the range of $name is not of the pool"
  has_not "$(readlink /proc/self/ns/user)" "$(readlink "/proc/$pid/ns/user")"
}
has_no_power() { same "capabilities of $1" 0000000000000000 "$(status_of "$1" CapEff)"; }

# nginx with Debian's own configuration: port 80, a master that is root and workers that become www-data
test_nginx() {
  local address pid workers
  start_service nginx '/usr/sbin/nginx -g "daemon off;"'
  address=$(address_inside nginx)
  eventually curl -sf --max-time 1 "http://$address/"
  has "Welcome to nginx!" "$(curl -sf --max-time 5 "http://$address/")"
  same "answers" "100 200" "$(curl -sS --no-progress-meter --max-time 30 --parallel --parallel-max 20 -o /dev/null -w '%{http_code}\n' \
    "http://$address/?[1-100]" | sort | uniq -c | xargs)"
  same "a page that is not there" 404 "$(curl -s --max-time 5 -o /dev/null -w '%{http_code}' "http://$address/none")"
  workers=$(by_user nginx 33 "worker process") || fail "no worker is www-data"
  for pid in $workers; do
    is_isolated nginx "$pid"
    has_no_power "$pid"
  done
  is_isolated nginx "$(pid_of nginx)"
  same "log" 100 "$(grep -c '"GET /?[0-9]* HTTP/1.1" 200' "/proc/$(pid_of nginx)/root/var/log/nginx/access.log")"
  microctr exec nginx /usr/sbin/nginx -s reload
  replaced() { local now; now=$(by_user nginx 33 "worker process") && ! grep -qFxf <(echo "$workers") <<<"$now"; }
  eventually replaced
  has "Welcome to nginx!" "$(curl -sf --max-time 5 "http://$address/")"
  microctr stop nginx
}

# redis with Debian's own configuration, as its user: commands, a snapshot by a child, a script, and the data after a restart
test_redis() {
  local address pid
  mkdir "$T/data-of-redis"
  chown 101:101 "$T/data-of-redis"
  chmod 755 "$T"
  start_service redis '/usr/bin/redis-server /etc/redis/redis.conf --daemonize no --bind 0.0.0.0 --protected-mode no' \
    "user = redis" "volume = $T/data-of-redis:/var/lib/redis"
  address=$(address_inside redis)
  ask_redis() { printf '%s\r\n' "$*" QUIT | timeout 5 nc -N "$address" 6379 | tr -d '\r' | sed '$d'; }
  inside_redis() { microctr exec redis /usr/bin/redis-cli "$@"; }
  pong() { [ "$(ask_redis PING)" = +PONG ]; }
  eventually pong
  same "set from outside" +OK "$(ask_redis SET greeting hello)"
  same "get inside" hello "$(inside_redis GET greeting)"
  same "script" 42 "$(inside_redis EVAL 'return 6 * 7' 0)"
  same "incremented" 1000 "$(for _ in $(seq 1000); do echo INCR counter; done | inside_redis | tail -n 1)"
  same "snapshot" "Background saving started" "$(inside_redis BGSAVE)"
  saved() { inside_redis INFO persistence | tr -d '\r' | grep -qx rdb_bgsave_in_progress:0; }
  eventually saved
  has "rdb_last_bgsave_status:ok" "$(inside_redis INFO persistence)"
  same "owner of the snapshot" 101:101 "$(stat -c %u:%g "$T/data-of-redis/dump.rdb")"
  pid=$(pid_of redis)
  same "user inside" "$(($(first_id redis) + 101))" "$(status_of "$pid" Uid)"
  is_isolated redis "$pid"
  has_no_power "$pid"
  microctr stop redis
  microctr start redis
  eventually pong
  same "after a restart" "1000" "$(inside_redis GET counter)"
  microctr stop redis
}

# start_sshd [KEY=VALUE]...: with Debian's own configuration, PAM too, with host keys made inside, and with a new key of the
# client for its user guest. $address is where it is.
start_sshd() {
  mkdir -m 755 "$T/keys" "$T/client"
  chmod 755 "$T"
  service_conf sshd "sh -c \"ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && exec /usr/sbin/sshd -D -e\"" \
    "volume = $T/keys:/home/guest/.ssh:ro" "$@" >/dev/null
  client ssh-keygen -q -t ed25519 -N "''" -f /client/key
  cp "$T/client/key.pub" "$T/keys/authorized_keys"
  microctr start "$T/sshd.conf"
  address=$(address_inside sshd)
  greets() { (exec 3<>"/dev/tcp/$address/22" && read -r -t 1 -u 3 line && has SSH-2.0-OpenSSH "$line"); }
  eventually greets
  echo "$address $(cut -d' ' -f1,2 "/proc/$(pid_of sshd)/root/etc/ssh/ssh_host_ed25519_key.pub")" >"$T/client/known"
}

# client PROGRAM...: of the same packages, in the network of the tests.
client() {
  printf '%s\n' "layer = $services/sshd" "command = $*" "network = host" "volume = $T/client:/client" | conf client >/dev/null
  microctr run "$T/client.conf"
}
# login [-tt] COMMAND: as guest by the client's key; the server must have the key that is known.
login() {
  local terminal=
  [ "$1" != -tt ] || { terminal=$1; shift; }
  client ssh -i /client/key -o UserKnownHostsFile=/client/known -o StrictHostKeyChecking=yes -o BatchMode=yes -o LogLevel=ERROR \
    $terminal "guest@$address" "\"$1\""
}

# sshd: logins by key; before one the network is talked to by a process without any power, below an empty root
test_sshd() {
  local address pid listening
  start_sshd
  exec 3<>"/dev/tcp/$address/22"
  echo SSH-2.0-nobody >&3  # sshd divides itself when it knows that it is spoken to
  eventually by_user sshd 102 "sshd: .*net"
  pid=$(by_user sshd 102 "sshd: .*net")
  is_isolated sshd "$pid"
  has_no_power "$pid"
  same "files it sees" "" "$(ls -A "/proc/$pid/root")"
  same "filters: ours and its own" 2 "$(status_of "$pid" Seccomp_filters)"
  exec 3>&-

  same "guest" "uid=1000(guest) gid=1000(guest) groups=1000(guest)" "$(login id)"
  same "status" "0000000000000000 00000000800405fb 1 2" "$(login "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | cut -f2" | xargs)"
  exits 7 login 'exit 7'
  same "a megabyte" 1000000 "$(login 'head -c 1000000 /dev/zero' | wc -c)"
  mv "$T/keys/authorized_keys" "$T/keys/none"
  exits 255 login id
  has "Permission denied" "$err"
  mv "$T/keys/none" "$T/keys/authorized_keys"

  login 'exec sleep 1000' &
  eventually by_user sshd 1000 '^sleep 1000'
  for pid in $(by_user sshd 1000 .); do  # sshd for this login, and the command
    is_isolated sshd "$pid"
    has_no_power "$pid"
  done
  same "processes of the login" 2 "$(by_user sshd 1000 . | wc -l)"
  is_isolated sshd "$(pid_of sshd)"
  microctr stop -t 1s client
  wait

  exits 9 login -tt 'tty; stat -c %U:%G:%a $(tty); test -t 0 && test -t 1 && test -t 2 && echo all; exit 9'
  same "terminal" "/dev/pts/0 guest:tty:620 all" "$(echo "$out" | tr -d '\r' | xargs)"
  microctr stop sshd
}

# Without a user namespace sshd asks the kernel to log a login with a terminal, and ends if it may not. docker gives this
# capability to all containers, we do not; in a user namespace the kernel says that there is nobody who logs.
test_sshd_without_user_namespace() {
  local address
  start_sshd "userns = host"
  same "guest" 1000 "$(login 'id -u')"
  exits 255 login -tt 'tty'
  has "linux_audit_write_entry failed: Operation not permitted" "$(microctr logs sshd 2>&1)"
  microctr stop sshd
  microctr remove sshd
  rm -r "$T/keys" "$T/client"
  start_sshd "userns = host" "cap_add = AUDIT_WRITE"
  exits 0 login -tt 'tty'
  same "terminal" /dev/pts/0 "$(echo "$out" | tr -d '\r')"
  microctr stop sshd
}

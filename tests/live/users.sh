# User namespaces of root's containers: a range of ids of their own, and what is on disk is shown with ids mapped, so
# that it has the owners that the container sees. (Containers of ordinary users: unprivileged.sh, users_lent.sh.)

number_of() { microctr inspect --json "$1" | sed -n "s/.*\"$2\":\([0-9]*\)[,}].*/\1/p"; }
first_of() { awk '{ print $2 }' "/proc/$(number_of "$1" pid)/${2:-uid_map}"; }
owner_of() { stat -c %u:%g "$1"; }
ids() { find "$T/run/ids" -type l ! -name "=*" ! -name pool -printf '%l=%f\n' 2>/dev/null | sort; }
up() { microctr start "$(busybox_conf "$1" "sleep 1000" "${@:2}")"; }
down() { microctr stop -t 100ms "$1"; }

# A layer with files of several users.
make_layer() {
  mkdir -p "$T/base/home/app/deep" "$T/base/bin" "$T/base/etc" "$T/base/gone/below" "$T/base"/{proc,dev,sys}
  cp "$(command -v busybox)" "$T/base/bin/busybox"
  for tool in sh cat ls stat rm chown ln touch id mkdir echo test; do ln -s busybox "$T/base/bin/$tool"; done
  echo "app:x:1000:1001::/home/app:/bin/sh" >"$T/base/etc/passwd"
  printf 'app:x:1001:\nextra:x:1002:app\n' >"$T/base/etc/group"
  echo mine >"$T/base/home/app/file"
  echo secret >"$T/base/etc/shadow"
  chmod 600 "$T/base/etc/shadow"
  chown -R 1000:1001 "$T/base/home/app"
  chown 65534:65534 "$T/base/gone"
  chmod 755 "$T"
}
of_base() {  # NAME COMMAND [KEY=VALUE]...
  local name=$1 command=$2
  shift 2
  printf '%s\n' "layer = $T/base" "command = sh -c \"$command\"" "$@" | conf "$name" >/dev/null
  microctr run "$T/$name.conf"
}

# contract: auto: a range of 65536 ids of its own, from the pool, kept per name, given back by remove
test_range_of_its_own() {
  local web db
  up web
  up db
  web=$(first_of web)
  db=$(first_of db)
  same "the whole map" "0 $web 65536" "$(echo $(cat "/proc/$(number_of web pid)/uid_map"))"
  same "of groups" "0 $web 65536" "$(echo $(cat "/proc/$(number_of web pid)/gid_map"))"
  [ "$web" -ge $((0x40000000)) ] && [ "$web" -le $((0x6fff0000)) ] || fail "$web is not of the pool"
  [ "$web" != "$db" ] || fail "two containers have the range $web"
  same "uid outside" "$web $web $web $web" "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' "/proc/$(number_of web pid)/status")"
  same "uid inside" "0 0" "$(microctr exec web sh -c 'echo $(id -u) $(id -g)')"
  has_not "$(readlink /proc/self/ns/user)" "$(readlink "/proc/$(number_of web pid)/ns/user")"
  same "record" "db=$db-$db web=$web-$web" "$(echo $(ids))"
  down web
  microctr start web
  same "after a restart" "$web" "$(first_of web)"
  down web
  microctr remove web
  same "record" "db=$db-$db" "$(ids)"
  down db
  microctr remove db
  [ ! -e "$T/run/ids" ] || fail "left $T/run/ids"
}

# rule: explain says which user namespace and why
test_explain() {
  has "user namespace: ids of its own, and what is on disk is shown with ids mapped" "$(microctr explain "$(busybox_conf x true)")"
  has "from users 1073741824-1879048191" "$(microctr explain "$T/x.conf")"
  same "map" "" "$(microctr explain "$(busybox_conf x true "userns = host")" | grep "ids mapped" || true)"
  has "user namespace: none; root inside is root of the machine" "$(microctr explain "$T/x.conf")"
  has "in the host's network a user namespace has no power" "$(microctr explain "$(busybox_conf x true "network = host")")"
  same "with the host's network" "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user' "network = host")"
  has "root inside is user 0, nobody else exists" "$(microctr explain "$(busybox_conf x true "userns = root")")"
  has "map user ids 0:5000:10 20:7000:1, group ids 0:9000:10" \
    "$(microctr explain "$(busybox_conf x true "userns = map" "user_map = 0:5000:10" "user_map = 20:7000:1" "group_map = 0:9000:10")")"
}

# rule: what is on disk does not depend on the map
test_volume_owners() {
  mkdir "$T/shared"
  chmod 755 "$T"
  echo secret >"$T/shared/secret"
  chmod 600 "$T/shared/secret"
  echo other >"$T/shared/other"
  chown 77:78 "$T/shared/other"
  same "as the owner" secret "$(inside 'cat /shared/secret' "volume = $T/shared:/shared")"
  exits 1 inside 'cat /shared/secret' "volume = $T/shared:/shared" "user = 1000"
  same "seen inside" "0:0 77:78" "$(echo $(inside 'stat -c %u:%g /shared/secret /shared/other' "volume = $T/shared:/shared"))"
  inside 'touch /shared/root /shared/app; chown 1000:1001 /shared/app; ln /shared/app /shared/link; mkdir /shared/d' "volume = $T/shared:/shared"
  same "owner on disk" 0:0 "$(owner_of "$T/shared/root")"
  same "owner on disk" 1000:1001 "$(owner_of "$T/shared/app")"
  same "links" 2 "$(stat -c %h "$T/shared/link")"
  chmod 777 "$T/shared"
  inside 'echo x >/shared/made' "volume = $T/shared:/shared" "user = 1000:1001"
  same "owner on disk" 1000:1001 "$(owner_of "$T/shared/made")"
  # What is beyond the range stands for nobody, and cannot be made.
  chown 70000:70000 "$T/shared/other"
  same "beyond" 65534:65534 "$(inside 'stat -c %u:%g /shared/other' "volume = $T/shared:/shared")"
  exits 1 inside 'chown 70000 /shared/app' "volume = $T/shared:/shared"
  exits 1 inside 'echo x >/shared/root' "volume = $T/shared:/shared:ro"
}

# rule: volumes are shared between containers with different maps
test_shared_volume() {
  mkdir "$T/shared"
  up one "volume = $T/shared:/shared"
  up two "volume = $T/shared:/shared"
  [ "$(first_of one)" != "$(first_of two)" ] || fail "the same range"
  microctr exec one sh -c 'echo hello >/shared/file; chown 5:6 /shared/file; chmod 600 /shared/file'
  same "seen by the other" "5:6 hello" "$(echo $(microctr exec two sh -c 'stat -c %u:%g /shared/file; cat /shared/file'))"
  microctr exec two chown 7:8 /shared/file
  same "on disk" 7:8 "$(owner_of "$T/shared/file")"
  same "seen by the first" 7:8 "$(microctr exec one stat -c %u:%g /shared/file)"
  down one
  down two
}

test_layers() {
  local before
  make_layer
  before=$(cd "$T/base" && find . -printf '%p %U:%G %m %n %s %T@\n' | sort)
  same "owners" "0:0 1000:1001 65534:65534" "$(echo $(of_base look 'stat -c %u:%g /bin/busybox /home/app/file /gone'))"
  exits 0 of_base look 'rm -r /gone /home/app/deep; test ! -e /gone; mkdir /gone; chown 12:13 /home/app/file; ln /bin/busybox /bin/linked; stat -c %u:%g /home/app/file'
  same "chown inside" 12:13 "$out"
  exits 1 of_base look 'cat /etc/shadow' "user = app"
  same "user by name" "uid=1000(app) gid=1001(app)" "$(of_base look id "user = app" | sed 's/ groups=.*//')"
  same "own files" mine "$(of_base look 'cat /home/app/file' "user = app")"
  exits 0 of_base look 'echo new >/home/app/file' "user = app"
  same "the layer" "$before" "$(cd "$T/base" && find . -printf '%p %U:%G %m %n %s %T@\n' | sort)"
  # Without an upper layer the layer itself is the root.
  same "upper = none" "1000:1001" "$(of_base look 'touch /x 2>/dev/null || stat -c %u:%g /home/app/file' "upper = none")"
}

# rule: a persistent upper layer holds the owners that the container sees, whatever its user namespace
test_persistent_upper() {
  local upper=$T/data/containers/kept/root/upper
  make_layer
  of_base kept 'rm -r /gone; chown 12:13 /home/app/file; echo new >/new; touch /app; chown 1000:1001 /app; mkdir /d; ln /new /d/link' "upper = persistent"
  same "on disk" "0:0 12:13 1000:1001 0:0" "$(echo $(owner_of "$upper/new") $(owner_of "$upper/home/app/file") $(owner_of "$upper/app") $(owner_of "$upper/d"))"
  same "hard link" 2 "$(stat -c %h "$upper/new")"
  same "whiteout" "character special file 0:0" "$(stat -c '%F %t:%T' "$upper/gone")"
  [ "$(owner_of "$upper")" = 0:0 ] || fail "the upper directory is of $(owner_of "$upper")"
  for users in host auto auto:1000000-1065535; do
    same "with $users" "0:0 12:13 1000:1001 new 2" "$(echo $(of_base kept 'stat -c %u:%g /new /home/app/file /app | cat; cat /new; stat -c %h /d/link; ls -d /gone 2>/dev/null' "upper = persistent" "userns = $users" || true))"
    of_base kept "echo $users >/by-${users%%:*}; rm -r /d; mkdir /d; ln /new /d/link" "upper = persistent" "userns = $users"
    same "made with $users" 0:0 "$(owner_of "$upper/by-${users%%:*}")"
  done
  # With the single map nobody else exists, but what root does lands in the same way.
  same "with root" "0:0 65534:65534 new" "$(echo $(of_base kept 'stat -c %u:%g /new /app | cat; rm -r /etc /by-host; cat /new' "upper = persistent" "userns = root"))"
  same "removed" "" "$(of_base kept 'test -e /by-host && echo /by-host; test -e /etc/passwd && echo /etc/passwd; true' "upper = persistent")"
  microctr remove --data kept
}

test_root_directory() {
  make_layer
  printf '%s\n' "rootfs = $T/base" 'command = sh -c "stat -c %u:%g /home/app/file; touch /made; touch /app; chown 1000 /app"' | conf tree >/dev/null
  same "seen" 1000:1001 "$(microctr run "$T/tree.conf")"
  same "made" "0:0 1000:0" "$(echo $(owner_of "$T/base/made") $(owner_of "$T/base/app"))"
  printf '%s\n' "rootfs = $T/base" "read_only = yes" 'command = sh -c "touch /no"' | conf tree >/dev/null
  exits 1 microctr run "$T/tree.conf"
  [ ! -e "$T/base/no" ] || fail "written"
}

# rule: what the launcher makes belongs to root inside
test_what_is_made_inside() {
  same "owners" "0:0" "$(inside 'stat -c %u:%g / /dev /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/pts /dev/shm /etc/hosts /etc/hostname /etc/manifest /scratch | sort -u' "manifest = /etc/manifest" "tmpfs = /scratch:1M")"
  same "devices" "1:3" "$(inside 'echo x >/dev/null && stat -c %t:%T /dev/null')"
  same "names" "inside" "$(inside 'cat /etc/hostname; echo more >>/etc/hosts')"
  same "bound names" "0:0 inside" "$(echo $(inside 'stat -c %u:%g /etc/hosts; cat /etc/hostname; echo no 2>/dev/null >/etc/hosts' "read_only = yes" || true))"
  same "tmpfs" "1777 0:0 fine" "$(echo $(inside 'stat -c "%a %u:%g" /scratch; echo fine >/scratch/f; cat /scratch/f' "tmpfs = /scratch:1M"))"
  exits 1 inside 'touch /no' "read_only = yes"
  exits 1 inside 'mknod /tmp/null c 1 3' "cap_add = ALL"
}

test_kinds_of_volumes() {
  mkdir -p "$T/tree/below" "$T/other"
  echo file >"$T/file"
  chmod 600 "$T/file"
  echo in-other >"$T/other/f"
  same "a file" file "$(inside 'cat /mnt/file' "volume = $T/file:/mnt/file")"
  inside 'echo changed >/mnt/file' "volume = $T/file:/mnt/file"
  same "the file" "changed 0:0" "$(cat "$T/file") $(owner_of "$T/file")"
  same "missing" none "$(inside 'ls -A /absent || echo none' "volume = -$T/missing:/absent" 2>/dev/null)"
  exits 125 inside true "volume = $T/missing:/mnt"
  has "$T/missing" "$err"
  one_line "$err"
  same "below another" in-other "$(inside 'cat /tree/below/f' "volume = $T/tree:/tree" "volume = $T/other:/tree/below")"
  inside 'echo kept >/store/f; chown 9 /store/f' "volume = things:/store"
  same "named" "kept 9:0" "$(echo $(inside 'cat /store/f; stat -c %u:%g /store/f' "volume = things:/store"))"
  same "named, on disk" 9:0 "$(owner_of "$T/data/containers/inside/volumes/things/f")"
  exits 0 inside 'cat /host-proc/uptime' "volume = /proc:/host-proc:ro"
  has "user namespace: ids of its own" "$(microctr explain "$T/inside.conf")"
  microctr remove --data inside 2>/dev/null || true
}

# rule: what cannot map ids, be it a volume or below one, means host with auto, and is an error with maps of one's own
test_file_systems_without_maps() {
  mkdir -p "$T/volume/be low" "$T/plain"
  mount -t ramfs ramfs "$T/plain"
  trap 'umount "$T/plain" "$T/volume/be low" 2>/dev/null || true' EXIT
  same "a volume" "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user' "volume = $T/plain:/mnt")"
  has "the file system cannot map ids: $T/plain" "$(microctr explain "$T/inside.conf")"
  exits 125 inside true "volume = $T/plain:/mnt" "userns = map" "user_map = 0:100000:65536"
  has "the file system cannot map ids: $T/plain" "$err"
  one_line "$err"
  has_not "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user' "volume = $T/volume:/mnt")"
  mount -t ramfs ramfs "$T/volume/be low"
  same "a volume with one below" "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user' "volume = $T/volume:/mnt")"
  has "a file system that is mounted there cannot map ids: $T/volume/be low" "$(microctr explain "$T/inside.conf")"
  exits 125 inside true "volume = $T/volume:/mnt" "userns = map" "user_map = 0:100000:65536"
  one_line "$err"
  has "a file system that is mounted there cannot map ids: $T/volume/be low" "$err"
  has "userns = host" "$err"
  exits 0 inside true "volume = $T/volume:/mnt" "userns = host"
  exits 0 inside true "volume = $T/volume:/mnt" "userns = root"
}

# rule: nothing that is mounted below a volume or rootfs is overlooked, however the path to it is written
test_what_is_below_by_any_name() {
  local source
  mkdir -p "$T/volume/below"
  ln -s volume "$T/link"
  mount -t ramfs ramfs "$T/volume/below"
  trap 'umount "$T/volume/below" 2>/dev/null || true' EXIT
  for source in volume/ volume/. ./volume /volume link; do
    same "with $source" "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user' "volume = $T/$source:/mnt")"
    has "cannot map ids: $T/volume/below" "$(microctr explain "$T/inside.conf")"
  done
}

# statfs(2) tells ext2 and ext3 from ext4 as little as devtmpfs from tmpfs
test_file_systems_that_look_alike() {
  local type
  mkdir "$T/volume"
  trap 'umount "$T/volume" 2>/dev/null || true' EXIT
  truncate -s 4M "$T/image"
  mkfs.ext2 -q "$T/image"
  for type in ext2 ext3; do
    [ "$type" = ext2 ] || tune2fs -j "$T/image" >/dev/null
    mount -t "$type" -o loop "$T/image" "$T/volume" 2>/dev/null || skip "this machine mounts no $type"
    same "user namespace with $type" "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user' "volume = $T/volume:/mnt")"
    has "the file system cannot map ids: $T/volume" "$(microctr explain "$T/inside.conf")"
    umount "$T/volume"
  done
  mount -t ext4 -o loop "$T/image" "$T/volume"
  has_not "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user; touch /mnt/f' "volume = $T/volume:/mnt")"
  same "with ext4" 0:0 "$(owner_of "$T/volume/f")"
  # What is in /dev has no owner on a disk: it is shown as it is.
  if grep -q ' /dev .* - devtmpfs ' /proc/self/mountinfo; then
    has_not "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user; stat /mnt' "volume = /dev/null:/mnt")"
  fi
  has_not "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user; stat /mnt/null' "volume = /dev:/mnt")"
}

test_maps_of_the_configuration() {
  mkdir "$T/shared"
  exits 0 inside 'cat /proc/self/uid_map /proc/self/gid_map; touch /shared/root; touch /shared/app; chown 1000:5 /shared/app' \
    "userns = map" "user_map = 0:100000:1000" "user_map = 1000:300000:1" "group_map = 0:200000:10" "volume = $T/shared:/shared"
  same "maps" "0 100000 1000 1000 300000 1 0 200000 10" "$(echo $out)"
  same "on disk" "0:0 1000:5" "$(echo $(owner_of "$T/shared/root") $(owner_of "$T/shared/app"))"
  exits 1 inside 'chown 1001 /shared/app' "userns = map" "user_map = 0:100000:1000" "volume = $T/shared:/shared"
  same "no range is taken" "" "$(ids)"
}

test_groups() {
  same "none" "0" "$(setpriv --groups 7,8,9 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$(busybox_conf groups 'id -G')")"
  same "those of the key" "Groups: 7 44" "$(echo $(inside 'grep ^Groups /proc/self/status' "groups = 44, 7"))"
  make_layer
  same "by name" "1001 1002" "$(of_base named 'id -G' "user = app" "groups = extra")"
}

test_exec() {
  up web "user = 1000:1001"
  same "map" "$(cat "/proc/$(number_of web pid)/uid_map")" "$(microctr exec web cat /proc/self/uid_map)"
  same "user" "1000 1001 1001" "$(microctr exec web sh -c 'echo $(id -u) $(id -g) $(id -G)')"
  same "namespace" "$(readlink "/proc/$(number_of web pid)/ns/user")" "$(microctr exec web readlink /proc/self/ns/user)"
  down web
}

# rule: programs that open /dev/stdout again may
test_streams() {
  for user in 0 1000; do
    microctr start "$(busybox_conf says "sh -c \"echo reopened >/dev/stdout; echo error >/dev/stderr\"" "user = $user")"
    microctr wait says >/dev/null
    same "log of user $user" "reopened error" "$(echo $(microctr logs says 2>&1 | sort -r))"
    microctr remove says
    same "through a pipe" reopened "$(microctr run "$(busybox_conf says "sh -c \"echo reopened >/proc/self/fd/1\"")" | cat)"
  done
}

test_kill() {
  local first
  up shot
  first=$(number_of shot pid)
  kill -KILL "$(number_of shot supervisor_pid)"
  kill -KILL "$first"
  eventually [ ! -e "/proc/$first" ]
  microctr list >/dev/null
  has "shot=" "$(ids)"
  microctr start shot
  down shot
  microctr remove shot
  same "ranges" "" "$(ids)"
}

test_networks() {
  exits 0 inside 'ip address show eth0; ip link add dummy0 type bridge && ip link show dummy0' "network = veth" "ip = 10.7.0.2/24" "cap_add = NET_ADMIN"
  has "10.7.0.2/24" "$out"
  has "dummy0" "$out"
  exits 2 inside 'ip link set eth0 down' "network = veth" "ip = 10.7.0.2/24"
  has "not permitted" "$err"
  microctr start "$(busybox_conf web "sleep 1000" "network = bridge")"
  microctr start "$(busybox_conf db "sleep 1000" "network = bridge" "user = 1000")"
  # BusyBox's ping knows raw sockets only; the host's asks for what needs no capability.
  exits 0 nsenter --user --net --target "$(number_of db pid)" --setuid 1000 --setgid 1000 \
    ping -c 1 -W 5 "$(microctr exec web ip -4 -o address show eth0 | sed 's,.*inet \([0-9.]*\)/.*,\1,')"
  same "links" "eth0 lo" "$(echo $(microctr exec web ls /sys/class/net))"
  down db
  down web
}

test_pools() {
  same "of the configuration" 1000000 "$(inside 'set -- $(cat /proc/self/uid_map); echo $2' "userns = auto:1000000-1065535")"
  up one "userns = auto:1000000-1065535"
  exits 125 inside true "userns = auto:1000000-1065535"
  has "all of the pool are taken" "$err"
  has "userns = auto:FIRST-LAST" "$err"
  one_line "$err"
  # Also where another pool overlaps it.
  exits 125 inside true "userns = auto:1000001-1131071"
  down one
  [ -e /etc/subuid ] && [ -e /etc/subgid ] || skip "this machine has no /etc/subuid to bind over"
  printf 'somebody:900000:65536\nmicroctr:10:100\nmicroctr:2000000:131072\nmicroctr:9:65536\n' >"$T/subuid"
  printf 'microctr:3000000:65536\n' >"$T/subgid"
  mount --bind "$T/subuid" /etc/subuid
  trap 'umount /etc/subuid /etc/subgid 2>/dev/null || true' EXIT
  mount --bind "$T/subgid" /etc/subgid
  same "of /etc/subuid" "2000000 65536 3000000 65536" "$(echo $(inside 'awk "{ print \$2, \$3 }" /proc/self/uid_map /proc/self/gid_map'))"
  has "from users 2000000-2131071, groups 3000000-3065535" "$(microctr explain "$T/inside.conf")"
}

# rule: root inside has no power over the machine
test_power() {
  echo secret >"$T/secret"
  exits 1 inside 'echo 1 >/proc/sys/kernel/panic' "cap_add = ALL"
  exits 1 inside 'kill -0 1; nice -n -5 true; mount -t ext4 /dev/vda /mnt' "cap_add = ALL"
  up web
  # A process of the container's root reaches nothing of the host's root, through its own /proc either.
  local web
  web=$(first_of web)
  exits 1 setpriv --reuid "$web" --regid "$web" --clear-groups cat "/proc/$$/environ"
  chmod 600 "$T/secret"
  exits 1 setpriv --reuid "$web" --regid "$web" --clear-groups cat "$T/secret"
  down web
}

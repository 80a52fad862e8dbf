# The root: layers and uppers, volumes, tmpfs, read-only and plain roots, and layers that were made to do harm.

# All that a folder is: names, kinds, modes, owners, link texts, times of change, contents (of hard links once).
tree() {
  (
    cd "$1"
    find . -printf '%p %y %m %U:%G %l %s %T@ %C@\n' | LC_ALL=C sort
    find . -type f -printf '%i %p\n' | sort -u -k1,1n | cut -d' ' -f2- | LC_ALL=C sort | tr '\n' '\0' | xargs -0 -r cksum
  )
}
# unchanged FOLDER BEFORE
unchanged() { [ "$(tree "$1")" = "$2" ] || fail "$1 has changed: $(diff <(echo "$2") <(tree "$1"))"; }

# tool SOURCE: the path of a small static program, compiled once for the whole run.
tool() {
  local source program
  source=$(dirname "${BASH_SOURCE[0]}")/tools/$1
  program=$WORK/tools/$(basename "${1%.*}")
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$source" -o "$program" || fail "cannot compile $1"
  echo "$program"
}

# The BusyBox layer as a plain folder of this test, so that nothing else can change it.
lower() { microctr lower "${1:-$T/lower}"; }

# A container of $T/lower and more layers.
of_lower() {  # NAME COMMAND [KEY=VALUE]...
  local name=$1 command=$2
  shift 2
  { echo "layer = $T/lower"; echo "command = $command"; printf '%s\n' "$@"; } | conf "$name"
}

is_whiteout() { same "whiteout $1" "character special file 0,0" "$(stat -c '%F %t,%T' "$1")"; }

# demo: overlay: delete, edit and rename of a lower file stay in the upper layer as whiteout and copy
test_changes_stay_in_upper() {
  lower
  local before upper=$T/data/containers/edit/root/upper
  before=$(tree "$T/lower")
  of_lower edit "sh -c 'rm /etc/nsswitch.conf; echo x:x:7:7::/: >>/etc/passwd; mv /etc/group /etc/renamed; rm -r /home; mkdir /home; touch /home/new'" \
    "upper = persistent" >/dev/null
  microctr run "$T/edit.conf"
  is_whiteout "$upper/etc/nsswitch.conf"
  is_whiteout "$upper/etc/group"
  same "copy" "$(cat "$T/lower/etc/passwd"; echo x:x:7:7::/:)" "$(cat "$upper/etc/passwd")"
  same "renamed" "$(cat "$T/lower/etc/group")" "$(cat "$upper/etc/renamed")"
  same "opaque folder" y "$(getfattr --only-values -n trusted.overlay.opaque "$upper/home")"
  unchanged "$T/lower" "$before"
}

# platform: the overlay of a user namespace hides and copies as well (userxattr), on a tmpfs and on a disk
test_changes_in_a_user_namespace() {
  lower
  local before script upper
  before=$(tree "$T/lower")
  script='rm /etc/nsswitch.conf && rm -r /var && mkdir /var && mv /etc/group /etc/renamed && echo x >>/etc/passwd && echo $(ls -A /var | wc -l) $(ls /etc/nsswitch.conf /etc/group 2>/dev/null | wc -l) $(tail -n 1 /etc/passwd)'
  for upper in tmpfs persistent; do
    of_lower mapped "sh -c '$script'" "userns = root" "upper = $upper" >/dev/null
    same "on $upper" "0 0 x" "$(microctr run "$T/mapped.conf")"
  done
  of_lower mapped "sh -c 'echo \$(ls -A /var | wc -l) \$(ls /etc/nsswitch.conf /etc/group 2>/dev/null | wc -l) \$(ls /etc/renamed)'" "userns = root" "upper = persistent" >/dev/null
  same "second run" "0 0 /etc/renamed" "$(microctr run "$T/mapped.conf")"
  unchanged "$T/lower" "$before"
}

# contract: upper = persistent survives; `remove` keeps it, `remove --data` does not
test_persistent_upper() {
  lower
  of_lower keep "sh -c 'cat /kept; ls /etc/nsswitch.conf; echo again >>/kept; rm -f /etc/nsswitch.conf'" "upper = persistent" >/dev/null
  microctr run "$T/keep.conf" >/dev/null 2>&1
  same "second run" "again" "$(microctr run "$T/keep.conf" 2>/dev/null)"
  microctr start "$T/keep.conf"
  microctr wait keep >/dev/null
  same "started" "$(printf 'again\nagain')" "$(microctr logs keep | grep -v /etc/nsswitch.conf)"
  microctr remove keep
  [ -e "$T/data/containers/keep" ] || fail "remove took the data"
  microctr remove --data keep
  [ ! -e "$T/data/containers/keep" ] || fail "remove --data left $(find "$T/data/containers/keep")"
}

# contract: upper = tmpfs: a container starts the same every time, and keeps nothing
test_tmpfs_upper_is_fresh() {
  lower
  local before
  before=$(tree "$T/lower")
  of_lower fresh "sh -c 'ls /new 2>/dev/null; touch /new /etc/new; rm /etc/nsswitch.conf'" >/dev/null
  same "first" "" "$(microctr run "$T/fresh.conf")"
  same "second" "" "$(microctr run "$T/fresh.conf")"
  unchanged "$T/lower" "$before"
  [ ! -e "$T/data/containers" ] || fail "left: $(find "$T/data/containers")"
}

# contract: the size of a tmpfs upper: as given, a quarter of memory, or 16M
test_tmpfs_upper_is_bounded() {
  local size='df -k / | awk "NR > 1 { print \$(NF - 4) }"'
  same "given" 1024 "$(inside "$size" upper=tmpfs:1M)"
  same "default" 16384 "$(inside "$size")"
  same "a quarter of memory" 8192 "$(inside "$size" memory=32M)"
  same "half fits" fits "$(inside 'dd if=/dev/zero of=/x bs=1k count=512 2>/dev/null && echo fits' upper=tmpfs:1M)"
  exits 1 inside 'dd if=/dev/zero of=/x bs=1k count=2048' upper=tmpfs:1M
  has "No space left" "$err"
}

# key upper = PATH: made when missing; characters that overlayfs splits at
test_upper_path() {
  lower
  local upper="$T/my upper,a:b\\c"
  of_lower path "sh -c 'cat /etc/kept; echo kept >/etc/kept'" "upper = $upper" >/dev/null
  microctr run "$T/path.conf" >/dev/null 2>&1
  same "kept" kept "$(microctr run "$T/path.conf")"
  same "on the host" kept "$(cat "$upper/upper/etc/kept")"
}

# key upper = none: the root is not writable, the layer is never changed; missing mount points are an error
test_no_upper() {
  lower
  lower "$T/second"
  rm -r "$T/second/etc"
  local before
  before=$(tree "$T/lower")
  of_lower unwritable "sh -c 'touch /x || touch /etc/hosts || rm /etc/hosts || echo refused'" "upper = none" >/dev/null
  same "one layer" refused "$(microctr run "$T/unwritable.conf" 2>/dev/null)"
  of_lower unwritable "sh -c 'touch /x || touch /etc/hosts || rm /etc/hosts || echo refused'" "upper = none" "layer = $T/second" >/dev/null
  same "two layers" refused "$(microctr run "$T/unwritable.conf" 2>/dev/null)"
  of_lower unwritable "true" "upper = none" "volume = $T/second:/missing" >/dev/null
  exits 125 microctr run "$T/unwritable.conf"
  has /missing "$err"
  one_line "$err"
  of_lower unwritable "true" "upper = none" "tmpfs = /missing" >/dev/null
  exits 125 microctr run "$T/unwritable.conf"
  has /missing "$err"
  unchanged "$T/lower" "$before"
  rmdir "$T/lower/proc"
  before=$(tree "$T/lower")
  of_lower unwritable "true" "upper = none" >/dev/null
  exits 125 microctr run "$T/unwritable.conf"
  has /proc "$err"
  unchanged "$T/lower" "$before"
}

# rule: a layer is never written to, also not by the manifest
test_no_upper_with_manifest() {
  lower
  echo original >"$T/lower/etc/manifest"
  local before
  before=$(tree "$T/lower")
  of_lower unwritable "true" "upper = none" "manifest = /etc/manifest" >/dev/null
  microctr run "$T/unwritable.conf" 2>/dev/null || true
  unchanged "$T/lower" "$before"
  of_lower unwritable "true" "upper = none" "manifest = /new/manifest" >/dev/null
  microctr run "$T/unwritable.conf" 2>/dev/null || true
  unchanged "$T/lower" "$before"
}

# demo: two containers share one lower layer and do not see each other's writes
test_shared_lower() {
  lower
  local before one=a two=b
  before=$(tree "$T/lower")
  for name in $one $two; do
    of_lower $name "sh -c 'echo $name >/etc/mine; echo $name >>/etc/nsswitch.conf; sleep 1000'" >/dev/null
    microctr start "$T/$name.conf"
  done
  for name in $one $two; do
    written() { [ "$(microctr exec "$name" tail -n 1 /etc/nsswitch.conf)" = "$name" ]; }
    eventually written
    same "mine" $name "$(microctr exec $name cat /etc/mine)"
    same "hosts" "$(cat "$T/lower/etc/nsswitch.conf"; echo $name)" "$(microctr exec $name cat /etc/nsswitch.conf)"
  done
  unchanged "$T/lower" "$before"
}

# An overlay does not survive that its lower layer is exchanged, so `lower` refuses while somebody has it.
test_lower_in_use() {
  lower
  local before
  before=$(tree "$T/lower")
  cp "$T/lower/bin/busybox" "$T/other"
  echo more >>"$T/other"
  of_lower user "sleep 1000" >/dev/null
  microctr start "$T/user.conf"
  exits 125 microctr lower --busybox "$T/other" "$T/lower"
  one_line "$err"
  has "a running container uses it: $T/lower" "$err"
  has "stop the container first" "$err"
  unchanged "$T/lower" "$before"
  exits 0 microctr lower --busybox "$T/lower/bin/busybox" "$T/lower"  # the same content is no exchange
  microctr stop user
  exits 0 microctr lower --busybox "$T/other" "$T/lower"
  cmp "$T/other" "$T/lower/bin/busybox"
}

# row: several lower layers; bottom first, the top wins
test_layers_are_stacked() {
  local number
  for number in 1 2 3; do
    mkdir -p "$T/l$number/etc"
    echo "$number" >"$T/l$number/etc/who"
    echo "$number" >"$T/l$number/etc/only$number"
  done
  mknod "$T/l3/etc/only1" c 0 0  # a whiteout in the top layer
  same "order" "3 gone 2 3" "$(inside 'echo $(cat /etc/who) $(cat /etc/only1 2>/dev/null || echo gone) $(cat /etc/only2 /etc/only3)' \
    "layer=$T/l1" "layer=$T/l2" "layer=$T/l3")"
  same "other order" "1" "$(inside 'cat /etc/who' "layer=$T/l3" "layer=$T/l2" "layer=$T/l1")"
}

# row: several lower layers: ten, and with all characters that a path can have
test_many_layers_with_odd_names() {
  local number keys=() odd=('plain' 'a:b' 'a,b' 'a\b' 'a b' ':x' 'x,' 'lowerdir=x' 'a\:b,c' 'ü#"'"'")
  for number in 0 1 2 3 4 5 6 7 8 9; do
    mkdir -p "$T/layers/${odd[$number]}"
    echo "$number" >"$T/layers/${odd[$number]}/from$number"
    keys+=("layer=$T/layers/${odd[$number]}")
  done
  same "files" "0 1 2 3 4 5 6 7 8 9" "$(inside 'echo $(cat /from?)' "${keys[@]}")"
  same "files, no upper" "0 1 2 3 4 5 6 7 8 9" "$(inside 'echo $(cat /from?)' "${keys[@]}" upper=none)"
  same "relative" "1" "$(inside 'cat /from1' "layer=./layers/a:b")"
}

# key layer: a leading '-' means: only if it exists
test_optional_layer() {
  mkdir "$T/there"
  echo there >"$T/there/file"
  same "there" there "$(inside 'cat /file' "layer=-$T/there")"
  same "not there" none "$(inside 'cat /file 2>/dev/null || echo none' "layer=-$T/missing")"
}

# Bad input: a missing layer, a layer that is a file
test_bad_layers() {
  local layer
  echo text >"$T/file"
  ln -s "$T/missing" "$T/dangling"
  for layer in "$T/missing" "$T/file" "$T/dangling" nosuchlayer; do
    busybox_conf bad true "layer = $layer" >/dev/null
    exits 125 microctr run "$T/bad.conf"
    has "$(basename "$layer")" "$err"
    one_line "$err"
    exits 125 microctr start "$T/bad.conf"
    one_line "$err"
  done
  printf 'rootfs = %s\ncommand = true\n' "$T/missing" | conf bad >/dev/null
  exits 125 microctr run "$T/bad.conf"
  has missing "$err"
}

# key read_only: the root is not writable, what is mounted in it is
test_read_only_root() {
  mkdir "$T/d"
  local script
  script='for f in /x /etc/x /root/x /d/x /scratch/x /dev/shm/x; do (echo w >$f) 2>/dev/null && echo $f; done | tr "\n" " "'
  same "what is written" "/d/x /scratch/x /dev/shm/x " "$(inside "$script" read_only=yes "volume=$T/d:/d" tmpfs=/scratch)"
  same "in a user namespace" "/d/x /scratch/x /dev/shm/x " "$(inside "$script" read_only=yes "volume=$T/d:/d" tmpfs=/scratch userns=root)"
  same "not to be undone" refused "$(inside 'mount -o remount,rw / 2>/dev/null || echo refused' read_only=yes)"
}

# key rootfs: a plain directory, no overlay
test_plain_root() {
  lower "$T/root"
  printf '%s\n' "rootfs = $T/root" "command = sh -c 'echo new >/new; rm /etc/nsswitch.conf; cat /proc/1/comm; ls /dev/null'" | conf plain >/dev/null
  same output "sh /dev/null " "$(microctr run "$T/plain.conf" | tr '\n' ' ')"
  same "written through" new "$(cat "$T/root/new")"
  [ ! -e "$T/root/etc/nsswitch.conf" ] || fail "not removed"
  same "left in mount points" "" "$(ls "$T/root/dev" "$T/root/proc" "$T/root/sys" | grep -v :$ | tr -d '\n')"
  local before
  before=$(tree "$T/root")
  printf '%s\n' "rootfs = $T/root" "read_only = yes" "command = sh -c 'touch /x || rm /new || echo refused'" | conf plain >/dev/null
  same "read-only" refused "$(microctr run "$T/plain.conf" 2>/dev/null)"
  unchanged "$T/root" "$before"
  # And as a user's root, in a user namespace.
  printf '%s\n' "rootfs = $T/root" "userns = root" "command = cat /new" | conf plain >/dev/null
  same "in a user namespace" new "$(microctr run "$T/plain.conf")"
}

# A root that has a mount of the host in it shows it, and nothing of it is taken away at the end
test_plain_root_with_mounts() {
  lower "$T/root"
  mount -t tmpfs none "$T/root/mnt"
  echo sub >"$T/root/mnt/file"
  printf '%s\n' "rootfs = $T/root" "command = cat /mnt/file" | conf plain >/dev/null
  out=$(microctr run "$T/plain.conf" || true)
  local left
  left=$(cat "$T/root/mnt/file" || true)
  umount "$T/root/mnt"
  same "inside" sub "$out"
  same "outside" sub "$left"
}

# key volume: a folder, a file; written through; read-only; not executable; no devices, no set-user-id
test_volumes() {
  mkdir "$T/d"
  echo file >"$T/file"
  echo other >"$T/other"
  same "folder" "ok" "$(inside 'echo new >/d/new && echo ok' "volume=$T/d:/d")"
  same "on the host" new "$(cat "$T/d/new")"
  same "file" "file" "$(inside 'cat /etc/conf/file; echo changed >/etc/conf/file' "volume=$T/file:/etc/conf/file")"
  same "file on the host" changed "$(cat "$T/file")"
  same "over a file of the layer" "other" "$(inside 'cat /etc/passwd' "volume=$T/other:/etc/passwd")"
  same "read-only" refused "$(inside 'rm /d/new || (echo x >/d/new) || touch /d/x || (echo x >/f) || echo refused' "volume=$T/d:/d:ro" "volume=$T/file:/f:ro" 2>/dev/null)"
  same "not to be undone" refused "$(inside 'mount -o remount,bind,rw /d || echo refused' "volume=$T/d:/d:ro" 2>/dev/null)"
  cp "$(command -v busybox)" "$T/d/true"
  mknod "$T/d/null" c 1 3
  chmod 4755 "$T/d/true"
  same "runs" yes "$(inside '/d/true && echo yes' "volume=$T/d:/d")"
  same "noexec" no "$(inside '/d/true || echo no' "volume=$T/d:/d:noexec" 2>/dev/null)"
  same "device" no "$(inside '(echo >/d/null) || echo no' "volume=$T/d:/d" 2>/dev/null)"
  same "flags" "rw,nosuid,nodev" "$(inside 'grep " /d " /proc/self/mountinfo | cut -d" " -f6 | cut -d, -f1-3' "volume=$T/d:/d")"
}

# rule: a read-only volume is read-only with everything that is mounted in it
test_read_only_volume_is_recursive() {
  mkdir -p "$T/d/sub"
  mount -t tmpfs none "$T/d/sub"
  touch "$T/d/sub/file"
  out=$(inside 'ls /d/sub; (echo x >/d/sub/x) 2>/dev/null || echo refused' "volume=$T/d:/d:ro" || true)
  umount "$T/d/sub"
  same "submount" "$(printf 'file\nrefused')" "$out"
}

# contract: a named volume lasts; `remove` keeps it, `remove --data` does not; two containers have their own
test_named_volume() {
  same first "" "$(inside 'cat /data/kept 2>/dev/null; echo kept >/data/kept' volume=data:/data)"
  same second kept "$(inside 'cat /data/kept' volume=data:/data)"
  busybox_conf other "ls /data" "volume = data:/data" >/dev/null
  same "another container's" "" "$(microctr run "$T/other.conf")"
  microctr remove --data inside
  same removed "" "$(inside 'cat /data/kept 2>/dev/null || true' volume=data:/data)"
}

# key volume: optional, missing, from a link, into a folder that is not there
test_volume_sources_and_targets() {
  mkdir "$T/d" "$T/e"
  touch "$T/d/file" "$T/e/other"
  same "optional" started "$(inside 'ls /missing 2>/dev/null || echo started' "volume=-$T/missing:/missing")"
  same "optional and there" file "$(inside 'ls /d' "volume=-$T/d:/d")"
  busybox_conf bad true "volume = $T/missing:/d" >/dev/null
  exits 125 microctr run "$T/bad.conf"
  has "$T/missing" "$err"
  one_line "$err"
  ln -s d "$T/link"
  same "source is a link" file "$(inside 'ls /d' "volume=$T/link:/d")"
  same "target is made" file "$(inside 'ls /a/b/c' "volume=$T/d:/a/b/c")"
  same "in a tmpfs" "file 2048" "$(inside 'echo $(ls /srv/d) $(df -k /srv | awk "NR > 1 { print \$(NF - 4) }")' "volume=$T/d:/srv/d" tmpfs=/srv:2M)"
  same "in a volume" "d-in-e file" "$(mkdir "$T/e/d-in-e"; inside 'echo $(ls /e | grep d-in-e) $(ls /e/d-in-e)' "volume=$T/e:/e" "volume=$T/d:/e/d-in-e")"
  busybox_conf bad true "volume = $T/d:/etc/passwd" >/dev/null
  exits 125 microctr run "$T/bad.conf"
  has /etc/passwd "$err"
  one_line "$err"
}

# key tmpfs: size and mode
test_tmpfs() {
  same "default" "1777 16384 nosuid,nodev" "$(inside 'echo $(stat -c %a /t) $(df -k /t | awk "NR > 1 { print \$(NF - 4) }") $(grep " /t " /proc/self/mountinfo | cut -d" " -f6 | cut -d, -f2-3)' tmpfs=/t)"
  same "given" "700 1024" "$(inside 'echo $(stat -c %a /t/deep) $(df -k /t/deep | awk "NR > 1 { print \$(NF - 4) }")' tmpfs=/t/deep:1M:700)"
  exits 1 inside 'dd if=/dev/zero of=/t/x bs=1k count=2048' tmpfs=/t:1M
  has "No space left" "$err"
}

# A top layer that tries to reach the host, and a folder of the host that must not change.
victim() {
  mkdir -p "$T/victim/etc" "$T/top" "$T/d"
  echo secret >"$T/victim/file"
  echo "evil:x:0:0::/:/bin/sh" >"$T/victim/etc/passwd"
  echo volume >"$T/d/file"
  tree "$T/victim" >"$T/victim.before"
}
is_unharmed() {
  unchanged "$T/victim" "$(cat "$T/victim.before")"
  same "$1: the host's /etc" "" "$(find /etc /tmp -maxdepth 1 -newer "$T/victim.before" \( -name manifest -o -name file -o -name mine \))"
}
ways_out() { printf '%s\n' "$T/victim" "../../../../../../../../../../..$T/victim" /proc/1/root/etc /proc/self/cwd ..; }

# rule: fake or symlinked /proc, /sys, /dev: refused as mount point (CVE-2019-16884, CVE-2019-19921, CVE-2023-27561,
# CVE-2025-31133)
test_links_in_place_of_kernel_mounts() {
  victim
  local place way
  for place in proc sys dev; do
    for way in $(ways_out); do
      rm -rf "$T/top"
      mkdir "$T/top"
      ln -s "$way" "$T/top/$place"
      busybox_conf hostile "sh -c 'echo ran'" "layer = $T/top" >/dev/null
      exits 125 microctr run "$T/hostile.conf"
      same "output" "" "$out"
      one_line "$err"
      has "/$place" "$err"
    done
    is_unharmed "$place"
  done
  for place in proc sys dev; do
    rm -rf "$T/top"
    mkdir "$T/top"
    echo file >"$T/top/$place"
    busybox_conf hostile "sh -c 'echo ran'" "layer = $T/top" >/dev/null
    exits 125 microctr run "$T/hostile.conf"
    one_line "$err"
  done
}

# rule: always our own tmpfs on /dev (CVE-2025-31133, CVE-2025-52565): what a layer has there does not matter
test_hostile_dev() {
  victim
  mkdir -p "$T/top/dev" "$T/top/sys/fs"
  local name
  for name in pts shm mqueue null zero full random urandom tty ptmx fd console; do ln -s "$T/victim" "$T/top/dev/$name"; done
  ln -s "$T/victim" "$T/top/sys/fs/cgroup"
  echo fake >"$T/top/dev/fake"
  same "/dev" "null:1:3 gone devpts" \
    "$(inside 'echo $(stat -c %n:%t:%T /dev/null | cut -d/ -f3) $(cat /dev/fake 2>/dev/null || echo gone) $(grep -o "devpts devpts" /proc/self/mountinfo | cut -d" " -f1)' "layer=$T/top")"
  is_unharmed dev
}

# rule: mount destination swapped for a symlink (CVE-2021-30465): it stays inside the root
test_volume_target_is_a_link() {
  victim
  local way
  mkdir -p "$T/top/real"
  ln -s /real "$T/top/absolute"
  ln -s ../../../../real "$T/top/climbing"
  ln -s real "$T/top/relative"
  ln -s /etc "$T/top/etc-link"
  for way in absolute climbing relative; do
    same "$way" volume "$(inside 'cat /real/vol/file' "layer=$T/top" "volume=$T/d:/$way/vol")"
    same "$way itself" volume "$(inside 'cat /real/file' "layer=$T/top" "volume=$T/d:/$way")"
  done
  same "its own /etc" "volume" "$(inside 'cat /etc/file' "layer=$T/top" "volume=$T/d:/etc-link")"
  same "tmpfs on its own /etc" "0" "$(inside 'ls /etc | wc -l' "layer=$T/top" "tmpfs=/etc-link")"
  is_unharmed "links inside"
  for way in $(ways_out); do
    ln -sfn "$way" "$T/top/out"
    for target in out out/new out/etc; do
      busybox_conf hostile "cat /$target/file" "layer = $T/top" "volume = $T/d:/$target" >/dev/null
      # Refused, or done at that path of the container.
      microctr run "$T/hostile.conf" >"$T/seen" 2>/dev/null || true
      has_not secret "$(cat "$T/seen")"
      busybox_conf hostile "touch /$target/mine" "layer = $T/top" "tmpfs = /$target" >/dev/null
      microctr run "$T/hostile.conf" >/dev/null 2>&1 || true
    done
  done
  is_unharmed "links outside"
}

# rule: everything that touches a path inside goes through the resolver: manifest, user database, working directory
test_files_behind_links() {
  victim
  local way
  for way in $(ways_out); do
    rm -rf "$T/top"
    mkdir "$T/top"
    ln -s "$way" "$T/top/out"
    for target in /out /out/manifest /out/new/manifest; do
      busybox_conf hostile true "layer = $T/top" "manifest = $target" >/dev/null
      microctr run "$T/hostile.conf" >/dev/null 2>&1 || true
    done
    busybox_conf hostile "sh -c 'cat file; pwd'" "layer = $T/top" "workdir = /out" >/dev/null
    has_not secret "$(microctr run "$T/hostile.conf" 2>/dev/null || true)"
  done
  is_unharmed "manifest"
  for way in "$T/victim/etc/passwd" "../../../../../../../..$T/victim/etc/passwd" /proc/self/root/etc/passwd; do
    mkdir -p "$T/top/etc"
    ln -sfn "$way" "$T/top/etc/passwd"
    busybox_conf hostile "id -u" "layer = $T/top" "user = evil" >/dev/null
    exits 125 microctr run "$T/hostile.conf"
    same "output" "" "$out"
    one_line "$err"
  done
}

# rule: what is in the place of a file that we read must not hold us or fill us
test_hostile_user_database() {
  mkdir -p "$T/top/etc"
  busybox_conf hostile "id -u" "layer = $T/top" "user = www" "stop_timeout = 1s" >/dev/null
  mkfifo "$T/top/etc/passwd"
  exits 125 timeout 5 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$T/hostile.conf"
  one_line "$err"
  rm "$T/top/etc/passwd"
  mkdir "$T/top/etc/passwd"
  exits 125 microctr run "$T/hostile.conf"
  rmdir "$T/top/etc/passwd"
  mknod "$T/top/etc/passwd" c 1 5  # /dev/zero
  exits 125 timeout 5 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$T/hostile.conf"
  rm "$T/top/etc/passwd"
  truncate -s 1G "$T/top/etc/passwd"
  exits 125 timeout 5 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$T/hostile.conf"
  one_line "$err"
}

# rule: the same with the resolver's other way, on a kernel without openat2
test_hostile_layers_on_an_old_kernel() {
  local without
  without=$(tool without.c)
  microctr() { "$without" openat2,mount_setattr,close_range "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@"; }
  echo "userns = host" >"$T/etc/defaults.conf"  # ids cannot be mapped there
  test_links_in_place_of_kernel_mounts
  rm -rf "$T/top" "$T/victim" "$T/d"
  test_volume_target_is_a_link
  rm -rf "$T/top" "$T/victim" "$T/d"
  test_files_behind_links
}

# rule: the layer store and the record are not visible, and a container cannot reach its own upper
test_upper_is_not_visible() {
  same "upper and work" "" "$(inside 'find / -xdev -name work -o -xdev -name upper | head' cap_add=ALL)"
  same "mount point" "" "$(inside "ls -d $T 2>/dev/null || true")"
}

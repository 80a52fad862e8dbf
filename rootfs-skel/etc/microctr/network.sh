#!/bin/sh
# Gives the machine's network card eth0, where there is one, what a DHCP server says: run once by ready_command of
# init.conf, and for each change of the lease by udhcpc, which stays.
# shellcheck disable=SC2154  # ip, mask, router and dns are set by udhcpc
interface=${interface:-eth0}
case "${1-}" in
  "")
    for bus in virtio_pci virtio_mmio; do modprobe "$bus" 2>/dev/null; done
    modprobe virtio_net 2>/dev/null
    [ -d "/sys/class/net/$interface" ] || exit 0
    ip link set "$interface" up
    exec udhcpc -i "$interface" -s "$0" -t 8 -T 1 -b >/dev/null
    ;;
  deconfig) ip addr flush dev "$interface" ;;
  bound | renew)
    ip addr replace "$ip/$mask" dev "$interface"
    for gateway in $router; do ip route replace default via "$gateway" dev "$interface" && break; done
    for server in $dns; do echo "nameserver $server"; done >/etc/resolv.conf
    ;;
esac

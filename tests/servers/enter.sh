#!/bin/sh
# Becomes a container: a read-only root with the listed mounts, no capabilities, no way to regain any.
# enter.sh IMAGE ROOT MOUNTS UID GID GROUPS COMMAND... -- each line of MOUNTS: `ro|rw|memory|file`, source or size, target; tab-separated.
set -eu
image=${1%/} root=$2 mounts=$3 user=$4 group=$5 groups=$6
shift 6

mount -t tmpfs -o mode=0755 root "$root"
for directory in usr bin sbin lib lib64; do
  if [ -L "$image/$directory" ]; then
    ln -s "$(readlink "$image/$directory")" "$root/$directory"
  elif [ -d "$image/$directory" ]; then
    mkdir "$root/$directory"
    mount --bind -o ro "$image/$directory" "$root/$directory"
  fi
done

mkdir "$root/etc" "$root/proc" "$root/dev" "$root/opt" "$root/var"
echo 'hosts: files' >"$root/etc/nsswitch.conf"
[ -n "$image" ] || cp -a /etc/ld.so.cache "$root/etc"
# Debian's files of PostGIS are links into it.
[ ! -d "$image/etc/alternatives" ] || cp -a "$image/etc/alternatives" "$root/etc"
cp -aL /etc/localtime "$root/etc"
echo "postgres:x:$user:$group::/var/lib/postgresql:/bin/bash" >"$root/etc/passwd"
echo "postgres:x:$group:" >"$root/etc/group"
echo "127.0.0.1 localhost" >"$root/etc/hosts"
mount -t proc proc "$root/proc"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"

while IFS='	' read -r mode source target; do
  [ "$mode" = file ] || mkdir -p "$root$target"
  case $mode in
    memory) mount -t tmpfs -o "mode=1777,size=$source" memory "$root$target" ;;
    ro) mount --bind -o ro "$source" "$root$target" ;;
    file) mount --bind -o ro "$source" "$root$target" ;;
    rw) mount --bind "$source" "$root$target" ;;
  esac
done <"$mounts"

mount -o remount,ro "$root"
ip link set lo up
# Whoever runs the tests in the background ignores interrupts, and a shell that is born so could never trap them.
exec env --default-signal=INT,QUIT chroot "$root" setpriv --reuid "$user" --regid "$group" --groups "$groups" \
  --inh-caps=-all --bounding-set=-all --no-new-privs "$@"

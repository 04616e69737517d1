# Connects to a port of the loopback address. $1 port, $2 relay.pl, $3 relay.py. Once connected it prints a line with + and its pid;
# from then on its stdin and stdout are the connection. Exits with 7 if nothing listens on the port, with 127 if perl, python3 and busybox
# are all missing.
if command -v perl >/dev/null; then exec perl -e "$2" "$1"; fi
if command -v python3 >/dev/null; then exec python3 -c "$3" "$1"; fi
command -v busybox >/dev/null || exit 127

# nc does not report that it is connected. /proc/net/tcp lists the listening ports: local address, state 0A.
exec 3<&0
sbx_port=$(printf ':%04X' "$1")
while read -r _ sbx_local _ sbx_state _; do
  case $sbx_local/$sbx_state in
    *"$sbx_port/0A")
      printf '+%s\n' "$$"
      exec busybox nc 127.0.0.1 "$1" <&3 3<&- ;;
  esac
done <<END
$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
END
exit 7

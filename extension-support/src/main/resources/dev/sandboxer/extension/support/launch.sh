# Starts a command as a given user and as leader of its own session. Reports its start and its exit.
#
# $1 is begin.sh, $2 is signal.sh. The command is one line of shell words: in the file $4 if given, else in $3 if given, else the first line
# of the input. The words are mark, user, directory, input (pipe, none or terminal), seconds, program, path; then variables and argv.
sbx_begin=$1 sbx_signal=$2
sbx_nl='
'
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH
if [ $# -gt 3 ]; then sbx_words=$(cat "$4") || exit 1; rm -f "$4"
elif [ $# -gt 2 ]; then sbx_words=$3; else IFS= read -r sbx_words || exit 1; fi
eval "set -- $sbx_words"
sbx_mark=$1 sbx_as=$2 sbx_directory=$3 sbx_input=$4 sbx_seconds=$5 sbx_program=$6 sbx_path=$7
shift 7

sbx_user "$sbx_as" || { printf '%s- UNKNOWN_USER no user %s\0' "$sbx_mark" "$sbx_as"; exit 1; }
case $sbx_directory in
  /*) ;;
  '') sbx_directory=$sbx_home; [ -d "$sbx_home" ] || sbx_directory=/ ;;
  *) sbx_directory=$sbx_home/$sbx_directory ;;
esac
set -- sh "$sbx_mark" "$sbx_directory" "$sbx_input" "$sbx_seconds" "$sbx_program" "${sbx_path:-$PATH}" \
  "$sbx_signal" "HOME=$sbx_home" "USER=$sbx_name" "LOGNAME=$sbx_name" "$@"

# The uid of this shell, found without starting a process.
sbx_own=
while read -r sbx_key _ sbx_own _; do [ "$sbx_key" != Uid: ] || break; done 2>/dev/null <"/proc/$$/status"

exec 3>&1 4>&2
if [ "$sbx_uid" = "$sbx_own" ]; then
  set -- /bin/sh -c "$sbx_begin" "$@"
else
  # Only the owner of a pipe can reopen it by a name such as /dev/stdout.
  for sbx_fd in 0 3 4; do
    if [ -p "/proc/self/fd/$sbx_fd" ]; then chown "$sbx_uid" "/proc/self/fd/$sbx_fd" 2>/dev/null; fi
  done
  if setpriv --reuid="$sbx_uid" --regid="$sbx_gid" --init-groups true 2>/dev/null; then
    set -- setpriv --reuid="$sbx_uid" --regid="$sbx_gid" --init-groups /bin/sh -c "$sbx_begin" "$@"
  else
    set -- su -s /bin/sh -c "$sbx_begin" -- "$sbx_name" "$@"
  fi
fi
[ "$sbx_input" != terminal ] || exec "$@"
if command -v setsid >/dev/null; then sbx_session=setsid; set -- setsid "$@"; else sbx_session=; fi
[ "$sbx_input" = pipe ] || exec </dev/null

# Reads the line about the start, the shell's message if a signal ended the command, and the status; then reports the exit. A status above
# 128 without such a message is an exit code, except for INT and PIPE, for which shells print no message.
sbx_watch() {
  sbx_end=failed sbx_said= sbx_status= sbx_watchdog=
  while IFS= read -r sbx_line; do
    case $sbx_line in
      'begun '*)
        sbx_end=code sbx_said=
        set -- $sbx_line
        if [ -n "$sbx_seconds" ]; then
          $sbx_session /bin/sh -c "sleep $sbx_seconds; $sbx_signal" sh KILL "$2" group "$3" \
            </dev/null >/dev/null 2>&1 3>&- 4>&- &
          sbx_watchdog=$!
        fi ;;
      'ended '*) sbx_status=${sbx_line#ended } ;;
      *) sbx_said="$sbx_said$sbx_line " ;;
    esac
  done
  if [ -z "$sbx_watchdog" ]; then :
  elif [ -z "$sbx_session" ]; then /bin/sh -c "$sbx_signal" sh KILL "$sbx_watchdog" group ''
  else # the watchdog may not be a group leader yet
    while ! kill -s KILL -- "-$sbx_watchdog" 2>/dev/null && kill -s 0 "$sbx_watchdog" 2>/dev/null; do :; done
  fi
  if [ "$sbx_end" = code ] && [ "$sbx_status" -gt 128 ]; then
    case $sbx_status:$sbx_said in
      130:*|141:*|*:?*) sbx_end=signal sbx_status=$((sbx_status - 128)) ;;
    esac
  fi
  printf '%s= %s %s %s\0' "$sbx_mark" "$sbx_end" "$sbx_status" "$sbx_said" >&3
  printf '%s= %s %s %s\0' "$sbx_mark" "$sbx_end" "$sbx_status" "$sbx_said" >&4
}
{ "$@"; printf 'ended %s\n' "$?"; } 2>&1 | sbx_watch

# Replaces itself with a command, in the session and as the user that launch.sh has set up. $1 mark, $2 directory, $3 input, $4 seconds,
# $5 program, $6 path, $7 signal.sh; then HOME, USER and LOGNAME, other variables and argv. Descriptors 3 and 4 are the command's stdout
# and stderr.
sbx_mark=$1 sbx_directory=$2 sbx_input=$3 sbx_seconds=$4 sbx_program=$5 sbx_path=$6 sbx_signal=$7
shift 7

sbx_refuse() {
  printf '%s- %s %s\0' "$sbx_mark" "$1" "$2" >&3
  exit 1
}

[ -e "$sbx_directory" ] || sbx_refuse CWD_MISSING "the working directory does not exist"
[ -d "$sbx_directory" ] || sbx_refuse NOT_A_DIRECTORY "the working directory is not a directory"
cd -- "$sbx_directory" 2>/dev/null || sbx_refuse PERMISSION_DENIED "the working directory cannot be entered"

# The start time of a process is the 20th field after its name in /proc/PID/stat.
sbx_20th() { sbx_began=${20}; }
IFS= read -r sbx_stat <"/proc/$$/stat" || sbx_refuse UNSUPPORTED "commands need /proc inside"
sbx_20th ${sbx_stat##*) }

sbx_try() {
  [ -e "$1" ] || return 1
  sbx_seen=yes
  [ -f "$1" ] && [ -x "$1" ]
}

sbx_find() {
  case $sbx_program in
    '') return 1 ;;
    */*) sbx_try "$sbx_program"; return ;;
  esac
  IFS=:
  set -f
  for sbx_entry in $sbx_path; do
    if sbx_try "${sbx_entry:-.}/$sbx_program"; then return 0; fi
  done
  return 1
}

sbx_seen=
if ! sbx_find; then
  [ -n "$sbx_seen" ] || sbx_refuse COMMAND_NOT_FOUND "there is no such command"
  sbx_refuse NOT_EXECUTABLE "the file cannot be executed"
fi

if [ "$sbx_input" != terminal ]; then
  printf 'begun %s %s\n' "$$" "$sbx_began"
elif [ -n "$sbx_seconds" ]; then
  (/bin/sh -c "sleep $sbx_seconds; $sbx_signal" sh KILL "$$" group "$sbx_began" </dev/null >/dev/null 2>&1 3>&- 4>&- &)
fi
printf '%s+ %s %s %s\0' "$sbx_mark" "$$" "$sbx_began" "$PWD" >&3
# env also accepts names that are not valid shell variables. Without variables, skip it to start one program less.
export "$1" "$2" "$3"
shift 3
case $1 in
  *=*|-*) exec env -- "$@" >&3 2>&4 3>&- 4>&- ;;
  *) exec "$@" >&3 2>&4 3>&- 4>&- ;;
esac

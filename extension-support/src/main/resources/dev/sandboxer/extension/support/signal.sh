# Sends a signal. $1 signal, $2 pid, $3 group or alone, $4 start time of the process (empty: unknown). Exits with 3 if there is no such
# process. If the process leads no group, its descendants count as its group.
sbx_signal=$1 sbx_pid=$2 sbx_whom=$3 sbx_began=$4

# Sets sbx_fields to the fields of /proc/PID/stat after the process's name, which may contain any character, even line breaks.
sbx_stat() {
  sbx_all=
  while IFS= read -r sbx_line || [ -n "$sbx_line" ]; do sbx_all="$sbx_all $sbx_line"; done 2>/dev/null <"/proc/$1/stat"
  sbx_fields=${sbx_all##*) }
  [ -n "$sbx_all" ]
}

sbx_stat "$sbx_pid" || exit 3
set -- $sbx_fields
[ -z "$sbx_began" ] || [ "$sbx_began" = "${20}" ] || exit 3
if [ "$sbx_whom" = alone ]; then
  kill -s "$sbx_signal" "$sbx_pid" 2>/dev/null || exit 3
  exit 0
fi
if [ "$3" = "$sbx_pid" ]; then
  kill -s "$sbx_signal" -- "-$sbx_pid" 2>/dev/null || exit 3
  exit 0
fi
sbx_found=" $sbx_pid " sbx_grown=yes
while [ -n "$sbx_grown" ]; do
  sbx_grown=
  for sbx_file in /proc/[0-9]*; do
    sbx_child=${sbx_file#/proc/}
    case $sbx_found in *" $sbx_child "*) continue ;; esac
    sbx_stat "$sbx_child" || continue
    set -- $sbx_fields
    case $sbx_found in *" $2 "*) sbx_found="$sbx_found$sbx_child " sbx_grown=yes ;; esac
  done
done
kill -s "$sbx_signal" $sbx_found 2>/dev/null || [ -e "/proc/$sbx_pid" ] || exit 3

# Sets the size of the terminal of a process. $1 pid, $2 rows, $3 columns. Ends with 3 when there is no such process, or it has none.
for sbx_fd in 0 1 2; do
  sbx_file=/proc/$1/fd/$sbx_fd
  [ -e "$sbx_file" ] || continue
  if (exec <"$sbx_file" && [ -t 0 ]) 2>/dev/null; then
    exec stty rows "$2" columns "$3" <"$sbx_file"
  fi
done
exit 3

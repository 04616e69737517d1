# Sets the size of a process's terminal. $1 pid, $2 rows, $3 columns. Exits with 3 if the process does not exist or has no terminal.
for sbx_fd in 0 1 2; do
  sbx_file=/proc/$1/fd/$sbx_fd
  [ -e "$sbx_file" ] || continue
  if (exec <"$sbx_file" && [ -t 0 ]) 2>/dev/null; then
    exec stty rows "$2" columns "$3" <"$sbx_file"
  fi
done
exit 3

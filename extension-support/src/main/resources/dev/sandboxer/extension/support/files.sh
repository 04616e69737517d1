# Performs a file operation. $1 operation, $2 user, $3 path; then the operation's own arguments. Prints its own pid and then the operation's
# result, each field terminated by NUL. On failure prints a line to stderr that ends with a message of the C library.
sbx_nl='
'
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
LC_ALL=C TZ=UTC0
export PATH LC_ALL TZ

# Kind and mode, size, uid, gid, modification time in seconds and with its fraction, names. One line: no field can contain a line break.
sbx_format='%f %s %u %g %Y %y/%U/%G'

sbx_fail() { printf '%s\n' "$1" >&2; exit 1; }

# Makes $1 absolute, without empty parts, "." parts and a slash at its end: sets sbx_path. Keeps "..", which only the kernel can resolve
# correctly.
sbx_absolute() {
  case $1 in
    /*) sbx_path=$1 ;;
    '~' | '~/'*) sbx_path=$sbx_home/${1#'~'} ;;
    *) sbx_path=$sbx_home/$1 ;;
  esac
  while :; do
    case $sbx_path in
      *//*) sbx_path=${sbx_path%%//*}/${sbx_path#*//} ;;
      */./*) sbx_path=${sbx_path%%/./*}/${sbx_path#*/./} ;;
      */.) sbx_path=${sbx_path%.} ;;
      ?*/) sbx_path=${sbx_path%/} ;;
      *) break ;;
    esac
  done
}

# True if $1 exists, even as a broken link.
sbx_exists() { [ -e "$1" ] || [ -h "$1" ]; }

# Prints the entry of $1, whose line of stat is $2; for a link also its text, and the kind and path of its target.
sbx_print() {
  printf '%s\0%s\0' "$1" "$2"
  case $2 in
    a???\ *)
      readlink -n -- "$1"
      printf '\0'
      if [ -e "$1" ]; then stat -L -c %f -- "$1"; fi
      printf '\0'
      if [ -e "$1" ]; then readlink -f -n -- "$1"; fi
      printf '\0' ;;
  esac
}

sbx_describe() {
  sbx_line=$(stat -c "$sbx_format" -- "$1") || exit 1
  sbx_print "$1" "$sbx_line"
}

sbx_require_file() {
  [ -f "$1" ] && return
  [ -d "$1" ] && sbx_fail 'Is a directory'
  [ -e "$1" ] && sbx_fail 'Not a regular file'
  stat -L -c %f -- "$1" >/dev/null
  exit 1
}

# Creates the missing directories above $1.
sbx_make_parents() {
  case ${1%/*} in '') ;; *) sbx_make_directory "${1%/*}" ;; esac
}

sbx_make_directory() {
  [ -d "$1" ] && return
  sbx_make_parents "$1"
  [ -d "$1" ] && return
  [ -e "$1" ] && sbx_fail 'Not a directory'
  if [ -h "$1" ]; then stat -L -c %f -- "$1" >/dev/null; exit 1; fi
  mkdir -m 755 -- "$1" || exit 1
  chown -- "$sbx_uid:$sbx_gid" "$1" || exit 1
}

# Prints the entries of paths in one directory. Calls stat once for all of them; if that fails because one has vanished, once for each.
sbx_print_all() {
  if sbx_lines=$(stat -c "$sbx_format" -- "$@" 2>/dev/null); then
    IFS=$sbx_nl
    set -f
    for sbx_line in $sbx_lines; do
      [ $# -gt 0 ] || break
      sbx_print "$1" "$sbx_line"
      shift
    done
    set +f
  else
    for sbx_entry; do
      if sbx_line=$(stat -c "$sbx_format" -- "$sbx_entry" 2>/dev/null); then sbx_print "$sbx_entry" "$sbx_line"; fi
    done
  fi
}

# Prints the entries of the directory $1, $2 levels deep. Runs in a subshell so that its variables are local.
sbx_list() (
  sbx_directory=$1 sbx_depth=$2
  set --
  for sbx_entry in "$sbx_directory"/* "$sbx_directory"/.[!.]* "$sbx_directory"/..?*; do
    sbx_exists "$sbx_entry" || continue
    set -- "$@" "$sbx_entry"
    if [ $# -eq 200 ]; then sbx_print_all "$@"; set --; fi
  done
  if [ $# -gt 0 ]; then sbx_print_all "$@"; fi
  [ "$sbx_depth" -gt 1 ] || exit 0
  for sbx_entry in "$sbx_directory"/* "$sbx_directory"/.[!.]* "$sbx_directory"/..?*; do
    if [ -d "$sbx_entry" ] && ! [ -h "$sbx_entry" ]; then sbx_list "$sbx_entry" $((sbx_depth - 1)); fi
  done
)

# Removes a partly written file, but not a link to it.
sbx_discard() {
  if [ -h "$1" ]; then
    sbx_target=$(readlink -f -n -- "$1" && printf /)
    rm -f -- "${sbx_target%/}"
  else
    rm -f -- "$1"
  fi
}

printf '%s\0' "$$"
sbx_operation=$1
sbx_user "$2" || sbx_fail 'Unknown user'
sbx_absolute "$3"
sbx_here=$sbx_path
shift 3

case $sbx_operation in
  stat)
    sbx_describe "$sbx_here" ;;
  list) # depth
    if ! [ -d "$sbx_here" ]; then
      stat -L -c %f -- "$sbx_here" >/dev/null || exit 1
      sbx_fail 'Not a directory'
    fi
    [ -r "$sbx_here" ] && [ -x "$sbx_here" ] || sbx_fail 'Permission denied'
    printf '%s\0' "${sbx_here%/}"
    sbx_list "${sbx_here%/}" "$1" ;;
  read) # offset, and length or -
    sbx_require_file "$sbx_here"
    exec <"$sbx_here" || exit 1
    sbx_describe "$sbx_here"
    if [ "$1" != 0 ]; then dd bs=1 skip="$1" count=0 2>/dev/null; fi
    if [ "$2" = - ]; then exec cat; else exec head -c "$2"; fi ;;
  write) # mode or -; the content is the input
    sbx_make_parents "$sbx_here"
    if [ -e "$sbx_here" ]; then sbx_new=old; sbx_require_file "$sbx_here"; else sbx_new=new; fi
    umask 077
    exec 5>"$sbx_here" || exit 1
    if [ "$sbx_new" = new ]; then
      case $1 in -) sbx_mode=644 ;; *) sbx_mode=$1 ;; esac
      chown -- "$sbx_uid:$sbx_gid" "$sbx_here" && chmod -- "$sbx_mode" "$sbx_here" || { sbx_discard "$sbx_here"; exit 1; }
    fi
    printf '%s\0' "$sbx_new"
    cat >&5 || exit 1
    exec 5>&-
    [ "$1" = - ] || chmod -- "$1" "$sbx_here" || exit 1
    sbx_describe "$sbx_here" ;;
  discard)
    sbx_discard "$sbx_here" ;;
  mkdir)
    sbx_make_parents "$sbx_here"
    sbx_exists "$sbx_here" && sbx_fail 'File exists'
    sbx_make_directory "$sbx_here"
    sbx_describe "$sbx_here" ;;
  symlink) # text
    sbx_make_parents "$sbx_here"
    sbx_exists "$sbx_here" && sbx_fail 'File exists'
    ln -s -- "$1" "$sbx_here" && chown -h -- "$sbx_uid:$sbx_gid" "$sbx_here" || exit 1
    sbx_describe "$sbx_here" ;;
  move) # destination
    if ! sbx_exists "$sbx_here"; then stat -c %f -- "$sbx_here" >/dev/null; exit 1; fi
    sbx_absolute "$1"
    sbx_make_parents "$sbx_path"
    if [ -d "$sbx_path" ] && ! [ -h "$sbx_path" ]; then
      [ -d "$sbx_here" ] && ! [ -h "$sbx_here" ] || sbx_fail 'Is a directory'
    elif sbx_exists "$sbx_path" && [ -d "$sbx_here" ] && ! [ -h "$sbx_here" ]; then
      sbx_fail 'Not a directory'
    fi
    mv -f -T -- "$sbx_here" "$sbx_path" || exit 1
    sbx_describe "$sbx_path" ;;
  remove)
    [ "$sbx_here" != / ] || sbx_fail 'Operation not permitted'
    rm -rf -- "$sbx_here" ;;
esac

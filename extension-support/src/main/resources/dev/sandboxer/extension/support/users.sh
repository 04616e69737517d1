# Looks up a user by name or by number: sets sbx_name, sbx_uid, sbx_gid and sbx_home.
sbx_user() {
  sbx_match=$1 sbx_by=name
  case $1 in ''|*[!0-9]*) ;; *) sbx_by=uid ;; esac
  while IFS=: read -r sbx_name _ sbx_uid sbx_gid _ sbx_home _ || [ -n "$sbx_name" ]; do
    case $sbx_by in
      name) [ "$sbx_name" = "$1" ] || continue ;;
      uid) [ "$sbx_uid" = "$1" ] || continue ;;
    esac
    case "$sbx_uid:$sbx_gid" in *[!0-9:]*|:*|*:) continue ;; esac
    sbx_home=${sbx_home:-/}
    return 0
  done 2>/dev/null </etc/passwd
  return 1
}

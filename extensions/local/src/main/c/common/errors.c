#include "common/errors.h"

#include <errno.h>
#include <string.h>

enum error_code code_of_errno(int e) {
    switch (e) {
    case EINVAL: return E_INVALID;
    case ENOENT: return E_NOT_FOUND;
    case EEXIST: return E_ALREADY_EXISTS;
    case ENOTDIR: return E_NOT_A_DIRECTORY;
    case EISDIR: return E_IS_A_DIRECTORY;
    case EACCES:
    case EPERM:
    case EROFS:
    case EXDEV: return E_PERMISSION; /* EXDEV: stopped at a mount point */
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return E_NO_SPACE;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN: return E_LIMIT;
    case ELOOP: return E_LOOP;
    case ENOSYS:
    case EOPNOTSUPP: return E_UNSUPPORTED;
    case ECONNREFUSED: return E_REFUSED;
    case ENOTEMPTY: return E_NOT_EMPTY;
    case ENXIO:
    case ENODEV: return E_SPECIAL_FILE; /* opening a FIFO without a reader, a socket, or a missing device */
    case ENAMETOOLONG:
    case E2BIG: return E_TOO_LONG;
    case ESRCH: return E_PROCESS_NOT_FOUND;
    default: return E_IO;
    }
}

const char *fork_error_message(int e) {
    return e == EAGAIN ? "the sandbox has reached its process limit; end some processes" : strerror(e);
}

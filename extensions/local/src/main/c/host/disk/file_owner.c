#include "host/disk/file_owner.h"

#include "host/host.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

bool create_files_as(uid_t id) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    setfsuid(id); /* drops the capabilities for files, which are restored below */
    setfsgid(id);
    if (syscall(SYS_capget, &header, data) != 0) return fail("io", "capabilities: %s", strerror(errno));
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) data[i].effective = data[i].permitted;
    return syscall(SYS_capset, &header, data) == 0 || fail("io", "capabilities: %s", strerror(errno));
}

#ifndef SANDBOXER_FILE_OWNER_H
#define SANDBOXER_FILE_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

/* From here on, files that this process creates belong to user and group `id`. The process keeps all capabilities. Needed because on a
 * mount with mapped owners only mapped users can create files, and because an overlay acts as the user who mounted it. False
 * after fail(). */
bool create_files_as(uid_t id);

#endif

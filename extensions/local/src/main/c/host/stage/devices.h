#ifndef SANDBOXER_DEVICES_H
#define SANDBOXER_DEVICES_H

#include <stdbool.h>
#include <sys/types.h>

/* Fills an empty directory as the /dev of one sandbox. The device nodes are the sandbox's own, because file locks and watches
 * belong to a node, not to a device. Everything belongs to `owner`. False after fail(). */
bool devices_make(const char *directory, uid_t owner);

#endif

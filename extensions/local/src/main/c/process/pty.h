#ifndef SANDBOXER_PTY_H
#define SANDBOXER_PTY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

void pty_prepare(void);    /* call at the start, before anybody can replace /dev/ptmx */
int pty_open_master(void); /* unlocked, non-blocking, close-on-exec; -1 with errno */
void pty_resize(int fd, uint16_t cols, uint16_t rows);
bool pty_enter(int master, uid_t owner); /* in the child, after setsid: makes the slave its terminal and 0, 1, 2 */

#endif

#ifndef SANDBOXER_OWN_ID_H
#define SANDBOXER_OWN_ID_H

#include <stdbool.h>

/* Gives this process a uid that nobody else has, and keeps its capabilities. So the sandbox's root, which has few
 * capabilities, can't set its limits or its priority. */
bool take_own_id(void);
/* Keeps everybody else from taking that uid, root with CAP_SETUID included. Needs no_new_privs. Holds for everything that is
 * started from here on. */
bool keep_own_id(void);

#endif

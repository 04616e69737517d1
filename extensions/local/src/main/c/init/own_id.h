#ifndef SANDBOXER_OWN_ID_H
#define SANDBOXER_OWN_ID_H

#include <stdbool.h>

/* Gives this process a uid that no other process has, and keeps its capabilities. The sandbox's root, which has few
 * capabilities, then can't set its limits or its priority. */
bool take_own_id(void);
/* Prevents all processes started from here on from taking that uid, even root with CAP_SETUID. Needs no_new_privs. */
bool keep_own_id(void);

#endif

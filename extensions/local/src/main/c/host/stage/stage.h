/* The stage: a tmpfs, visible in our mount namespace only, on which a sandbox's root and devices are assembled. bubblewrap binds
 * its directories `root` and `dev`. */
#ifndef SANDBOXER_STAGE_H
#define SANDBOXER_STAGE_H

#include "host/state/launch_state.h"

/* Each returns false after fail(). */
bool stage_open(const struct launch *l);  /* call before bubblewrap starts, so that it never sees the host's directory below */
bool stage_disk(struct launch *l);        /* mounts the disk; can run while bubblewrap starts */
bool stage_finish(const struct launch *l); /* makes `root`; call when the sandbox's uid map is written, before bubblewrap is released */

#endif

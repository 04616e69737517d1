#pragma once

/* Adds the sandbox's own name to /etc/hosts, as `hostname -i`, sudo and many servers expect. Ignores failures: the user may have
 * replaced the file by anything. */
void add_host_name(void);

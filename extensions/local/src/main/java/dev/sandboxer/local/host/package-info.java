/**
 * The host's side of isolation: what this host can do, control groups, the launcher, and the options of bubblewrap.
 *
 * <p>Knows nothing of a sandbox's stored state and does not talk to an agent.
 */
@NullMarked
package dev.sandboxer.local.host;

import org.jspecify.annotations.NullMarked;

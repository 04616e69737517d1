/** Plays the faults of a plan in front of a server, so that its clients can rehearse them. */
@NullMarked
package dev.sandboxer.http.rehearsal;

import org.jspecify.annotations.NullMarked;

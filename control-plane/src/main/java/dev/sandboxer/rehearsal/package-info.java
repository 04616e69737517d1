/** What is to go wrong in a rehearsal of a cloud, as a plan that can be written down. */
@NullMarked
package dev.sandboxer.rehearsal;

import org.jspecify.annotations.NullMarked;

/** Where the servers of an installation are reached that share a database. */
@NullMarked
package dev.sandboxer.hosts;

import org.jspecify.annotations.NullMarked;

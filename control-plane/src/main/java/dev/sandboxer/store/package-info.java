/** The database: opens and migrates it, runs transactions and jobs, and translates its failures for users. */
@NullMarked
package dev.sandboxer.store;

import org.jspecify.annotations.NullMarked;

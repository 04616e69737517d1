/** The database: opening, migrating, transactions, and what its failures mean to users. */
@NullMarked
package dev.sandboxer.store;

import org.jspecify.annotations.NullMarked;

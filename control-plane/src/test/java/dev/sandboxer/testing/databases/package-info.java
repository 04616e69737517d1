/** SQLite and PostgreSQL for tests. */
@NullMarked
package dev.sandboxer.testing.databases;

import org.jspecify.annotations.NullMarked;

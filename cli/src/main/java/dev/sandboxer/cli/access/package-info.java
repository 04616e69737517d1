/** Commands on consumers, their API keys, and credentials for clouds. */
@NullMarked
package dev.sandboxer.cli.access;

import org.jspecify.annotations.NullMarked;

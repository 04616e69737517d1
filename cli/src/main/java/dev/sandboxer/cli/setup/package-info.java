/** Commands on profiles, extensions, routes, the configuration and the host. */
@NullMarked
package dev.sandboxer.cli.setup;

import org.jspecify.annotations.NullMarked;

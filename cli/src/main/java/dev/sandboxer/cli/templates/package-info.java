/** Commands that build templates. */
@NullMarked
package dev.sandboxer.cli.templates;

import org.jspecify.annotations.NullMarked;

/** Templates that consumers build: steps run in a sandbox, and a snapshot of its disk becomes the template. */
@NullMarked
package dev.sandboxer.templates;

import org.jspecify.annotations.NullMarked;

/** The terms of a sandbox: its settings beyond its profile, such as network rules and what happens at its deadline. */
@NullMarked
package dev.sandboxer.lifecycle.terms;

import org.jspecify.annotations.NullMarked;

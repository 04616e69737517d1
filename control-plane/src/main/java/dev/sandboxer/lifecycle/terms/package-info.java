/** The terms of a sandbox: what its request agreed on for its whole life, such as network rules and what happens at its deadline. */
@NullMarked
package dev.sandboxer.lifecycle.terms;

import org.jspecify.annotations.NullMarked;
